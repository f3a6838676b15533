import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { homesAsked } from './audit-hook.ts'
import type { Office } from './office.ts'
import { HttpError, problemSchema } from './problem.ts'
import { shiftCsv } from './shift-csv.ts'
import { shiftChoices, shiftSchema, viewShift } from './shift-view.ts'
import type { ShiftView } from './shift-view.ts'
import { sightOf } from './sight.ts'
import { time } from './time-fields.ts'

const DAY = 24 * 3_600_000
/** What is longer is no shift; indicators have periods of their own. */
const LONGEST = 7 * DAY
const MOST_HOMES = 30

const fromField = z.coerce
  .number()
  .int()
  .optional()
  .describe('Since when, ms since 1970; else since the shift of whoever asks began. At most 7 days back.')

const unprotectedSchema = z
  .object({
    from: time,
    to: time,
    homes: z
      .array(
        z.object({
          home: z.string(),
          homeLabel: z.string().optional(),
          minutes: z.number().describe('In which an alarm from it could not have come through.'),
        }),
      )
      .describe(`The worst first, at most ${MOST_HOMES}.`),
    count: z.int().describe('How many homes in all.'),
  })
  .meta({ id: 'ShiftUnprotected' })

export type ShiftUnprotectedView = z.output<typeof unprotectedSchema>

const refusals = { 400: problemSchema, 401: problemSchema, 403: problemSchema }
const READS = { roles: ['operator', 'admin'], areas: 'kept' } as const

/** What happened in a shift. */
export const shiftRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/api/shift',
    {
      config: { ...READS, personal: 'shift.read' },
      schema: {
        tags: ['shift'],
        summary: 'What happened since a shift began: alerts, modes and holds, who did not answer.',
        querystring: z.object({ from: fromField }),
        response: { 200: shiftSchema, ...refusals },
      },
    },
    async (request) => shiftOf(request, request.query.from),
  )

  app.get(
    '/api/shift/unprotected',
    {
      config: { ...READS, personal: 'shift.read' },
      schema: {
        tags: ['shift'],
        summary: 'Which homes were unprotected since then, and for how long.',
        querystring: z.object({ from: fromField }),
        response: { 200: unprotectedSchema, ...refusals },
      },
    },
    async (request) => {
      const { office } = request
      const { from } = request.query
      const period = { from: from ?? viewFrom(request), to: office.core.now() }
      refuseWrongSpan(period.from, period.to)
      const { figures } = await office.indicators(period)
      const parts = figures.find(({ id }) => id === 'unprotected')?.parts ?? []
      const homes = parts.flatMap(({ id, value = 0, of }) => {
        if (!office.core.home(id)) return []
        const label = office.label(id)
        // `value` is minutes of a day, `of` the hours that were looked at.
        const minutes = Math.round((value * of) / 24)
        return minutes < 1 ? [] : [{ home: id, minutes, ...(label !== undefined && { homeLabel: label }) }]
      })
      return {
        ...period,
        homes: homes.toSorted((a, b) => b.minutes - a.minutes).slice(0, MOST_HOMES),
        count: homes.length,
      }
    },
  )

  app.get(
    '/api/shift.csv',
    {
      config: { ...READS, audit: 'shift.export' },
      schema: {
        tags: ['shift'],
        summary:
          'The alerts of a shift for spreadsheets (RFC 4180, UTF-8); pseudonyms unless names are asked for.',
        querystring: z.object({
          from: fromField,
          names: z.stringbool().default(false).describe('Names too: for operators, and in the audit log.'),
          separator: z.enum(['comma', 'semicolon']).default('comma'),
          language: z.enum(['en', 'nb']).default('en'),
        }),
        response: { 200: z.string().describe('text/csv'), ...refusals },
      },
    },
    async (request, reply) => {
      const { from, names, separator, language } = request.query
      refuseNames(request, names)
      const view = await shiftOf(request, from)
      note(request, 'CSV', view, view.alerts, names)
      const day = new Date(view.from).toISOString().slice(0, 16).replaceAll(':', '')
      const options = { language, names, separator: separator === 'comma' ? ',' : ';' } as const
      return reply
        .header('content-disposition', `attachment; filename="shift-${day}.csv"`)
        .header('cache-control', 'no-store')
        .type('text/csv; charset=utf-8')
        .send(shiftCsv(view, options))
    },
  )

  app.post(
    '/api/shift/prints',
    {
      config: { ...READS, audit: 'shift.print' },
      schema: {
        tags: ['shift'],
        summary: 'Notes in the audit log that the page of a shift is printed, or kept as PDF.',
        body: z.object({ from: z.int(), names: z.boolean() }),
        response: { 200: z.object({ names: z.boolean() }), ...refusals },
      },
    },
    async (request) => {
      const { from, names } = request.body
      refuseNames(request, names)
      const view = await shiftOf(request, from)
      note(request, 'print', view, [...view.alerts, ...view.orders, ...view.unanswered], names)
      return { names }
    },
  )
}

async function shiftOf(request: FastifyRequest, from: number | undefined): Promise<ShiftView> {
  const { office } = request
  if (from !== undefined) refuseWrongSpan(from, office.core.now())
  return viewShift(office, choicesOf(request), from)
}

function viewFrom(request: FastifyRequest): number {
  const { rota, signIn } = choicesOf(request)
  return rota?.from ?? signIn ?? request.office.core.now() - DAY / 3
}

function choicesOf({ office, person, caller }: FastifyRequest): ShiftView['choices'] {
  const signedIn = caller?.type === 'person' ? sinceOf(office, caller.session) : undefined
  return shiftChoices(office, caller?.type === 'person' ? person : undefined, signedIn)
}

function sinceOf({ people }: Office, session: string): number | undefined {
  return people.session(session)?.since
}

function refuseWrongSpan(from: number, now: number): void {
  if (from >= now) throw new HttpError(400, 'Cannot look at this shift: "from" lies ahead.')
  if (now - from > LONGEST) {
    throw new HttpError(400, 'Cannot look at this shift: "from" is more than 7 days ago.')
  }
}

function refuseNames({ caller }: FastifyRequest, names: boolean): void {
  if (names && (!caller || sightOf(caller).names !== 'all')) {
    throw new HttpError(403, 'Cannot give out names: they are for the role operator.')
  }
}

function note(
  request: FastifyRequest,
  how: string,
  { from, to }: Pick<ShiftView, 'from' | 'to'>,
  shown: readonly { readonly home?: string | undefined }[],
  names: boolean,
): void {
  const span = `${new Date(from).toISOString()} to ${new Date(to).toISOString()}`
  const homes = shown.flatMap(({ home }) => home ?? [])
  request.noted = {
    ...(homes.length > 0 && { whose: homesAsked(homes) }),
    why: `${how}, ${names ? 'with names' : 'pseudonyms'}, ${span}`,
  }
}
