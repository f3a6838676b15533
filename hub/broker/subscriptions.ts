import type { Client } from 'aedes'
import { accessTo } from './access.ts'
import type { Identity } from './access.ts'

/** Of one client. */
const SUBSCRIPTIONS = 100
const LONGEST_FILTER = 512

/** What clients are subscribed to, and in which homes anybody is. */
export interface Subscriptions {
  /** Remembered, where it is granted. */
  ask(client: Client, who: Identity, filter: string): 'granted' | 'not-its-own' | 'too-many'
  isGranted(client: Client, filter: string): boolean
  end(client: Client, filters: readonly string[]): void
  /** No gateway of the home that a topic names has subscribed to anything. */
  isForNobody(topic: string): boolean
  forgetHome(home: string): void
}

export function createSubscriptions(): Subscriptions {
  const subscribed = new WeakMap<Client, Set<string>>()
  /** Homes of which a gateway has subscribed to something; sessions end with this process. */
  const listening = new Set<string>()
  return {
    ask(client, who, filter) {
      if (!accessTo(filter, who).allowed) return 'not-its-own'
      const filters = subscribed.get(client) ?? new Set()
      subscribed.set(client, filters)
      if (filter.length > LONGEST_FILTER || (filters.size >= SUBSCRIPTIONS && !filters.has(filter))) {
        return 'too-many'
      }
      filters.add(filter)
      listening.add(who.home)
      return 'granted'
    },
    isGranted: (client, filter) => subscribed.get(client)?.has(filter) ?? false,
    end(client, filters) {
      for (const filter of filters) subscribed.get(client)?.delete(filter)
    },
    isForNobody(topic) {
      const [top, home = ''] = topic.split('/', 2)
      return top === 'homes' && !listening.has(home)
    },
    forgetHome(home) {
      listening.delete(home)
    },
  }
}
