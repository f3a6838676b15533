import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actorOf, actorSchema } from './actor.ts'
import { certificateRequest, certificateSchema } from './gateway-credential-routes.ts'
import type { Home } from '../model/home.ts'
import { homeOverviewSchema, viewOverview } from './home-overview.ts'
import { homePastSchema, viewPast } from './home-past.ts'
import { createHomeLists, homeListSchema, homeRowSchema } from './home-list.ts'
import type { HomeLists } from './home-list.ts'
import { homeDetailSchema, viewHome } from './home-view.ts'
import type { Office } from './office.ts'
import { cursorFields, nextField, readCursor, writeCursor } from './page.ts'
import { HttpError, problemSchema } from './problem.ts'
import { textOf } from '../source/text-of.ts'
import { noHome, sightOf } from './sight.ts'

/** Thousands of homes in one file; each is about 1 kB. */
const LARGEST_IMPORT = 16 * 1024 * 1024

/** Each reading is drawn; what is longer is summed up. */
const LONGEST_PAST_H = 24
const OLDEST_PAST = 7 * 24 * 3_600_000
const OVERVIEW_DAYS = ['7', '30'] as const
const HOUR = 3_600_000

const importSchema = z.union([
  z.string().describe('The import file itself (application/yaml).'),
  z.object({
    file: z.string().max(200).default('import.yaml').describe('The name to show in errors.'),
    text: z.string(),
  }),
  z.object({
    file: z.string().max(200).describe('With its ending: .csv is a spreadsheet.'),
    base64: z.string().describe('Its bytes, whatever its encoding is.'),
  }),
])

const differenceSchema = z
  .object({
    home: z.string(),
    what: z.enum(['new', 'changed', 'same']),
    differences: z
      .array(
        z
          .object({ path: z.string(), before: z.string().optional(), after: z.string().optional() })
          .readonly(),
      )
      .readonly(),
  })
  .readonly()
  .meta({ id: 'HomeDifference' })

const refusals = { 401: problemSchema, 403: problemSchema, 404: problemSchema }

const LIST = {
  compress: {},
  config: {
    roles: ['operator', 'installer', 'admin'],
    scope: 'read:homes',
    areas: 'kept',
    personal: 'homes.read',
  },
} as const

export type ImportAnswer = {
  readonly homes: number
  readonly changed: number
  readonly limitsReplaced: number
  readonly differences?: readonly z.output<typeof differenceSchema>[]
  readonly others?: number
}

/** Registering homes and their gateways. */
export const homeRoutes: FastifyPluginAsyncZod<{ trusted: boolean; office: Office }> = async (
  app,
  { trusted, office: whole },
) => {
  app.addContentTypeParser(
    /^(application|text)\/((x-)?yaml|plain)/,
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  )

  app.get(
    '/api/homes/export',
    {
      config: { roles: ['admin'], audit: 'homes.export' },
      schema: {
        tags: ['homes'],
        summary: 'Homes as a file that can be imported again, with all that is personal.',
        querystring: z.object({
          format: z.enum(['yaml', 'csv']).default('yaml'),
          language: z.enum(['en', 'nb']).default('nb').describe('Of the headers of a spreadsheet.'),
          homes: z.string().max(100_000).optional().describe('Ids, with commas between; all when not given.'),
          by: actorSchema.by,
        }),
        response: { 200: z.string(), ...refusals },
      },
    },
    async (request, reply) => {
      const { format, language, homes } = request.query
      const ids = homes?.split(',').map((id) => id.trim())
      const text = await request.office.exportHomes(ids, format, language)
      request.noted = { why: `${ids === undefined ? 'all' : ids.length} homes as ${format}` }
      reply
        .header('cache-control', 'no-store')
        .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/yaml')
      reply.serializer((given) => String(given))
      return text
    },
  )

  const lists = createHomeLists(whole)
  app.addHook('onClose', async () => lists.stop())

  app.get(
    '/api/homes',
    {
      ...LIST,
      schema: {
        tags: ['homes'],
        summary: 'Every registered home.',
        response: { 200: z.object({ homes: z.array(homeRowSchema) }), 401: problemSchema },
      },
    },
    (request, reply) => answerList(request, reply, lists.rowsFor),
  )

  app.get(
    '/api/homes/list',
    {
      ...LIST,
      schema: {
        tags: ['homes'],
        summary:
          'Every home in a line: whether it is protected, its open alerts. Quick for tens of thousands.',
        response: { 200: homeListSchema, 401: problemSchema },
      },
    },
    (request, reply) => answerList(request, reply, lists.linesFor),
  )

  app.get(
    '/api/homes/:home',
    {
      config: { roles: ['operator', 'installer', 'admin'], scope: 'read:homes', personal: 'home.read' },
      schema: {
        tags: ['homes'],
        summary:
          'One home by pseudonyms: its equipment and whether that speaks, modes, holds, limits, contacts, open alerts.',
        params: z.object({ home: z.string() }),
        response: { 200: homeDetailSchema, ...refusals },
      },
    },
    async ({ office, params }) => viewHome(knownHome(office, params.home), office, false),
  )

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

  app.post(
    '/api/homes/:home/reveal',
    {
      config: { roles: ['operator'], audit: 'home.reveal' },
      schema: {
        tags: ['homes'],
        summary:
          'The same with names, numbers and reasons. Who asked for them, and why, is kept in the audit log.',
        params: z.object({ home: z.string() }),
        body: z.object({
          reason: z
            .string()
            .trim()
            .min(3)
            .max(300)
            .describe('Why they are needed, without names: "alert 4821, ring the daughter".'),
          by: actorSchema.by,
        }),
        response: { 200: homeDetailSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const { office, params, body } = request
      reply.header('cache-control', 'no-store')
      request.noted = { why: body.reason }
      return viewHome(knownHome(office, params.home), office, true)
    },
  )

  app.post(
    '/api/homes',
    {
      config: { roles: ['installer', 'admin'], scope: 'change:homes', audit: 'homes.import' },
      bodyLimit: LARGEST_IMPORT,
      schema: {
        tags: ['homes'],
        summary:
          'Register or change homes from an import file; nothing is taken when anything in it is wrong.',
        consumes: ['application/yaml', 'application/json'],
        body: importSchema,
        querystring: z.object({
          dryRun: z.enum(['true', 'false']).default('false').describe('Only say what would change.'),
        }),
        response: {
          200: z.object({
            homes: z.number(),
            changed: z.number(),
            limitsReplaced: z.number().describe('Limits set by people for which the file has another value.'),
            differences: z
              .array(differenceSchema)
              .optional()
              .describe('Of a dry run: home by home, and field by field. What has no "after" would go.'),
            others: z
              .number()
              .optional()
              .describe('Registered homes that the file does not name: they stay.'),
          }),
          401: problemSchema,
          422: problemSchema,
        },
      },
    },
    async (request) => {
      const { body, query, office, caller } = request
      const { file, text } = fileOf(body)
      if (query.dryRun === 'false') {
        const done = await office.importHomes(file, text)
        request.noted = { why: `${done.changed} of ${done.homes} homes` }
        return done
      }
      request.noted = { why: 'dry run' }
      const { homes, others } = await office.compareHomes(file, text)
      // A program is told no name that it did not know.
      const tells = caller?.type !== 'token'
      const differences = homes.map((home) => ({
        ...home,
        differences: home.differences.map(({ before, ...rest }) => ({
          ...rest,
          ...(before !== undefined && { before: tells ? before : '' }),
        })),
      }))
      const changed = homes.filter(({ what }) => what !== 'same').length
      return { homes: homes.length, changed, limitsReplaced: 0, differences, others }
    },
  )

  app.post(
    '/api/homes/:home/contacts/:contact/status-link',
    {
      config: { roles: ['operator', 'admin'], audit: 'status-link.make' },
      schema: {
        tags: ['homes'],
        summary: 'Make the link to the page that shows a contact how the home is; who made it is kept.',
        params: z.object({ home: z.string(), contact: z.string() }),
        body: z.object(actorSchema).nullish(),
        response: {
          200: z.object({ url: z.string(), until: z.number().describe('It works until then, ms.') }),
          401: problemSchema,
          409: problemSchema,
        },
      },
    },
    async (request, reply) => {
      const { home, contact } = request.params
      reply.header('cache-control', 'no-store')
      return request.office.makeStatusLink(home, contact, actorOf(request, request.body ?? {}, trusted))
    },
  )

  app.post(
    '/api/homes/:home/gateways',
    {
      config: { roles: ['installer', 'admin'], audit: 'gateway.add', once: true },
      schema: {
        tags: ['homes'],
        summary:
          'Make the credentials of a gateway: a password, or a key and its certificate. They are shown this once.',
        params: z.object({ home: z.string() }),
        body: z
          .object({
            id: z.string().min(1).max(64).optional(),
            certificate: z.boolean().optional().describe('A key and its certificate instead of a password.'),
            request: certificateRequest.optional(),
          })
          .nullish(),
        response: {
          200: z.object({
            home: z.string(),
            username: z.string(),
            password: z.string().optional().describe('Not given to a gateway with a certificate.'),
            certificate: certificateSchema.optional(),
          }),
          401: problemSchema,
          404: problemSchema,
          409: problemSchema,
        },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const { id, certificate, request: toSign } = request.body ?? {}
      const made = await request.office.addGateway(request.params.home, {
        ...(id !== undefined && { id }),
        ...(certificate !== undefined && { certificate }),
        ...(toSign !== undefined && { request: toSign }),
      })
      request.noted = { whose: `home:${made.home}`, why: made.username }
      request.outcome = { home: made.home, username: made.username, secret: 'shown once' }
      return made
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

  app.get(
    '/api/undecoded',
    {
      config: { roles: ['operator', 'installer', 'admin'], scope: 'read:homes', areas: 'kept' },
      schema: {
        tags: ['homes'],
        summary: 'Messages that gave no reading, newest first, with the reason.',
        querystring: z.object(cursorFields(100)),
        response: {
          200: z.object({
            undecoded: z
              .array(
                z
                  .object({
                    seq: z.number(),
                    now: z.number(),
                    home: z.string(),
                    sensor: z.string().optional(),
                    topic: z.string(),
                    payload: z.string(),
                    reason: z.string(),
                  })
                  .readonly(),
              )
              .readonly(),
            next: nextField,
          }),
          400: problemSchema,
          401: problemSchema,
        },
      },
    },
    async ({ office, query: { limit, cursor } }) => {
      const [before] = cursor === undefined ? [] : readCursor(cursor, z.tuple([z.int()]))
      const found = office.undecoded(limit + 1, before)
      const undecoded = found.slice(0, limit)
      const last = undecoded.at(-1)
      return { undecoded, ...(found.length > limit && last && { next: writeCursor([last.seq]) }) }
    },
  )
}

async function answerList(
  { caller, office }: FastifyRequest,
  reply: FastifyReply,
  list: HomeLists['rowsFor'],
): Promise<never> {
  if (!caller) throw new HttpError(401, 'Cannot answer: nobody is signed in.')
  const text = await list(sightOf(caller), office)
  reply.header('cache-control', 'no-store').type('application/json; charset=utf-8')
  // As text: to check and write so many lines once more would take the thread from the broker.
  reply.serializer((given) => given as never)
  return text as never
}

function fileOf(body: z.output<typeof importSchema>): { file: string; text: string } {
  if (typeof body === 'string') return { file: 'import.yaml', text: body }
  if ('base64' in body) return { file: body.file, text: textOf(Buffer.from(body.base64, 'base64')) }
  return body
}

function knownHome(office: Office, id: string): Home {
  const home = office.core.home(id)
  if (!home) throw new HttpError(404, noHome(id))
  return home
}
