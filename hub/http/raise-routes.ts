import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { LONGEST_RAISED } from '../core/raised.ts'
import { SEVERITIES } from '../model/alert.ts'
import type { Alert } from '../model/alert.ts'
import { RAISED_CATEGORIES, RAISED_SEVERITIES } from '../model/input.ts'
import type { RaiseInput } from '../model/input.ts'
import { parseDuration } from '../source/duration.ts'
import { actorOf, actorSchema } from './actor.ts'
import { grafanaSchema, readGrafana, readTruncated } from './grafana.ts'
import { problemSchema } from './problem.ts'
import { createKeyLimit } from './raise-keys.ts'
import {
  createRaiseLimit,
  DID,
  MOST_TEXT,
  MOST_TITLE,
  oneLine,
  raiseAll,
  refusalOf,
  refusalOfPlace,
} from './raised.ts'
import type { NotTaken, Told } from './raised.ts'
import { time } from './time-fields.ts'

/** Their keys stand in scopes and in the history: no signs that mean something there. */
const KEY = /^[A-Za-z0-9][\w.:@-]{0,63}$/

/** Many alerts of one notification: Grafana's own setting for it is "Max alerts". */
const GRAFANA_BODY = 1024 * 1024

const line = (most: number) =>
  z
    .string()
    .max(10 * most)
    .transform(oneLine)
    .pipe(z.string().min(1, 'expected some words').max(most, `expected at most ${most} signs`))

const WITH_ZONE = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/

const UNTIL =
  'expected a duration such as 15m, or a time with its zone such as 2026-11-22T13:30:00Z, at most 30 days ahead'

const bodySchema = z
  .strictObject({
    id: z
      .string('expected a name of your own for this alert, such as ups-cellar')
      .regex(KEY, 'expected 1 to 64 letters, digits, ".", ":", "@", "_" or "-"')
      .describe("The program's own name for it: the same one is the same alert, within the home."),
    home: z.string().optional().describe('Not given: it is about the hub as a whole.'),
    sensor: z.string().optional().describe('Of that home.'),
    title: line(MOST_TITLE).optional().describe('What people read, in one line: no names, no diagnosis.'),
    text: line(MOST_TEXT).optional().describe('More about it, on the page of the alert; in no message.'),
    category: z
      .enum(
        RAISED_CATEGORIES,
        'expected technical or routine: what is about safety or health only rules judge',
      )
      .default('technical'),
    severity: z
      .enum(RAISED_SEVERITIES, 'expected medium, low or info: high is for what rules found')
      .default('low'),
    state: z.enum(['active', 'cleared']).default('active'),
    again: z
      .boolean()
      .optional()
      .describe(
        'It happened once more: counted, and whoever had it is asked anew. Else it is a state, and saying it again calls nobody.',
      ),
    until: z
      .string()
      .max(40)
      .refine((text) => endOf(text, 0) !== undefined, UNTIL)
      .optional()
      .describe(
        'A duration (15m) or a time with its zone: it is over by itself then, unless it is said again until then.',
      ),
    resolve: z
      .enum(['manual', 'auto'])
      .optional()
      .describe('Whether it takes a human when it is over: `auto` for technical, else `manual`.'),
    ...actorSchema,
  })
  .refine(({ state, title }) => state === 'cleared' || title !== undefined, {
    path: ['title'],
    message: 'expected what people read',
  })
  .refine(({ sensor, home }) => sensor === undefined || home !== undefined, {
    path: ['home'],
    message: 'expected the home of the sensor',
  })

const alertSchema = z
  .object({
    id: z.string(),
    home: z.string().optional(),
    rule: z.string().describe('`from:TOKEN`, which no rule of a file can be.'),
    scope: z.string(),
    title: z.object({ en: z.string() }).catchall(z.string()),
    category: z.enum(RAISED_CATEGORIES),
    severity: z.enum(SEVERITIES),
    condition: z.enum(['active', 'cleared']),
    handling: z.enum(['new', 'acknowledged', 'resolved']),
    count: z.number(),
    raisedAt: time,
  })
  .meta({ id: 'RaisedAlert' })

const refusals = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
  429: problemSchema,
}

/** For programs alone: whoever sits at a screen has a button for what is real. */
const RAISES = { roles: [], scope: 'raise:alerts', areas: 'kept', audit: 'journal' } as const

/** What neighbours of the hub say: flows of Node-RED, alert rules of Grafana, scripts (docs/programs.md). */
export const raiseRoutes: FastifyPluginAsyncZod<{ trusted: boolean }> = async (app, { trusted }) => {
  const limit = createRaiseLimit()
  const keys = createKeyLimit()

  app.post(
    '/api/alerts',
    {
      config: { ...RAISES },
      schema: {
        tags: ['alerts'],
        summary: 'Raise a technical or routine alert, or say that it is over. The same id is the same alert.',
        body: bodySchema,
        response: { 200: z.object({ did: z.enum(DID), alert: alertSchema.optional() }), ...refusals },
      },
    },
    async (request) => {
      const refusal = refusalOfPlace(request, request.body.home)
      if (refusal) throw refusal
      limit.take(request)
      const input = inputOf(request.body, actorOf(request, request.body, trusted), request.office.core.now())
      const [told = { refused: 'nothing was taken' }] = await raiseAll(request.office, [input], keys)
      if ('refused' in told) throw refusalOf(told)
      return viewTold(told)
    },
  )

  app.post(
    '/api/hooks/grafana',
    {
      config: { ...RAISES },
      bodyLimit: GRAFANA_BODY,
      schema: {
        tags: ['alerts'],
        summary:
          "What Grafana's alerting sends to a webhook contact point: raises and ends technical alerts.",
        body: grafanaSchema,
        response: {
          200: z.object({
            raised: z.number(),
            renewed: z.number(),
            cleared: z.number(),
            unchanged: z.number(),
            refused: z.number().describe('Not taken, and it would not be if it came again.'),
            reasons: z.array(z.string()).optional().describe('Why not.'),
          }),
          ...refusals,
        },
      },
    },
    async (request) => {
      const { office, body } = request
      const who = actorOf(request, {}, trusted)
      const all = readGrafana(body, office, who)
      const misplaced = all.flatMap(({ home }) => refusalOfPlace(request, home) ?? [])
      const inputs = all.filter(({ home }) => !refusalOfPlace(request, home))
      // Nothing of it is for this token: whoever set up the contact point sees that in Grafana.
      if (inputs.length === 0 && misplaced[0]) throw misplaced[0]
      // A notification is one, however many alerts Grafana puts into it.
      limit.take(request)
      // First, so that it has room: it says that there is more than the hub knows of.
      const truncated = readTruncated(body, office, who)
      const told = await raiseAll(office, [...truncated, ...inputs], keys)
      const notTaken = told.filter((one) => 'refused' in one)
      const reasons = [...new Set([...misplaced.map(({ message }) => message), ...notTaken.map(reasonOf)])]
      const refused = misplaced.length + notTaken.length
      if (refused > 0) request.log.warn({ by: who.by, refused, reasons }, 'Refused alerts of Grafana')
      const later = notTaken.find(({ retryAfter }) => retryAfter !== undefined)
      if (later) throw refusalOf(later)
      const counts = { raised: 0, renewed: 0, cleared: 0, unchanged: 0 }
      for (const one of told.slice(truncated.length)) if ('did' in one) counts[COUNTED_AS[one.did]]++
      // What will never be taken is no error: Grafana would send it, and all that is with it, for ever.
      return { ...counts, refused, ...(refused > 0 && { reasons }) }
    },
  )
}

function reasonOf({ refused }: NotTaken): string {
  return `Cannot do this: ${refused}.`
}

const COUNTED_AS = {
  raised: 'raised',
  again: 'renewed',
  level: 'renewed',
  renewed: 'renewed',
  cleared: 'cleared',
  unchanged: 'unchanged',
} as const satisfies Record<Told['did'], string>

function inputOf(
  {
    id: key,
    home,
    sensor,
    title,
    text,
    category,
    severity,
    state,
    again,
    until,
    resolve,
  }: z.output<typeof bodySchema>,
  who: { readonly by: string; readonly via: string },
  now: number,
): RaiseInput {
  const about = { type: 'raise', ...who, key, ...(home !== undefined && { home }) } as const
  if (state === 'cleared' || title === undefined) return { ...about, on: false }
  const end = until === undefined ? undefined : endOf(until, now)
  return {
    ...about,
    on: true,
    ...(sensor !== undefined && { sensor }),
    title,
    ...(text !== undefined && { text }),
    category,
    severity,
    resolve: resolve ?? (category === 'technical' ? 'auto' : 'manual'),
    ...(again && { again }),
    ...(end !== undefined && { until: Math.min(end, now + LONGEST_RAISED) }),
  }
}

/** `15m` from now, or a time with its zone; ms. Undefined for what is neither. */
function endOf(text: string, now: number): number | undefined {
  const length = parseDuration(text)
  if (length !== undefined) return length > 0 ? now + length : undefined
  const time = WITH_ZONE.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}

function viewTold({ did, alert }: Told): {
  did: Told['did']
  alert?: z.output<typeof alertSchema>
} {
  return { did, ...(alert && { alert: viewRaised(alert) }) }
}

function viewRaised(alert: Alert): z.output<typeof alertSchema> {
  const { id, home, rule, scope, title, category, severity, condition, handling, count, raisedAt } = alert
  return {
    id,
    ...(home !== undefined && { home }),
    rule,
    scope,
    title,
    category: category === 'routine' ? category : 'technical',
    severity,
    condition,
    handling,
    count,
    raisedAt,
  }
}
