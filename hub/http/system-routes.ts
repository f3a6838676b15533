import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { SEVERITIES } from '../model/alert.ts'
import { WAYS } from '../model/notification.ts'
import { KEEP_CLASSES } from '../model/retention.ts'
import { CERTIFICATE_USES, DISK_STAGES, PROBLEMS } from '../model/system.ts'
import { problemSchema } from './problem.ts'
import { time } from './time-fields.ts'

const ms = z.number().describe('Milliseconds.')
const bytes = z.number().describe('Bytes.')

const systemSchema = z
  .object({
    now: time,
    problems: z
      .array(
        z.object({
          problem: z.enum(PROBLEMS),
          severity: z.enum(SEVERITIES),
          since: time.optional(),
          name: z
            .string()
            .optional()
            .describe(
              'Of the channel or connector, what the certificate is for, or what listens without TLS.',
            ),
          reason: z.string().optional(),
          amount: z.number().optional(),
        }),
      )
      .readonly()
      .describe('What is not as it should be, what harms people most first.'),
    writtenAgo: ms.describe('ms since something was last written to the disk.'),
    outboxAge: ms.describe('ms for which the oldest message to a person has not left; 0: none.'),
    broker: z.object({ connections: z.number(), most: z.number() }).readonly(),
    journal: z.object({ entries: z.number(), bytes }).readonly(),
    disk: z
      .object({
        free: bytes,
        total: bytes,
        stage: z
          .enum(DISK_STAGES)
          .describe(
            'What is shed: nothing; it is said; InfluxDB; all but alarms; and their reserve is in use.',
          ),
        notKept: z
          .number()
          .optional()
          .describe('Readings that were acknowledged and not kept, since the hub started.'),
      })
      .readonly()
      .optional(),
    history: z
      .object({
        where: z.string().describe('Which InfluxDB.'),
        seq: z.number().describe('The last entry of the journal that is written.'),
        waiting: z.number().describe('Entries of the journal that are not written yet.'),
        since: time.optional(),
        error: z.string().optional().describe('Why the last write failed.'),
        retryAt: time.optional(),
        refused: z.number(),
      })
      .readonly()
      .optional()
      .describe('InfluxDB. Not given: graphs are read from the journal.'),
    live: z
      .object({
        pushed: z.number(),
        dropped: z.number().describe('The oldest, while Grafana took nothing: the history has them.'),
        failing: z.object({ since: time, error: z.string() }).readonly().optional(),
      })
      .readonly()
      .optional()
      .describe('Changes of alerts pushed to Grafana Live. Not given: nothing is.'),
    channels: z
      .array(
        z
          .object({ channel: z.string(), kind: z.enum(WAYS), ok: z.boolean(), error: z.string().optional() })
          .readonly(),
      )
      .readonly(),
    certificates: z
      .array(
        z
          .object({
            use: z.enum(CERTIFICATE_USES),
            validTo: time,
            refused: z.object({ at: time, reason: z.string() }).readonly().optional(),
          })
          .readonly(),
      )
      .readonly()
      .describe('Those that this hub shows to whoever connects.'),
    gatewayCertificatesEnding: z.number().describe('Gateways whose certificate ends within 30 days, or has.'),
    connectors: z
      .array(
        z
          .object({
            connector: z.string(),
            ok: z.boolean(),
            since: time,
            lastMessageAt: time.optional(),
            error: z.string().optional(),
            unknown: z
              .object({ count: z.number(), topics: z.array(z.string()).readonly() })
              .readonly()
              .optional()
              .describe('Messages of no registered home or sensor since the hub started.'),
          })
          .readonly(),
      )
      .readonly()
      .describe('Brokers of others whose messages the hub takes.'),
    backup: z
      .object({ madeAt: time, isEncrypted: z.boolean() })
      .readonly()
      .optional()
      .describe('The newest backup that this machine knows of. Not given: none was ever made.'),
    deadMan: z
      .object({ toldAt: time.optional(), error: z.string().optional() })
      .readonly()
      .optional()
      .describe('The service outside that is told that the hub is well. Not given: there is none.'),
    retention: z
      .object({
        at: time,
        removed: z.partialRecord(z.enum(KEEP_CLASSES), z.number()),
        countedFrom: time
          .optional()
          .describe(
            'Times were counted from then, as the clock is days ahead of when the hub last ran. Not given: from `at`.',
          ),
        failed: z.string().optional(),
      })
      .readonly()
      .optional()
      .describe('When what has had its time was looked for last, and what was removed then.'),
    versions: z
      .object({ hub: z.string(), node: z.string(), sqlite: z.string(), schema: z.number() })
      .readonly(),
  })
  .meta({ id: 'System' })

export type SystemView = z.output<typeof systemSchema>

/** How the hub itself is. */
export const systemRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/api/system',
    {
      config: { roles: ['operator', 'admin'], areas: 'none' },
      schema: {
        tags: ['health'],
        summary: 'How the parts of the hub are, and what is wrong with them. Nothing of a home or person.',
        response: { 200: systemSchema, 401: problemSchema, 403: problemSchema },
      },
    },
    async ({ office }) => {
      const { facts, problems } = await office.system()
      const { heartbeat, rulesRefused: _, plain: __, ...rest } = facts
      const { now, writtenAgo, outboxAge } = heartbeat
      return { now, problems, writtenAgo, outboxAge, ...rest }
    },
  )
}
