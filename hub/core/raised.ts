import { SEVERITIES } from '../model/alert.ts'
import type { Alert, Finding, Transition } from '../model/alert.ts'
import type { Home } from '../model/home.ts'
import type { RaiseInput } from '../model/input.ts'
import { serviceOf } from '../model/service-state.ts'
import { rowKey } from '../rules/state.ts'
import type { RaisedRow, Row } from '../rules/state.ts'
import type { TimerQueue } from '../rules/timer-queue.ts'
import type { AlertBook, When, Who } from './alert-book.ts'

/** Open alerts of one program: one that went wrong fills no board. */
export const MOST_RAISED = 50

/** Why something is not taken that changes nothing: whoever said it may take that for done. */
export const NOTHING_NEW = 'it says nothing new'

/** Why no more is taken of a program until some of what it raised is over. */
export const TOO_MANY = `${MOST_RAISED} alerts that it raised are open already`

/** How far ahead a program may say that something is over by itself, ms. */
export const LONGEST_RAISED = 30 * 24 * 3_600_000

/**
 * What programs raise (docs/programs.md). Their alerts have rules of their own, which no file can have: a program can say
 * nothing of an alert that rules raised, or another program.
 */
export interface Raised {
  /**
   * @param home that it is about, if it is registered
   * @returns why not
   */
  take(input: RaiseInput, home: Home | undefined, when: When): string | undefined
  /** Runs the timer at which what nobody said again is over; false when the key is another. */
  due(key: string, when: When): boolean
  /** Rows to write since the last call; null: the row goes. */
  changes(): ReadonlyMap<string, RaisedRow | null>
}

/** Under which rule the alerts of a program stand: no rule of a file can have a colon. */
export function ruleOfProgram(by: string): string {
  return by.startsWith('token:') ? `from:${by.slice('token:'.length)}` : 'script:cli'
}

/** What an alert of a program is about: its own name for it, within the home. */
export function scopeOfRaised({ home, key }: Pick<RaiseInput, 'home' | 'key'>): string {
  return `${home ?? 'hub'}/${key}`
}

export function createRaised(
  timers: TimerQueue,
  book: Pick<AlertBook, 'open' | 'of' | 'transition' | 'refresh'>,
  saved: ReadonlyMap<string, Row>,
): Raised {
  const rows = new Map<string, RaisedRow>()
  let changed = new Map<string, RaisedRow | null>()

  for (const [key, row] of saved) {
    if (!key.startsWith('raised|')) continue
    rows.set(key, row as RaisedRow)
    timers.set(key, (row as RaisedRow).until)
  }

  /** @returns whether that was news */
  function keep(key: string, row: RaisedRow | undefined): boolean {
    if (rows.get(key)?.until === row?.until) return false
    if (row) rows.set(key, row)
    else rows.delete(key)
    changed.set(key, row ?? null)
    timers.set(key, row?.until)
    return true
  }

  function isFull(rule: string): boolean {
    let count = 0
    for (const alert of book.open.values()) if (alert.rule === rule) count++
    return count >= MOST_RAISED
  }

  function takeOn(
    input: Extract<RaiseInput, { on: true }>,
    about: Omit<Transition, 'to'>,
    known: Alert | undefined,
    when: When,
  ): string | undefined {
    const { by, via, title, category, resolve, again, until } = input
    const { rule, scope, severity, detail } = about
    if (until !== undefined && until <= when.now) return 'the time at which it is over has passed'
    if (!known && isFull(rule)) return TOO_MANY
    const isPutOff = keep(rowKey.raised(rule, scope), until === undefined ? undefined : { until })
    const to = whatItSays(known, severity, again)
    if (to) {
      const finding: Finding = { title: { en: title }, category, resolve, raisedBy: by }
      book.transition({ ...about, to }, finding, when, { by, via })
      return undefined
    }
    const isSame = known?.detail.reason === detail.reason && known?.detail.sensor === detail.sensor
    if (!isSame) book.refresh({ rule, scope, detail })
    return isSame && !isPutOff ? NOTHING_NEW : undefined
  }

  /** @returns whether there was something that held */
  function clear(known: Alert | undefined, at: number, when: When, who: Who): boolean {
    if (known?.condition !== 'active') return false
    const { home, rule, scope, severity, detail } = known
    const about = { ...(home !== undefined && { home }), rule, scope, severity, detail }
    book.transition({ ...about, at, to: 'cleared' }, undefined, when, who)
    return true
  }

  return {
    take(input, home, when) {
      const { by, via } = input
      if (input.home !== undefined && !home) return `there is no home "${input.home}"`
      const rule = ruleOfProgram(by)
      const scope = scopeOfRaised(input)
      const known = book.of(rule, scope)
      if (!input.on) {
        keep(rowKey.raised(rule, scope), undefined)
        return clear(known, when.now, when, { by, via }) ? undefined : NOTHING_NEW
      }
      if (home && serviceOf(home) === 'closed') return `the home "${home.id}" is closed`
      const { sensor, text: reason, severity } = input
      if (sensor !== undefined && !home?.sensors.some(({ id }) => id === sensor)) {
        return `there is no sensor "${sensor}" in home "${input.home}"`
      }
      const detail = { ...(sensor !== undefined && { sensor }), ...(reason !== undefined && { reason }) }
      const about = { at: when.now, rule, scope, ...(home && { home: home.id }), severity, detail }
      return takeOn(input, about, known, when)
    },
    due(key, when) {
      const row = rows.get(key)
      if (!row) return false
      keep(key, undefined)
      const [, rule = '', scope = ''] = key.split('|')
      clear(book.of(rule, scope), row.until, when, { by: 'hub', via: 'timer' })
      return true
    },
    changes() {
      const rest = changed
      if (changed.size > 0) changed = new Map()
      return rest
    },
  }
}

/** A state that is said again is no news, unless it is worse, or had been over. */
function whatItSays(
  known: Alert | undefined,
  severity: Alert['severity'],
  again: true | undefined,
): Transition['to'] | undefined {
  if (!known || known.condition === 'cleared') return 'firing'
  if (again) return 'again'
  return SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(known.severity) ? 'level' : undefined
}
