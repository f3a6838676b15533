import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { whyNotResent } from '../alerts/delivery.ts'
import { recipientOf, WAYS } from '../model/notification.ts'
import type { Notification } from '../model/notification.ts'
import { actorOf, actorSchema } from './actor.ts'
import { noAlert } from './guard.ts'
import { inStretches } from './in-stretches.ts'
import { factsOf } from './message-facts.ts'
import type { MessagePlace, Office } from './office.ts'
import { cursorFields, nextField, readCursor, writeCursor } from './page.ts'
import { HttpError, problemSchema } from './problem.ts'
import { time } from './time-fields.ts'

const MOST = 500

const messageSchema = z
  .object({
    id: z.string(),
    queuedAt: time.describe('When the hub decided to send it; later where a person had it tried again.'),
    at: time.describe(
      'When it got its state, as far as the history of its alert says; else when it was queued.',
    ),
    home: z.string().optional(),
    to: z.string().describe('`contact:daughter` of the home, or `staff:siv`.'),
    channel: z.enum(WAYS),
    via: z.string().optional().describe('Which channel of the route took it last.'),
    notBy: z
      .array(z.string())
      .readonly()
      .optional()
      .describe('Channels that told of no delivery in time, or that it failed.'),
    template: z
      .string()
      .describe('What it is for: `alert`, `taken`, `receipt`, `unclear`, `untaken`; or what letter it is.'),
    state: z.enum(['gathered', 'queued', 'accepted', 'delivered', 'failed', 'cancelled']),
    error: z.string().optional(),
    attempts: z.number(),
    alert: z.string().optional().describe('Not given: it is about none.'),
    others: z
      .number()
      .optional()
      .describe('It went in one message with so many other alerts: that is the letter `digest`.'),
    noRetry: z.string().optional().describe('Why it makes no sense to try it again. Not given: it can be.'),
  })
  .meta({ id: 'Message' })

export type MessageView = z.output<typeof messageSchema>

/** What the hub sent or could not send, whoever it was for. No numbers, addresses or texts. */
export const messageRoutes: FastifyPluginAsyncZod<{ trusted: boolean }> = async (app, { trusted }) => {
  app.get(
    '/api/messages',
    {
      config: { roles: ['operator', 'admin'], scope: 'read:alerts', areas: 'kept' },
      schema: {
        tags: ['messages'],
        summary: 'The newest messages; those that could never be delivered with `state=failed`.',
        querystring: z.object({
          state: z.literal('failed').optional(),
          alert: z.string().max(100).optional().describe('Those about one alert only.'),
          ...cursorFields(100, MOST),
        }),
        response: {
          200: z.object({ now: time, messages: z.array(messageSchema), next: nextField }),
          400: problemSchema,
          401: problemSchema,
          404: problemSchema,
        },
      },
    },
    async ({ office, query }) => {
      const { state, alert, limit, cursor } = query
      const before = cursor === undefined ? undefined : placeOf(cursor)
      const found = find(office, state, alert, limit + 1, before)
      const page = found.slice(0, limit)
      const last = page.at(-1)
      const kept = rememberAlerts(office)
      return {
        now: office.core.now(),
        messages: await inStretches(page, (one) => viewMessage(one, kept)),
        ...(found.length > limit && last && { next: writeCursor([last.queuedAt, last.id]) }),
      }
    },
  )

  app.post(
    '/api/messages/:id/retry',
    {
      config: { roles: ['operator'], scope: 'act:alerts', areas: 'kept', audit: 'message.retry' },
      schema: {
        tags: ['messages'],
        summary:
          'Try a message that failed once more. Its alert must be open, and must still call for its recipient.',
        params: z.object({ id: z.string().max(500) }),
        body: z.object(actorSchema).nullish(),
        response: {
          200: z.object({ message: messageSchema }),
          401: problemSchema,
          404: problemSchema,
          409: problemSchema,
        },
      },
    },
    async (request) => {
      const { office, params } = request
      const { id } = params
      known(office, id)
      const who = actorOf(request, request.body ?? {}, trusted)
      const outcome = await office.core.take({ type: 'resend', notification: id, ...who })
      if (!outcome.taken) throw new HttpError(409, `Cannot try it again: ${outcome.reason}.`)
      return { message: viewMessage(known(office, id), office) }
    },
  )

  /** Newest first. */
  function find(
    office: Office,
    state: 'failed' | undefined,
    alert: string | undefined,
    limit: number,
    before: MessagePlace | undefined,
  ): readonly Notification[] {
    if (alert === undefined) {
      return state === undefined
        ? office.newestNotifications(limit, before)
        : office.failedNotifications(limit, before)
    }
    if (!office.alert(alert)) throw new HttpError(404, noAlert(alert))
    return office
      .notificationsOf(alert)
      .filter((one) => (state === undefined || one.state === state) && (!before || isBefore(one, before)))
      .toSorted((a, b) => (isBefore(a, b) ? 1 : -1))
      .slice(0, limit)
  }

  function known(office: Office, id: string): Notification {
    const one = office.notification(id)
    if (!one) throw new HttpError(404, `Cannot find the message "${id}": there is none with this id.`)
    return one
  }
}

function placeOf(cursor: string): MessagePlace {
  const [queuedAt, id] = readCursor(cursor, z.tuple([z.number(), z.string()]))
  return { queuedAt, id }
}

function isBefore(one: MessagePlace, other: MessagePlace): boolean {
  return one.queuedAt < other.queuedAt || (one.queuedAt === other.queuedAt && one.id < other.id)
}

type AlertReads = Pick<Office, 'alert' | 'alertEvents' | 'notificationsOf'>

/** Messages of one alert stand together: what they need of it is read once. */
function rememberAlerts(office: Office): AlertReads {
  return {
    alert: remember(office.alert),
    alertEvents: remember(office.alertEvents),
    notificationsOf: remember(office.notificationsOf),
  }
}

function remember<T>(read: (id: string) => T): (id: string) => T {
  const known = new Map<string, T>()
  return (id) => {
    const value = known.has(id) ? (known.get(id) as T) : read(id)
    known.set(id, value)
    return value
  }
}

function viewMessage(one: Notification, office: AlertReads): MessageView {
  const { id, queuedAt, home, channel, via, notBy, template, letter, state, error, attempts, alert } = one
  const noRetry = whyNot(one, office)
  return {
    id,
    queuedAt,
    at: stateSince(one, office),
    ...(home !== undefined && { home }),
    to: recipientOf(one),
    channel,
    ...(via !== undefined && { via }),
    ...(notBy && { notBy }),
    template: template ?? letter.is,
    state,
    ...(error !== undefined && { error }),
    attempts,
    ...(alert !== undefined && { alert }),
    ...(template === 'alert' && one.digest && { others: one.digest.count - 1 }),
    ...(noRetry !== undefined && { noRetry }),
  }
}

function whyNot(one: Notification, office: AlertReads): string | undefined {
  if (one.alert === undefined) return `message ${one.id} is about no alert: have it made anew`
  return whyNotResent(one, office.alert(one.alert), office.notificationsOf(one.alert))
}

function stateSince(one: Notification, office: AlertReads): number {
  if (one.alert === undefined) return one.queuedAt
  return factsOf(one, office.alertEvents(one.alert), office.notificationsOf(one.alert)).at
}
