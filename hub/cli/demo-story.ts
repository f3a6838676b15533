import type { IncidentName } from '../../devices/simulator/incident.ts'
import type { LiveHome } from '../../devices/simulator/live-home.ts'
import type { Commit } from '../core/core.ts'
import type { Office } from '../http/office.ts'
import type { Alert } from '../model/alert.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
/** Time to open a page before the first thing happens. */
export const FIRST_AFTER = 10 * SECOND
const NEXT_AFTER = 75 * SECOND
/** More than this at once, and nobody sees what is what. */
const MOST_OPEN = 6
/** How long the second contact takes to answer, and the operator to close what somebody has seen to. */
const ANSWERS_AFTER = 45 * SECOND
const CLOSES_AFTER = 4 * MINUTE

/** A hub that cannot take inputs says so itself, and ends. */
const HUB_ENDS = (): void => {}

/** What happens by itself, round and round: index of the home, and how long it lasts. */
const STORY: readonly { readonly home: number; readonly name: IncidentName; readonly lasts?: number }[] = [
  { home: 0, name: 'fall' },
  { home: 3, name: 'sos' },
  { home: 6, name: 'low-spo2', lasts: 5 * MINUTE },
  { home: 8, name: 'gateway-offline', lasts: 8 * MINUTE },
  { home: 2, name: 'fall' },
  { home: 10, name: 'unreadable' },
  { home: 7, name: 'sos' },
  { home: 11, name: 'fall' },
  { home: 9, name: 'low-spo2', lasts: 5 * MINUTE },
  { home: 1, name: 'sos' },
  { home: 4, name: 'fall' },
]

export interface Story {
  start(): void
  /** Something happens now, in a home that is quiet. */
  cause(name: IncidentName): void
  /** The link of a home breaks, or comes back. */
  toggleLink(): void
  follow(commit: Commit): void
  stop(): void
}

/** Lets things happen in the homes, and lets those answer who would if you do not. */
export function createStory(
  homes: readonly LiveHome[],
  office: Office,
  tell: (home: string, text: string) => void,
): Story {
  const timers = new Set<NodeJS.Timeout>()
  const expected = new Set<string>()
  let chapter = 0
  let turn = 5

  function later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer)
      act()
    }, ms)
    timers.add(timer)
  }

  function happen(live: LiveHome, name: IncidentName, lasts?: number): boolean {
    const incident = live.incident(name, lasts)
    if (incident) tell(live.home.id, incident.says)
    return incident !== undefined
  }

  function isQuiet({ home, isCut }: LiveHome): boolean {
    return !isCut && !office.core.openAlerts().some((alert) => alert.home === home.id)
  }

  /** @returns false when no quiet home could show it */
  function happenSomewhere(name: IncidentName, lasts?: number): boolean {
    for (let step = 1; step <= homes.length; step++) {
      const live = homes[(turn + step) % homes.length]
      if (!live || !isQuiet(live) || !happen(live, name, lasts)) continue
      turn += step
      return true
    }
    return false
  }

  function cause(name: IncidentName): void {
    if (happenSomewhere(name)) return
    tell('-', 'every home that could show this has something open: answer or resolve one first')
  }

  function goOn(): void {
    later(NEXT_AFTER, goOn)
    const urgent = office.core.openAlerts().filter(({ category }) => category !== 'technical')
    if (urgent.length >= MOST_OPEN) return
    const next = STORY[chapter++ % STORY.length]
    if (!next) return
    const live = homes[next.home]
    if (live && isQuiet(live) && happen(live, next.name, next.lasts)) return
    happenSomewhere(next.name, next.lasts)
  }

  /** The contact after the first answers after a while, if nobody else did. */
  function expectAnswer(alert: Alert, contact: string): void {
    const { home, code } = alert
    if (home === undefined) return
    const phone = office.personal(home)?.contacts.find(({ id }) => id === contact)?.phone
    if (phone === undefined) return
    later(ANSWERS_AFTER, () => {
      if (office.core.alert(alert.id)?.handling === 'new')
        office.takeAnswer(phone, `1 ${code}`).catch(HUB_ENDS)
    })
  }

  function expectEnd({ id }: Alert): void {
    if (expected.has(id)) return
    expected.add(id)
    later(CLOSES_AFTER, () => {
      expected.delete(id)
      if (office.core.alert(id)?.handling !== 'acknowledged') return
      const by = 'operator:siv'
      office.core.take({ type: 'resolve', alert: id, by, via: 'console', cause: 'real' }).catch(HUB_ENDS)
    })
  }

  return {
    start: () => later(FIRST_AFTER, goOn),
    cause,
    toggleLink() {
      const cut = homes.find(({ isCut }) => isCut)
      if (!cut) {
        cause('gateway-offline')
        return
      }
      cut.endIncidents()
      tell(cut.home.id, 'the link to the home is back')
    },
    follow(commit) {
      for (const { alert: id, contact, template, state } of commit.notifications) {
        const alert = id === undefined ? undefined : office.core.alert(id)
        if (!alert || template !== 'alert' || state !== 'delivered') continue
        if (contact === undefined) continue
        const contacts = (alert.home === undefined ? undefined : office.core.home(alert.home))?.contacts ?? []
        const isFirst = contacts.every((one) => one.id === contact || one.order > orderOf(contacts, contact))
        if (!isFirst) expectAnswer(alert, contact)
      }
      for (const alert of commit.alerts) {
        if (alert.handling === 'acknowledged' && alert.resolve === 'manual') expectEnd(alert)
      }
    },
    stop() {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

function orderOf(contacts: readonly { id: string; order: number }[], contact: string): number {
  return contacts.find(({ id }) => id === contact)?.order ?? 0
}
