import { createHash } from 'node:crypto'
import { SEVERITIES } from '../model/alert.ts'
import type { Text } from '../model/alert.ts'
import { KINDS } from '../model/kind.ts'
import type { Mode } from '../model/input.ts'
import { parseDuration } from '../source/duration.ts'
import { hint } from '../source/parse-yaml.ts'
import { checkRule } from './check-rule.ts'
import { compileCondition } from './condition.ts'
import type { About } from './condition.ts'
import type {
  Amount,
  Condition,
  Confirmation,
  Gather,
  Level,
  Param,
  Rule,
  SignOfLife,
  Times,
} from './rule.ts'
import { unknownKind } from './rule-checker.ts'
import type { Checker } from './rule-checker.ts'
import type { RuleSource } from './rule-schema.ts'
import type { TrackSpec } from './tracks.ts'

/**
 * Makes a rule of what people wrote; its conditions are compiled.
 * @returns undefined when something is wrong: the checker has it
 */
export function compileRule(source: RuleSource, checker: Checker): Rule | undefined {
  const params = compileParams(source, checker)
  const amountAt = (value: string | number, path: readonly PropertyKey[]): Amount => {
    if (typeof value === 'number') return { type: 'fixed', ms: value }
    const name = value.slice('params.'.length)
    if (params[name]?.type !== 'duration') {
      checker.fail(
        path,
        params[name]
          ? `Cannot use params.${name} as a time: its default is a number, expected a duration such as 4h`
          : `Cannot use params.${name}: there is no such parameter${hint(name, Object.keys(params))}`,
      )
    }
    return { type: 'param', name }
  }
  const tracks = new Map<string, TrackSpec>()
  const conditionAt: ConditionAt = (expression, about, path) => {
    const compiled = compileCondition(expression, about, params, source.scope)
    if (compiled.ok) {
      for (const track of compiled.tracks) tracks.set(track.id, track)
      return compiled.condition
    }
    for (const message of compiled.messages) checker.fail(path, message)
    return () => false
  }
  const trigger = compileTrigger(source, checker, amountAt, conditionAt)
  const confirmation = compileConfirmation(source, checker, amountAt, conditionAt)
  const times = compileTimes(source, checker, amountAt)
  const levels = compileLevels(source, checker, conditionAt)
  checkRule(source, checker)
  if (checker.problems.length > 0 || !trigger || !levels) return undefined
  return {
    id: source.id,
    title: textOf(source.title),
    ...(source.advice !== undefined && { advice: textOf(source.advice) }),
    category: source.category,
    scope: source.scope,
    resolve: source.resolve,
    ...(source.policy !== undefined && { policy: source.policy }),
    ...(source.during && { during: source.during }),
    except: modesOf(source),
    ...(source.keep !== undefined && { keep: amountAt(source.keep, ['keep']) }),
    ...(source.cooldown !== undefined && { cooldown: amountAt(source.cooldown, ['cooldown']) }),
    mutedBy: mutersOf(source),
    ...(source.gather && { gather: gatherOf(source.gather) }),
    ...(confirmation && { confirmation }),
    ...(times && { times }),
    latched: source.clear === 'manual',
    trigger,
    levels,
    params,
    defaults: Object.fromEntries(Object.entries(params).map(([name, param]) => [name, param.default])),
    tracks: [...tracks.values()],
    meaning: meaningOf(source),
  }
}

function compileTrigger(
  source: RuleSource,
  checker: Checker,
  amountAt: AmountAt,
  conditionAt: ConditionAt,
): Rule['trigger'] | undefined {
  if (source.absent) {
    for (const key of ['on', 'score', 'at', 'when', 'for', 'unless', 'then', 'times'] as const) {
      if (source[key] !== undefined) {
        checker.fail([key], `Cannot use "${key}" beside "absent": a rule has one trigger; make two rules`)
      }
    }
    if (source.clear !== undefined && source.clear !== 'manual') {
      checker.fail(
        ['clear'],
        'Cannot use "clear" with a condition beside "absent": a sign of life ends it; expected "manual" or nothing',
      )
    }
    const of = compileSigns(source.absent.of, ['absent', 'of'], checker, conditionAt)
    const also = compileSigns(source.absent.also ?? [], ['absent', 'also'], checker, conditionAt)
    return { type: 'absent', of, also, for: amountAt(source.absent.for, ['absent', 'for']) }
  }
  if (source.at !== undefined) return compileDaily(source, source.at, checker, conditionAt)
  const on = triggerKind(source)
  if (on === undefined || source.when === undefined) {
    return checker.fail(
      [],
      `Cannot use the rule "${source.id}": it has no trigger, expected "on" with "when", "at" with "when", or "absent"`,
    )
  }
  const known = KINDS.get(on) ?? (source.score === undefined ? undefined : { sort: 'state' })
  if (!known) return checker.fail(['on'], unknownKind(on))
  if (known.sort === 'event' && source.for !== undefined) {
    checker.fail(['for'], `Cannot use "for" on ${source.on}: it is an event and does not last`)
  }
  if (source.clear !== undefined && source.clear !== 'manual' && known.sort === 'event' && source.clear.for) {
    checker.fail(['clear', 'for'], `Cannot use "clear.for" on ${source.on}: it is an event and does not last`)
  }
  return {
    type: 'when',
    on,
    when: conditionAt(source.when, { kind: on }, ['when']),
    ...(source.for !== undefined && { for: amountAt(source.for, ['for']) }),
    ...(source.clear !== undefined &&
      source.clear !== 'manual' && {
        clear: {
          when: conditionAt(source.clear.when, { kind: on }, ['clear', 'when']),
          ...(source.clear.for !== undefined && { for: amountAt(source.clear.for, ['clear', 'for']) }),
        },
      }),
  }
}

/** A look once a day. */
function compileDaily(
  source: RuleSource,
  at: string,
  checker: Checker,
  conditionAt: ConditionAt,
): Rule['trigger'] | undefined {
  for (const key of ['on', 'score', 'for', 'unless', 'then', 'times', 'during'] as const) {
    if (source[key] === undefined) continue
    checker.fail([key], `Cannot use "${key}" beside "at": it looks once a day, at ${at}; make two rules`)
  }
  if (source.clear !== undefined && source.clear !== 'manual') {
    checker.fail(
      ['clear'],
      'Cannot use "clear" with a condition beside "at": the next day\'s look ends it; expected "manual" or nothing',
    )
  }
  if (source.scope !== 'home' && source.scope !== 'resident') {
    checker.fail(['scope'], `Cannot look at a ${source.scope} once a day: expected scope home or resident`)
  }
  if (source.when === undefined) {
    return checker.fail(
      ['at'],
      'Cannot look at nothing: "at" needs "when" with functions such as age("weight")',
    )
  }
  return { type: 'daily', at, when: conditionAt(source.when, 'time', ['when']) }
}

type ConditionAt = (expression: string, about: About, path: readonly PropertyKey[]) => Condition
type AmountAt = (value: string | number, path: readonly PropertyKey[]) => Amount

function compileSigns(
  signs: NonNullable<RuleSource['absent']>['of'],
  at: readonly PropertyKey[],
  checker: Checker,
  conditionAt: ConditionAt,
): readonly SignOfLife[] {
  return signs.map((entry, index): SignOfLife => {
    const path = [...at, index]
    const name = typeof entry === 'string' ? entry : entry.kind
    const known = KINDS.get(name)
    if (!known) {
      checker.fail(path, unknownKind(name))
      return { kind: name }
    }
    if (typeof entry !== 'string') return { kind: name, when: conditionAt(entry.when, { kind: name }, path) }
    if (known.value === 'number') {
      checker.fail(
        path,
        `Cannot take "${name}" as a sign of life: it is a number; say which: { kind: ${name}, when: value > 30 }`,
      )
    }
    return { kind: name }
  })
}

/** `unless` and `then`. */
function compileConfirmation(
  source: RuleSource,
  checker: Checker,
  amountAt: AmountAt,
  conditionAt: ConditionAt,
): Confirmation | undefined {
  const { unless, then } = source
  if (unless && then) {
    checker.fail(
      ['unless'],
      'Cannot use "unless" beside "then": a trigger waits for one of them; make two rules',
    )
  }
  if (source.times && (unless ?? then)) {
    checker.fail(['times'], 'Cannot use "times" beside "unless" or "then": make two rules')
  }
  if (unless) {
    if (!KINDS.has(unless.on)) return checker.fail(['unless', 'on'], unknownKind(unless.on))
    const when = conditionAt(unless.when, { kind: unless.on }, ['unless', 'when'])
    return { type: 'unless', on: unless.on, when, within: amountAt(unless.within, ['unless', 'within']) }
  }
  if (!then) return undefined
  const within = amountAt(then.within, ['then', 'within'])
  const after = then.after === undefined ? {} : { after: amountAt(then.after, ['then', 'after']) }
  if (typeof then.within === 'number' && typeof then.after === 'number' && then.after >= then.within) {
    checker.fail(
      ['then', 'after'],
      'Cannot wait for this: "after" is no shorter than "within", so that no time is left; make it shorter',
    )
  }
  if ('absent' in then) {
    const of = compileSigns(then.absent.of, ['then', 'absent', 'of'], checker, conditionAt)
    const also = compileSigns(then.absent.also ?? [], ['then', 'absent', 'also'], checker, conditionAt)
    return { type: 'absent', of, also, within, ...after }
  }
  if (!KINDS.has(then.on)) return checker.fail(['then', 'on'], unknownKind(then.on))
  return {
    type: 'then',
    on: then.on,
    when: conditionAt(then.when, { kind: then.on }, ['then', 'when']),
    within,
    ...after,
  }
}

function compileTimes({ times }: RuleSource, checker: Checker, amountAt: AmountAt): Times | undefined {
  if (!times) return undefined
  const { count, within, apart } = times
  if (typeof within === 'number' && typeof apart === 'number' && apart * (count - 1) >= within) {
    checker.fail(
      ['times'],
      `Cannot happen ${count} times: so far apart, they do not fit into "within"; make it longer, or "apart" shorter`,
    )
  }
  return {
    count,
    within: amountAt(within, ['times', 'within']),
    ...(apart !== undefined && { apart: amountAt(apart, ['times', 'apart']) }),
  }
}

function compileLevels(
  source: RuleSource,
  checker: Checker,
  conditionAt: ConditionAt,
): Rule['levels'] | undefined {
  if (source.levels === undefined) {
    if (source.severity === undefined) {
      return checker.fail([], `Cannot use the rule "${source.id}": it has no "severity" and no "levels"`)
    }
    return [{ severity: source.severity }]
  }
  if (source.severity !== undefined) {
    checker.fail(['severity'], 'Cannot use "severity" beside "levels": the levels say the severity')
  }
  const levels = source.levels.map((level, index): Level => {
    const path = ['levels', index]
    const above = source.levels?.[index - 1]
    if (above && SEVERITIES.indexOf(level.severity) > SEVERITIES.indexOf(above.severity)) {
      checker.fail(
        path,
        `Cannot go down from ${above.severity} to ${level.severity}: each level is at least as severe as the one before`,
      )
    }
    if (index === 0 && level.when !== undefined) {
      checker.fail(
        [...path, 'when'],
        'Cannot use "when" on the first level: the rule\'s own "when" leads to it',
      )
    }
    if (index > 0 && level.when === undefined) {
      checker.fail(path, `Cannot reach level ${index + 1}: it has no "when"`)
    }
    if (level.when === undefined) return { severity: level.severity }
    const on = triggerKind(source)
    if (source.at !== undefined) {
      return { severity: level.severity, when: conditionAt(level.when, 'time', [...path, 'when']) }
    }
    if (on === undefined || !(KINDS.has(on) || source.score)) {
      checker.fail(
        [...path, 'when'],
        'Cannot use "when" on a level of this rule: it listens to no kind of reading',
      )
      return { severity: level.severity }
    }
    return { severity: level.severity, when: conditionAt(level.when, { kind: on }, [...path, 'when']) }
  })
  const [first, ...rest] = levels
  return first && [first, ...rest]
}

function compileParams(source: RuleSource, checker: Checker): Record<string, Param> {
  const params: Record<string, Param> = {}
  for (const [name, spec] of Object.entries(source.params)) {
    const isDuration = typeof spec.default === 'string'
    const read = (key: 'default' | 'min' | 'max'): number | undefined => {
      const value = spec[key]
      if (value === undefined) return undefined
      const number = typeof value === 'string' ? parseDuration(value) : value
      if (number === undefined || (typeof value === 'string') !== isDuration) {
        return checker.fail(
          ['params', name, key],
          `Cannot take params.${name}.${key}: it is ${JSON.stringify(value)}, expected ${isDuration ? 'a duration such as 4h' : 'a number, as the default is one'}`,
        )
      }
      return number
    }
    const [value, min, max] = [read('default'), read('min'), read('max')]
    if (value === undefined) continue
    if (value < (min ?? -Infinity) || value > (max ?? Infinity)) {
      checker.fail(
        ['params', name, 'default'],
        `Cannot take params.${name}: its default is outside its own bounds`,
      )
    }
    params[name] = {
      type: isDuration ? 'duration' : 'number',
      default: value,
      ...(spec.unit !== undefined && { unit: spec.unit }),
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
    }
  }
  return params
}

/** What a condition of this rule is about: a kind of reading, or a score. */
function triggerKind({ on, score }: RuleSource): string | undefined {
  return score === undefined ? on : `score:${score}`
}

function modesOf({ except }: RuleSource): readonly Mode[] {
  if (!except) return []
  return typeof except.mode === 'string' ? [except.mode] : except.mode
}

/** The rules that mute this one. */
export function mutersOf({ muted }: RuleSource): readonly string[] {
  if (!muted) return []
  return typeof muted.by === 'string' ? [muted.by] : muted.by
}

function gatherOf({ title, advice, ...how }: NonNullable<RuleSource['gather']>): Gather {
  return { ...how, title: textOf(title), ...(advice !== undefined && { advice: textOf(advice) }) }
}

function textOf(text: RuleSource['title']): Text {
  return typeof text === 'string' ? { en: text } : text
}

/** Everything but the texts: a better title, advice or reason does not change what a rule means. */
function meaningOf(source: RuleSource): string {
  const { title: _title, advice: _advice, why: _why, policy: _policy, gather, ...rest } = source
  const { title: _other, advice: _more, ...gathers } = gather ?? {}
  return createHash('sha256')
    .update(JSON.stringify(gather ? { ...rest, gather: gathers } : rest))
    .digest('base64url')
    .slice(0, 16)
}
