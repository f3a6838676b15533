import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ANNOUNCERS } from '../model/seen.ts'
import { actorOf, actorSchema } from './actor.ts'
import type { Office, SeenDevice } from './office.ts'
import { cursorFields, nextField, readCursor, writeCursor } from './page.ts'
import { problemSchema } from './problem.ts'
import { time } from './time-fields.ts'

const LONGEST_SHOWN = 1000

const reasonSchema = z
  .discriminatedUnion('by', [
    z.object({ by: z.literal('model'), model: z.string() }),
    z.object({ by: z.literal('maker'), maker: z.string() }),
    z.object({ by: z.literal('keys'), keys: z.array(z.string()).readonly() }),
    z.object({ by: z.literal('unfit'), reason: z.string() }),
  ])
  .describe('What speaks for the profile; `unfit`: of its newest message something cannot be read.')

const deviceSchema = z.object({
  address: z.string().describe('With which it is registered.'),
  name: z.string().optional(),
  maker: z.string().optional(),
  model: z.string().optional(),
  what: z.string().optional().describe('In the words of its bridge.'),
  power: z.enum(['battery', 'mains']).optional(),
  announcedBy: z.array(z.enum(ANNOUNCERS)).describe('What told of it.'),
  firstAt: time,
  heardAt: time.optional().describe('Its newest message; not given when it was only announced.'),
  lastAt: time,
  count: z.int().describe('Its messages.'),
  topics: z.array(z.string()).readonly().describe('Below homes/<home>/, the newest last.'),
  payload: z.string().optional().describe('Its newest message, cut at 1000 characters.'),
  ignored: z.object({ at: time, by: z.string() }).optional(),
  likely: z
    .array(
      z.object({
        profile: z.string(),
        title: z.object({ en: z.string(), nb: z.string() }),
        score: z.number().describe('0 to 1.'),
        why: z.array(reasonSchema).readonly(),
      }),
    )
    .readonly()
    .describe('The profiles with which it could be registered, the likeliest first.'),
})

const seenSchema = z
  .object({
    home: z.string(),
    now: time,
    seen: z.array(deviceSchema).describe('Newest first.'),
    ignored: z.int().describe('How many are hidden.'),
  })
  .meta({ id: 'SeenDevices' })

export type SeenView = z.output<typeof seenSchema>

const refusals = { 401: problemSchema, 403: problemSchema, 404: problemSchema }

/** Devices that gateways speak for and nobody registered, and messages that gave no reading. */
export const seenRoutes: FastifyPluginAsyncZod<{ trusted: boolean }> = async (app, { trusted }) => {
  app.get(
    '/api/homes/:home/seen',
    {
      config: { roles: ['installer', 'admin'] },
      schema: {
        tags: ['homes'],
        summary:
          'What the gateways of a home send or tell of that belongs to no registered sensor, with the likely profile.',
        params: z.object({ home: z.string() }),
        querystring: z.object({
          ignored: z.stringbool().default(false).describe('Those that somebody hid, too.'),
        }),
        response: { 200: seenSchema, ...refusals },
      },
    },
    async ({ office, params, query }) => view(office, params.home, query.ignored),
  )

  app.post(
    '/api/homes/:home/seen/:address/ignore',
    {
      config: { roles: ['installer', 'admin'], audit: 'seen.ignore' },
      schema: {
        tags: ['homes'],
        summary:
          'Hide a device that is none of the hub, or show it again. Its alarms are raised all the same.',
        params: z.object({ home: z.string(), address: z.string().describe('Percent-encoded.') }),
        body: z.object({ ...actorSchema, on: z.boolean().default(true) }).nullish(),
        response: { 200: seenSchema, ...refusals },
      },
    },
    async (request) => {
      const { office, params, body } = request
      const who = actorOf(request, body ?? {}, trusted)
      await office.ignoreSeen(params.home, params.address, { on: body?.on ?? true, ...who })
      return view(office, params.home, false)
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

function view(office: Office, home: string, withIgnored: boolean): SeenView {
  const all = office.seen(home)
  return {
    home,
    now: office.core.now(),
    seen: all.filter(({ ignored }) => withIgnored || !ignored).map(viewDevice),
    ignored: all.filter(({ ignored }) => ignored).length,
  }
}

function viewDevice({ announced, ignored, ...device }: SeenDevice): SeenView['seen'][number] {
  const announcedBy = ANNOUNCERS.filter((by) => announced?.[by])
  // The first who tells of it knows it best.
  const told = announcedBy.toReversed().map((by) => announced?.[by])
  const {
    name,
    maker,
    model,
    what,
    power,
    topics = [],
  } = Object.assign({}, ...told) as NonNullable<(typeof told)[0]>
  return {
    ...device,
    ...(device.payload !== undefined && { payload: device.payload.slice(0, LONGEST_SHOWN) }),
    topics: device.topics.length > 0 ? device.topics : topics,
    announcedBy,
    ...(name !== undefined && { name }),
    ...(maker !== undefined && { maker }),
    ...(model !== undefined && { model }),
    ...(what !== undefined && { what }),
    ...(power !== undefined && { power }),
    ...(ignored && { ignored: { at: ignored.at, by: ignored.by } }),
  }
}
