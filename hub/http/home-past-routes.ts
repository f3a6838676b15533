import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { homeOverviewSchema, viewOverview } from './home-overview.ts'
import { homePastSchema, viewPast } from './home-past.ts'
import { HttpError, problemSchema } from './problem.ts'
import { knownHome } from './sight.ts'

/** Each reading is drawn; what is longer is summed up. */
const LONGEST_PAST_H = 24
const OLDEST_PAST = 7 * 24 * 3_600_000
const OVERVIEW_DAYS = ['7', '30'] as const
const HOUR = 3_600_000

const refusals = { 401: problemSchema, 403: problemSchema, 404: problemSchema }

/** What a home was like: of late as it was sensed, over days summed up, one kind as a series. */
export const homePastRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/api/homes/:home/past',
    {
      config: {
        roles: ['operator', 'installer', 'admin'],
        scope: 'read:history',
        personal: 'past.read',
      },
      schema: {
        tags: ['homes'],
        summary:
          'What a home was like of late: what was sensed where, vitals, alerts, and when nobody could know.',
        params: z.object({ home: z.string() }),
        querystring: z.object({
          until: z.coerce.number().optional().describe('Its end, ms; now when not given, and not long ago.'),
          hours: z.coerce
            .number()
            .int()
            .min(1)
            .max(LONGEST_PAST_H)
            .default(LONGEST_PAST_H)
            .describe('So far back.'),
        }),
        response: { 200: homePastSchema, 400: problemSchema, ...refusals },
      },
    },
    async ({ office, params, query }) => {
      const home = knownHome(office, params.home)
      const now = office.core.now()
      const to = Math.min(now, query.until ?? now)
      if (now - to > OLDEST_PAST) throw new HttpError(400, 'Cannot show this: it is more than 7 days ago.')
      const span = { from: to - query.hours * 3_600_000, to }
      return viewPast(home, await office.past(home.id, span.from, to), span, office)
    },
  )

  app.get(
    '/api/homes/:home/overview',
    {
      config: {
        roles: ['operator', 'installer', 'admin'],
        scope: 'read:history',
        personal: 'overview.read',
      },
      schema: {
        tags: ['homes'],
        summary:
          'What a home was like for days until now: what was sensed by the hour, vitals by the day, alerts, and when nobody could know.',
        params: z.object({ home: z.string() }),
        querystring: z.object({ days: z.enum(OVERVIEW_DAYS).default('7').describe('So far back.') }),
        response: { 200: homeOverviewSchema, ...refusals },
      },
    },
    async ({ office, params, query }) => {
      const home = knownHome(office, params.home)
      const to = office.core.now()
      const from = Math.floor((to - Number(query.days) * 24 * HOUR) / HOUR) * HOUR
      return viewOverview(home, await office.overview(home.id, from, to), { from, to }, office)
    },
  )

  app.get(
    '/api/homes/:home/series',
    {
      config: { roles: ['operator'], scope: 'read:history', audit: 'history.read' },
      schema: {
        tags: ['homes'],
        summary: 'What one kind measured, oldest first.',
        params: z.object({ home: z.string() }),
        querystring: z.object({
          sensor: z.string().optional(),
          kind: z.string(),
          from: z.coerce.number().describe('Milliseconds since 1970; 24 h ago when not given.').optional(),
          to: z.coerce.number().describe('Now when not given.').optional(),
          limit: z.coerce.number().int().min(1).max(10_000).default(10_000),
        }),
        response: {
          200: z.object({
            points: z
              .array(
                z
                  .object({ at: z.number(), value: z.union([z.string(), z.number(), z.boolean()]) })
                  .readonly(),
              )
              .readonly(),
          }),
          401: problemSchema,
          404: problemSchema,
        },
      },
    },
    async ({ office, params, query: asked }) => {
      const home = knownHome(office, params.home).id
      const { sensor, kind, limit, to = office.core.now(), from = to - 86_400_000 } = asked
      const query = { home, kind, from, to, limit, ...(sensor !== undefined && { sensor }) }
      return { points: await office.history.series(query) }
    },
  )
}
