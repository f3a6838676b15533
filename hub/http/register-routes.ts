import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { PART_NAMES, PARTS } from '../model/register.ts'
import type { Edit } from '../model/register.ts'
import { whoOf } from './actor.ts'
import { HttpError, problemSchema } from './problem.ts'
import type { Who } from './register.ts'
import { changedSchema, foundHomeSchema, profileSchema, registeredHomeSchema } from './register-view.ts'
import type { Changed } from './register-view.ts'

/** Fields by name, as in the import file (rules/schema/homes.schema.json); null takes one away. */
const fields = z.record(z.string().max(64), z.unknown())
const entry = z.object({ id: z.string() }).catchall(z.unknown())
const device = z.object({
  profile: z.string().optional().describe('Not given: the same kind of device.'),
  address: z.string().optional(),
})
const home = z.object({ home: z.string() })
const inHome = z.object({ home: z.string(), part: z.string() })
const refusals = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
  412: problemSchema,
  422: problemSchema,
  428: problemSchema,
}
const MOST_FOUND = 200

/** The register as installers work with it: one thing at a time, each error at its field. */
export const registerRoutes: FastifyPluginAsyncZod<{ trusted: boolean }> = async (app, { trusted }) => {
  app.get(
    '/api/profiles',
    {
      config: { roles: ['operator', 'installer', 'admin'], scope: 'read:homes', areas: 'none' },
      schema: {
        tags: ['register'],
        summary: 'The kinds of device that the hub can read.',
        response: { 200: z.object({ profiles: z.array(profileSchema).readonly() }), 401: problemSchema },
      },
    },
    async ({ office }) => ({ profiles: office.register.profiles() }),
  )

  app.get(
    '/api/register',
    {
      config: { roles: ['operator', 'installer', 'admin'], areas: 'kept', audit: 'homes.find' },
      schema: {
        tags: ['register'],
        summary:
          'Homes by what they are called, where they are, a tag, a gateway or the address of a device.',
        querystring: z.object({
          text: z.string().max(100).default(''),
          limit: z.coerce.number().int().min(1).max(MOST_FOUND).default(50),
        }),
        response: { 200: z.object({ homes: z.array(foundHomeSchema).readonly() }), ...refusals },
      },
    },
    async ({ office, query }) => ({ homes: await office.register.find(query.text, query.limit) }),
  )

  app.post(
    '/api/register',
    {
      config: { roles: ['installer', 'admin'], areas: 'kept', audit: 'home.create', once: true },
      schema: {
        tags: ['register'],
        summary: 'Create a home: planned, unless it says another state. Without an id one is made.',
        body: fields,
        response: { 201: changedSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const seed = request.headers['idempotency-key']
      const { by: _by, via: _via, ...wanted } = request.body
      const changed = await request.office.register.create({
        fields: wanted,
        ...(typeof seed === 'string' && { seed: `${request.person ?? ''} ${seed}` }),
        ...asker(request),
      })
      noted(request, changed)
      return reply.code(201).send(changed)
    },
  )

  app.get(
    '/api/homes/:home/register',
    {
      config: { roles: ['installer', 'admin'], audit: 'register.read' },
      schema: {
        tags: ['register'],
        summary:
          'A home as it is registered, with names and numbers, for whoever works there. Each read is in the audit log.',
        params: home,
        response: { 200: registeredHomeSchema, ...refusals },
      },
    },
    async ({ office, params }, reply) => {
      const read = office.register.read(params.home)
      reply.header('cache-control', 'no-store').header('etag', `"${read.revision}"`)
      return read
    },
  )

  app.patch(
    '/api/homes/:home',
    {
      config: { roles: ['installer', 'admin'], audit: 'home.change' },
      schema: {
        tags: ['register'],
        summary: 'Change fields of a home: label, address, key safe, area, time zone, risk, tags.',
        params: home,
        body: fields,
        response: { 200: changedSchema, ...refusals },
      },
    },
    async (request, reply) =>
      edited(request, reply, { type: 'fields', fields: request.body }, seenBy(request)),
  )

  for (const part of PARTS) {
    const name = PART_NAMES[part]
    app.post(
      `/api/homes/:home/${part}`,
      {
        config: { roles: ['installer', 'admin'], audit: `${name}.add`, once: true },
        schema: {
          tags: ['register'],
          summary: `Add a ${name} to a home.`,
          params: home,
          body: entry,
          response: { 201: changedSchema, ...refusals },
        },
      },
      async (request, reply) => {
        const changed = await edited(request, reply, { type: 'add', part, entry: request.body }, undefined)
        return reply.code(201).send(changed)
      },
    )
    app.patch(
      `/api/homes/:home/${part}/:part`,
      {
        config: { roles: ['installer', 'admin'], audit: `${name}.change` },
        schema: {
          tags: ['register'],
          summary: `Change a ${name} of a home.`,
          params: inHome,
          body: fields,
          response: { 200: changedSchema, ...refusals },
        },
      },
      async (request, reply) => {
        const change = { type: 'change', part, id: request.params.part, fields: request.body } as const
        return edited(request, reply, change, seenBy(request))
      },
    )
    app.delete(
      `/api/homes/:home/${part}/:part`,
      {
        config: { roles: ['installer', 'admin'], audit: `${name}.remove` },
        schema: {
          tags: ['register'],
          summary: `Take a ${name} out of a home.`,
          params: inHome,
          response: { 200: changedSchema, ...refusals },
        },
      },
      async (request, reply) =>
        edited(request, reply, { type: 'remove', part, id: request.params.part }, seenBy(request)),
    )
  }

  app.post(
    '/api/homes/:home/sensors/:part/replacement',
    {
      config: { roles: ['installer', 'admin'], audit: 'sensor.replace', once: true },
      schema: {
        tags: ['register'],
        summary: 'Another device in the place of a sensor, which goes on with its history and rules.',
        params: inHome,
        body: device,
        response: { 200: changedSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const { params, body, office } = request
      const changed = await office.register.replaceSensor(
        params.home,
        params.part,
        body,
        ifMatch(request),
        asker(request),
      )
      return answered(request, reply, changed)
    },
  )

  async function edited(
    request: FastifyRequest,
    reply: { header(name: string, value: string): unknown },
    change: Edit,
    seen: string | undefined,
  ): Promise<Changed> {
    const { home: id } = request.params as { home: string }
    return answered(request, reply, await request.office.register.edit(id, change, seen, asker(request)))
  }

  function answered(
    request: FastifyRequest,
    reply: { header(name: string, value: string): unknown },
    changed: Changed,
  ): Changed {
    noted(request, changed)
    if (changed.revision !== undefined) reply.header('etag', `"${changed.revision}"`)
    return changed
  }

  /** On the admin socket people say for whom they act: beside the fields, so that none is taken for one. */
  function asker(request: FastifyRequest): Who {
    return whoOf(request, byOf(request), trusted)
  }
}

function byOf({ query }: FastifyRequest): { by?: string; via?: string } {
  const { by, via } = query as { by?: unknown; via?: unknown }
  return {
    ...(typeof by === 'string' && /^(operator|contact|staff):[\w.-]{1,64}$/.test(by) && { by }),
    ...((via === 'cli' || via === 'api') && { via }),
  }
}

/** What the audit log has of a change: the names of what changed, no value. */
function noted(request: FastifyRequest, { home: id, id: part, changed }: Changed): void {
  const why = changed.length === 0 ? 'as it was' : changed.join(' ')
  request.noted = { whose: `home:${id}`, why }
  request.outcome = { home: id, ...(part !== undefined && { id: part }), changed }
}

function ifMatch({ headers }: FastifyRequest): string | undefined {
  const given = headers['if-match']?.trim().replace(/^W\//, '')
  return given === undefined || given === '*' ? undefined : given.replaceAll('"', '')
}

/** Whoever changes what is there says what they saw: two installers do not undo one another without knowing. */
function seenBy(request: FastifyRequest): string | undefined {
  if (request.headers['if-match'] === undefined) {
    throw new HttpError(
      428,
      'Cannot save this: the header "If-Match" is missing. Give the revision that you saw, or * for whatever it is now.',
    )
  }
  return ifMatch(request)
}
