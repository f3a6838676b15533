import { z } from 'zod'
import type { Alert } from '../model/alert.ts'
import type { Answer } from './answer.ts'
import type { InfluxqlClient } from './influxql-reader.ts'
import { pointTime } from './points.ts'
import type { Point } from './points.ts'

/** More alerts changed than this between a backup and its restore: the newest are looked at. */
const MOST = 20_000

const text = z.string().nullish()
/** The tags of a point about an alert, but for what happened. */
const tagNames = ['home', 'area', 'rule', 'subject', 'severity', 'category', 'test'] as const
const row = z.object({
  ...Object.fromEntries(tagNames.map((name) => [name, text])),
  alert: z.string(),
  scope: text,
  open: z.number(),
  raised: z.number().nullish(),
  condition: text,
  level: text,
})

/** The last point of an alert, as InfluxDB has it. */
export interface ShownAlert {
  readonly alert: string
  readonly isOpen: boolean
  readonly tags: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, string | number>>
}

/** What InfluxDB shows of the alerts that something happened to since `from` (ms). */
export async function shownSince(
  client: Pick<InfluxqlClient, 'select'>,
  from: number,
): Promise<Answer<readonly ShownAlert[]>> {
  const columns = [...tagNames, 'alert', 'scope', 'open', 'raised', 'condition', 'level']
  const answer = await client.select(
    `SELECT ${columns.map((name) => `"${name}"`).join(', ')} FROM "alert" WHERE time >= $from ORDER BY time DESC LIMIT ${MOST}`,
    { from: new Date(from).toISOString() },
  )
  if (!answer.ok) return answer
  const last = new Map<string, ShownAlert>()
  for (const found of z.array(row.loose()).parse(answer.value)) {
    if (last.has(found.alert)) continue
    const { alert, scope, open, raised, condition, level } = found
    const tags = tagNames.flatMap((name) => {
      const value = found[name]
      return typeof value === 'string' && value !== '' ? [[name, value] as const] : []
    })
    const fields = Object.entries({ scope, raised, condition, level }).flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [[name, value] as const],
    )
    last.set(alert, {
      alert,
      isOpen: open === 1,
      tags: Object.fromEntries(tags),
      fields: Object.fromEntries(fields),
    })
  }
  return { ok: true, value: [...last.values()] }
}

/**
 * Points that make the last of each alert true again after a restore: one that the hub has never heard of is closed (`what`:
 * `lost`), one that it has open again is open (`restored`).
 * @param known as the hub has it now
 */
export function correctingPoints(
  shown: readonly ShownAlert[],
  known: (alert: string) => Pick<Alert, 'handling'> | undefined,
  now: number,
): readonly Point[] {
  return shown.flatMap(({ alert, isOpen, tags, fields }, index) => {
    const is = known(alert)
    const shouldBe = is !== undefined && is.handling !== 'resolved'
    if (isOpen === shouldBe) return []
    return [
      {
        measurement: 'alert',
        tags: { ...tags, what: is ? 'restored' : 'lost' },
        fields: {
          ...fields,
          value: 1,
          alert,
          at: now,
          open: shouldBe ? 1 : 0,
          handling: is?.handling ?? 'resolved',
        },
        // Two in one series and millisecond stay two.
        time: pointTime(now, index % 1_000_000),
        seq: 0,
      },
    ]
  })
}
