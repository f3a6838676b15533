import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Home } from '../model/home.ts'
import type { Fired } from '../model/rule-book.ts'
import { hasOwnLimits } from '../rules/rule.ts'
import { actorOf } from './actor.ts'
import { inStretches } from './in-stretches.ts'
import type { Office } from './office.ts'
import { problemSchema } from './problem.ts'
import type { Trial } from './rule-book.ts'
import { time } from './time-fields.ts'

/** So many homes are named of each rule, those where it fired most. */
const MOST_HOMES = 10

const ids = z.array(z.string()).readonly()
const fileSchema = z.object({ name: z.string(), text: z.string() })

const filesSchema = z
  .object({
    files: z.array(fileSchema.readonly()).readonly().describe('Those in force; policies are in `policies/`.'),
    writable: z
      .discriminatedUnion('ok', [
        z.object({ ok: z.literal(true), folder: z.string() }),
        z.object({ ok: z.literal(false), folder: z.string(), why: z.enum(['shipped', 'read-only']) }),
      ])
      .describe('Whether rules can be switched on from here.'),
  })
  .meta({ id: 'RuleFiles' })

const loadSchema = z
  .object({
    from: time,
    to: time,
    homeDays: z.number().describe('For how many days homes were registered in that time, all together.'),
    rules: z.array(
      z.object({
        rule: z.string(),
        count: z.int().describe('Alerts; without tests.'),
        per100: z.number().optional().describe('A day in 100 homes. Not given: there was no home.'),
        open: z.int(),
        causes: z.record(z.string(), z.int()).describe('How those that are resolved ended.'),
        homes: z.array(z.object({ home: z.string(), label: z.string().optional(), count: z.int() })),
        homeCount: z.int(),
      }),
    ),
    ownLimits: z
      .array(z.object({ rule: z.string(), homes: z.array(z.string()) }))
      .describe('Homes in which somebody has limits of their own.'),
  })
  .meta({ id: 'RuleLoad' })

const changesSchema = z
  .object({
    changes: z.array(
      z.object({
        seq: z.int(),
        at: time,
        by: z.string().optional().describe('Who switched it on. Not given: the files in the folder changed.'),
        via: z.string().optional(),
        why: z.string().optional(),
        triedBy: z.string().optional(),
        added: ids,
        removed: ids,
        changed: ids,
        files: ids,
      }),
    ),
  })
  .meta({ id: 'RuleChanges' })

const loadFields = { a: z.int(), b: z.int(), onlyA: z.int(), onlyB: z.int() }
const callSchema = z.object({
  at: time,
  rule: z.string(),
  home: z.string().optional(),
  area: z.string().optional(),
  severity: z.string(),
})
const calls = z.array(callSchema.readonly()).readonly()

const resultSchema = z
  .object({
    from: time,
    to: time,
    added: ids,
    removed: ids,
    changed: ids,
    total: z
      .object(loadFields)
      .describe('How often somebody would have been called: a is in force, b the change.'),
    busiest: z.object({ ...loadFields, day: z.string(), shift: z.string() }).optional(),
    rules: z.array(z.object({ ...loadFields, rule: z.string() }).readonly()).readonly(),
    homes: z.array(z.object({ ...loadFields, home: z.string() }).readonly()).readonly(),
    moreHomes: z.int(),
    onlyA: calls.describe('The newest of those that the change would have silenced.'),
    onlyB: calls.describe('The newest of those that it would have added.'),
    faults: z
      .array(z.object({ rule: z.string(), home: z.string(), reason: z.string() }).readonly())
      .readonly(),
  })
  .meta({ id: 'TrialResult' })

const stateSchema = z.discriminatedUnion('is', [
  z.object({ is: z.literal('running'), done: z.number(), of: z.number() }),
  z.object({
    is: z.literal('refused'),
    problems: z
      .array(z.object({ file: z.string(), line: z.int(), column: z.int(), message: z.string() }).readonly())
      .readonly(),
  }),
  z.object({ is: z.literal('done'), result: resultSchema }),
  z.object({ is: z.literal('failed'), reason: z.string() }),
  z.object({ is: z.literal('stopped') }),
  z.object({ is: z.literal('on'), result: resultSchema, by: z.string(), at: time }),
])

const trialSchema = z
  .object({
    id: z.string(),
    by: z.string(),
    at: time,
    files: z.array(fileSchema.readonly()).readonly(),
    state: stateSchema,
  })
  .meta({ id: 'Trial' })

export type RuleLoadView = z.output<typeof loadSchema>
export type TrialView = z.output<typeof trialSchema>

const params = z.object({ trial: z.string().max(40) })
const refusals = { 401: problemSchema, 403: problemSchema, 404: problemSchema, 409: problemSchema }
const LOOKS = { roles: ['operator', 'admin'] } as const

/** What rules did, how they changed, and a place to try a change before it is switched on. */
export const ruleBookRoutes: FastifyPluginAsyncZod<{ trusted: boolean }> = async (app, { trusted }) => {
  app.get(
    '/api/rules/files',
    {
      config: { ...LOOKS, areas: 'none' },
      schema: {
        tags: ['rules'],
        summary: 'The rule files in force, as they were written.',
        response: { 200: filesSchema, ...refusals },
      },
    },
    async ({ office: { ruleBook } }) => ({ files: ruleBook.files(), writable: await ruleBook.writable() }),
  )

  app.get(
    '/api/rules/load',
    {
      config: { ...LOOKS, areas: 'kept' },
      schema: {
        tags: ['rules'],
        summary: 'How often and where each rule fired in the last 30 days, and how that ended.',
        response: { 200: loadSchema, ...refusals },
      },
    },
    async ({ office }) => viewLoad(office),
  )

  app.get(
    '/api/rules/changes',
    {
      config: { ...LOOKS, areas: 'none' },
      schema: {
        tags: ['rules'],
        summary: 'When rules changed, what that changed, who switched it on and why.',
        response: { 200: changesSchema, ...refusals },
      },
    },
    async ({ office }) => ({ changes: (await office.ruleBook.changes()).map((one) => ({ ...one })) }),
  )

  app.get(
    '/api/rules/trials',
    {
      config: LOOKS,
      schema: {
        tags: ['rules'],
        summary: 'The changes that were tried since the hub started, newest first.',
        response: { 200: z.object({ trials: z.array(trialSchema) }), ...refusals },
      },
    },
    async ({ office }) => ({ trials: office.ruleBook.trials().map(viewTrial) }),
  )

  app.post(
    '/api/rules/trials',
    {
      config: { ...LOOKS, audit: 'rules.try' },
      schema: {
        tags: ['rules'],
        summary: 'Try changed rule files on the last 30 days, beside the hub at work. One at a time.',
        body: z.object({
          files: z
            .array(
              z.object({
                name: z
                  .string()
                  .regex(
                    /^[A-Za-z0-9][\w-]{0,60}\.ya?ml$/,
                    'expected the name of a rule file, such as falls.yaml',
                  ),
                text: z.string().min(1).max(200_000),
              }),
            )
            .min(1)
            .max(10),
        }),
        response: { 200: trialSchema, ...refusals },
      },
    },
    async (request) => {
      const { by } = actorOf(request, {}, trusted)
      return viewTrial(request.office.ruleBook.startTrial({ files: request.body.files, by }))
    },
  )

  app.get(
    '/api/rules/trials/:trial',
    {
      config: LOOKS,
      schema: {
        tags: ['rules'],
        summary: 'How far a trial is, and what it came to. Homes are pseudonyms.',
        params,
        response: { 200: trialSchema, ...refusals },
      },
    },
    async ({ office, params: { trial } }) => viewTrial(office.ruleBook.trial(trial)),
  )

  app.delete(
    '/api/rules/trials/:trial',
    {
      config: { ...LOOKS, audit: 'rules.stop-trial' },
      schema: {
        tags: ['rules'],
        summary: 'Stop a trial.',
        params,
        response: { 200: trialSchema, ...refusals },
      },
    },
    async ({ office, params: { trial } }) => viewTrial(await office.ruleBook.stopTrial(trial)),
  )

  app.post(
    '/api/rules/trials/:trial/switch-on',
    {
      config: { roles: ['admin'], audit: 'rules.switch-on' },
      schema: {
        tags: ['rules'],
        summary:
          'Switch on what was tried: the files are written into the folder of the rules, in force at once.',
        params,
        body: z.object({ why: z.string().trim().min(3).max(300) }),
        response: { 200: trialSchema, ...refusals },
      },
    },
    async (request) => {
      const { why } = request.body
      request.noted = { why }
      const order = { ...actorOf(request, {}, trusted), why }
      return viewTrial(await request.office.ruleBook.switchOn(request.params.trial, order))
    },
  )
}

function viewTrial({ state, ...trial }: Trial): TrialView {
  if (state.is !== 'done' && state.is !== 'on') return { ...trial, state }
  const { total, ...result } = state.result
  return { ...trial, state: { ...state, result: { ...result, total: { ...total } } } }
}

/** Of the homes that whoever asks may see; what is about no home is everybody's. */
async function viewLoad(office: Office): Promise<RuleLoadView> {
  const { from, to, homeDays, fired } = await office.ruleBook.load()
  const seen = new Map<string, Home>()
  await inStretches(office.core.homes(), (home) => seen.set(home.id, home))
  let days = 0
  await inStretches(homeDays, ([home, one]) => (days += seen.has(home) ? one : 0))
  const byRule = new Map<string, Fired[]>()
  await inStretches(fired, (one) => {
    if (one.home !== undefined && !seen.has(one.home)) return
    const known = byRule.get(one.rule)
    if (known) known.push(one)
    else byRule.set(one.rule, [one])
  })
  const { rules } = office.rules()
  // Few have any, and there are many homes for each rule.
  const withLimits = [...seen.values()].filter(
    ({ params, residents }) => params ?? residents.some((one) => one.params),
  )
  return {
    from,
    to,
    homeDays: days,
    rules: await inStretches(byRule, ([rule, all]) => {
      const count = all.reduce((sum, one) => sum + one.count, 0)
      const causes: Record<string, number> = {}
      for (const [cause, many] of all.flatMap((one) => Object.entries(one.causes))) {
        causes[cause] = (causes[cause] ?? 0) + many
      }
      const homes = all.flatMap(({ home, count: own }) => (home === undefined ? [] : [{ home, count: own }]))
      return {
        rule,
        count,
        ...(days > 0 && { per100: (100 * count) / days }),
        open: all.reduce((sum, one) => sum + one.open, 0),
        causes,
        homes: homes
          .toSorted((a, b) => b.count - a.count)
          .slice(0, MOST_HOMES)
          .map((one) => {
            const label = office.label(one.home)
            return { ...one, ...(label !== undefined && { label }) }
          }),
        homeCount: homes.length,
      }
    }),
    ownLimits: (
      await inStretches(rules, (rule) => {
        const own = withLimits.filter((home) => hasOwnLimits(rule, home)).map(({ id }) => id)
        return own.length === 0 ? [] : [{ rule: rule.id, homes: own }]
      })
    ).flat(),
  }
}
