import { isAboutPerson, isMinor } from '../alerts/judge-day.ts'
import type { Alert } from '../model/alert.ts'
import { mayGet } from '../model/consent.ts'
import type { Day } from '../model/day.ts'
import type { ContactFacts, Home } from '../model/home.ts'
import type { LetterNotification } from '../model/notification.ts'
import { rowKey } from '../rules/state.ts'
import type { AllWellRow, EasedRow, Row } from '../rules/state.ts'
import type { TimerQueue } from '../rules/timer-queue.ts'
import { windowAt } from '../time/daily-window.ts'
import { localTime, nextTimeOfDay } from '../time/local-time.ts'
import type { When } from './alert-book.ts'
import type { Letters } from './letters.ts'

const MINUTE = 60_000
/** After downtime it is sent late, but not at noon: a greeting in the morning, and what was so at eight, are over then. */
const LATEST = 3 * 60 * MINUTE
/** So long a home that has just gone out of sight, or a hub that has just come back, has to be seen again. */
const PATIENCE = 10 * MINUTE

/** The daily word to those who want one on how a home is (docs/decisions/0017-all-is-well.md). */
export interface DailyMessages {
  /** A home was registered or changed: who gets one, and when. */
  homeChanged(home: Home, when: When): void
  /** What changed about an alert: a message that does not know of it yet does not leave. */
  follow(alert: Alert, when: When): void
  /** When an alert about a person of the home ended last, ms. */
  overAt(home: string): number | undefined
  /** Runs a timer; false when the key is another. */
  due(key: string, when: When): boolean
  /** Rows to write since the last call; null: the row goes. */
  changes(): ReadonlyMap<string, Row | null>
}

export function createDailyMessages(
  timers: TimerQueue,
  letters: Pick<Letters, 'send' | 'cancel'>,
  known: {
    readonly home: (id: string) => Home | undefined
    readonly day: (home: string, now: number) => Day | undefined
  },
  saved: ReadonlyMap<string, Row>,
): DailyMessages {
  const rows = new Map<string, AllWellRow>()
  const eased = new Map<string, EasedRow>()
  let changed = new Map<string, Row | null>()

  for (const [key, row] of saved) {
    if (key.startsWith(EASED)) eased.set(key, row as EasedRow)
    if (!key.startsWith(ALL_WELL)) continue
    rows.set(key, row as AllWellRow)
    timers.set(key, timeOf(row as AllWellRow))
  }

  function keep(key: string, row: AllWellRow | undefined): void {
    if (row) rows.set(key, row)
    else rows.delete(key)
    changed.set(key, row ?? null)
    timers.set(key, row && timeOf(row))
  }

  function tell({ contact, channel }: Way, home: string, day: Day, when: When): void {
    // Where messages cannot leave, nobody gets the words of all those days at once.
    letters.cancel((one) => isDaily(one, home) && one.contact === contact, 'a newer one follows')
    letters.send({ home, contact, channel }, { is: 'all-well', day }, when)
  }

  /** Leaves a trace of what was not sent. */
  function skip(way: Way, home: string, day: Day, when: When): void {
    tell(way, home, day, when)
    letters.cancel(
      (one) => one.letter.is === 'all-well' && one.letter.day === day && one.contact === way.contact,
      'the hub was not there in time',
    )
  }

  function sendDue(key: string, row: AllWellRow, when: When): void {
    const { now } = when
    const [, id = '', contact = ''] = key.split('|')
    const home = known.home(id)
    const facts = home?.contacts.find((one) => one.id === contact)
    const day = known.day(id, now)
    const next = home && facts && nextOf(facts, home.timezone, now)
    if (!home || !next || !day) {
      keep(key, undefined)
      return
    }
    const isTooLate =
      now - row.due > LATEST || localTime(home.timezone, now).day !== localTime(home.timezone, row.due).day
    if (!isTooLate && isUnsettled(day) && now + PATIENCE - row.due <= LATEST) {
      keep(key, { ...row, notBefore: now + PATIENCE })
      return
    }
    keep(key, next)
    const way = { contact, channel: 'sms' } as const
    if (isTooLate) skip(way, id, day, when)
    else tell(way, id, day, when)
  }

  return {
    homeChanged(home, { now }) {
      const prefix = rowKey['all-well'](home.id, '')
      const wanted = new Map(
        (home.state ? [] : home.contacts).flatMap((contact) => {
          const next = nextOf(contact, home.timezone, now)
          return next ? [[rowKey['all-well'](home.id, contact.id), next] as const] : []
        }),
      )
      for (const key of [...rows.keys()].filter((one) => one.startsWith(prefix)).toSorted()) {
        if (wanted.has(key)) continue
        keep(key, undefined)
        const contact = key.slice(prefix.length)
        letters.cancel((one) => isDaily(one, home.id) && one.contact === contact, 'it is not wanted any more')
      }
      for (const [key, next] of wanted) if (rows.get(key)?.plan !== next.plan) keep(key, next)
    },
    follow(alert, when) {
      const { home, handling, cause } = alert
      if (home === undefined || !isAboutPerson(alert)) return
      if (handling === 'resolved') {
        // What stood on the board only, and trials, are nothing that happened.
        if (cause === 'test' || isMinor(alert)) return
        const row = { overAt: when.now }
        eased.set(rowKey.eased(home), row)
        changed.set(rowKey.eased(home), row)
        return
      }
      const stale = letters.cancel(
        (one) => isDaily(one, home) && one.letter.is === 'all-well' && one.letter.day.is !== 'open',
        'an alert was raised',
      )
      const day = stale.length > 0 ? known.day(home, when.now) : undefined
      if (!day) return
      for (const { contact = '', channel } of stale) tell({ contact, channel }, home, day, when)
    },
    overAt: (home) => eased.get(rowKey.eased(home))?.overAt,
    due(key, when) {
      const row = key.startsWith(ALL_WELL) ? rows.get(key) : undefined
      if (!row) return false
      sendDue(key, row, when)
      return true
    },
    changes() {
      const rest = changed
      if (changed.size > 0) changed = new Map()
      return rest
    },
  }
}

type Way = Pick<LetterNotification, 'channel'> & { readonly contact: string }

const ALL_WELL = 'all-well|'
const EASED = 'eased|'

function timeOf({ due, notBefore = due }: AllWellRow): number {
  return notBefore
}

function isDaily({ letter, home }: LetterNotification, of: string): boolean {
  return letter.is === 'all-well' && home === of
}

/** The home went out of sight a moment ago, or the hub came back a moment ago: soon more is known. */
function isUnsettled(day: Day): boolean {
  if (day.is !== 'unknown' || day.until !== undefined || day.what === 'new') return false
  return day.what === 'hub' || day.since > day.at - PATIENCE
}

/** When a contact gets the next one, if any; in quiet hours after them. */
function nextOf(contact: ContactFacts, timezone: string, now: number): AllWellRow | undefined {
  const { allWell, quiet } = contact
  if (!allWell || !mayGet('all-well', contact)) return undefined
  const { at, days } = allWell
  const plan = JSON.stringify([at, days ?? 'daily', timezone, quiet ? [quiet.from, quiet.to] : []])
  const isWanted = (ms: number): boolean => days?.includes(localTime(timezone, ms).weekday) ?? true
  let time = nextTimeOfDay(timezone, at, now)
  while (!isWanted(time)) time = nextTimeOfDay(timezone, at, time)
  const hours = quiet && windowAt(quiet, timezone, time)
  return { due: hours?.inside ? hours.until : time, plan }
}
