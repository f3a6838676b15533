import { Environment, ParseError } from '@marcbachmann/cel-js'
import type { ASTNode } from '@marcbachmann/cel-js'
import { KINDS } from '../model/kind.ts'
import type { Kind } from '../model/kind.ts'
import { hint } from '../source/parse-yaml.ts'
import { DURATION, PAST_FUNCTIONS, children, readPastFunctions, registerPast } from './past-functions.ts'
import { celDuration } from './past.ts'
import { quickCondition } from './quick-condition.ts'
import type { Condition, Param, Scene, Scope } from './rule.ts'
import type { TrackSpec } from './tracks.ts'

/** CEL with whole numbers and decimals mixing freely in arithmetic, as people write limits. */
const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
}

const isIn = (value: unknown, list: unknown): boolean =>
  Array.isArray(list) && list.some((item) => Number(item) === Number(value))

const base = ((): Environment => {
  const environment = new Environment({ limits: { maxAstNodes: 500, maxDepth: 40 } })
  for (const [operator, apply] of Object.entries(ARITHMETIC)) {
    const mixed = (a: unknown, b: unknown): number => apply(Number(a), Number(b))
    environment.registerOperator(`double ${operator} int: double`, mixed)
    environment.registerOperator(`int ${operator} double: double`, mixed)
  }
  environment.registerOperator('double % double: double', (a: unknown, b: unknown) => Number(a) % Number(b))
  environment.registerOperator('double == int: bool', (a: unknown, b: unknown) => Number(a) === Number(b))
  environment.registerOperator('double in list<int>: bool', isIn)
  environment.registerOperator('int in list<double>: bool', isIn)
  for (const name of ['home', 'resident']) environment.registerVariable(name, 'string')
  registerPast(environment)
  return environment
})()

const CEL_TYPE = { word: 'string', boolean: 'bool', number: 'double' } as const

/** `value` of a score is its total. */
const SCORE: Kind = { sort: 'state', value: 'number' }

export type Compiled =
  | { readonly ok: true; readonly condition: Condition; readonly tracks: readonly TrackSpec[] }
  | { readonly ok: false; readonly messages: readonly string[] }

/** What a condition is about: a reading of a kind, a score (`score:news2`), or the time of day (`at`). */
export type About = { readonly kind: string } | 'time'

/**
 * Checks and compiles a condition.
 * @param scope how far its functions on the past look
 * @param isQuick false: by CEL alone, which is slower and says the same
 * @returns the condition and what it needs of the past, or what is wrong with the text
 */
export function compileCondition(
  text: string,
  about: About,
  params: Readonly<Record<string, Param>>,
  scope: Scope,
  isQuick = true,
): Compiled {
  const fail = (...whys: string[]): Compiled => ({
    ok: false,
    messages: whys.map((why) => `Cannot use the condition \`${text}\`: ${why}`),
  })
  const environment = environmentFor(about, params)
  if ('why' in environment) return { ok: false, messages: [environment.why] }
  const read = parse(environment.cel, text)
  if ('why' in read) return fail(explain(text, read.why, params))
  const past = readPastFunctions(text, read.ast, scope)
  if (past.problems.length > 0) return fail(...past.problems)
  const checked = environment.cel.check(past.text)
  if (!checked.valid)
    return fail(explain(text, checked.error?.message.split('\n')[0] ?? 'unknown error', params))
  if (checked.type !== 'bool') return fail(`it gives ${checked.type}, expected true or false`)
  const parsed = environment.cel.parse(past.text)
  const wrong = environment.kind && unknownWord(parsed.ast, environment.kind)
  if (wrong !== undefined && about !== 'time') {
    return fail(`${about.kind} is never "${wrong}"${hint(wrong, environment.kind?.words ?? [])}`)
  }
  const times = Object.keys(params).filter((name) => params[name]?.type === 'duration')
  const usesTimes = times.some((name) => past.text.includes(`params.${name}`))
  const numbers = new Set(Object.keys(params).filter((name) => params[name]?.type === 'number'))
  const quick = isQuick ? quickCondition(parsed.ast, numbers) : undefined
  return {
    ok: true,
    tracks: past.tracks,
    condition: (scene) => {
      const known = quick?.(scene)
      if (known !== undefined) return known
      const result: unknown = parsed(usesTimes ? withTimes(scene, times) : scene)
      if (typeof result !== 'boolean') throw new TypeError(`gave ${String(result)}, expected true or false`)
      return result
    },
  }
}

function environmentFor(
  about: About,
  params: Readonly<Record<string, Param>>,
): { readonly cel: Environment; readonly kind?: Kind } | { readonly why: string } {
  const cel = base.clone()
  const fields = Object.entries(params).map(([name, { type }]) => [
    name,
    type === 'number' ? 'double' : DURATION,
  ])
  if (fields.length > 0) cel.registerVariable({ name: 'params', schema: Object.fromEntries(fields) })
  if (about === 'time') return { cel }
  const isScore = about.kind.startsWith('score:')
  const kind = isScore ? SCORE : KINDS.get(about.kind)
  if (!kind) return { why: `Cannot read readings of the kind "${about.kind}": it is not known` }
  for (const name of ['kind', 'role', 'room', 'sensor']) cel.registerVariable(name, 'string')
  cel.registerVariable('value', CEL_TYPE[kind.value])
  if (isScore) {
    cel.registerVariable('total', 'double').registerVariable('missing', 'double')
    cel.registerVariable('risk', 'string').registerVariable('single3', 'bool')
  }
  return { cel, kind }
}

function parse(cel: Environment, text: string): { readonly ast: ASTNode } | { readonly why: string } {
  try {
    return { ast: cel.parse(text).ast }
  } catch (error) {
    return { why: whyNotRead(text, error) }
  }
}

/** What the parser said, where it stopped, and what people nearly always mean. */
function whyNotRead(text: string, error: unknown): string {
  const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  const bareTime = /(?<!["\w.])\d+(ms|s|m|h|d|w)\b/.exec(text.replace(/"[^"]*"/g, '""'))?.[0]
  if (bareTime !== undefined) return `${why}; a time is written duration("${bareTime}")`
  const at = error instanceof ParseError ? error.range?.start : undefined
  return at === undefined || at === 0 ? why : `${why}, at \`${text.slice(at, at + 12)}\``
}

function withTimes(scene: Scene, times: readonly string[]): Omit<Scene, 'params'> & { params: object } {
  const durations = times.map((name) => [name, celDuration(scene.params[name] ?? 0)])
  return { ...scene, params: { ...scene.params, ...Object.fromEntries(durations) } }
}

function explain(text: string, summary: string, params: Readonly<Record<string, Param>>): string {
  const key = /^No such key: (\w+)/.exec(summary)?.[1]
  if (key !== undefined && text.includes(`params.${key}`)) {
    return `there is no parameter "${key}"${hint(key, Object.keys(params))}`
  }
  if (key !== undefined) return `there is no "${key}"${hint(key, FIELDS)}`
  const variable = /^Unknown variable: (\w+)/.exec(summary)?.[1]
  if (variable === 'params') return 'the rule has no "params"'
  if (variable !== undefined) {
    return `"${variable}" is not known${hint(variable, ['value', 'kind', 'role', 'room', 'sensor', 'home', 'resident', 'params', 'local', 'total', 'risk', 'single3', 'missing'])}`
  }
  const called = /^found no matching overload for '(\w+)\(/.exec(summary)?.[1]
  if (called !== undefined)
    return `there is no function "${called}"${hint(called, Object.keys(PAST_FUNCTIONS))}`
  const overload = /^no such overload: (\S+) (\S+) (\S+)$/.exec(summary)
  if (overload) {
    const [, left = '', operator = '', right = ''] = overload
    const remedy =
      left === DURATION || right === DURATION
        ? '; a time is compared with duration("30m") or a parameter that is a time'
        : ''
    return `${nameOf(left)} and ${nameOf(right)} do not go together with "${operator}"${remedy}`
  }
  return summary
}

/** CEL's types in people's words. */
function nameOf(type: string): string {
  const names: Readonly<Record<string, string>> = {
    double: 'a number',
    int: 'a number',
    string: 'a text',
    bool: 'true or false',
    [DURATION]: 'a time',
  }
  return names[type] ?? type
}

/** Of `local` and `baseline`. */
const FIELDS = ['hour', 'minute', 'weekday', 'median', 'mad', 'days']

/** A text compared with `value` that this kind can never have: nearly always a typing error. */
function unknownWord(ast: ASTNode, kind: Kind): string | undefined {
  if (kind.value !== 'word') return undefined
  const found = wordsComparedWithValue(ast)
  return found.find((text) => !kind.words?.includes(text))
}

function wordsComparedWithValue(node: ASTNode): string[] {
  if (node.op === '==' || node.op === '!=' || node.op === 'in') {
    const [left, right] = node.args
    const other = isValue(left) ? right : isValue(right) ? left : undefined
    if (other?.op === 'value') return typeof other.args === 'string' ? [other.args] : []
    if (other?.op === 'list') {
      return other.args.flatMap((item) =>
        item.op === 'value' && typeof item.args === 'string' ? [item.args] : [],
      )
    }
    return []
  }
  return children(node).flatMap(wordsComparedWithValue)
}

function isValue(node: ASTNode): boolean {
  return node.op === 'id' && node.args === 'value'
}
