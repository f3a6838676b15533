import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { INDICATOR_IDS, INDICATORS } from '../model/indicator.ts'
import { HttpError, problemSchema } from './problem.ts'

const DAY = 24 * 3_600_000
const USUAL_DAYS = 28
const MOST_DAYS = 366
const MOST_PARTS = 200

const time = z
  .string()
  .max(40)
  .optional()
  .describe('A day (2026-11-01, its beginning in UTC) or a time with its zone (2026-11-01T00:00+01:00).')
const ms = z.number().describe('Milliseconds since 1970, UTC.')

const partSchema = z.object({
  sort: z.enum(['rule', 'sensor', 'home']),
  id: z.string(),
  value: z.number().optional(),
  of: z.number(),
})
const figure = {
  value: z.number().optional().describe('Not given where there is nothing to measure.'),
  p90: z.number().optional().describe('Of times: nine of ten are within this.'),
  total: z.number().optional().describe('The whole that a share or a rate is made of: steps, minutes.'),
  of: z.number().describe('On how many it is measured.'),
  among: z.number().optional().describe('Out of how many, where some cannot be measured.'),
}
const indicatorSchema = z
  .object({
    id: z.enum(INDICATOR_IDS),
    name: z.object({ en: z.string(), nb: z.string() }),
    unit: z.string(),
    definition: z.string(),
    purpose: z.string(),
    measured: z.string(),
    target: z
      .object({ is: z.enum(['at least', 'at most']), value: z.number(), source: z.string() })
      .optional(),
    ...figure,
    parts: z
      .array(partSchema)
      .readonly()
      .optional()
      .describe(`The worst first, at most ${MOST_PARTS} of a sort.`),
    startingPoint: z.object(figure).optional().describe('The same over the first 28 days of this hub.'),
  })
  .meta({ id: 'Indicator' })

const reportSchema = z
  .object({
    from: ms,
    to: ms,
    startingPoint: z
      .object({ from: ms, to: ms, isOver: z.boolean().describe('Until then there is no starting point.') })
      .optional(),
    indicators: z.array(indicatorSchema),
  })
  .meta({ id: 'Indicators' })

export type IndicatorsView = z.output<typeof reportSchema>

/** How well alarms are answered, in figures. */
export const indicatorRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/api/indicators',
    {
      config: { roles: ['operator', 'admin'], scope: 'read:indicators' },
      schema: {
        tags: ['indicators'],
        summary: `How well alarms are answered, with definitions; the last ${USUAL_DAYS} days when nothing is said.`,
        querystring: z.object({ from: time, to: time }),
        response: { 200: reportSchema, 400: problemSchema, 401: problemSchema },
      },
    },
    async ({ office, query }) => {
      const { figures, ...report } = await office.indicators(periodOf(query, office.core.now()))
      return {
        ...report,
        indicators: figures.map(({ parts, ...one }) => {
          const { target, ...meaning } = INDICATORS[one.id]
          return {
            ...meaning,
            ...one,
            ...(target && { target }),
            ...(parts && { parts: cutParts(parts) }),
          }
        }),
      }
    },
  )
}

function cutParts(parts: readonly z.output<typeof partSchema>[]): z.output<typeof partSchema>[] {
  return [...Map.groupBy(parts, ({ sort }) => sort).values()].flatMap((same) => same.slice(0, MOST_PARTS))
}

function periodOf(given: { from?: string | undefined; to?: string | undefined }, now: number) {
  const to = Math.min(now, timeOf('to', given.to) ?? now)
  const from = timeOf('from', given.from) ?? to - USUAL_DAYS * DAY
  if (from >= to)
    throw new HttpError(400, 'Cannot compute indicators: "from" is not before "to", or lies ahead.')
  if (to - from > MOST_DAYS * DAY) {
    throw new HttpError(400, `Cannot compute indicators over more than ${MOST_DAYS} days.`)
  }
  return { from, to }
}

/** Without a zone a time of day means another moment on each machine: it is refused. */
function timeOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const isWhole =
    /^\d{4}-\d\d-\d\d$/.test(text) ||
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text)
  const at = isWhole ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) {
    throw new HttpError(
      400,
      `Cannot use "${name}": it is "${text}", expected a day such as 2026-11-01, or a time with its zone.`,
    )
  }
  return at
}
