import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CAUSES } from '../model/alert.ts'
import type { Input } from '../model/input.ts'
import { actorOf, actorSchema } from './actor.ts'
import { alertStorySchema, viewStory } from './alert-story.ts'
import { alertEventSchema, alertViewSchema, contactName, viewAlert, viewEvent } from './alert-view.ts'
import type { AlertView } from './alert-view.ts'
import { noAlert } from './guard.ts'
import { inStretches } from './in-stretches.ts'
import type { AlertPlace, Office } from './office.ts'
import { cursorFields, readCursor, writeCursor } from './page.ts'
import { HttpError, problemSchema } from './problem.ts'

const MOST_ALERTS = 1000

/** Who did what a program passes on. */
const humanSchema = {
  human: z
    .string()
    .regex(/^[\w.:@-]{1,64}$/, 'expected an id, of a-z, 0-9 and . _ : @ -')
    .optional()
    .describe(
      'Of a program: who did it, as an id and no name. Must be given for alerts about a person; kept as a note.',
    ),
}

/** Installers for what they see of alerts: tests, and what is wrong with equipment. */
const ACTS = { roles: ['operator', 'installer'], scope: 'act:alerts', audit: 'journal' } as const

const refusals = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
}

/** The alerts, and what a human does about them. */
export const alertRoutes: FastifyPluginAsyncZod<{ trusted: boolean }> = async (app, { trusted }) => {
  app.get(
    '/api/alerts',
    {
      config: {
        roles: ['operator', 'installer', 'admin'],
        scope: 'read:alerts',
        areas: 'kept',
        board: true,
        personal: 'alerts.read',
      },
      schema: {
        tags: ['alerts'],
        summary:
          'The open alerts, newest first; with `all` the resolved ones after them, the newest `limit`, and `next` where there are more.',
        querystring: z.object({
          all: z.stringbool().default(false),
          ...cursorFields(MOST_ALERTS, MOST_ALERTS),
        }),
        response: {
          200: z.object({
            now: z.number(),
            alerts: z.array(alertViewSchema),
            next: z
              .string()
              .optional()
              .describe('For `cursor`: the page after this one, resolved alerts only.'),
          }),
          400: problemSchema,
          401: problemSchema,
        },
      },
    },
    async ({ office, query: { all, limit, cursor } }) => {
      const before = cursor === undefined ? undefined : placeOf(cursor)
      const open = before ? [] : office.alerts({ all: false, limit })
      const resolved = all ? office.resolvedAlerts({ limit: limit + 1, ...(before && { before }) }) : []
      const page = resolved.slice(0, limit)
      const last = page.at(-1)
      return {
        now: office.core.now(),
        alerts: [
          ...(await inStretches(open, (alert) => viewAlert(alert, office, 'usual'))),
          ...(await inStretches(page, (alert) => viewAlert(alert, office, 'without-messages'))),
        ],
        ...(resolved.length > limit && last && { next: writeCursor([last.openedAt, last.id]) }),
      }
    },
  )

  app.get(
    '/api/alerts/:id',
    {
      config: {
        roles: ['operator', 'installer', 'admin'],
        scope: 'read:alerts',
        board: true,
        personal: 'alert.read',
      },
      schema: {
        tags: ['alerts'],
        summary: 'One alert, with everything that happened to it.',
        params: z.object({ id: z.string() }),
        response: {
          200: z.object({
            alert: alertViewSchema,
            events: z.array(alertEventSchema),
            people: z
              .array(z.object({ id: z.string(), name: z.string() }))
              .describe(
                'Who may be asked to take it: `contact:daughter` of its home, if it is about one, or `staff:siv`.',
              ),
          }),
          ...refusals,
        },
      },
    },
    async ({ office, params }) => {
      const alert = known(office, params.id, 'whole')
      const personal = alert.home === undefined ? undefined : office.personal(alert.home)
      const contacts = alert.home === undefined ? [] : (office.core.home(alert.home)?.contacts ?? [])
      return {
        alert,
        events: office.alertEvents(alert.id).map((event) => viewEvent(event, personal, office)),
        people: [
          ...contacts.map(({ id }) => ({ id: `contact:${id}`, name: contactName(id, personal) })),
          ...office.staff().map(({ id, name = id }) => ({ id: `staff:${id}`, name })),
        ],
      }
    },
  )

  app.get(
    '/api/alerts/:id/story',
    {
      config: { roles: ['operator', 'installer', 'admin'], scope: 'read:alerts', board: true },
      schema: {
        tags: ['alerts'],
        summary: 'Why an alert was raised, as far as it is kept, and the same in that home before.',
        params: z.object({ id: z.string() }),
        response: { 200: alertStorySchema, ...refusals },
      },
    },
    async ({ office, params, caller }) => {
      const alert = office.alert(params.id)
      if (!alert) throw new HttpError(404, noAlert(params.id))
      const isLocked = caller?.type === 'person' && caller.isLocked
      return viewStory(alert, office, isLocked ? 'without-limits' : 'whole')
    },
  )

  app.post(
    '/api/alerts/:id/acknowledge',
    {
      config: { ...ACTS },
      schema: {
        tags: ['alerts'],
        summary: 'Take an alert: escalation stops, the person who took it answers for it.',
        params: z.object({ id: z.string() }),
        body: z.object({ ...humanSchema, ...actorSchema }).nullish(),
        response: { 200: z.object({ alert: alertViewSchema }), ...refusals },
      },
    },
    (request) =>
      stop(request, {
        type: 'acknowledge',
        alert: request.params.id,
        ...actorOf(request, request.body ?? {}, trusted),
      }),
  )

  app.post(
    '/api/alerts/:id/take-over',
    {
      config: { ...ACTS },
      schema: {
        tags: ['alerts'],
        summary: 'Take an alert that another person has; they learn that.',
        params: z.object({ id: z.string() }),
        body: z.object({ ...humanSchema, ...actorSchema }).nullish(),
        response: { 200: z.object({ alert: alertViewSchema }), ...refusals },
      },
    },
    (request) =>
      stop(request, {
        type: 'take-over',
        alert: request.params.id,
        ...actorOf(request, request.body ?? {}, trusted),
      }),
  )

  app.post(
    '/api/alerts/:id/hand-on',
    {
      config: { ...ACTS },
      schema: {
        tags: ['alerts'],
        summary: 'Ask a contact or somebody of the staff to take it. Until they answer, nothing stops.',
        params: z.object({ id: z.string() }),
        body: z.object({
          to: z
            .string()
            .regex(/^(contact|staff):[\w.-]{1,64}$/, 'expected contact:ID or staff:ID')
            .describe('`contact:daughter` of its home, or `staff:siv`.'),
          ...actorSchema,
        }),
        response: { 200: z.object({ alert: alertViewSchema }), ...refusals },
      },
    },
    (request) =>
      take(request.office, {
        type: 'hand-on',
        alert: request.params.id,
        to: request.body.to,
        ...actorOf(request, request.body, trusted),
      }),
  )

  app.post(
    '/api/alerts/:id/comment',
    {
      config: { ...ACTS },
      schema: {
        tags: ['alerts'],
        summary: 'A note in its history, for the others: no names, no diagnosis.',
        params: z.object({ id: z.string() }),
        body: z.object({ text: z.string().trim().min(1).max(1000), ...actorSchema }),
        response: { 200: z.object({ alert: alertViewSchema }), ...refusals },
      },
    },
    (request) =>
      take(request.office, {
        type: 'comment',
        alert: request.params.id,
        ...actorOf(request, request.body, trusted),
        text: request.body.text,
      }),
  )

  app.post(
    '/api/alerts/:id/attend',
    {
      config: { ...ACTS },
      schema: {
        tags: ['alerts'],
        summary: 'On the way to the home, or there. Whoever goes has it, where nobody had.',
        params: z.object({ id: z.string() }),
        body: z.object({ what: z.enum(['on-the-way', 'arrived']), ...humanSchema, ...actorSchema }),
        response: { 200: z.object({ alert: alertViewSchema }), ...refusals },
      },
    },
    (request) =>
      stop(request, {
        type: 'attend',
        alert: request.params.id,
        what: request.body.what,
        ...actorOf(request, request.body, trusted),
      }),
  )

  app.post(
    '/api/alerts/:id/resolve',
    {
      config: { ...ACTS },
      schema: {
        tags: ['alerts'],
        summary: 'Close an alert, with its cause.',
        params: z.object({ id: z.string() }),
        body: z.object({
          cause: z.enum(CAUSES),
          comment: z.string().trim().max(1000).optional(),
          ...humanSchema,
          ...actorSchema,
        }),
        response: { 200: z.object({ alert: alertViewSchema }), ...refusals },
      },
    },
    (request) => {
      const { cause, comment } = request.body
      return stop(request, {
        type: 'resolve',
        alert: request.params.id,
        ...actorOf(request, request.body, trusted),
        cause,
        ...(comment && { comment }),
      })
    },
  )

  /** Stops the telling of people: of alerts about a person only a human does. */
  async function stop(
    { office, caller, body }: StopRequest,
    input: Extract<Input, { alert: string; by: string; via: string }>,
  ): Promise<{ alert: AlertView }> {
    const category = office.alert(input.alert)?.category
    const human = caller?.type === 'token' ? body?.human : undefined
    if (caller?.type === 'token' && human !== undefined && isProgram(human, caller.token.name)) {
      throw new HttpError(
        400,
        `Cannot do this: "human" says which human did it, and "${human}" is a program. Say who, as an id such as button-desk.`,
      )
    }
    if (caller?.type === 'token' && human === undefined && (category === 'safety' || category === 'health')) {
      throw new HttpError(
        403,
        `Cannot do this: alert ${input.alert} is about a person, and a program may only pass on what a human did. Say who, as "human": an id, such as button-desk.`,
        { reason: 'no-human' },
      )
    }
    const { alert, by, via } = input
    return take(office, input, human === undefined ? [] : [{ type: 'comment', alert, by, via, text: human }])
  }

  /** @param notes of it: they are on disk with it, or there is none of it */
  async function take(
    office: Office,
    input: Extract<Input, { alert: string }>,
    notes: readonly Input[] = [],
  ): Promise<{ alert: AlertView }> {
    const outcome = await office.core.takeTogether([input, ...notes])
    if (!outcome.taken && outcome.why !== 'duplicate') {
      throw new HttpError(outcome.why === 'not-found' ? 404 : 409, `Cannot do this: ${outcome.reason}.`)
    }
    return { alert: known(office, input.alert) }
  }

  function known(office: Office, id: string, how?: 'whole'): AlertView {
    const alert = office.alert(id)
    if (!alert) throw new HttpError(404, noAlert(id))
    return viewAlert(alert, office, how)
  }
}

/** Whether a program names itself, or another one, where it should say who did it. */
function isProgram(human: string, ownName: string): boolean {
  const id = human.toLowerCase()
  return id === ownName.toLowerCase() || id.startsWith('token:')
}

type StopRequest = Pick<FastifyRequest, 'office' | 'caller'> & {
  readonly body?: { readonly human?: string | undefined } | null | undefined
}

function placeOf(cursor: string): AlertPlace {
  const [openedAt, id] = readCursor(cursor, z.tuple([z.number(), z.string()]))
  return { openedAt, id }
}
