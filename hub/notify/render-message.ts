import { saysTitle } from '../alerts/says-title.ts'
import type { Alert } from '../model/alert.ts'
import type { Home, HomePersonal } from '../model/home.ts'
import { recipientOf } from '../model/notification.ts'
import type { AlertNotification, Remarks } from '../model/notification.ts'
import type { StaffFacts, StaffPersonal } from '../model/staff.ts'
import { plainLine } from './gsm7.ts'
import { programName, titleInMessage } from './program-title.ts'
import { addressOf, clockTime, inLanguage, readerOf } from './reader.ts'
import type { Handler, Handling, MessageParts } from './words/message-parts.ts'
import { writeMessage } from './words/write-message.ts'

/** The observed time and the time the hub learned of it differ by more: both are said. */
const LATE = 5 * 60_000
const CLOCK_LENGTH = '03:12'.length

export interface RenderFacts {
  readonly notification: Pick<AlertNotification, 'template' | 'contact' | 'staff' | 'test' | 'digest'> &
    Remarks &
    Partial<Pick<AlertNotification, 'channel'>>
  readonly alert: Alert | undefined
  readonly home: Home | undefined
  readonly personal: HomePersonal | undefined
  /** Whom of the staff it is for. */
  readonly staff?: StaffFacts & StaffPersonal
  readonly link?: MessageLink
  /** What one of the staff is called, for the others of them. */
  readonly colleague?: (id: string) => string | undefined
  /** Of those about no home: by which clock its times are. */
  readonly timezone?: string
  readonly now: number
}

/** The link that a message carries. */
export interface MessageLink {
  readonly url: string
  /** `details`: the page also shows where to go and how to get in; `board`: it is the board's, for those who sign in. */
  readonly use: 'answer' | 'details' | 'board'
  /** There is no other way to answer the message. */
  readonly isOnlyWay: boolean
}

/**
 * To which number or address a notification goes, and what it says now: what people have done since it was queued is in
 * it. It names the resident only by the contact's own word, other contacts by their first name; no address or measured
 * value, and what it is about somebody's health only to those who care for them, or where the home allows it.
 */
export function renderMessage(
  facts: RenderFacts,
):
  | { to: string; text: string; subject?: string; facts?: Record<string, string | boolean> }
  | { cannot: string } {
  const { notification, alert, home, personal, now } = facts
  if (alert === undefined) return { cannot: 'The alert is no longer kept' }
  if (alert.home !== undefined && (!home || !personal)) return { cannot: 'The home is no longer registered' }
  const reader = readerOf(notification, facts.staff, home, personal)
  if ('cannot' in reader) return reader
  const recipient = recipientOf(notification)
  const to = addressOf(reader, notification.channel ?? 'sms', recipient)
  if (typeof to !== 'string') return to

  const { language, title } = inLanguage(alert.title, reader.language)
  const clock = (at: number): string =>
    clockTime(at, now, home?.timezone ?? facts.timezone ?? 'UTC', language)
  // The newest happening, which the alert's detail belongs to: after a second fall nobody asks for the first.
  const time = clock(alert.lastAt)
  const isLate = alert.count === 1 && alert.openedAt - alert.lastAt > LATE
  // A time with a date says by itself that it is old.
  const saysLearned = isLate && time.length === CLOCK_LENGTH
  const alias = reader.alias === undefined ? '' : plainLine(reader.alias)
  const { waitMinutes, occasion, askedBy, takenOver, template, digest } = notification
  // What is said about one of them is about just that; only whoever is asked again is asked about all.
  const together = template === 'unclear' || template === 'untaken' ? digest : undefined
  const who = (by: string | undefined): Handler => handlerOf(by, recipient, facts)
  const text = writeMessage(language, {
    template,
    category: alert.category,
    ...(saysTitle(alert, home, reader.isCarer) && { title: titleInMessage(alert, title) }),
    code: together?.code ?? alert.code,
    time,
    handling: handlingOf(alert, recipient, takenOver, who, clock),
    ...(alias === '' ? {} : { alias }),
    ...(reader.hasManyHomes && home ? { home: home.id } : {}),
    ...(alert.home === undefined && { about: aboutOf(alert) }),
    ...(notification.test ? { test: true } : {}),
    ...(saysLearned ? { learned: clock(alert.openedAt) } : {}),
    ...(together ? { together: true } : {}),
    ...(waitMinutes === undefined ? {} : { waitMinutes }),
    ...(facts.link ? { link: facts.link } : {}),
    ...(occasion && { occasion }),
    ...(askedBy !== undefined && { askedBy: who(askedBy) }),
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

/** Of what is about no home: the area, or the part of the hub. */
function aboutOf({ area, detail, scope, raisedBy }: Alert): NonNullable<MessageParts['about']> {
  if (area !== undefined)
    return { area: plainLine(area), ...(detail.homes && { homes: detail.homes.length }) }
  // Its own key for it says nothing to people.
  if (raisedBy !== undefined) return { part: plainLine(programName(raisedBy)) }
  // `hub/kannel`, `hub/oncall/care-centre`; or `hub` alone.
  const part = scope.split('/').slice(1).at(-1)
  return part === undefined ? {} : { part: plainLine(part) }
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

function handlingOf(
  alert: Alert,
  reader: string,
  takenOver: true | undefined,
  who: (by: string | undefined) => Handler,
  clock: (at: number) => string,
): Handling {
  const time = clock(alert.handledAt ?? alert.openedAt)
  switch (alert.handling) {
    case 'new':
      return { is: 'open', others: alert.progress.asked.some((one) => one !== reader) }
    case 'resolved':
      return { is: 'over', time, cause: alert.cause ?? 'other' }
    case 'acknowledged':
      return { is: 'taken', by: who(alert.handledBy), time, ...(takenOver && { over: takenOver }) }
  }
}

/** Who somebody is for this reader: `contact:anne`, `staff:siv` or `operator:siv` in words they know. */
export function handlerOf(
  by: string | undefined,
  reader: string,
  { personal, colleague }: Pick<RenderFacts, 'personal' | 'colleague'>,
): Handler {
  if (by === reader) return { who: 'you' }
  const [kind, id = ''] = by?.split(':', 2) ?? []
  if (kind === 'operator' || kind === 'staff' || kind === 'token') {
    // The family hears of the care centre; colleagues know one another.
    const name = reader.startsWith('staff:') ? firstName(colleague?.(id)) : undefined
    return name ? { who: 'contact', name } : { who: 'operator' }
  }
  const name = firstName(personal?.contacts.find((one) => by === `contact:${one.id}`)?.name)
  return name ? { who: 'contact', name } : { who: 'someone' }
}

function firstName(name: string | undefined): string | undefined {
  return plainLine(name ?? '').split(' ')[0] || undefined
}
