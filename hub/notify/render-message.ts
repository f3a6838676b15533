import type { Alert, Text } from '../model/alert.ts'
import type { Home, HomePersonal } from '../model/home.ts'
import { recipientOf } from '../model/notification.ts'
import type { AlertNotification } from '../model/notification.ts'
import type { StaffFacts, StaffPersonal } from '../model/staff.ts'
import { plainLine } from './gsm7.ts'
import { addressOf, clockTime, readerOf, tagOf, triesFor } from './reader.ts'
import type { Handler, Handling, MessageLanguage } from './words/message-parts.ts'
import { writeMessage } from './words/write-message.ts'

/** The observed time and the time the hub learned of it differ by more: both are said. */
const LATE = 5 * 60_000
const CLOCK_LENGTH = '03:12'.length

export interface RenderFacts {
  readonly notification: Pick<AlertNotification, 'template' | 'contact' | 'staff' | 'waitMinutes' | 'test'> &
    Partial<Pick<AlertNotification, 'channel'>>
  readonly alert: Alert | undefined
  readonly home: Home | undefined
  readonly personal: HomePersonal | undefined
  /** Whom of the staff it is for. */
  readonly staff?: StaffFacts & StaffPersonal
  readonly link?: MessageLink
  readonly now: number
}

/** The link that a message carries. */
export interface MessageLink {
  readonly url: string
  /** `details`: the page also shows where to go and how to get in. */
  readonly use: 'answer' | 'details'
  /** There is no other way to answer the message. */
  readonly isOnlyWay: boolean
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
  const reader = readerOf(notification, facts.staff, home, personal)
  if ('cannot' in reader) return reader
  const recipient = recipientOf(notification)
  const to = addressOf(reader, notification.channel ?? 'sms', recipient)
  if (typeof to !== 'string') return to

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
    ...(facts.link ? { link: facts.link } : {}),
  })
  switch (notification.channel) {
    case 'email':
      // As short as an SMS: it is read on the same phone.
      return { to, text, subject: text.split('. ', 1)[0] ?? text }
    case 'webhook':
      return { to, text, facts: factsOf(notification, alert, facts.link) }
    default:
      return { to, text }
  }
}

/** What a program needs beside the words: pseudonyms only. */
function factsOf(
  { template, test }: RenderFacts['notification'],
  { id, home, rule, scope, severity, category, code, handling }: Alert,
  link: MessageLink | undefined,
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
    ...(link && { link: link.url }),
  }
}

function inLanguage(title: Text, wanted: string): { language: MessageLanguage; title: string } {
  const tries = triesFor(wanted)
  const found = [tagOf(wanted), ...tries].find((one) => title[one] !== undefined)
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
