import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { textOf } from '../source/text-of.ts'
import { actorSchema } from './actor.ts'
import { homesAsked, noteAct } from './audit-hook.ts'
import { problemSchema } from './problem.ts'

/** Thousands of homes in one file; each is about 1 kB. */
const LARGEST_IMPORT = 16 * 1024 * 1024

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

export type ImportAnswer = {
  readonly homes: number
  readonly changed: number
  readonly limitsReplaced: number
  readonly differences?: readonly z.output<typeof differenceSchema>[]
  readonly others?: number
}

/** Homes in files: read, compared with what is registered, and written. */
export const homeFileRoutes: FastifyPluginAsyncZod = async (app) => {
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
        response: { 200: z.string(), 401: problemSchema, 403: problemSchema, 404: problemSchema },
      },
    },
    async (request, reply) => {
      const { format, language, homes } = request.query
      const ids = homes?.split(',').map((id) => id.trim())
      const text = await request.office.exportHomes(ids, format, language)
      const all = ids === undefined ? [...request.office.core.homes()].length : ids.length
      request.noted = {
        whose: ids === undefined ? 'homes:all' : homesAsked(ids),
        why: `${all} homes as ${format}`,
      }
      reply
        .header('cache-control', 'no-store')
        .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/yaml')
      reply.serializer((given) => String(given))
      return text
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
        const { changedHomes, toldChanged, ...done } = await office.importHomes(file, text)
        const whose = (homes: readonly string[]) => (homes.length > 0 ? { whose: homesAsked(homes) } : {})
        // Who is called at night is worth a row of its own: an importer can put themself there.
        if (toldChanged.length > 0) await noteAct(request, office, 'contacts.import', whose(toldChanged))
        request.noted = { why: `${done.changed} of ${done.homes} homes`, ...whose(changedHomes) }
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
}

function fileOf(body: z.output<typeof importSchema>): { file: string; text: string } {
  if (typeof body === 'string') return { file: 'import.yaml', text: body }
  if ('base64' in body) return { file: body.file, text: textOf(Buffer.from(body.base64, 'base64')) }
  return body
}
