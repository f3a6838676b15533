import { z } from 'zod'
import type { Home } from '../model/home.ts'
import { KINDS } from '../model/kind.ts'
import type { HomeOverview } from '../model/past.ts'
import type { Span } from '../time/spans.ts'
import {
  pastAlertSchema,
  spanSchema,
  unknownSchema,
  unknownSpans,
  viewAlert,
  vitalLimitsSchema,
} from './home-past.ts'
import type { Office } from './office.ts'
import { time } from './time-fields.ts'
import { limitsOf } from './vital-limits.ts'

/** Days of a home, ready to be drawn. */
export const homeOverviewSchema = z
  .object({
    home: z.string(),
    label: z.string().optional(),
    timezone: z.string(),
    from: time.describe('A whole hour.'),
    to: time,
    unknown: unknownSchema,
    bands: z
      .array(
        z.object({
          sensor: z.string(),
          room: z.string().optional(),
          kind: z.string(),
          hours: z
            .array(z.number())
            .readonly()
            .describe(
              'For each hour from `from` which part of it somebody was sensed, a door was open, a bed occupied: 0 to 1. Empty for what has marks.',
            ),
          marks: z
            .array(z.object({ at: time, value: z.union([z.string(), z.boolean()]) }).readonly())
            .readonly()
            .describe('At most one an hour.'),
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
        days: z
          .array(
            z
              .object({ from: time, min: z.number(), mean: z.number(), max: z.number(), count: z.number() })
              .readonly(),
          )
          .readonly()
          .describe("By the days of the home's clock; those without a measurement are not there."),
        limits: vitalLimitsSchema,
      }),
    ),
    alerts: z.array(pastAlertSchema),
  })
  .meta({ id: 'HomeOverview' })

export type HomeOverviewView = z.output<typeof homeOverviewSchema>

export function viewOverview(
  home: Home,
  overview: HomeOverview,
  span: Span,
  office: Office,
): HomeOverviewView {
  const label = office.label(home.id)
  const rooms = new Map(home.sensors.map(({ id, room }) => [id, room]))
  return {
    home: home.id,
    ...(label !== undefined && { label }),
    timezone: home.timezone,
    ...span,
    unknown: [...unknownSpans(home, overview, span, office)],
    bands: overview.bands.map(({ sensor, kind, hours, marks, silent }) => {
      const room = rooms.get(sensor)
      return { sensor, ...(room !== undefined && { room }), kind, hours, marks, unknown: silent }
    }),
    vitals: overview.vitals.map(({ kind, resident, days }) => {
      const unit = KINDS.get(kind)?.unit
      return {
        kind,
        ...(resident !== undefined && { resident }),
        ...(unit !== undefined && { unit }),
        days,
        limits: limitsOf(kind, home, resident, office.rules().rules),
      }
    }),
    alerts: overview.alerts.map(viewAlert),
  }
}
