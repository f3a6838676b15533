import { z } from 'zod'
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

/**
 * Compares what InfluxDB has with what the journal gives, point by point: tags, fields and time.
 * @returns what differs, the first twenty in words; nothing
 */
export async function compareHistory(
  folder: string,
  influxd: Influxd,
  database = 'aal',
): Promise<readonly string[]> {
  const expected = pointsOfJournal(folder)
  const found = new Map<string, string>()
  for (const measurement of new Set([...expected.keys()].map((key) => key.slice(0, key.indexOf(' '))))) {
    const text = await influxd.queryText(database, `SELECT * FROM "${measurement}" GROUP BY *`)
    for (const { tags = {}, columns, values } of seriesOf(text)) {
      for (const [time, ...fields] of values) {
        const own = columns.slice(1).map((column, i) => [column, fields[i]] as const)
        found.set(
          keyOf(measurement, tags, String(time)),
          textOf(own.filter(([, value]) => value !== null && value !== undefined)),
        )
      }
    }
  }
  const wrong = [
    ...[...expected].flatMap(([key, fields]) => {
      const there = found.get(key)
      if (there === fields) return []
      return there === undefined ? [`${key} is missing`] : [`${key} is ${there}, not ${fields}`]
    }),
    ...[...found.keys()].filter((key) => !expected.has(key)).map((key) => `${key} is not in the journal`),
  ]
  return wrong.length > 20 ? [...wrong.slice(0, 20), `and ${wrong.length - 20} more`] : wrong
}

function pointsOfJournal(folder: string): Map<string, string> {
  const db = openToRead(folder)
  try {
    const { source, roomOf } = openHistorySource(db)
    const points = source.after(0, 10_000_000).flatMap((entry) => pointsOf(entry, roomOf).points)
    return new Map(
      points.map(({ measurement, tags, fields, time }) => [
        keyOf(measurement, tags, time),
        textOf(Object.entries(fields)),
      ]),
    )
  } finally {
    db.close()
  }
}

const answered = z.object({
  results: z.array(
    z.object({
      error: z.string().optional(),
      series: z
        .array(
          z.object({
            tags: z.record(z.string(), z.string()).optional(),
            columns: z.array(z.string()),
            values: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))),
          }),
        )
        .default([]),
    }),
  ),
})

/** Times stay text: nanoseconds have more digits than a number. */
function seriesOf(text: string) {
  const { results } = answered.parse(JSON.parse(text.replaceAll(/\[(\d{17,19}),/g, '["$1",')))
  return results.flatMap(({ error, series }) => {
    if (error !== undefined) throw new Error(`Cannot query InfluxDB: ${error}`)
    return series
  })
}

/** Without the tags that the series does not have: InfluxDB gives them empty. */
function keyOf(measurement: string, tags: Readonly<Record<string, string>>, time: string): string {
  return `${measurement} ${textOf(Object.entries(tags).filter(([, value]) => value !== ''))} ${time}`
}

function textOf(pairs: readonly (readonly [string, unknown])[]): string {
  return JSON.stringify(pairs.toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
