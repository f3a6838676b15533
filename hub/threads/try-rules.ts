import type { RuleReads } from '../database/rule-reads.ts'
import type { Transition } from '../model/alert.ts'
import type { JournalEntry, RuleFile, RulesInput } from '../model/input.ts'
import type { RuleChange, RuleLoad, TrialCall, TrialLoad, TrialResult } from '../model/rule-book.ts'
import { compareLoads } from '../rules/alert-load.ts'
import { compareRules } from '../rules/compare-rules.ts'
import { rulesOf } from '../rules/parse-rules.ts'
import { replayJournal } from '../rules/replay-journal.ts'
import type { RuleSet } from '../rules/rule.ts'
import { touchedRules } from '../rules/touched-rules.ts'
import type { Problem } from '../source/problem.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** Before the time that is compared rules see so much more: what they count then is as it was. */
export const WARM_UP = 7 * DAY
/** As if people ended what only people end so long after it last fired: in both, so that like is compared with like. */
const HANDLED_AFTER = 30 * MINUTE
/** A rule that says more buries everybody, and the memory. */
const MOST_CALLS = 100_000
const MOST_HOMES = 50
const MOST_SHOWN = 100

export type RuleOrder =
  | { readonly type: 'load'; readonly from: number; readonly to: number }
  | { readonly type: 'history'; readonly sets: readonly KeptRules[] }
  | {
      readonly type: 'trial'
      readonly before: readonly RuleFile[]
      readonly after: readonly RuleFile[]
      readonly from: number
      readonly to: number
    }

/** A set of rules that was in force from `at` on. */
export interface KeptRules {
  readonly seq: number
  readonly at: number
  readonly files: readonly RuleFile[]
  readonly change?: NonNullable<RulesInput['change']>
}

export type RuleAnswer =
  | { readonly type: 'progress'; readonly done: number; readonly of: number }
  | { readonly type: 'load'; readonly load: RuleLoad }
  | { readonly type: 'history'; readonly changes: readonly RuleChange[] }
  | { readonly type: 'refused'; readonly problems: readonly Problem[] }
  | { readonly type: 'trial'; readonly result: TrialResult }

export function computeLoad({ from, to }: Pick<RuleLoad, 'from' | 'to'>, reads: RuleReads): RuleLoad {
  const homeDays = [...reads.registered()].map(
    ([home, since]) => [home, Math.max(0, to - Math.max(from, since)) / DAY] as const,
  )
  return { from, to, homeDays, fired: reads.fired(from, to) }
}

/** @param sets newest first; the oldest is only what the one after it is compared with, where there is one more */
export function computeHistory(sets: readonly KeptRules[]): readonly RuleChange[] {
  const parsed = sets.map(({ files }) => rulesOf(files))
  return sets.map(({ seq, at, files, change }, index) => {
    const before = sets[index + 1]
    const rules = parsed[index]
    const changes = rules && compareRules(parsed[index + 1] ?? rulesOf(undefined), rules)
    const texts = new Map(before?.files.map(({ name, text }) => [name, text]))
    const names = new Set([...files.map(({ name }) => name), ...texts.keys()])
    const now = new Map(files.map(({ name, text }) => [name, text]))
    return {
      seq,
      at,
      ...change,
      added: changes?.added ?? [],
      removed: changes?.removed ?? [],
      changed: changes?.changed ?? [],
      files: [...names].filter((name) => texts.get(name) !== now.get(name)).toSorted(),
    }
  })
}

/**
 * Runs the rules in force and the changed ones over what the hub has kept, and says where they differ.
 * @throws Error when a rule calls so often that it is of no use
 */
export function tryRules(
  { before: filesBefore, after: filesAfter, from: wanted, to }: Extract<RuleOrder, { type: 'trial' }>,
  reads: RuleReads,
  onProgress: (done: number, of: number) => void,
): TrialResult {
  const { changes, before, after } = touchedRules(rulesOf(filesBefore), rulesOf(filesAfter))
  // What was before the journal began is not known.
  const from = Math.max(wanted, reads.begins() ?? to)
  const zones = new Map<string, string>()
  const size = reads.size(from - WARM_UP, to)
  const faults = new Map<string, TrialResult['faults'][number]>()
  const [a, b] = [before, after].map((rules, turn) =>
    run(rules, (done) => onProgress(turn * size + done, 2 * size)),
  )
  const comparison = compareLoads(a ?? [], b ?? [], (home) => zones.get(home) ?? 'UTC')
  const busiest = comparison.shifts.toSorted((x, y) => Math.max(y.a, y.b) - Math.max(x.a, x.b))[0]
  const homes = byHome(a ?? [], b ?? [], comparison)
  return {
    from,
    to,
    ...changes,
    total: comparison.total,
    ...(busiest && { busiest }),
    rules: comparison.rules,
    homes: homes.slice(0, MOST_HOMES),
    moreHomes: Math.max(0, homes.length - MOST_HOMES),
    onlyA: comparison.onlyA.slice(-MOST_SHOWN).map(toCall).toReversed(),
    onlyB: comparison.onlyB.slice(-MOST_SHOWN).map(toCall).toReversed(),
    faults: [...faults.values()],
  }

  function run(rules: RuleSet, onRead: (done: number) => void): Transition[] {
    const calls: Transition[] = []
    if (rules.rules.size === 0) return calls
    const past = replayJournal(noteZones(reads.entries(from - WARM_UP, to, onRead)), {
      rules,
      until: to,
      handle: HANDLED_AFTER,
    })
    for (;;) {
      const next = past.next()
      if (next.done) {
        for (const { rule, home, reason } of next.value.faults) faults.set(rule, { rule, home, reason })
        return calls
      }
      const { at, to: state, rule } = next.value
      if (at < from || (state !== 'firing' && state !== 'again')) continue
      calls.push(next.value)
      if (calls.length > MOST_CALLS) {
        const day = new Date(at).toISOString().slice(0, 10)
        throw new Error(
          `Cannot go on: by ${day} these rules would have called somebody ${MOST_CALLS} times, last "${rule}". Nobody could answer that`,
        )
      }
    }
  }

  function* noteZones(entries: Iterable<JournalEntry>): Generator<JournalEntry> {
    for (const entry of entries) {
      if (entry.input.type === 'home') zones.set(entry.input.home.id, entry.input.home.timezone)
      yield entry
    }
  }
}

function byHome(
  a: readonly Transition[],
  b: readonly Transition[],
  { onlyA, onlyB }: { readonly onlyA: readonly Transition[]; readonly onlyB: readonly Transition[] },
): TrialResult['homes'] {
  const counts = new Map<string, { -readonly [K in keyof TrialLoad]: number }>()
  const lists = { a, b, onlyA, onlyB }
  for (const name of ['a', 'b', 'onlyA', 'onlyB'] as const) {
    for (const { home } of lists[name]) {
      if (home === undefined) continue
      const one = counts.get(home) ?? { a: 0, b: 0, onlyA: 0, onlyB: 0 }
      one[name]++
      counts.set(home, one)
    }
  }
  const differs = ({ onlyA: less, onlyB: more }: TrialLoad): number => less + more
  return [...counts]
    .map(([home, load]) => ({ home, ...load }))
    .filter((one) => differs(one) > 0)
    .toSorted((x, y) => differs(y) - differs(x) || (x.home < y.home ? -1 : 1))
}

function toCall({ at, rule, home, area, severity }: Transition): TrialCall {
  return { at, rule, severity, ...(home !== undefined && { home }), ...(area !== undefined && { area }) }
}
