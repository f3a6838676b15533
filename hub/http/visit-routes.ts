import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ALARM_HOWS } from '../model/visit.ts'
import type { Certificate } from '../model/visit.ts'
import { actorOf, actorSchema, whoOf } from './actor.ts'
import type { Office } from './office.ts'
import { HttpError, problemSchema } from './problem.ts'
import { certificateRowSchema, certificateSchema, visitSchema } from './visit-view.ts'

const home = z.object({ home: z.string() })
const ofHome = z.object({ home: z.string(), certificate: z.string() })
const words = z.string().trim().min(1).max(500)
const refusals = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
  422: problemSchema,
}
const ROLES = ['installer', 'admin'] as const
/** What was proven is for whoever answers the alarms, too. */
const READERS = ['operator', ...ROLES] as const

/** The installer's visit: each sensor is proven, then the way of an alarm, timed; a certificate says so. */
export const visitRoutes: FastifyPluginAsyncZod<{ trusted: boolean }> = async (app, { trusted }) => {
  app.get(
    '/api/homes/:home/visit',
    {
      config: { roles: ROLES },
      schema: {
        tags: ['visit'],
        summary: 'The visit that is open in a home; else the last one that was finished.',
        params: home,
        response: { 200: visitSchema, ...refusals },
      },
    },
    async ({ office, params }) => {
      const visit = office.visits.read(params.home)
      if (!visit) throw new HttpError(404, 'Cannot find a visit: there was none in this home yet.')
      return visit
    },
  )

  app.post(
    '/api/homes/:home/visit',
    {
      config: { roles: ROLES, audit: 'visit.start' },
      schema: {
        tags: ['visit'],
        summary:
          'Begin a visit, or join the one that is open. The home is in maintenance for 2 h, and one that is planned is being set up.',
        params: home,
        body: z.object({
          phone: z
            .string()
            .optional()
            .describe('Your phone: it gets the SMS of tests, as an installer of the home.'),
          language: z.string().max(5).optional().describe('Of that SMS: nb when not given.'),
          ...actorSchema,
        }),
        response: { 200: visitSchema, ...refusals },
      },
    },
    async (request) => {
      const { phone, language, ...who } = request.body
      return request.office.visits.start(request.params.home, {
        phone,
        language,
        ...whoOf(request, who, trusted),
      })
    },
  )

  app.post(
    '/api/homes/:home/visit/proofs',
    {
      config: { roles: ROLES, audit: 'visit.ask' },
      schema: {
        tags: ['visit'],
        summary:
          'Wait for the reading that proves a step of a sensor, from now. A step that was proven is proven anew.',
        params: home,
        body: z.object({
          sensor: z.string(),
          step: z.int().min(0).describe('Its number in the profile, from 0.'),
          ...actorSchema,
        }),
        response: { 200: visitSchema, ...refusals },
      },
    },
    async (request) => {
      const { sensor, step, ...who } = request.body
      request.noted = { why: `${sensor} ${step}` }
      return request.office.visits.ask(request.params.home, {
        sensor,
        step,
        ...actorOf(request, who, trusted),
      })
    },
  )

  app.post(
    '/api/homes/:home/visit/alarm',
    {
      config: { roles: ROLES, audit: 'visit.alarm' },
      schema: {
        tags: ['visit'],
        summary:
          'Begin the timed proof from an alarm to its answer. sensor: you set one off within 5 minutes; hub: the hub says it itself, as a test.',
        params: home,
        body: z.object({
          how: z.enum(ALARM_HOWS),
          sensor: z.string().optional().describe('Which one; not given: whichever sensor calls.'),
          ...actorSchema,
        }),
        response: { 200: visitSchema, ...refusals },
      },
    },
    async (request) => {
      const { how, sensor, ...who } = request.body
      request.noted = { why: sensor === undefined ? how : `${how} ${sensor}` }
      return request.office.visits.alarm(request.params.home, {
        how,
        sensor,
        ...actorOf(request, who, trusted),
      })
    },
  )

  app.post(
    '/api/homes/:home/visit/finish',
    {
      config: { roles: ROLES, audit: 'visit.finish', once: true },
      schema: {
        tags: ['visit'],
        summary:
          'Finish the visit: its certificate is made, the home is active and no longer in maintenance. Refused while something is missing, unless with the reason to go on without.',
        params: home,
        body: z.object({
          note: words.optional(),
          force: z
            .object({ reason: words })
            .optional()
            .describe('Finish though something is missing: the certificate says what, and why.'),
          ...actorSchema,
        }),
        response: { 200: visitSchema, ...refusals },
      },
    },
    async (request) => {
      const { note, force, ...who } = request.body
      const visit = await request.office.visits.finish(request.params.home, {
        note,
        force: force?.reason,
        ...actorOf(request, who, trusted),
      })
      request.noted = { why: visit.finished?.certificate ?? '' }
      request.outcome = { home: visit.home, certificate: visit.finished?.certificate }
      return visit
    },
  )

  app.get(
    '/api/homes/:home/certificates',
    {
      config: { roles: READERS },
      schema: {
        tags: ['visit'],
        summary: 'The certificates of a home, newest first.',
        params: home,
        response: { 200: z.object({ certificates: z.array(certificateRowSchema) }), ...refusals },
      },
    },
    async ({ office, params }) => ({
      certificates: office.visits.certificates(params.home).map((one) => ({
        id: one.id,
        at: one.at,
        by: one.by,
        ...(one.byName !== undefined && { byName: one.byName }),
        due: one.due,
        sensors: one.visit.sensors.length,
        proven: one.visit.sensors.filter(({ state }) => state === 'proven').length,
        forced: one.forced !== undefined,
      })),
    }),
  )

  app.get(
    '/api/homes/:home/certificates/:certificate',
    {
      config: { roles: READERS, audit: 'certificate.read' },
      schema: {
        tags: ['visit'],
        summary: 'What a visit proved.',
        params: ofHome,
        response: { 200: certificateSchema, ...refusals },
      },
    },
    async ({ office, params }) => found(office, params),
  )

  app.get(
    '/api/homes/:home/certificates/:certificate/pdf',
    {
      config: { roles: READERS, audit: 'certificate.print' },
      schema: {
        tags: ['visit'],
        summary: 'The certificate to be printed (A4).',
        params: ofHome,
        querystring: z.object({ language: z.enum(['nb', 'en']).default('nb') }),
      },
    },
    async ({ office, params, query }, reply) => {
      const certificate = found(office, params)
      const pdf = await office.visits.print(certificate, query.language)
      return reply
        .type('application/pdf')
        .header('content-disposition', `inline; filename="${certificate.home}-${certificate.id}.pdf"`)
        .send(pdf)
    },
  )
}

function found(office: Office, params: { home: string; certificate: string }): Certificate {
  const certificate = office.visits.certificate(params.home, params.certificate)
  if (!certificate) throw new HttpError(404, 'Cannot find this certificate: the home has none with this id.')
  return certificate
}
