import { z } from 'zod'
import type { Severity, Transition } from '../model/alert.ts'
import { SEVERITIES } from '../model/alert.ts'
import type { Home, SensorFacts } from '../model/home.ts'
import { MODES } from '../model/input.ts'
import type { Mode, RuleFile } from '../model/input.ts'
import { KINDS, whyNotValue } from '../model/kind.ts'
import type { Value } from '../model/reading.ts'
import { duration, parseDuration } from '../source/duration.ts'
import { hint, parseYaml } from '../source/parse-yaml.ts'
import type { Parsed, Problem } from '../source/problem.ts'
import { readParam } from './rule.ts'
import type { RuleSet } from './rule.ts'

/** A test's clock starts here: a Monday, 00:00 UTC. */
export const TEST_START = Date.UTC(2026, 0, 5)
/** Sensors that a test does not describe speak at least this often. */
const HEARD_EVERY = 25 * 3_600_000
export const TEST_HOME = 'h1'
export const TEST_GATEWAY = 'gw1'

const time = z
  .string()
  .regex(
    /^(\d{2,3}:[0-5]\d(:[0-5]\d(\.\d{3})?)?|\+(\d+(ms|s|m|h|d|w))+)$/,
    'expected a time on the clock of the test, such as 00:10, 26:30:05 (on its second day), or +2m after the entry before',
  )
const timezone = z.string().refine((name) => isTimezone(name), {
  error: 'expected a time zone such as Europe/Oslo',
})
const params = z.record(z.string(), z.record(z.string(), z.union([z.number(), z.string()])))

const stepSchema = z.strictObject({
  at: time.describe('When the hub hears of it.'),
  home: z
    .union([z.string(), z.array(z.string()).min(1)])
    .optional()
    .describe('With homes: in which of them, else in each.'),
  sensor: z.string().optional(),
  kind: z.string().optional(),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
  observed: time.optional().describe('When the sensor saw it, if before it arrived (backlog).'),
  every: duration.optional().describe('Of a reading: it comes again so often, `times` in all.'),
  times: z.int().min(2).max(1000).optional().describe('With every: how many times in all.'),
  gateway: z.enum(['online', 'offline']).optional().describe("The home's link comes up or goes down."),
  mode: z.enum(MODES).optional().describe('A mode of the home is set; with `on`.'),
  on: z.boolean().optional().describe('With mode: whether it begins or ends.'),
  for: duration.optional().describe('With mode: how long it lasts, if not until it is ended.'),
  restart: z
    .union([z.literal(true), duration], { error: 'expected true, or how long the hub is away, such as 10m' })
    .optional()
    .describe('The hub starts again from what is on disk, at once or after some time.'),
  resolve: z.string().optional().describe('A human resolves the alert of this rule.'),
  scope: z.string().optional().describe('With resolve, where it is not the home.'),
})

const toSchema = z.enum(['firing', 'level', 'again', 'cleared'])
const expectSchema = z.strictObject({
  at: time,
  rule: z.string(),
  to: toSchema,
  severity: z.enum(SEVERITIES as ['high', 'medium', 'low', 'info']).optional(),
  scope: z.string().optional(),
  homes: z.array(z.string()).optional().describe('About an area: the homes in its list, in this order.'),
})

const testSchema = z.strictObject({
  name: z.string().min(1),
  timezone: timezone.default('UTC').describe('Of the home; the times of a test are UTC.'),
  params: params.optional().describe("The home's own limits, by rule."),
  homes: z
    .array(
      z.strictObject({ id: z.string(), area: z.string().optional(), risk: z.int().min(1).max(3).optional() }),
    )
    .min(1)
    .default([{ id: TEST_HOME }])
    .describe('Where there are several: each has a gateway and the same sensors.'),
  residents: z
    .array(
      z.strictObject({
        id: z.string(),
        params: params.optional(),
        spo2Scale: z.union([z.literal(1), z.literal(2)]).optional(),
      }),
    )
    .default([]),
  sensors: z
    .array(
      z.strictObject({
        id: z.string(),
        room: z.string().optional(),
        role: z.string().optional(),
        resident: z.string().optional(),
        heardEvery: duration.optional(),
        kinds: z.array(z.string()).optional().describe('What it can say; else anything.'),
      }),
    )
    .default([])
    .describe('Only those with facts that matter; sensors of the steps are there anyway.'),
  steps: z.array(stepSchema).min(1, 'expected at least one step'),
  until: time.optional().describe('How long the clock runs on after the last step.'),
  expect: z.array(expectSchema).default([]),
  never: z
    .array(z.union([z.string(), z.strictObject({ rule: z.string(), to: toSchema })]))
    .default([])
    .describe('What must not be said.'),
  only: z.array(z.string()).min(1).optional().describe('Other rules of the file may say what they like.'),
})

/** The schema of a test file, for editors too. */
export const ruleTestSchema = z.strictObject({
  tests: z.array(testSchema).min(1, 'expected at least one test'),
})

type TestSource = z.output<typeof testSchema>

/** `homes`: those in which it happens; a restart is of the hub. */
export type Step = { readonly at: number; readonly homes: readonly string[] } & (
  | {
      readonly type: 'reading'
      readonly sensor: string
      readonly kind: string
      readonly value: Value
      readonly observed: number
    }
  | { readonly type: 'mode'; readonly mode: Mode; readonly on: boolean; readonly until?: number }
  | { readonly type: 'gateway'; readonly online: boolean }
  /** `back`: when the hub is there again. */
  | { readonly type: 'restart'; readonly back: number }
  | { readonly type: 'resolve'; readonly rule: string; readonly scope?: string }
)

export interface Expected {
  readonly at: number
  readonly rule: string
  readonly to: Transition['to']
  readonly severity?: Severity
  readonly scope?: string
  readonly homes?: readonly string[]
  problem(message: string): Problem
}

export interface Forbidden {
  readonly rule: string
  readonly to?: Transition['to']
  problem(message: string): Problem
}

/** One test of rules: what happens, what is expected and what must not be. Times in ms. */
export interface RuleTest {
  readonly name: string
  readonly homes: readonly Home[]
  readonly steps: readonly Step[]
  /** Where the clock stops. */
  readonly until: number
  readonly expect: readonly Expected[]
  readonly never: readonly Forbidden[]
  /** The rules that may say nothing but what is expected. */
  readonly watched: ReadonlySet<string>
  problem(message: string): Problem
}

/** Reads a test file. `rules` are those that it tests. A file with any error is refused whole. */
export function parseRuleTests({ name: file, text }: RuleFile, rules: RuleSet): Parsed<readonly RuleTest[]> {
  const parsed = parseYaml(file, text, ruleTestSchema)
  if (!parsed.ok) return parsed
  const problems: Problem[] = []
  const tests = parsed.value.value.tests.map((source, index) => {
    const at = (path: readonly PropertyKey[], message: string): Problem =>
      parsed.value.problem(['tests', index, ...path], message)
    return readTest(source, rules, at, (path, message) => problems.push(at(path, message)))
  })
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: tests }
}

type Place = (path: readonly PropertyKey[], message: string) => Problem
type Fail = (path: readonly PropertyKey[], message: string) => void

function readTest(source: TestSource, rules: RuleSet, place: Place, fail: Fail): RuleTest {
  if (source.expect.length === 0 && source.never.length === 0) {
    fail([], `Cannot use the test "${source.name}": it tests nothing, expected "expect" or "never"`)
  }
  const checkRule = (id: string, path: readonly PropertyKey[]): void => {
    if (!rules.rules.has(id)) {
      fail(path, `Cannot test "${id}": it is no rule of this file${hint(id, [...rules.rules.keys()])}`)
    }
  }
  checkParams(source, rules, fail)
  source.only?.forEach((id, index) => checkRule(id, ['only', index]))
  const steps = readSteps(source, checkRule, fail)
  const last = steps.at(-1)
  const end = last?.type === 'restart' ? last.back : (last?.at ?? TEST_START)
  const until = source.until === undefined ? end : readTime(source.until, end)
  if (until < end) fail(['until'], 'Cannot stop the clock before the last step')
  let before = TEST_START
  const expected = source.expect.map(({ at, rule, to, severity, scope, homes }, index): Expected => {
    const path = ['expect', index]
    checkRule(rule, [...path, 'rule'])
    before = readTime(at, before)
    if (before > until) {
      fail([...path, 'at'], `Cannot be seen: the clock stops at ${showTime(until)}; say until: ${at}`)
    }
    return {
      at: before,
      rule,
      to,
      ...(severity !== undefined && { severity }),
      ...(scope !== undefined && { scope }),
      ...(homes && { homes }),
      problem: (message) => place(path, message),
    }
  })
  const never = source.never.map((entry, index): Forbidden => {
    const forbidden = typeof entry === 'string' ? { rule: entry } : entry
    checkRule(forbidden.rule, ['never', index])
    return { ...forbidden, problem: (message) => place(['never', index], message) }
  })
  return {
    name: source.name,
    homes: readHomes(source),
    steps,
    until,
    expect: expected,
    never,
    watched: new Set(source.only ?? rules.rules.keys()),
    problem: (message) => place(['name'], message),
  }
}

function readSteps(
  source: TestSource,
  checkRule: (id: string, path: readonly PropertyKey[]) => void,
  fail: Fail,
): Step[] {
  let before = TEST_START
  const all = source.homes.map(({ id }) => id)
  const steps = source.steps.flatMap((step, index): Step[] => {
    const path = ['steps', index]
    if (
      (step.every === undefined) !== (step.times === undefined) ||
      (step.every && step.kind === undefined)
    ) {
      fail(path, 'Cannot repeat this: expected a reading with both "every" and "times"')
    }
    const at = readTime(step.at, before)
    if (at < before) {
      fail(
        [...path, 'at'],
        `Cannot be at ${step.at}: the step before is at ${showTime(before)}, or lasts until then`,
      )
    }
    before = at
    const homes = step.home === undefined ? all : [step.home].flat()
    for (const id of homes) {
      if (!all.includes(id)) fail([...path, 'home'], `Cannot find the home "${id}": it is not among "homes"`)
    }
    const sorts = (['sensor', 'gateway', 'mode', 'restart', 'resolve'] as const).filter(
      (key) => step[key] !== undefined,
    )
    if (sorts.length !== 1) {
      fail(
        path,
        'Cannot tell what happens: expected one of "sensor", "gateway", "mode", "restart" and "resolve"',
      )
    }
    if (step.gateway !== undefined) return [{ type: 'gateway', at, homes, online: step.gateway === 'online' }]
    if (step.mode !== undefined) {
      if (step.on === undefined) {
        fail(path, `Cannot set the mode ${step.mode}: expected "on: true" or "on: false"`)
      }
      const until = step.for === undefined ? {} : { until: at + step.for }
      return [{ type: 'mode', at, homes, mode: step.mode, on: step.on ?? true, ...until }]
    }
    if (step.restart !== undefined) {
      before = step.restart === true ? at : at + step.restart
      return [{ type: 'restart', at, homes, back: before }]
    }
    if (step.resolve !== undefined) {
      checkRule(step.resolve, [...path, 'resolve'])
      const scope = step.scope === undefined ? {} : { scope: step.scope }
      return [{ type: 'resolve', at, homes, rule: step.resolve, ...scope }]
    }
    const { sensor = '', kind: name = '', value = '' } = step
    const kind = KINDS.get(name)
    if (!kind) {
      fail(
        [...path, 'kind'],
        `Cannot take the kind "${name}": it is not known${hint(name, [...KINDS.keys()])}`,
      )
    } else {
      const wrong = whyNotValue(kind, step.value)
      if (wrong !== undefined) fail([...path, 'value'], `Cannot take this ${name}: its value ${wrong}`)
    }
    const observed = step.observed === undefined ? at : readTime(step.observed, at)
    const { every = 0, times = 1 } = step
    return Array.from({ length: times }, (_, time) => {
      const later = time * every
      return {
        type: 'reading',
        at: at + later,
        homes,
        sensor,
        kind: name,
        value,
        observed: observed + later,
      } as const
    })
  })
  for (const step of steps) {
    if (step.type !== 'restart') continue
    const lost = steps.find((one) => one.at > step.at && one.at < step.back)
    if (lost)
      fail(['steps'], `Cannot be at ${showTime(lost.at)}: the hub is away until ${showTime(step.back)}`)
  }
  return steps.toSorted((a, b) => a.at - b.at)
}

function checkParams(source: TestSource, rules: RuleSet, fail: Fail): void {
  const all = [
    { values: source.params, path: ['params'] },
    ...source.residents.map((one, index) => ({ values: one.params, path: ['residents', index, 'params'] })),
  ]
  for (const { values = {}, path } of all) {
    for (const [rule, own] of Object.entries(values)) {
      const known = rules.rules.get(rule)
      if (!known) fail([...path, rule], `Cannot set ${rule}: it is no rule of this file`)
      for (const [name, value] of Object.entries(own)) {
        const param = known?.params[name]
        const read = param && readParam(param, value)
        if (known && !param)
          fail([...path, rule, name], `Cannot set ${rule}.${name}: there is no such parameter`)
        if (typeof read === 'object')
          fail([...path, rule, name], `Cannot set ${rule}.${name}: it ${read.why}`)
      }
    }
  }
}

function readHomes(source: TestSource): Home[] {
  const described = new Set(source.sensors.map(({ id }) => id))
  const spoken = new Set(source.steps.flatMap(({ sensor }) => (sensor === undefined ? [] : [sensor])))
  const facts = [...source.sensors, ...[...spoken].filter((id) => !described.has(id)).map((id) => ({ id }))]
  return source.homes.map(({ id: home, area, risk }) => ({
    id: home,
    ...(area !== undefined && { area }),
    ...(risk !== undefined && { risk }),
    timezone: source.timezone,
    ...(source.params && { params: source.params }),
    gateways: [{ id: TEST_GATEWAY }],
    residents: source.residents.map(({ id, params: own, spo2Scale }) => ({
      id,
      ...(own && { params: own }),
      ...(spo2Scale && { spo2Scale }),
    })),
    sensors: facts.map(
      ({
        id,
        room,
        role,
        resident,
        heardEvery,
        kinds,
      }: Partial<TestSource['sensors'][number]>): SensorFacts => ({
        id: id ?? '',
        profile: 'native',
        address: id ?? '',
        heardEvery: heardEvery ?? HEARD_EVERY,
        kinds: kinds ?? ['*'],
        ...(room !== undefined && { room }),
        ...(role !== undefined && { role }),
        ...(resident !== undefined && { resident }),
      }),
    ),
    contacts: [],
  }))
}

function isTimezone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone.length > 0
  } catch {
    return false
  }
}

/** @param before the time of the entry before, for `+2m` */
function readTime(text: string, before: number): number {
  if (text.startsWith('+')) return before + (parseDuration(text.slice(1)) ?? 0)
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number)
  return TEST_START + (hours * 60 + minutes) * 60_000 + Math.round(seconds * 1000)
}

/** As a test file writes it: `00:10`, `26:30:05`. */
export function showTime(at: number): string {
  const total = at - TEST_START
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  const text = `${two(total / 3_600_000)}:${two((total / 60_000) % 60)}`
  const rest = total % 60_000
  if (rest === 0) return text
  return `${text}:${two(rest / 1000)}${rest % 1000 ? `.${String(rest % 1000).padStart(3, '0')}` : ''}`
}
