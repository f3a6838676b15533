import { z } from 'zod'
import { KINDS } from '../model/kind.ts'
import type { Kind } from '../model/kind.ts'
import type { SeriesPoint } from '../model/series.ts'
import type { Answer } from './answer.ts'
import type { HistoryReader } from './history.ts'
import { tagValue } from './points.ts'

const row = z.object({ time: z.date(), value: z.number(), state: z.string().nullish() })

/** Asks with `$name` in the query for each placeholder; of the rows, `time` is a Date. */
export interface InfluxqlClient {
  readonly address: string
  select(query: string, placeholders: Readonly<Record<string, string>>): Promise<Answer<readonly unknown[]>>
}

/**
 * Reads series in InfluxQL, which InfluxDB 1.x speaks, and 2.x over its mapping of databases to buckets. When there
 * are more points than the limit, the newest are given.
 * @throws Error from `series` when InfluxDB cannot be asked
 */
export function createInfluxqlReader(client: InfluxqlClient): HistoryReader {
  return {
    async series({ home, sensor, kind: name, from, to, limit }) {
      const kind = KINDS.get(name)
      if (kind === undefined) return []
      // Only the kind's name (from the table) and the limit are part of the text: neither can be bound.
      const query = `
        SELECT "value", "state" FROM "${name}"
        WHERE "home" = $home ${sensor === undefined ? '' : 'AND "sensor" = $sensor'}
          AND time >= $from AND time < $end
        ORDER BY time DESC LIMIT ${Math.max(1, Math.trunc(limit))}`
      const placeholders = {
        home: tagValue(home),
        ...(sensor !== undefined && { sensor: tagValue(sensor) }),
        from: timeText(from),
        // A point's time goes on below its millisecond.
        end: timeText(to + 1),
      }
      const answer = await client.select(query, placeholders)
      if (!answer.ok) throw new Error(`Cannot read history from ${client.address}: ${answer.message}`)
      return z
        .array(row)
        .parse(answer.value)
        .map((found) => toPoint(kind, found))
        .reverse()
    },
  }
}

/** The years that a point of InfluxDB can have (its nanoseconds are 64 bits). */
const EARLIEST = Date.UTC(1678, 0, 1)
const LATEST = Date.UTC(2262, 0, 1)

function timeText(ms: number): string {
  return new Date(Math.min(LATEST, Math.max(EARLIEST, Math.ceil(ms)))).toISOString()
}

function toPoint(kind: Kind, { time, value, state }: z.output<typeof row>): SeriesPoint {
  const at = time.getTime()
  switch (kind.value) {
    case 'word':
      return { at, value: state ?? kind.words?.[value] ?? value }
    case 'boolean':
      return { at, value: value !== 0 }
    case 'number':
      return { at, value }
  }
}
