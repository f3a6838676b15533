import type { Client } from 'aedes'
import type { Identity } from './access.ts'
import type { BrokerLog } from './broker.ts'
import { createReconnects } from './reconnects.ts'
import type { Sessions } from './sessions.ts'
import type { Core } from '../core/core.ts'

/** Sessions that a gateway may ask to be kept; of more, the oldest that is not connected is forgotten. */
const KEPT_SESSIONS = 20

export interface MembersParts {
  readonly core: Pick<Core, 'now' | 'submit'>
  /** Connections of one gateway that may be open at a time. */
  readonly connections: number
  readonly forgetSession: Sessions['forget']
  readonly log: BrokerLog
}

/** Clients that have proved which gateway they are. */
export interface Members<M extends Identity> {
  /** Also of one that is gone. */
  of(client: Client): M | undefined
  /** Nothing more is taken of it. */
  isSentAway(client: Client): boolean
  /** @param id of the client, with the gateway's; one that takes over a connection of its own needs no room */
  whyNoRoom(gateway: string, id: string): string | undefined
  /** @param id becomes the client's */
  add(client: Client, member: M, id: string): void
  /** It is connected: the journal is told where its gateway was offline. */
  came(client: Client): void
  /** It is not any more: the journal is told where it was the last of its gateway. */
  left(client: Client): void
  /** How often a gateway connected in the last five minutes, where that is a loop. */
  reconnects(gateway: string): number | undefined
  /** `Broker.disconnect` says what that is. */
  disconnect(gateway: string, why: string): number
  disconnectHome(home: string, why: string): number
}

export function createMembers<M extends Identity>(parts: MembersParts): Members<M> {
  const { core, connections, forgetSession, log } = parts
  const members = new WeakMap<Client, M>()
  /** Those that are not gone, by gateway. */
  const live = new Map<string, Set<Client>>()
  /** Ids of clients that asked for a session to be kept, by gateway. */
  const keptSessions = new Map<string, Set<string>>()
  const sentAway = new WeakSet<Client>()
  /** How many there are of each gateway that is online. */
  const connected = new Map<string, number>()
  const reconnects = createReconnects()

  function remember(client: Client, gateway: string): void {
    const clients = live.get(gateway)
    if (clients) clients.add(client)
    else live.set(gateway, new Set([client]))
    client.conn.once('close', () => {
      const left = live.get(gateway)
      left?.delete(client)
      if (left?.size === 0) live.delete(gateway)
    })
  }

  function keepSession(gateway: string, id: string): void {
    const ids = keptSessions.get(gateway) ?? new Set()
    keptSessions.set(gateway, ids)
    ids.delete(id)
    ids.add(id)
    if (ids.size <= KEPT_SESSIONS) return
    const connectedIds = new Set([...(live.get(gateway) ?? [])].map((client) => client.id))
    for (const old of ids) {
      if (old === id || connectedIds.has(old)) continue
      ids.delete(old)
      forgetSession(old)
      break
    }
  }

  function noteComing(gateway: string, home: string): void {
    const now = core.now()
    const wasLoop = reconnects.loopOf(gateway, now) !== undefined
    reconnects.came(gateway, now)
    const times = reconnects.loopOf(gateway, now)
    if (times === undefined || wasLoop) return
    log.warn(
      { gateway, home, times },
      'a gateway connects again and again: is a second box using its credentials?',
    )
  }

  function change({ gateway, home }: Identity, by: 1 | -1): void {
    const before = connected.get(gateway) ?? 0
    const after = Math.max(0, before + by)
    if (after === 0) connected.delete(gateway)
    else connected.set(gateway, after)
    if (before > 0 === after > 0) return
    const to = after > 0 ? 'online' : 'offline'
    log.info({ gateway, home }, `gateway ${to}`)
    core.submit([{ type: 'gateway', home, gateway, to }], () => {})
  }

  function disconnect(gateway: string, why: string): number {
    const clients = [...(live.get(gateway) ?? [])]
    for (const client of clients) {
      sentAway.add(client)
      // Its last will is nobody's wish any more; aedes keeps it where a test pins it.
      ;(client as unknown as { will: unknown }).will = null
      client.close()
      // It may still be on its way in, and have nothing to close yet.
      client.conn.destroy()
    }
    for (const id of keptSessions.get(gateway) ?? []) forgetSession(id)
    keptSessions.delete(gateway)
    if (clients.length > 0)
      log.warn({ gateway, connections: clients.length, why }, 'a gateway was disconnected')
    return clients.length
  }

  return {
    of: (client) => members.get(client),
    isSentAway: (client) => sentAway.has(client),
    whyNoRoom(gateway, id) {
      const open = live.get(gateway)
      if (!open || open.size < connections || [...open].some((one) => one.id === id && !one.closed)) {
        return undefined
      }
      return `the gateway has ${open.size} connections already`
    },
    add(client, member, id) {
      const { gateway } = member
      members.set(client, member)
      remember(client, gateway)
      client.id = id
      if (!client.clean) keepSession(gateway, id)
    },
    came(client) {
      const member = members.get(client)
      if (!member) return
      noteComing(member.gateway, member.home)
      change(member, 1)
    },
    left(client) {
      const member = members.get(client)
      if (member) change(member, -1)
    },
    reconnects: (gateway) => reconnects.loopOf(gateway, core.now()),
    disconnect,
    disconnectHome(home, why) {
      const of = [...live].filter(([, clients]) =>
        [...clients].some((one) => members.get(one)?.home === home),
      )
      return of.reduce((sum, [gateway]) => sum + disconnect(gateway, why), 0)
    },
  }
}
