import { Temporal } from 'temporal-polyfill'
import type { Alert, Text } from '../model/alert.ts'
import type { Home, HomePersonal } from '../model/home.ts'
import { recipientOf } from '../model/notification.ts'
import type { Notification, Way } from '../model/notification.ts'
import type { StaffFacts, StaffPersonal } from '../model/staff.ts'
import { plainLine } from './gsm7.ts'
import type { Handler, Handling, MessageLanguage } from './words/message-parts.ts'
import { writeMessage } from './words/write-message.ts'

/** Which languages to try for one that a contact has; the first is also what the words are written in. */
const TRY: Readonly<Record<string, readonly [MessageLanguage, ...string[]]>> = {
  nb: ['nb', 'no'],
  no: ['nb', 'no'],
  nn: ['nn', 'nb', 'no'],
  // The Sámi words are drafts, and not sent yet; a rule's own title may be.
  se: ['nb', 'no'],
  en: ['en'],
}

/** The observed time and the time the hub learned of it differ by more: both are said. */
const LATE = 5 * 60_000
const CLOCK_LENGTH = '03:12'.length

export interface RenderFacts {
  readonly notification: Pick<Notification, 'template' | 'contact' | 'staff' | 'waitMinutes' | 'test'> &
    Partial<Pick<Notification, 'channel'>>
  readonly alert: Alert | undefined
  readonly home: Home | undefined
  readonly personal: HomePersonal | undefined
  /** Whom of the staff it is for. */
  readonly staff?: StaffFacts & StaffPersonal
  readonly now: number
}

/**
 * To which number or address a notification goes, and what it says now: what people have done since it was queued is in
 * it. It names the resident only by the contact's own word, other contacts by their first name; no address,
 * diagnosis or measured value.
 */
export function renderMessage(
  facts: RenderFacts,
):
  | { to: string; text: string; subject?: string; facts?: Record<string, string | boolean> }
  | { cannot: string } {
  const { notification, alert, home, personal, now } = facts
  if (alert === undefined) return { cannot: 'The alert is no longer kept' }
  if (!home || !personal) return { cannot: 'The home is no longer registered' }
  const reader = readerOf(facts, home, personal)
  if ('cannot' in reader) return reader
  const recipient = recipientOf(notification)
  const to = addressOf(reader, notification.channel ?? 'sms', recipient)
  if (to === undefined) return { cannot: `${reader.who} has no ${ADDRESS[notification.channel ?? 'sms']}` }

  const { language, title } = inLanguage(alert.title, reader.language)
  const clock = (at: number): string => clockTime(at, now, home.timezone, language)
  // The newest happening, which the alert's detail belongs to: after a second fall nobody asks for the first.
  const time = clock(alert.lastAt)
  const isLate = alert.count === 1 && alert.openedAt - alert.lastAt > LATE
  // A time with a date says by itself that it is old.
  const saysLearned = isLate && time.length === CLOCK_LENGTH
  const alias = reader.alias === undefined ? '' : plainLine(reader.alias)
  const { waitMinutes } = notification
  const text = writeMessage(language, {
    template: notification.template,
    title: plainLine(title),
    code: alert.code,
    time,
    handling: handlingOf(alert, recipient, personal, clock),
    ...(alias === '' ? {} : { alias }),
    ...(reader.hasManyHomes ? { home: home.id } : {}),
    ...(notification.test ? { test: true } : {}),
    ...(saysLearned ? { learned: clock(alert.openedAt) } : {}),
    ...(waitMinutes === undefined ? {} : { waitMinutes }),
  })
  switch (notification.channel) {
    case 'email':
      // As short as an SMS: it is read on the same phone.
      return { to, text, subject: text.split('. ', 1)[0] ?? text }
    case 'webhook':
      return { to, text, facts: factsOf(notification, alert) }
    default:
      return { to, text }
  }
}

/** What a program needs beside the words: pseudonyms only. */
function factsOf(
  { template, test }: RenderFacts['notification'],
  { id, home, rule, scope, severity, category, code, handling }: Alert,
): Record<string, string | boolean> {
  return {
    template,
    alert: id,
    ...(home !== undefined && { home }),
    rule,
    scope,
    severity,
    category,
    code,
    handling,
    ...(test && { test }),
  }
}

interface Reader {
  readonly who: string
  readonly language: string
  readonly phone?: string
  readonly email?: string
  readonly alias?: string
  /** An installer and the staff look after many homes: only its pseudonym says which. */
  readonly hasManyHomes: boolean
}

function readerOf(
  { notification, staff }: RenderFacts,
  home: Home,
  personal: HomePersonal,
): Reader | { cannot: string } {
  if (notification.staff !== undefined) {
    if (!staff) return { cannot: 'This person is no longer registered as staff' }
    return { ...staff, who: 'This person of the staff', hasManyHomes: true }
  }
  const contact = home.contacts.find((one) => one.id === notification.contact)
  const person = personal.contacts.find((one) => one.id === notification.contact)
  if (!contact || !person) return { cannot: 'The contact is no longer registered' }
  const { language, role } = contact
  return { ...person, who: 'The contact', language, hasManyHomes: role === 'installer' }
}

const ADDRESS = { sms: 'phone number', email: 'e-mail address', webhook: 'name' } as const

/** The receiver of a webhook knows people by their pseudonyms. */
function addressOf(reader: Reader, way: Way, recipient: string): string | undefined {
  switch (way) {
    case 'sms':
      return reader.phone
    case 'email':
      return reader.email
    case 'webhook':
      return recipient
  }
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
  if (by === reader) return { who: 'you' }
  if (by?.startsWith('operator:') || by?.startsWith('staff:')) return { who: 'operator' }
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
