import { Temporal } from 'temporal-polyfill'
import type { Text } from '../model/alert.ts'
import type { Home, HomePersonal } from '../model/home.ts'
import type { To, Way } from '../model/notification.ts'
import type { StaffFacts, StaffPersonal } from '../model/staff.ts'
import type { MessageLanguage } from './words/message-parts.ts'

/** Which languages to try for one that a contact has; the first is also what the words are written in. */
const TRY: Readonly<Record<string, readonly [MessageLanguage, ...string[]]>> = {
  nb: ['nb', 'no'],
  no: ['nb', 'no'],
  nn: ['nn', 'nb', 'no'],
  se: ['se', 'nb', 'no'],
  en: ['en'],
}

/** Who reads a message. */
export interface Reader {
  readonly who: string
  readonly language: string
  readonly phone?: string
  readonly email?: string
  readonly alias?: string
  /** An installer and the staff look after many homes: only its pseudonym says which. */
  readonly hasManyHomes: boolean
  /** Cares for the people in their homes: may read what it is about their health. */
  readonly isCarer: boolean
}

/** Who reads what is for a contact of the home or for one of the staff, or why nobody does any more. */
export function readerOf(
  to: To,
  staff: (StaffFacts & StaffPersonal) | undefined,
  home: Home | undefined,
  personal: HomePersonal | undefined,
): Reader | { cannot: string } {
  if (to.staff !== undefined) {
    if (!staff) return { cannot: 'This person is no longer registered as staff' }
    return { ...staff, who: 'This person of the staff', hasManyHomes: true, isCarer: true }
  }
  if (!home || !personal) return { cannot: 'The home is no longer registered' }
  const contact = home.contacts.find((one) => one.id === to.contact)
  const person = personal.contacts.find((one) => one.id === to.contact)
  if (!contact || !person) return { cannot: 'The contact is no longer registered' }
  const { language, role } = contact
  return {
    ...person,
    who: 'The contact',
    language,
    hasManyHomes: role === 'installer',
    isCarer: role === 'nurse',
  }
}

const ADDRESS = { sms: 'phone number', email: 'e-mail address', webhook: 'name' } as const

/** Where it goes; the receiver of a webhook knows people by their pseudonyms. */
export function addressOf(reader: Reader, way: Way, recipient: string): string | { cannot: string } {
  const to = { sms: reader.phone, email: reader.email, webhook: recipient }[way]
  return to ?? { cannot: `${reader.who} has no ${ADDRESS[way]}` }
}

/** `nb` of `nb-NO`. */
export function tagOf(language: string): string {
  return language.toLowerCase().split(/[-_]/, 1)[0] ?? ''
}

/** The languages to look for when somebody reads this one; the first is what words are written in. */
export function triesFor(language: string): readonly [MessageLanguage, ...string[]] {
  return TRY[tagOf(language)] ?? ['en']
}

/** A title as the reader reads it, and the language of the words around it. */
export function inLanguage(title: Text, wanted: string): { language: MessageLanguage; title: string } {
  const tries = triesFor(wanted)
  const found = [tagOf(wanted), ...tries].find((one) => title[one] !== undefined)
  return { language: tries[0], title: (found && title[found]) ?? title.en }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `03:12`, or on another day `21.11 23:50` (`21 Nov 23:50`), in the home's zone. */
export function clockTime(at: number, now: number, timezone: string, language: MessageLanguage): string {
  const local = (ms: number): Temporal.ZonedDateTime =>
    Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timezone)
  const then = local(at)
  const time = then.toPlainTime().toString({ smallestUnit: 'minute' })
  if (then.toPlainDate().equals(local(now).toPlainDate())) return time
  const date = language === 'en' ? `${then.day} ${MONTHS[then.month - 1]}` : `${then.day}.${then.month}`
  return `${date} ${time}`
}
