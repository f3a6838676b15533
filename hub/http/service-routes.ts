import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actorSchema, whoOf } from './actor.ts'
import { problemSchema } from './problem.ts'
import { serviceSchema } from './register-view.ts'
import { untilField } from './time-fields.ts'

const home = z.object({ home: z.string() })
const why = z.string().trim().min(1).max(500)
const refusals = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
  422: problemSchema,
}

/** How far the service of a home is: planned, being set up, in force, paused until a time, closed. */
export const serviceRoutes: FastifyPluginAsyncZod<{ trusted: boolean }> = async (app, { trusted }) => {
  app.get(
    '/api/homes/:home/service',
    {
      config: { roles: ['operator', 'installer', 'admin'], scope: 'read:homes', personal: 'service.read' },
      schema: {
        tags: ['register'],
        summary: 'The state of a home, until when, and who said so.',
        params: home,
        response: { 200: serviceSchema, ...refusals },
      },
    },
    async ({ office, params }) => office.register.service(params.home),
  )

  app.put(
    '/api/homes/:home/service',
    {
      config: { roles: ['installer', 'admin'], audit: 'service.set' },
      schema: {
        tags: ['register'],
        summary: 'Bring a home into another state. Closed: its gateways are refused, and no rule counts.',
        params: home,
        body: z.object({
          state: z.enum(['planned', 'commissioning', 'active', 'closed']),
          why: why.optional(),
          ...actorSchema,
        }),
        response: { 200: serviceSchema, ...refusals },
      },
    },
    async (request) => {
      const { state, why: reason, ...who } = request.body
      request.noted = { why: state }
      return request.office.register.setService(
        request.params.home,
        { to: state, ...(reason !== undefined && { why: reason }) },
        whoOf(request, who, trusted),
      )
    },
  )

  app.put(
    '/api/homes/:home/pause',
    {
      config: { roles: ['operator', 'installer', 'admin'], audit: 'service.pause' },
      schema: {
        tags: ['register'],
        summary:
          'Pause the service of a home until a time, with a reason; said again, it has the new end. Falls, SOS, smoke, gas and CO still call.',
        params: home,
        body: z.object({
          until: untilField,
          for: z.string().max(20).optional().describe('Or how long: 12h, 14d.'),
          why: why.optional(),
          ...actorSchema,
        }),
        response: { 200: serviceSchema, ...refusals },
      },
    },
    async (request) => {
      const { until: at, for: length, why: reason, ...who } = request.body
      const until = at !== undefined ? { at } : length !== undefined ? { in: length } : undefined
      return request.office.register.setService(
        request.params.home,
        { to: 'paused', ...(until && { until }), ...(reason !== undefined && { why: reason }) },
        whoOf(request, who, trusted),
      )
    },
  )

  app.delete(
    '/api/homes/:home/pause',
    {
      config: { roles: ['operator', 'installer', 'admin'], audit: 'service.resume' },
      schema: {
        tags: ['register'],
        summary: 'End the pause of a home. One that is not paused stays as it is.',
        params: home,
        querystring: z.object(actorSchema),
        response: { 200: serviceSchema, ...refusals },
      },
    },
    async (request) => {
      const { register } = request.office
      const { home: id } = request.params
      if (register.service(id).state !== 'paused') return register.service(id)
      return register.setService(id, { to: 'active' }, whoOf(request, request.query, trusted))
    },
  )
}
