import type { Readable } from 'node:stream'
import type { Aedes, Client, PublishPacket, Subscription } from 'aedes'
import type { Retained } from './retained.ts'

/** Of one session: QoS 2 packets of which the PUBREL has not come. aedes allows a connection as many. */
const MOST_INCOMING = 1000

type Id = { readonly id: string }
type Numbered = { readonly messageId?: number }

/** What is used of the store inside aedes. What it calls is its own, so tests pin it: retained messages, QoS 2, sessions. */
interface Store {
  addSubscriptions(client: Client, subscriptions: readonly Subscription[]): Promise<void>
  cleanSubscriptions(client: Id): Promise<unknown>
  incomingStorePacket(client: Id, packet: Numbered): Promise<void>
  incomingGetPacket(client: Id, packet: Numbered): Promise<Numbered>
  incomingDelPacket(client: Id, packet: Numbered): Promise<void>
  cleanIncoming(client: Id): Promise<void>
  outgoingClearMessageId(client: Id, packet: Numbered): Promise<undefined>
  storeRetained(packet: PublishPacket): Promise<void>
  createRetainedStreamCombi(filters: readonly string[]): Readable
}

export interface Sessions {
  /** Nothing is known any more of what this client subscribed to and sent. */
  forget(id: string): void
}

/**
 * Bounds what aedes keeps in memory for clients, gone ones too: of QoS 2 packets the numbers only, no queues for
 * subscribers (every subscription is granted at QoS 0), no subscriptions that were refused, retained messages by home.
 * @param isGranted what is refused in a SUBSCRIBE, aedes would keep beside what is granted
 */
export function boundSessions(
  aedes: Aedes,
  retained: Retained,
  isGranted: (client: Client, filter: string) => boolean,
): Sessions {
  const { persistence: store } = aedes as unknown as { persistence: Store }
  const incoming = new Map<string, Set<number>>()
  const addSubscriptions = store.addSubscriptions.bind(store)

  store.addSubscriptions = (client, subscriptions) =>
    addSubscriptions(
      client,
      subscriptions.filter(({ topic }) => isGranted(client, topic)),
    )
  store.incomingStorePacket = async ({ id }, { messageId = 0 }) => {
    const numbers = incoming.get(id) ?? new Set()
    incoming.set(id, numbers)
    numbers.add(messageId)
    const [oldest] = numbers
    // It may be taken twice then; the journal knows it by its number and content.
    if (numbers.size > MOST_INCOMING && oldest !== undefined) numbers.delete(oldest)
  }
  store.incomingGetPacket = async ({ id }, packet) => {
    if (incoming.get(id)?.has(packet.messageId ?? 0)) return packet
    throw new Error('no such packet')
  }
  store.incomingDelPacket = async ({ id }, { messageId = 0 }) => {
    const numbers = incoming.get(id)
    if (!numbers?.delete(messageId)) throw new Error('no such packet')
    if (numbers.size === 0) incoming.delete(id)
  }
  store.cleanIncoming = async ({ id }) => void incoming.delete(id)
  // Nothing is sent that would be acknowledged; aedes remembers each client that acknowledges something.
  store.outgoingClearMessageId = async () => undefined
  store.storeRetained = async (packet) => retained.keep(packet)
  store.createRetainedStreamCombi = (filters) => retained.matching(filters)

  return {
    forget(id) {
      store.cleanSubscriptions({ id }).catch(() => {})
      incoming.delete(id)
    },
  }
}
