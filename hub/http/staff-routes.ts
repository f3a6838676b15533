import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { checkOncall } from '../alerts/check-oncall.ts'
import { isSetUp, onCall } from '../alerts/rota.ts'
import { actorSchema } from './actor.ts'
import { HttpError, problemSchema } from './problem.ts'

const DAY = 24 * 3_600_000

const staffSchema = z
  .object({
    id: z.string(),
    name: z.string().optional(),
    phone: z.string().optional(),
    email: z.string().optional(),
    language: z.string(),
  })
  .meta({ id: 'Staff' })

const findingSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('gap'), rota: z.string(), from: z.number(), to: z.number() }),
  z.object({ type: z.literal('unknown'), where: z.string(), id: z.string() }),
  z.object({ type: z.literal('no-phone'), id: z.string() }),
  z.object({ type: z.literal('past-override'), rota: z.string(), from: z.string(), to: z.string() }),
  z.object({ type: z.literal('empty'), rota: z.string() }),
])

const oncallSchema = z
  .object({
    now: z.number(),
    until: z.number(),
    rotas: z.array(
      z.object({
        id: z.string(),
        timezone: z.string(),
        isSetUp: z.boolean(),
        onCall: z.array(z.object({ id: z.string(), name: z.string().optional(), isKnown: z.boolean() })),
      }),
    ),
    findings: z.array(findingSchema),
  })
  .meta({ id: 'Oncall' })

export type OncallView = z.output<typeof oncallSchema>

/** The staff, and who of them is on call. Numbers and addresses are for the admin socket alone. */
export const staffRoutes: FastifyPluginAsyncZod<{
  trusted: boolean
  phone: boolean
}> = async (app, { trusted, phone }) => {
  app.get(
    '/api/staff',
    {
      config: { roles: ['operator', 'admin'], areas: 'none', personal: 'staff.read' },
      schema: {
        tags: ['staff'],
        summary: 'The staff. Phone numbers and addresses only by the command line.',
        response: { 200: z.object({ staff: z.array(staffSchema) }), 401: problemSchema },
      },
    },
    async ({ office }) => ({
      staff: office.staff().map(({ phone: number, email, ...one }) => ({
        ...one,
        ...(trusted && number !== undefined && { phone: number }),
        ...(trusted && email !== undefined && { email }),
      })),
    }),
  )

  if (trusted) {
    app.post(
      '/api/staff',
      {
        config: { roles: [], audit: 'staff.import' },
        schema: {
          tags: ['staff'],
          summary: 'Say who the staff are from now: a YAML file with all of them.',
          body: z.object({ file: z.string(), text: z.string(), ...actorSchema }),
          response: {
            200: z.object({ staff: z.number(), changed: z.number(), removed: z.number() }),
            400: problemSchema,
          },
        },
      },
      ({ office, body }) => office.importStaff(body.file, body.text),
    )
  }

  app.get(
    '/api/oncall',
    {
      config: { roles: ['operator', 'admin'], scope: 'read:alerts', areas: 'none', board: true },
      schema: {
        tags: ['staff'],
        summary: 'Who is on call now, and what is wrong with the rotas of the next days.',
        querystring: z.object({ days: z.coerce.number().int().min(1).max(100).default(14) }),
        response: { 200: oncallSchema, 401: problemSchema },
      },
    },
    async ({ office, query }) => {
      const now = office.core.now()
      const until = now + query.days * DAY
      const staff = office.staff()
      const known = new Map(staff.map((one) => [one.id, one]))
      const policies = office.core.policies()
      return {
        now,
        until,
        rotas: [...policies.rotas.values()].map((rota) => ({
          id: rota.id,
          timezone: rota.timezone,
          isSetUp: isSetUp(rota),
          onCall: onCall(rota, now).map((id) => {
            const name = known.get(id)?.name
            return { id, isKnown: known.has(id), ...(name !== undefined && { name }) }
          }),
        })),
        findings: [...checkOncall(policies, staff, now, until)],
      }
    },
  )

  if (phone) {
    app.post(
      '/api/staff/:id/phone',
      {
        config: { roles: ['operator'], areas: 'none', audit: 'journal' },
        schema: {
          tags: ['phone'],
          summary: 'Answer from the phone of somebody of the staff, as an SMS would.',
          params: z.object({ id: z.string() }),
          body: z.object({ text: z.string().trim().min(1).max(480) }),
          response: {
            200: z.object({ matched: z.boolean(), reason: z.string() }),
            401: problemSchema,
            404: problemSchema,
          },
        },
      },
      async ({ office, params, body }) => {
        const number = office.staffMember(params.id)?.phone
        if (number === undefined) {
          throw new HttpError(404, `Cannot answer for "${params.id}": no phone number is registered.`)
        }
        return office.takeAnswer(number, body.text)
      },
    )
  }
}
