import type { ASTNode, Environment } from '@marcbachmann/cel-js'
import { KINDS } from '../model/kind.ts'
import { parseDuration } from '../source/duration.ts'
import { hint } from '../source/parse-yaml.ts'
import { Baseline, Local, Past } from './past.ts'
import type { Scope } from './rule.ts'
import { parseSelector } from './selector.ts'
import type { Selector } from './selector.ts'
import type { TrackSpec } from './tracks.ts'

const TYPES = { word: 'string', boolean: 'bool', number: 'double' } as const
const SEASONS = ['day', 'hour', 'weekday']
/** A time, as CEL calls it. */
export const DURATION = 'google.protobuf.Duration'

/**
 * What people write, such as `count("door=open", duration("8h"))`. Each call is checked when the file is read, and
 * then written anew for CEL with what it needs of the past as its only argument.
 */
interface PastFunction {
  /** The rest of its arguments, for people. */
  readonly form: string
  readonly track?: TrackSpec['sort']
  readonly takes: 'any' | 'numbers' | 'happenings'
  readonly window?: true
}

export const PAST_FUNCTIONS: Readonly<Record<string, PastFunction>> = {
  last: { form: '("KIND")', takes: 'any' },
  age: { form: '("KIND") or ("KIND=VALUE")', takes: 'any' },
  held: { form: '("KIND") or ("KIND=VALUE")', takes: 'any' },
  count: { form: '("KIND", duration("8h"))', takes: 'any', track: 'tally', window: true },
  change: { form: '("KIND", duration("3d"))', takes: 'numbers', track: 'trend', window: true },
  rate: { form: '("KIND", duration("3d"))', takes: 'numbers', track: 'trend', window: true },
  today: { form: '("KIND")', takes: 'happenings', track: 'days' },
  lastHour: { form: '("KIND")', takes: 'happenings', track: 'days' },
  baseline: { form: '("KIND"), or ("KIND", "hour") or ("KIND", "weekday")', takes: 'any', track: 'days' },
}

/** Lets CEL know the past, the local time, and what is asked of them. */
export function registerPast(environment: Environment): void {
  const number = 'double'
  environment.registerType('Past', { ctor: Past, fields: {} })
  environment.registerType('Local', {
    ctor: Local,
    fields: { day: number, hour: number, minute: number, weekday: number },
  })
  environment.registerType('Baseline', {
    ctor: Baseline,
    fields: { median: number, mad: number, days: number },
  })
  environment.registerVariable('past', 'Past').registerVariable('local', 'Local')
  for (const [sort, type] of Object.entries(TYPES)) {
    environment.registerFunction(`Past.last_${sort}(string): ${type}`, (past: Past, of: string) =>
      past.last(of),
    )
  }
  for (const name of ['age', 'held'] as const) {
    environment.registerFunction(`Past.${name}(string): ${DURATION}`, (past: Past, of: string) =>
      past[name](of),
    )
  }
  for (const name of ['count', 'change', 'rate', 'today', 'lastHour'] as const) {
    environment.registerFunction(`Past.${name}(string): double`, (past: Past, of: string) => past[name](of))
  }
  environment.registerFunction(
    'Past.baseline(string, string): Baseline',
    (past: Past, of: string, season: string) => past.baseline(of, season),
  )
}

export interface WithPast {
  /** As CEL reads it. */
  readonly text: string
  readonly tracks: readonly TrackSpec[]
  readonly problems: readonly string[]
}

/** Writes the functions on the past in a condition as CEL has them, and collects what they need. */
export function readPastFunctions(text: string, ast: ASTNode, scope: Scope): WithPast {
  const tracks: TrackSpec[] = []
  const problems: string[] = []
  const edits: { start: number; end: number; text: string }[] = []
  for (const node of calls(ast)) {
    const [name, args] = node.args
    const written = name === 'duration' ? readDuration(args) : readCall(name, args, scope)
    if (!written) continue
    if ('why' in written) problems.push(written.why)
    else {
      if (written.track) tracks.push(written.track)
      edits.push({ start: node.start, end: node.end, text: written.text })
    }
  }
  let rest = text
  for (const { start, end, text: by } of edits.toSorted((a, b) => b.start - a.start)) {
    rest = rest.slice(0, start) + by + rest.slice(end)
  }
  return { text: rest, tracks, problems }
}

type Written = { readonly text: string; readonly track?: TrackSpec } | { readonly why: string } | undefined

/** A duration with days and weeks too, which CEL does not know. */
function readDuration(args: readonly ASTNode[]): Written {
  const text = literal(args[0])
  const ms = text === undefined ? undefined : parseDuration(text)
  if (ms === undefined || args.length !== 1) {
    return {
      why: `duration(${text === undefined ? '…' : `"${text}"`}): expected a time with its unit, such as duration("30m")`,
    }
  }
  return { text: `duration("${ms}ms")` }
}

function readCall(name: string, args: readonly ASTNode[], scope: Scope): Written {
  const known = Object.hasOwn(PAST_FUNCTIONS, name) ? PAST_FUNCTIONS[name] : undefined
  if (!known) return undefined
  const form = `expected ${name}${known.form}`
  const chosen = literal(args[0])
  if (chosen === undefined) return { why: `${name}() lacks its kind of reading in quotes: ${form}` }
  const selector = parseSelector(chosen)
  if ('why' in selector) return { why: `${name}("${chosen}"): ${selector.why}` }
  const refused = whyNot(name, known, selector)
  if (refused !== undefined) return { why: `${name}("${chosen}"): ${refused}` }
  const second = args[1]
  if (args.length > (known.window || name === 'baseline' ? 2 : 1))
    return { why: `${name}("${chosen}", …): ${form}` }
  if (known.window) {
    const window =
      second?.op === 'call' && second.args[0] === 'duration' ? literal(second.args[1][0]) : undefined
    const ms = window === undefined ? undefined : parseDuration(window)
    if (ms === undefined || ms === 0) return { why: `${name}("${chosen}", …) lacks its time: ${form}` }
    const track = trackOf(known.track ?? 'tally', scope, selector, ms)
    return { text: `past.${name}("${track.id}")`, track }
  }
  if (!known.track) {
    const sort = KINDS.get(selector.kind)?.value ?? 'word'
    return {
      text: name === 'last' ? `past.last_${sort}("${selector.text}")` : `past.${name}("${selector.text}")`,
    }
  }
  const track = trackOf(known.track, scope, selector, 0)
  if (name !== 'baseline') return { text: `past.${name}("${track.id}")`, track }
  const season = second ? literal(second) : 'day'
  if (season === undefined || !SEASONS.includes(season)) {
    return {
      why: `baseline("${chosen}", …): expected one of ${SEASONS.map((one) => `"${one}"`).join(', ')}${hint(season ?? '', SEASONS)}`,
    }
  }
  return { text: `past.baseline("${track.id}", "${season}")`, track }
}

function whyNot(name: string, { takes }: PastFunction, { kind: of, value }: Selector): string | undefined {
  const kind = KINDS.get(of)
  if (takes === 'numbers' && kind?.value !== 'number') return `${of} is no number: nothing to reckon with`
  if (takes === 'happenings' && kind?.value === 'number') return `${of} is a number and does not happen`
  if (name === 'held' && kind?.sort === 'event')
    return `${of} is an event and does not last; use age("${of}")`
  if (name === 'last' && value !== undefined) return 'it gives the value: leave "=…" out and compare with it'
  const isOneOfTwo = kind?.value === 'boolean' || (kind?.sort === 'state' && kind.words?.length === 2)
  if (name === 'age' && value !== undefined && !isOneOfTwo) {
    return `only a state with two values has a time since it was last so; use age("${of}")`
  }
  return undefined
}

/** Rules that need the same have the same: the id holds all that matters. */
function trackOf(sort: TrackSpec['sort'], scope: Scope, selector: Selector, window: number): TrackSpec {
  return { id: `${sort}:${scope}:${selector.text}:${window}`, sort, scope, selector, window }
}

function literal(node: ASTNode | undefined): string | undefined {
  return node?.op === 'value' && typeof node.args === 'string' ? node.args : undefined
}

type Call = Extract<ASTNode, { op: 'call' }>

/** The outermost calls of functions on the past, and of `duration` elsewhere. */
function calls(node: ASTNode): Call[] {
  if (node.op === 'call' && (node.args[0] === 'duration' || Object.hasOwn(PAST_FUNCTIONS, node.args[0]))) {
    return [node]
  }
  return children(node).flatMap(calls)
}

/** The parts of an expression. */
export function children(node: ASTNode): ASTNode[] {
  const isNode = (part: unknown): part is ASTNode =>
    typeof part === 'object' && part !== null && 'op' in part && 'args' in part
  if (isNode(node.args)) return [node.args]
  return Array.isArray(node.args) ? node.args.flat(2).filter(isNode) : []
}
