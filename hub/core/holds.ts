import type { HoldInput } from '../model/input.ts'
import { alarmOf } from '../rules/alarm-rule.ts'
import type { Rule } from '../rules/rule.ts'
import { rowKey } from '../rules/state.ts'
import type { HoldRow, Row } from '../rules/state.ts'
import type { TimerQueue } from '../rules/timer-queue.ts'
import { hint } from '../source/parse-yaml.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Longer than that, somebody must say again why. */
const LONGEST_HOLD = 14 * DAY
/** How long before its end somebody is reminded; of a hold of days also on the day before. */
const REMINDERS = [
  { before: DAY, ofHoldsOver: 2 * DAY },
  { before: HOUR, ofHoldsOver: HOUR },
]

/** A rule that is held for a home. Times in ms. */
export interface Hold {
  readonly home: string
  readonly rule: string
  readonly since: number
  readonly until: number
  readonly by: string
  readonly via: string
}

/** What became of a hold. */
export interface HoldChange {
  readonly what: 'begun' | 'ends-soon' | 'ended'
  readonly hold: Hold
  readonly by: string
  readonly via: string
}

/** The rules that people hold back for homes: for a while they call nobody there. */
export interface Holds {
  isHeld(home: string, rule: string): boolean
  /** Of one home, or of all; by home and rule. */
  list(home?: string): Hold[]
  /** @returns what changed (nothing when it is ended and was not in force), or for people why it cannot be */
  take(
    input: HoldInput,
    rules: ReadonlyMap<string, Rule>,
    now: number,
  ): HoldChange | { why: string } | undefined
  /** Other rules are in force: those that may not be held are held no more. */
  useRules(rules: ReadonlyMap<string, Rule>): HoldChange[]
  /** Runs a timer; undefined when the key is not one of the holds'. */
  due(key: string, due: number): HoldChange | undefined
  /** The home is there no more. */
  forget(home: string): void
  /** Rows to write since the last call; null: the row goes. */
  changes(): ReadonlyMap<string, HoldRow | null>
}

export function createHolds(timers: TimerQueue, saved: ReadonlyMap<string, Row>): Holds {
  const rows = new Map<string, HoldRow>()
  let changed = new Map<string, HoldRow | null>()

  for (const [key, row] of saved) {
    if (!key.startsWith('hold|')) continue
    rows.set(key, row as HoldRow)
    schedule(key, row as HoldRow)
  }

  function schedule(key: string, row: HoldRow | undefined): void {
    timers.set(key, row?.until)
    timers.set(`~${key}`, row?.remindAt)
  }

  function keep(key: string, row: HoldRow | undefined): void {
    if (row) rows.set(key, row)
    else rows.delete(key)
    changed.set(key, row ?? null)
    schedule(key, row)
  }

  function end(key: string, row: HoldRow, by: string, via: string): HoldChange {
    keep(key, undefined)
    return { what: 'ended', hold: holdOf(key, row), by, via }
  }

  return {
    isHeld: (home, rule) => rows.has(rowKey.hold(home, rule)),
    list: (home) =>
      [...rows]
        .filter(([key]) => home === undefined || key.startsWith(`hold|${home}|`))
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, row]) => holdOf(key, row)),
    take(input, rules, now) {
      const { home, rule, by, via } = input
      const key = rowKey.hold(home, rule)
      const known = rows.get(key)
      if (!input.on) return known && end(key, known, by, via)
      const { until } = input
      const why = whyNotHeld(rules, rule) ?? whyNotUntil(until, now)
      if (why !== undefined) return { why }
      const remindAt = nextReminder(now, until, now)
      const row: HoldRow = {
        since: known?.since ?? now,
        until,
        by,
        via,
        ...(remindAt !== undefined && { remindAt }),
      }
      keep(key, row)
      return { what: 'begun', hold: holdOf(key, row), by, via }
    },
    useRules: (rules) =>
      [...rows]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([key, row]) => {
          const rule = rules.get(holdOf(key, row).rule)
          return rule && alarmOf(rule) !== undefined ? [end(key, row, 'hub', 'rule')] : []
        }),
    due(timer, due) {
      const isReminder = timer.startsWith('~hold|')
      const key = isReminder ? timer.slice(1) : timer
      const row = key.startsWith('hold|') ? rows.get(key) : undefined
      if (!row) return undefined
      if (!isReminder) return end(key, row, 'hub', 'timer')
      const { remindAt: _, ...rest } = row
      const next = nextReminder(due, row.until, due)
      keep(key, { ...rest, ...(next !== undefined && { remindAt: next }) })
      return { what: 'ends-soon', hold: holdOf(key, row), by: 'hub', via: 'timer' }
    },
    forget(home) {
      for (const key of rows.keys()) if (key.startsWith(`hold|${home}|`)) keep(key, undefined)
    },
    changes() {
      const rest = changed
      if (changed.size > 0) changed = new Map()
      return rest
    },
  }
}

function holdOf(key: string, { since, until, by, via }: HoldRow): Hold {
  const [, home = '', rule = ''] = key.split('|')
  return { home, rule, since, until, by, via }
}

/** The first reminder after `now` of a hold that was said at `said`. */
function nextReminder(said: number, until: number, now: number): number | undefined {
  return REMINDERS.filter(({ ofHoldsOver }) => until - said > ofHoldsOver)
    .map(({ before }) => until - before)
    .find((at) => at > now)
}

function whyNotHeld(rules: ReadonlyMap<string, Rule>, id: string): string | undefined {
  const rule = rules.get(id)
  if (!rule) return `there is no rule "${id}"${hint(id, [...rules.keys()])}`
  const alarm = alarmOf(rule)
  if (alarm === undefined) return undefined
  return `it is about ${alarm}, and such an alarm is never held back. While somebody works on the equipment, use maintenance`
}

function whyNotUntil(until: number, now: number): string | undefined {
  if (until <= now) return 'its end has passed'
  if (until - now <= LONGEST_HOLD) return undefined
  return 'a hold lasts 14 days at most. If the reason is still there then, say it again; the board reminds you before it ends'
}
