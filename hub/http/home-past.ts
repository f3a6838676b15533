import { z } from 'zod'
import { SEVERITIES } from '../model/alert.ts'
import type { Alert } from '../model/alert.ts'
import type { Home } from '../model/home.ts'
import { KINDS } from '../model/kind.ts'
import type { HomePast, PastLink } from '../model/past.ts'
import { commonSpans, mergeSpans } from '../time/spans.ts'
import type { Span } from '../time/spans.ts'
import type { Office } from './office.ts'
import { CURVES, EVENTS, FILLED, filledSpans, markOf, silentSpans } from './sensed-spans.ts'
import { limitsOf } from './vital-limits.ts'
import { time } from './time-fields.ts'

export const spanSchema = z.object({ from: time, to: time })

export const unknownSchema = z
  .array(spanSchema)
  .describe('The hub could not know: the home had no link, or the hub was away.')

export const pastAlertSchema = z.object({
  id: z.string(),
  title: z.object({ en: z.string() }).catchall(z.string()),
  severity: z.enum(SEVERITIES),
  at: time,
  handling: z.enum(['new', 'acknowledged', 'resolved']),
  test: z.literal(true).optional(),
})

export const vitalLimitsSchema = z
  .array(z.object({ rule: z.string(), at: z.number(), side: z.enum(['low', 'high']) }))
  .describe("Where rules begin to find something, with this person's own limits.")

/** What a home was like of late, ready to be drawn. */
export const homePastSchema = z
  .object({
    home: z.string(),
    label: z.string().optional(),
    timezone: z.string(),
    from: time,
    to: time,
    unknown: unknownSchema,
    bands: z
      .array(
        z.object({
          sensor: z.string(),
          room: z.string().optional(),
          kind: z.string(),
          spans: z.array(spanSchema).describe('Somebody was sensed, a door was open, a bed occupied.'),
          marks: z.array(z.object({ at: time, value: z.union([z.string(), z.boolean()]) })),
          unknown: z.array(spanSchema).describe('The sensor was not heard for longer than it should be.'),
        }),
      )
      .describe('A row for each sensor and what it senses.'),
    vitals: z.array(
      z.object({
        kind: z.string(),
        resident: z.string().optional(),
        unit: z.string().optional(),
        points: z.array(z.tuple([time, z.number()])),
        limits: vitalLimitsSchema,
      }),
    ),
    alerts: z.array(pastAlertSchema),
  })
  .meta({ id: 'HomePast' })

export type HomePastView = z.output<typeof homePastSchema>

export function viewPast(home: Home, past: HomePast, span: Span, office: Office): HomePastView {
  const { from, to } = span
  const unknown = unknownSpans(home, past, span, office)
  const label = office.personal(home.id)?.label
  const bySensor = Map.groupBy(past.readings, (one) => one.sensor)
  return {
    home: home.id,
    ...(label !== undefined && { label }),
    timezone: home.timezone,
    from,
    to,
    unknown: [...unknown],
    bands: home.sensors.flatMap((sensor) => {
      const readings = bySensor.get(sensor.id) ?? []
      const silent = silentSpans(readings, sensor.heardEvery, span)
      const kinds = new Set([...sensor.kinds, ...readings.map((one) => one.kind)])
      return [...kinds]
        .filter((kind) => kind in FILLED || (EVENTS.has(kind) && readings.some((one) => one.kind === kind)))
        .map((kind) => {
          const own = readings.filter((one) => one.kind === kind)
          return {
            sensor: sensor.id,
            ...(sensor.room !== undefined && { room: sensor.room }),
            kind,
            spans:
              kind in FILLED
                ? [
                    ...filledSpans(
                      own,
                      past.before.find((one) => one.sensor === sensor.id && one.kind === kind),
                      kind,
                      span,
                    ),
                  ]
                : [],
            marks: kind in FILLED ? [] : own.flatMap(markOf),
            unknown: [...silent],
          }
        })
    }),
    vitals: curvesOf(home, past, office),
    alerts: past.alerts.map(viewAlert),
  }
}

export function viewAlert({
  id,
  title,
  severity,
  raisedAt,
  handling,
  test,
}: Alert): z.output<typeof pastAlertSchema> {
  return { id, title, severity, at: raisedAt, handling, ...(test && { test }) }
}

/** When the hub could not hear the home: going back from how it is now. */
export function unknownSpans(
  home: Home,
  { links, cutBefore }: Pick<HomePast, 'links' | 'cutBefore'>,
  { from, to }: Span,
  office: Office,
): readonly Span[] {
  const offline = home.gateways.map(({ id }) =>
    offlineSpans(
      links.filter((one) => 'away' in one || one.gateway === id),
      office.core.isOnline(home.id, id) ?? false,
      { from, to },
    ),
  )
  // One gateway is enough to be heard.
  const none = offline.reduce(
    (all, own) => (all === undefined ? own : commonSpans(all, own)),
    undefined as readonly Span[] | undefined,
  )
  return mergeSpans([...(none ?? []), ...(cutBefore === undefined ? [] : [{ from, to: cutBefore }])])
}

function offlineSpans(links: readonly PastLink[], isOnline: boolean, { from, to }: Span): readonly Span[] {
  const spans: Span[] = []
  let end = to
  let online = isOnline
  for (const link of links.toReversed()) {
    if (!online) spans.push({ from: link.now, to: end })
    if ('away' in link) {
      spans.push({ from: Math.max(from, link.away), to: link.now })
      // What was before a start nobody has kept: a gateway that was not connected is said to be so.
      if (link.by === 'start') online = true
      end = link.away
    } else {
      online = link.to === 'offline'
      end = link.now
    }
  }
  if (!online) spans.push({ from, to: end })
  return mergeSpans(spans)
}

function curvesOf(home: Home, past: HomePast, office: Office): HomePastView['vitals'] {
  const residentOf = new Map(home.sensors.map(({ id, resident }) => [id, resident]))
  const curves = Map.groupBy(
    past.readings.filter(({ kind, value }) => CURVES.has(kind) && typeof value === 'number'),
    ({ kind, sensor }) => `${kind} ${residentOf.get(sensor) ?? ''}`,
  )
  return [...curves.values()].flatMap((readings) => {
    const [first] = readings
    if (!first) return []
    const resident = residentOf.get(first.sensor)
    const unit = KINDS.get(first.kind)?.unit
    return [
      {
        kind: first.kind,
        ...(resident !== undefined && { resident }),
        ...(unit !== undefined && { unit }),
        points: readings.map(({ at, value }): [number, number] => [at, Number(value)]),
        limits: limitsOf(first.kind, home, resident, office.rules().rules),
      },
    ]
  })
}
