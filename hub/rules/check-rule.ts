import { ALARM_KINDS } from '../model/kind.ts'
import type { Checker } from './rule-checker.ts'
import type { RuleSource } from './rule-schema.ts'

/** What each part of a rule allows by itself, but a person would not want together. */
export function checkRule(source: RuleSource, checker: Checker): void {
  checkPlausible(source, checker)
  checkGather(source, checker)
  if (source.score !== undefined) checkScore(source, checker)
  refuseHoldingBack(source, checker)
}

function checkPlausible(source: RuleSource, checker: Checker): void {
  if (source.during && source.during.from === source.during.to) {
    checker.fail(
      ['during'],
      `Cannot open this window: it ends at ${source.during.to}, when it begins; leave "during" out for the whole day`,
    )
  }
  if (source.keep !== undefined && source.clear !== undefined) {
    checker.fail(
      ['keep'],
      'Cannot use "keep" beside "clear": "clear" says already when it ends; use one of them',
    )
  }
  if (source.resolve !== 'auto') return
  if (source.category === 'safety' || source.category === 'health') {
    checker.fail(
      ['resolve'],
      `Cannot use "resolve: auto" on a ${source.category} rule: an alert about a person ends only with a human`,
    )
  }
}

/** Many homes as one: only what is about equipment, and what every home says in the same way. */
function checkGather(source: RuleSource, checker: Checker): void {
  if (!source.gather) return
  if (source.category !== 'technical') {
    checker.fail(
      ['gather'],
      `Cannot use "gather" on a ${source.category} rule: what is about a person is never one of many; leave it out`,
    )
  }
  if (source.scope !== 'home') {
    checker.fail(
      ['gather'],
      `Cannot gather homes by what is about a ${source.scope}: write scope: home, or leave "gather" out`,
    )
  }
  if (source.on !== undefined && source.for === undefined) {
    checker.fail(
      ['gather'],
      'Cannot use "gather" without "for": each home would be said before anybody can know that they are many',
    )
  }
  for (const key of [
    'absent',
    'at',
    'score',
    'unless',
    'then',
    'times',
    'keep',
    'cooldown',
    'levels',
  ] as const) {
    if (source[key] === undefined) continue
    checker.fail([key], `Cannot use "${key}" beside "gather": use "on", "when", "for" and one severity`)
  }
  if (source.clear === 'manual') {
    checker.fail(
      ['clear'],
      'Cannot use "clear: manual" beside "gather": what ends in a home leaves the list; leave it out',
    )
  }
}

function checkScore(source: RuleSource, checker: Checker): void {
  for (const key of ['unless', 'then', 'times'] as const) {
    if (source[key] !== undefined) {
      checker.fail([key], `Cannot use "${key}" beside "score": a score does not happen, it holds; use "for"`)
    }
  }
  if (source.on !== undefined) {
    checker.fail(
      ['on'],
      'Cannot use "on" beside "score": the score listens to all its vital signs; leave "on" out',
    )
  }
  if (source.scope !== 'resident') {
    checker.fail(
      source.scope === 'home' ? ['score'] : ['scope'],
      `Cannot compute a score of a ${source.scope}: it is about a person; write scope: resident`,
    )
  }
}

/** What cannot be held back: an alarm waits for no convenience (docs/meaning.md, 10). */
function refuseHoldingBack(source: RuleSource, checker: Checker): void {
  const alarm = source.on
  if (alarm === undefined || !ALARM_KINDS.has(alarm)) return
  for (const key of ['during', 'except', 'cooldown', 'muted', 'gather'] as const) {
    if (source[key] === undefined) continue
    checker.fail(
      [key],
      `Cannot use "${key}" on ${alarm}: such an alarm is said at any time, each time; leave "${key}" out`,
    )
  }
  if (source.resolve === 'auto') {
    checker.fail(['resolve'], `Cannot use "resolve: auto" on ${alarm}: such an alert ends only with a human`)
  }
}
