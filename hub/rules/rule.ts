import { alarmOf } from './alarm-rule.ts'
import type { DailyWindow } from '../time/daily-window.ts'
import { formatDuration, parseDuration } from '../source/duration.ts'
import type { About, Category, Finding, Severity, Text } from '../model/alert.ts'
import type { Home, ResidentFacts } from '../model/home.ts'
import type { Mode } from '../model/input.ts'
import type { Local, Past } from './past.ts'
import type { TrackSpec } from './tracks.ts'
import type { Value } from '../model/reading.ts'

/** What a condition can see (docs/rules.md). A missing role, room or resident is the empty text. */
export interface Scene {
  /** Of a rule on readings only, as `kind` to `sensor`. */
  value?: Value
  kind?: string
  role?: string
  room?: string
  sensor?: string
  home: string
  resident: string
  params: Readonly<Record<string, number>>
  past: Past
  local: Local
  /** Of a rule on a score only. */
  total?: number
  risk?: string
  single3?: boolean
  missing?: number
}

/** A checked CEL expression. Throws when it cannot be evaluated; the caller isolates the rule. */
export type Condition = (scene: Scene) => boolean

/** A time in a rule: fixed, or a parameter that each home or resident may set. */
export type Amount =
  | { readonly type: 'fixed'; readonly ms: number }
  | { readonly type: 'param'; readonly name: string }

/** A limit that homes and residents may set for themselves, within bounds. Durations in ms. */
export interface Param {
  readonly type: 'number' | 'duration'
  readonly default: number
  readonly unit?: string
  readonly min?: number
  readonly max?: number
}

/** Fires while something is so. */
export interface WhenTrigger {
  readonly type: 'when'
  /** A kind of reading, or `score:news2`. */
  readonly on: string
  readonly when: Condition
  readonly for?: Amount
  /** Where given, this ends it, not the mere end of `when` (hysteresis). */
  readonly clear?: { readonly when: Condition; readonly for?: Amount }
}

/** Fires when no sign of life was seen for a time that counts (docs/meaning.md, 7). */
export interface AbsentTrigger {
  readonly type: 'absent'
  readonly of: readonly SignOfLife[]
  /** Signs that end it too, whose sensors alone could not show that nobody is there: a button, a cancel. */
  readonly also: readonly SignOfLife[]
  readonly for: Amount
}

/** Looks once a day, at a time by the wall clock of the home. */
export interface DailyTrigger {
  readonly type: 'daily'
  /** Such as `09:00`. */
  readonly at: string
  readonly when: Condition
}

export interface SignOfLife {
  readonly kind: string
  readonly when?: Condition
}

/** What a trigger waits for before it fires (`unless`, `then`). */
export type Confirmation =
  | { readonly type: 'unless'; readonly on: string; readonly when: Condition; readonly within: Amount }
  | {
      readonly type: 'then'
      readonly on: string
      readonly when: Condition
      readonly within: Amount
      readonly after?: Amount
    }
  | {
      readonly type: 'absent'
      readonly of: readonly SignOfLife[]
      /** As of `AbsentTrigger`; "after" does not hold for these. */
      readonly also: readonly SignOfLife[]
      readonly within: Amount
      readonly after?: Amount
    }

/** It takes so many to fire. */
export interface Times {
  readonly count: number
  readonly within: Amount
  /** What is closer than this to one that counted does not count. */
  readonly apart?: Amount
}

/** So many homes of an area at once are one finding. Times in ms. */
export interface Gather {
  readonly by: 'area'
  /** At least 2. */
  readonly from: number
  /** How long a home that would fire waits for others, where so many others may follow. */
  readonly within: number
  readonly title: Text
  readonly advice?: Text
}

/** One step of a rule's ladder; the first is where it starts. */
export interface Level {
  readonly severity: Severity
  readonly when?: Condition
}

export type Scope = 'home' | 'resident' | 'room' | 'sensor'

export interface Rule extends Finding {
  readonly id: string
  readonly category: Category
  readonly scope: Scope
  readonly trigger: WhenTrigger | AbsentTrigger | DailyTrigger
  /** Part of each day in which the condition counts (docs/meaning.md, 6). */
  readonly during?: DailyWindow
  /** Modes of the home in which nothing counts. */
  readonly except: readonly Mode[]
  readonly confirmation?: Confirmation
  readonly times?: Times
  /** How long it goes on firing after its condition ended. */
  readonly keep?: Amount
  /** After it fired, it does not fire anew in that scope for so long. */
  readonly cooldown?: Amount
  /** While one of these rules fires in the same home, this one does not begin to. */
  readonly mutedBy: readonly string[]
  /** Of technical rules about a home. */
  readonly gather?: Gather
  /** `clear: manual`: holds until a human resolves the alert. */
  readonly latched: boolean
  /** At least one; severity never falls along it. */
  readonly levels: readonly [Level, ...Level[]]
  readonly params: Readonly<Record<string, Param>>
  /** Its parameters where nobody has set their own. */
  readonly defaults: Readonly<Record<string, number>>
  /** What its functions need of the past. */
  readonly tracks: readonly TrackSpec[]
  /** The text of everything that decides what the rule says: equal means that its state may be kept. */
  readonly meaning: string
}

/** The rules in force, by what wakes them. */
export interface RuleSet {
  readonly rules: ReadonlyMap<string, Rule>
  readonly whenByKind: ReadonlyMap<string, readonly WhenRule[]>
  readonly absent: readonly AbsentRule[]
  /** Rules on absence, by the kinds that may end it. */
  readonly absentByKind: ReadonlyMap<string, readonly WatchedSigns[]>
  readonly daily: readonly DailyRule[]
  /** What the functions of all rules need of the past, by id and by kind. */
  readonly tracks: ReadonlyMap<string, TrackSpec>
  readonly tracksByKind: ReadonlyMap<string, readonly TrackSpec[]>
  /** Rules whose condition counts at times only. */
  readonly gated: readonly Rule[]
  /** Rules with `unless` or `then`, by the kinds that they listen to secondly. */
  readonly confirmedByKind: ReadonlyMap<string, readonly ConfirmedRule[]>
  /** The rules that others are muted by. */
  readonly muting: ReadonlySet<string>
  readonly gathering: readonly Rule[]
}

export type WhenRule = Rule & { readonly trigger: WhenTrigger }
export type ConfirmedRule = Rule & { readonly confirmation: Confirmation }
export type DailyRule = Rule & { readonly trigger: DailyTrigger }
export type AbsentRule = Rule & { readonly trigger: AbsentTrigger }

/** An absence rule with its signs of life of one kind. */
export interface WatchedSigns {
  readonly rule: AbsentRule
  readonly signs: readonly SignOfLife[]
}

/** What the alert of a transition says about itself: about an area in words of its own. */
export function findingOf(rule: Rule | undefined, { area }: About): Finding | undefined {
  if (!rule) return undefined
  if (!rule.gather || area === undefined) return alarmOf(rule) === undefined ? rule : { ...rule, alarm: true }
  const { category, resolve, gather } = rule
  const { title, advice } = gather
  return { title, category, resolve, ...(advice && { advice }) }
}

/** Sorts rules by what wakes them, in the order of their ids, so that file names change nothing. */
export function createRuleSet(rules: readonly Rule[]): RuleSet {
  const sorted = rules.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const whens = sorted.filter((rule): rule is WhenRule => rule.trigger.type === 'when')
  const absent = sorted.filter((rule): rule is AbsentRule => rule.trigger.type === 'absent')
  const tracks = new Map(sorted.flatMap((rule) => rule.tracks.map((spec) => [spec.id, spec])))
  return {
    rules: new Map(sorted.map((rule) => [rule.id, rule])),
    whenByKind: Map.groupBy(whens, (rule) => rule.trigger.on),
    absent,
    absentByKind: byKindOfSign(absent),
    daily: sorted.filter((rule): rule is DailyRule => rule.trigger.type === 'daily'),
    tracks,
    tracksByKind: Map.groupBy(tracks.values(), ({ selector }) => selector.kind),
    gated: sorted.filter(({ during, except }) => during !== undefined || except.length > 0),
    confirmedByKind: byKindOfConfirmation(sorted),
    muting: new Set(sorted.flatMap(({ mutedBy }) => mutedBy)),
    gathering: sorted.filter(({ gather }) => gather !== undefined),
  }
}

function byKindOfSign(rules: readonly AbsentRule[]): Map<string, WatchedSigns[]> {
  const byKind = new Map<string, WatchedSigns[]>()
  for (const rule of rules) {
    const all = Map.groupBy([...rule.trigger.of, ...rule.trigger.also], ({ kind }) => kind)
    for (const [kind, signs] of all) byKind.set(kind, [...(byKind.get(kind) ?? []), { rule, signs }])
  }
  return byKind
}

function byKindOfConfirmation(rules: readonly Rule[]): Map<string, ConfirmedRule[]> {
  const byKind = new Map<string, ConfirmedRule[]>()
  for (const rule of rules) {
    const { confirmation } = rule
    if (!confirmation) continue
    const kinds =
      confirmation.type === 'absent'
        ? [...confirmation.of, ...confirmation.also].map(({ kind }) => kind)
        : [confirmation.on]
    for (const kind of new Set(kinds)) {
      byKind.set(kind, [...(byKind.get(kind) ?? []), { ...rule, confirmation }])
    }
  }
  return byKind
}

/**
 * The parameters of a rule for one person: the resident's own limit, else the home's, else the default. A value
 * out of bounds or of the wrong sort is passed over: it is refused where it is set.
 */
export function paramsFor(
  rule: Rule,
  home: Home,
  resident: ResidentFacts | undefined,
): Readonly<Record<string, number>> {
  if (!resident?.params?.[rule.id] && !home.params?.[rule.id]) return rule.defaults
  const values: Record<string, number> = {}
  for (const [name, param] of Object.entries(rule.params)) {
    const own = [resident?.params?.[rule.id]?.[name], home.params?.[rule.id]?.[name]]
    values[name] =
      own.map((value) => readParam(param, value)).find((value) => typeof value === 'number') ?? param.default
  }
  return values
}

/** Whether somebody in the home, or the home itself, has limits of their own for a rule. */
export function hasOwnLimits({ id }: Rule, home: Home): boolean {
  return home.params?.[id] !== undefined || home.residents.some(({ params }) => params?.[id] !== undefined)
}

/** @returns the value in the parameter's own unit, or for people why it cannot be; undefined when not set */
export function readParam(
  param: Param,
  value: number | string | undefined,
): number | { why: string } | undefined {
  if (value === undefined) return undefined
  const number = param.type === 'duration' ? parseDuration(String(value)) : value
  const { min = -Infinity, max = Infinity } = param
  const show = (n: number): string =>
    param.type === 'duration' ? formatDuration(n) : `${n}${param.unit ? ` ${param.unit}` : ''}`
  if (typeof number !== 'number' || Number.isNaN(number)) {
    return {
      why: `is ${JSON.stringify(value)}, expected ${param.type === 'duration' ? 'a duration such as 4h' : 'a number'}`,
    }
  }
  if (number < min || number > max) {
    return { why: `is ${show(number)}, expected ${show(min)} to ${show(max)}` }
  }
  return number
}

export function amountOf(amount: Amount, params: Readonly<Record<string, number>>): number {
  return amount.type === 'fixed' ? amount.ms : (params[amount.name] ?? 0)
}
