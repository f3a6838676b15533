import { saysTitle } from '../../alerts/says-title.ts'
import type { Alert, AlertEvent, Text } from '../../model/alert.ts'
import type { Home, HomePersonal } from '../../model/home.ts'
import type { AlertLink } from '../../model/link.ts'
import { toOf } from '../../model/notification.ts'
import { localMinute } from '../../time/local-time.ts'
import type { Office } from '../office.ts'
import { pageLanguage } from './link-words.ts'
import type { PageLanguage, Place, Taker } from './link-words.ts'

/** How far people are, for the reader of a link. */
export type Standing =
  | { readonly is: 'open' }
  /** The reader cannot, and was not asked again since. */
  | { readonly is: 'declined' }
  | { readonly is: 'mine'; readonly time: string }
  /** `asked`: the reader was asked to take it over. */
  | { readonly is: 'taken'; readonly by: Taker; readonly time: string; readonly asked: boolean }
  | { readonly is: 'over'; readonly time: string }

/** What the page behind a link about an alert tells its reader: as little as the message did. */
export interface LinkView {
  readonly language: PageLanguage
  /** Not given where the reader is not to know what it is about somebody's health. */
  readonly title?: string
  readonly place: Place
  readonly test: boolean
  readonly time: string
  readonly minutesAgo: number
  /** When the hub learned of it, where that was much later. */
  readonly learned?: string
  readonly advice?: string
  readonly standing: Standing
  /** Set when the reader is on the way, or there. */
  readonly attendance?: { readonly what: 'on-the-way' | 'arrived'; readonly time: string }
  readonly asOf: string
  readonly alert: Alert
  readonly home: Home
  readonly personal: HomePersonal
  /** Whether there is a number to send a code to. */
  readonly hasPhone: boolean
}

const LATE = 5 * 60_000

/** Undefined where alert, home or reader are no longer kept. */
export function viewLink(office: Office, link: AlertLink): LinkView | undefined {
  const alert = office.alert(link.alert)
  const home = alert?.home === undefined ? undefined : office.core.home(alert.home)
  const personal = home && office.personal(home.id)
  if (!alert || !home || !personal) return undefined
  const reader = readerOf(office, link.recipient, home, personal)
  if (!reader) return undefined
  const now = office.core.now()
  const clock = (at: number): string => clockTime(home.timezone, at, now)
  const language = pageLanguage(reader.language)
  const isLate = alert.count === 1 && alert.openedAt - alert.lastAt > LATE
  const isTold = saysTitle(alert, home, reader.isCarer)
  const { attendance } = alert
  return {
    language,
    ...(isTold && { title: inLanguage(alert.title, reader.language, language) }),
    place: {
      ...(reader.alias !== undefined && { alias: reader.alias }),
      ...(reader.hasManyHomes && { home: home.id }),
    },
    test: alert.test === true,
    time: clock(alert.lastAt),
    minutesAgo: Math.max(0, Math.floor((now - alert.lastAt) / 60_000)),
    ...(isLate && { learned: clock(alert.openedAt) }),
    ...(isTold && alert.advice && { advice: inLanguage(alert.advice, reader.language, language) }),
    standing: standingOf(alert, office, link.recipient, personal, clock),
    ...(attendance?.by === link.recipient && {
      attendance: { what: attendance.what, time: clock(attendance.at) },
    }),
    asOf: clock(now),
    alert,
    home,
    personal,
    hasPhone: reader.phone !== undefined,
  }
}

interface Reader {
  readonly language: string
  readonly alias?: string
  readonly phone?: string
  readonly hasManyHomes: boolean
  readonly isCarer: boolean
}

function readerOf(office: Office, recipient: string, home: Home, personal: HomePersonal): Reader | undefined {
  const { contact, staff } = toOf(recipient)
  if (staff !== undefined) {
    const facts = office.core.staff().get(staff)
    const person = office.staffMember(staff)
    return facts && { ...person, language: facts.language, hasManyHomes: true, isCarer: true }
  }
  const facts = home.contacts.find(({ id }) => id === contact)
  const person = personal.contacts.find(({ id }) => id === contact)
  return (
    facts && {
      ...person,
      language: facts.language,
      hasManyHomes: facts.role === 'installer',
      isCarer: facts.role === 'nurse',
    }
  )
}

function standingOf(
  alert: Alert,
  office: Office,
  reader: string,
  personal: HomePersonal,
  clock: (at: number) => string,
): Standing {
  const time = clock(alert.handledAt ?? alert.openedAt)
  if (alert.handling === 'resolved') return { is: 'over', time }
  if (alert.handling === 'acknowledged') {
    if (alert.handledBy === reader) return { is: 'mine', time }
    return {
      is: 'taken',
      by: takerOf(alert.handledBy, reader, personal, office),
      time,
      asked: alert.handedTo === reader,
    }
  }
  const events: readonly AlertEvent[] = office.alertEvents(alert.id)
  const declined = events.findLastIndex(({ what, by }) => what === 'declined' && by === reader)
  const isAskedAgain = events.slice(declined + 1).some(({ what, by, text }) => {
    if (what === 'notified' || what === 'handed-on') return text === reader
    return what === 'reopened' && by !== reader
  })
  return { is: declined >= 0 && !isAskedAgain ? 'declined' : 'open' }
}

/** The staff act for the care centre, but know one another; others are known by their first name. */
function takerOf(by = '', reader: string, personal: HomePersonal, office: Office): Taker {
  const { contact, staff } = toOf(by)
  if (by.startsWith('operator:') || staff !== undefined) {
    const colleague = staff !== undefined && reader.startsWith('staff:') && office.staffMember(staff)?.name
    return colleague ? { name: firstName(colleague) } : 'centre'
  }
  const name = firstName(personal.contacts.find(({ id }) => id === contact)?.name ?? '')
  return name === '' ? 'someone' : { name }
}

function firstName(name: string): string {
  return name.trim().split(/\s+/)[0] ?? ''
}

function inLanguage(text: Text, wanted: string, language: PageLanguage): string {
  const tries = language === 'en' ? [wanted] : [wanted, language, 'nb', 'no']
  const found = tries.find((one) => text[one] !== undefined)
  return (found && text[found]) ?? text.en
}

/** `03:12`, or on another day `21.11. 23:50`, in the home's zone. */
function clockTime(timezone: string, at: number, now: number): string {
  const [day = '', time = ''] = localMinute(timezone, at).split(' ')
  if (day === localMinute(timezone, now).split(' ')[0]) return time
  const [, month, date] = day.split('-').map(Number)
  return `${date}.${month}. ${time}`
}
