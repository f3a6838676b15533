import { Temporal } from 'temporal-polyfill'
import type { Alert, Text } from '../model/alert.ts'
import type { Home, HomePersonal } from '../model/home.ts'
import type { Notification } from '../model/notification.ts'
import { plainLine } from './gsm7.ts'
import { writeMessage } from './words.ts'
import type { Handler, Handling, MessageLanguage } from './words.ts'

/** Which languages to try for one that a contact has; the first is also what the words are written in. */
const TRY: Readonly<Record<string, readonly [MessageLanguage, ...string[]]>> = {
  nb: ['nb', 'no'],
  no: ['nb', 'no'],
  nn: ['nn', 'nb', 'no'],
  // No Sámi words here until someone who speaks it has written them; a rule's own title may be.
  se: ['nb', 'no'],
  en: ['en'],
}

/** The observed time and the time the hub learned of it differ by more: both are said. */
const LATE = 5 * 60_000
const CLOCK_LENGTH = '03:12'.length

export interface RenderFacts {
  readonly notification: Pick<Notification, 'template' | 'contact' | 'waitMinutes' | 'test'>
  readonly alert: Alert | undefined
  readonly home: Home | undefined
  readonly personal: HomePersonal | undefined
  readonly now: number
}

/**
 * To which number a notification goes, and what it says now: what people have done since it was queued is in
 * it. It names the resident only by the contact's own word, other contacts by their first name; no address,
 * diagnosis or measured value.
 */
export function renderMessage(facts: RenderFacts): { to: string; text: string } | { cannot: string } {
  const { notification, alert, home, personal, now } = facts
  if (alert === undefined) return { cannot: 'The alert is no longer kept' }
  const contact = home?.contacts.find((one) => one.id === notification.contact)
  const person = personal?.contacts.find((one) => one.id === notification.contact)
  if (!home || !personal || !contact || !person) return { cannot: 'The contact is no longer registered' }
  if (person.phone === undefined) return { cannot: 'The contact has no phone number' }

  const { language, title } = inLanguage(alert.title, contact.language)
  const clock = (at: number): string => clockTime(at, now, home.timezone, language)
  // The newest happening, which the alert's detail belongs to: after a second fall nobody asks for the first.
  const time = clock(alert.lastAt)
  const isLate = alert.count === 1 && alert.openedAt - alert.lastAt > LATE
  // A time with a date says by itself that it is old.
  const saysLearned = isLate && time.length === CLOCK_LENGTH
  const alias = person.alias === undefined ? '' : plainLine(person.alias)
  const { waitMinutes } = notification
  const text = writeMessage(language, {
    template: notification.template,
    title: plainLine(title),
    code: alert.code,
    time,
    handling: handlingOf(alert, notification.contact, personal, clock),
    ...(alias === '' ? {} : { alias }),
    // An installer looks after many homes: only its pseudonym says which.
    ...(contact.role === 'installer' ? { home: home.id } : {}),
    ...(notification.test ? { test: true } : {}),
    ...(saysLearned ? { learned: clock(alert.openedAt) } : {}),
    ...(waitMinutes === undefined ? {} : { waitMinutes }),
  })
  return { to: person.phone, text }
}

function inLanguage(title: Text, wanted: string): { language: MessageLanguage; title: string } {
  const tag = wanted.toLowerCase().split(/[-_]/, 1)[0] ?? ''
  const tries = TRY[tag] ?? ['en']
  const found = [tag, ...tries].find((one) => title[one] !== undefined)
  return { language: tries[0], title: (found && title[found]) ?? title.en }
}

function handlingOf(
  alert: Alert,
  reader: string,
  personal: HomePersonal,
  clock: (at: number) => string,
): Handling {
  const time = clock(alert.handledAt ?? alert.openedAt)
  switch (alert.handling) {
    case 'new':
      return { is: 'open' }
    case 'resolved':
      return { is: 'over', time }
    case 'acknowledged':
      return { is: 'taken', by: handlerOf(alert.handledBy, reader, personal), time }
  }
}

function handlerOf(by: string | undefined, reader: string, personal: HomePersonal): Handler {
  if (by === `contact:${reader}`) return { who: 'you' }
  if (by?.startsWith('operator:')) return { who: 'operator' }
  const contact = personal.contacts.find((one) => by === `contact:${one.id}`)
  const name = plainLine(contact?.name ?? '').split(' ')[0]
  return name ? { who: 'contact', name } : { who: 'someone' }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `03:12`, or on another day `21.11 23:50` (`21 Nov 23:50`), in the home's zone. */
function clockTime(at: number, now: number, timezone: string, language: MessageLanguage): string {
  const local = (ms: number): Temporal.ZonedDateTime =>
    Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timezone)
  const then = local(at)
  const time = then.toPlainTime().toString({ smallestUnit: 'minute' })
  if (then.toPlainDate().equals(local(now).toPlainDate())) return time
  const date = language === 'en' ? `${then.day} ${MONTHS[then.month - 1]}` : `${then.day}.${then.month}`
  return `${date} ${time}`
}
