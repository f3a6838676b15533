import { openToRead } from '../../hub/database/open-journal.ts'
import { KINDS } from '../../hub/model/kind.ts'
import { pointsOf } from '../../hub/history/points.ts'
import { openHistorySource } from '../../hub/threads/history-source.ts'
import type { Influxd } from './influxd.ts'

/** Points by measurement. */
export type Counts = Readonly<Record<string, number>>

/** How many points the journal of a data folder gives: all different ones, so that none can hide behind another. */
export function countJournal(folder: string): Counts {
  const db = openToRead(folder)
  try {
    const { source, roomOf } = openHistorySource(db)
    const entries = source.after(0, 10_000_000)
    const points = entries.flatMap((entry) => pointsOf(entry, roomOf).points)
    const all = new Set(
      points.map(({ measurement, tags, time }) => JSON.stringify([measurement, tags, time])),
    )
    if (all.size !== points.length) throw new Error(`${points.length - all.size} points fall together`)
    return sorted(
      [...Map.groupBy(points, ({ measurement }) => measurement)].map(([name, own]) => [name, own.length]),
    )
  } finally {
    db.close()
  }
}

/** How many points of those measurements are in InfluxDB. */
export async function countInflux(influxd: Influxd, database = 'aal'): Promise<Counts> {
  const found = await influxd.query(database, 'SELECT count("value") FROM /.*/')
  return sorted(
    found.flatMap(({ name, values }) =>
      KINDS.has(name) || name === 'alert' ? [[name, Number(values[0]?.[1] ?? 0)] as const] : [],
    ),
  )
}

export function total(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

function sorted(counts: readonly (readonly [string, number])[]): Counts {
  return Object.fromEntries(counts.toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
