import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { cursorFields, readCursor, writeCursor } from './page.ts'
import type { Audit } from './people.ts'
import { problemSchema } from './problem.ts'
import { time } from './time-fields.ts'

const rowSchema = z
  .object({
    seq: z.int(),
    at: time,
    who: z.string().describe('`person:siv`, `token:grafana`; on the admin socket whom they named.'),
    what: z.string(),
    whose: z.string().optional().describe('`home:h-0001`, `person:siv`.'),
    why: z.string().optional(),
    from: z.string().describe('An address, or `socket`.'),
    hash: z.string().describe('SHA-256 over the row before and this one.'),
  })
  .meta({ id: 'AuditRow' })

const verdictSchema = z
  .discriminatedUnion('whole', [
    z.object({
      whole: z.literal(true),
      rows: z.int(),
      head: z.string().describe('The hash of the last row.'),
      removed: z.int().optional().describe('So many at the beginning have had their time and are gone.'),
    }),
    z.object({ whole: z.literal(false), rows: z.int(), brokenAt: z.int(), reason: z.string() }),
  ])
  .meta({ id: 'AuditVerdict' })

export type AuditRowView = z.output<typeof rowSchema>
export type AuditVerdictView = z.output<typeof verdictSchema>

const refusals = { 401: problemSchema, 403: problemSchema }

/** Who saw or changed what, whose, and why. */
export const auditLogRoutes: FastifyPluginAsyncZod<{ audit: Audit }> = async (app, { audit }) => {
  app.get(
    '/api/audit',
    {
      config: { roles: ['admin'], audit: 'audit.read' },
      schema: {
        tags: ['audit'],
        summary: 'The audit log, newest first.',
        querystring: z.object({
          whose: z.string().max(200).optional().describe('Only these: `home:h-0001`.'),
          who: z.string().max(200).optional().describe('Only what they did: `person:siv`.'),
          ...cursorFields(100),
        }),
        response: {
          200: z.object({ rows: z.array(rowSchema), next: z.string().optional() }),
          400: problemSchema,
          ...refusals,
        },
      },
    },
    async (request) => {
      const { whose, who, limit, cursor } = request.query
      const [before] = cursor === undefined ? [] : readCursor(cursor, z.tuple([z.int()]))
      const rows = audit.list({
        limit: limit + 1,
        ...(before !== undefined && { before }),
        ...(whose !== undefined && { whose }),
        ...(who !== undefined && { who }),
      })
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return {
        rows: page.map((row) => ({ ...row })),
        ...(rows.length > limit && last && { next: writeCursor([last.seq]) }),
      }
    },
  )

  app.get(
    '/api/audit/verification',
    {
      config: { roles: ['admin'], audit: 'audit.verify' },
      schema: {
        tags: ['audit'],
        summary:
          'Computes the chain of the whole log anew, and says which row is the first that is not as it was written.',
        response: { 200: verdictSchema, ...refusals },
      },
    },
    async () => audit.verify(),
  )
}
