import type { DatabaseSync } from 'node:sqlite'
import type { PacketsAt } from '../core/store.ts'

/** A row of `recent_packets`. */
export interface PacketRow {
  readonly id: number
  readonly body: string
}

export function textOf({ clients, marks }: Pick<PacketsAt, 'clients' | 'marks'>): string {
  return JSON.stringify([clients, marks])
}

export function readPackets(body: string): Pick<PacketsAt, 'clients' | 'marks'> {
  const [clients, marks] = JSON.parse(body) as [string[], number[]]
  return { clients, marks }
}

/**
 * The same row without the packets of some gateways.
 * @returns how many are theirs, and what is left; undefined: nothing
 */
export function withoutGateways(
  body: string,
  gateways: readonly string[],
): { readonly theirs: number; readonly left: string | undefined } {
  const { clients, marks } = readPackets(body)
  const isTheirs = (client: string): boolean =>
    gateways.some((id) => client === id || client.startsWith(`${id}/`))
  const others = clients.flatMap((client, index) => (isTheirs(client) ? [] : [index]))
  const left = {
    clients: others.map((index) => clients[index] ?? ''),
    marks: others.map((index) => marks[index] ?? 0),
  }
  return { theirs: clients.length - others.length, left: others.length > 0 ? textOf(left) : undefined }
}

/** Finds the rows behind `from` up to `to` in which one of these gateways may be. */
export function createPacketSearch(
  db: DatabaseSync,
): (gateways: readonly string[], from: number, to: number) => PacketRow[] {
  const select = db.prepare(
    `SELECT id, body FROM recent_packets WHERE id > ? AND id <= ?
     AND EXISTS (SELECT 1 FROM json_each(?) WHERE instr(body, '"' || value) > 0)`,
  )
  return (gateways, from, to) => select.all(from, to, JSON.stringify(gateways)) as unknown as PacketRow[]
}
