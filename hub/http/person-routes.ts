import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ROLES } from '../model/person.ts'
import type { Person } from '../model/person.ts'
import { areaWarnings, warningsField } from './area-warnings.ts'
import type { People } from './people.ts'
import { HttpError, problemSchema } from './problem.ts'
import { time } from './time-fields.ts'

export const areasSchema = z
  .union([z.literal('all'), z.array(z.string().max(100)).min(1).max(100).readonly()])
  .describe('`all`, or those whose homes and alerts they see; "" are the homes without an area.')

const idField = z
  .string()
  .regex(/^[\w.-]{1,64}$/, 'a short name: letters a-z, digits, ".", "_" and "-", at most 64')
  .describe('Stands beside what this person does: `siv`. It is never given to another.')
const nameField = z.string().trim().min(1).max(100)
const rolesField = z.array(z.enum(ROLES)).min(1, 'expected at least one role').readonly()

const personSchema = z
  .object({
    id: z.string(),
    name: z.string().optional(),
    roles: z.array(z.enum(ROLES)).readonly(),
    areas: areasSchema,
    state: z.enum(['active', 'removed']),
    createdAt: time,
    hasPassword: z.boolean(),
    subject: z.string().optional().describe('Whom the OpenID Connect provider says this is.'),
  })
  .meta({ id: 'Person' })

export type PersonView = z.output<typeof personSchema>

const params = z.object({ person: z.string() })
const refusals = { 401: problemSchema, 403: problemSchema, 404: problemSchema, 409: problemSchema }

/** Who may sign in, and what they may do. */
export const personRoutes: FastifyPluginAsyncZod<{
  people: People
  /** Where people open the console; not given: where the admin has it open. */
  consoleUrl?: () => string
}> = async (app, { people, consoleUrl }) => {
  app.get(
    '/api/people',
    {
      config: { roles: ['admin'], areas: 'none', audit: 'people.read' },
      schema: {
        tags: ['people'],
        summary: 'Who may sign in; those who were removed too.',
        response: { 200: z.object({ people: z.array(personSchema) }), ...refusals },
      },
    },
    async () => ({ people: people.list().map(view) }),
  )

  app.post(
    '/api/people',
    {
      config: { roles: ['admin'], audit: 'person.add' },
      schema: {
        tags: ['people'],
        summary: 'Add somebody. They sign in with a link, a password, or the sign-in of their employer.',
        body: z.object({
          id: idField,
          name: nameField.optional(),
          roles: rolesField,
          areas: areasSchema.default('all'),
        }),
        response: { 200: z.object({ person: personSchema, warnings: warningsField }), ...refusals },
      },
    },
    async (request) => {
      const { name, ...order } = request.body
      const person = people.add({ ...order, ...(name !== undefined && { name }) })
      request.noted = { whose: `person:${person.id}`, why: what(person) }
      return { person: view(person), ...areaWarnings(request.office, order.areas) }
    },
  )

  app.patch(
    '/api/people/:person',
    {
      config: { roles: ['admin'], audit: 'person.change' },
      schema: {
        tags: ['people'],
        summary: "Change somebody's name, roles or areas; in force with their next request.",
        params,
        body: z.object({
          name: nameField.optional(),
          roles: rolesField.optional(),
          areas: areasSchema.optional(),
          subject: z
            .string()
            .max(500)
            .regex(/^\S+ \S+$/, 'expected ISSUER SUB')
            .optional()
            .describe('Whom the OpenID Connect provider says this is: `ISSUER SUB`.'),
        }),
        response: { 200: z.object({ person: personSchema, warnings: warningsField }), ...refusals },
      },
    },
    async (request) => {
      const { name, roles, areas, subject } = request.body
      const person = people.change(request.params.person, {
        ...(name !== undefined && { name }),
        ...(roles && { roles }),
        ...(areas && { areas }),
        ...(subject !== undefined && { subject }),
      })
      request.noted = { whose: `person:${person.id}`, why: what(person) }
      return { person: view(person), ...areaWarnings(request.office, areas) }
    },
  )

  app.delete(
    '/api/people/:person',
    {
      config: { roles: ['admin'], audit: 'person.remove' },
      schema: {
        tags: ['people'],
        summary: 'Remove somebody: they are signed out at once. What they did stays under their id.',
        params,
        response: { 204: z.undefined(), ...refusals },
      },
    },
    async (request, reply) => {
      people.remove(request.params.person)
      return reply.code(204).send(undefined)
    },
  )

  app.post(
    '/api/people/:person/sign-in-link',
    {
      config: { roles: ['admin'], audit: 'person.link' },
      schema: {
        tags: ['people'],
        summary: 'Make a link that signs this person in, once, within 24 h. It is shown this once.',
        params,
        response: { 200: z.object({ signIn: z.url() }), ...refusals },
      },
    },
    async (request, reply) => {
      const { person } = request.params
      // Whom nobody knows would be added by it.
      if (!people.find(person)) throw new HttpError(404, `Cannot find the person "${person}".`)
      const base = consoleUrl?.() ?? `${request.protocol}://${request.host}`
      reply.header('cache-control', 'no-store')
      return { signIn: `${base}/sign-in#${people.createSignInToken(person)}` }
    },
  )

  app.put(
    '/api/people/:person/password',
    {
      config: { roles: ['admin'], audit: 'person.password' },
      schema: {
        tags: ['people'],
        summary: "Set somebody's password, or take it away; they are signed out.",
        params,
        body: z.object({ password: z.string().min(1).max(1000).nullable() }),
        response: { 204: z.undefined(), 422: problemSchema, ...refusals },
      },
    },
    async (request, reply) => {
      await people.setPassword(request.params.person, request.body.password ?? undefined)
      return reply.code(204).send(undefined)
    },
  )
}

function view(person: Person): PersonView {
  return { ...person }
}

/** For the audit log: what they may do from now. */
function what({ roles, areas }: Person): string {
  return `roles ${roles.join(',')}; areas ${areas === 'all' ? 'all' : areas.join(',')}`
}
