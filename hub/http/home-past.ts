import { z } from 'zod'
import { SEVERITIES } from '../model/alert.ts'
import type { Alert } from '../model/alert.ts'
import type { Home } from '../model/home.ts'
import { KINDS } from '../model/kind.ts'
import type { DrawnPast, HomePast, PastLink } from '../model/past.ts'
import { commonSpans, mergeSpans } from '../time/spans.ts'
import type { Span } from '../time/spans.ts'
import type { Office } from './office.ts'
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
          spans: z
            .array(spanSchema.readonly())
            .readonly()
            .describe('Somebody was sensed, a door was open, a bed occupied.'),
          marks: z
            .array(z.object({ at: time, value: z.union([z.string(), z.boolean()]) }).readonly())
            .readonly(),
          unknown: z
            .array(spanSchema.readonly())
            .readonly()
            .describe('The sensor was not heard for longer than it should be.'),
        }),
      )
      .describe('A row for each sensor and what it senses.'),
    vitals: z.array(
      z.object({
        kind: z.string(),
        resident: z.string().optional(),
        unit: z.string().optional(),
        points: z.array(z.tuple([time, z.number()])).readonly(),
        limits: vitalLimitsSchema,
      }),
    ),
    alerts: z.array(pastAlertSchema),
  })
  .meta({ id: 'HomePast' })

export type HomePastView = z.output<typeof homePastSchema>

export function viewPast(home: Home, past: DrawnPast, span: Span, office: Office): HomePastView {
  const label = office.label(home.id)
  const rooms = new Map(home.sensors.map(({ id, room }) => [id, room]))
  return {
    home: home.id,
    ...(label !== undefined && { label }),
    timezone: home.timezone,
    ...span,
    unknown: [...unknownSpans(home, past, span, office)],
    bands: past.bands.map(({ sensor, kind, spans, marks, silent }) => {
      const room = rooms.get(sensor)
      return { sensor, ...(room !== undefined && { room }), kind, spans, marks, unknown: silent }
    }),
    vitals: past.vitals.map(({ kind, resident, points }) => {
      const unit = KINDS.get(kind)?.unit
      return {
        kind,
        ...(resident !== undefined && { resident }),
        ...(unit !== undefined && { unit }),
        points,
        limits: limitsOf(kind, home, resident, office.rules().rules),
      }
    }),
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
