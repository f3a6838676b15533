import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CONSENT_KINDS } from '../model/consent.ts'
import { actorOf, actorSchema } from './actor.ts'
import { problemSchema } from './problem.ts'
import { time } from './time-fields.ts'

const kind = z.enum(CONSENT_KINDS)

/** Where a contact stands on one kind of message. */
export const consentStateSchema = z.object({
  kind,
  is: z
    .enum(['given', 'withdrawn', 'stopped', 'unrecorded'])
    .describe('`stopped`: they wrote STOP. `unrecorded`: nobody has written down whether they consent.'),
  since: time.optional(),
  may: z.boolean().describe('Whether it is sent: alerts and receipts also where nothing is recorded.'),
})

const consentsSchema = z
  .object({
    home: z.string(),
    timezone: z.string(),
    contacts: z
      .array(
        z.object({
          contact: z.string(),
          name: z.string().optional(),
          stoppedAt: time.optional().describe('They wrote STOP, and not START since.'),
          kinds: z
            .array(
              consentStateSchema
                .extend({
                  note: z
                    .object({ at: time, by: z.string(), via: z.string(), source: z.string() })
                    .optional()
                    .describe('Who recorded it, and where it is written.'),
                })
                .readonly(),
            )
            .readonly(),
        }),
      )
      .readonly()
      .describe('In the order in which they are told.'),
  })
  .meta({ id: 'Consents' })

export type ConsentsView = z.output<typeof consentsSchema>

const refusals = { 401: problemSchema, 404: problemSchema, 422: problemSchema }

/** What the contacts of a home may get. */
export const consentRoutes: FastifyPluginAsyncZod<{ trusted: boolean }> = async (app, { trusted }) => {
  app.get(
    '/api/homes/:home/consents',
    {
      config: { roles: ['operator', 'admin'], personal: 'consents.read' },
      schema: {
        tags: ['homes'],
        summary: 'What each contact of a home has consented to, since when, and where that is written.',
        params: z.object({ home: z.string() }),
        response: { 200: consentsSchema, ...refusals },
      },
    },
    async ({ office, params: { home } }) => office.consents(home),
  )

  app.post(
    '/api/homes/:home/consents/:contact',
    {
      config: { roles: ['operator', 'admin'], audit: 'consent.change' },
      schema: {
        tags: ['homes'],
        summary:
          'Record that a contact has given or withdrawn consent to kinds of messages, in force at once. Given after a STOP, a kind is sent again.',
        params: z.object({ home: z.string(), contact: z.string() }),
        body: z.object({
          give: z.array(kind).default([]),
          withdraw: z.array(kind).default([]),
          source: z
            .string()
            .trim()
            .min(1)
            .max(200)
            .describe('Where it is written. Kept with the personal data of the home.'),
          ...actorSchema,
        }),
        response: { 200: consentsSchema, ...refusals },
      },
    },
    async (request) => {
      const { home, contact } = request.params
      const { give, withdraw, source, ...who } = request.body
      return request.office.changeConsent(home, {
        contact,
        give,
        withdraw,
        source,
        ...actorOf(request, who, trusted),
      })
    },
  )
}
