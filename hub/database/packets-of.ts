import type { DatabaseSync } from 'node:sqlite'

/** A row of packets that may come again, with some that are of a home. */
export interface PacketsRow {
  readonly id: number
  readonly theirs: number
  /** What the row has without them; undefined: nothing. */
  readonly body: string | undefined
}

/** Which rows have packets of the gateways of a home. Read at once: they are few, and of the last minutes. */
export function packetsOf(db: DatabaseSync, home: string): PacketsRow[] {
  const gateways = db.prepare('SELECT id FROM gateway WHERE home = ?').all(home) as { id: string }[]
  const isTheirs = (client: string): boolean =>
    gateways.some(({ id }) => client === id || client.startsWith(`${id}/`))
  const select = db.prepare('SELECT id, body FROM recent_packets WHERE instr(body, ?) > 0')
  const rows = new Map(
    gateways
      .flatMap((gateway) => select.all(`"${gateway.id}`) as { id: number; body: string }[])
      .map(({ id, body }) => [id, body]),
  )
  return [...rows].flatMap(([id, text]) => {
    const [clients, marks] = JSON.parse(text) as [string[], number[]]
    const left = clients.flatMap((client, index) => (isTheirs(client) ? [] : [index]))
    if (left.length === clients.length) return []
    const body = JSON.stringify([left.map((index) => clients[index]), left.map((index) => marks[index])])
    return [{ id, theirs: clients.length - left.length, body: left.length > 0 ? body : undefined }]
  })
}
