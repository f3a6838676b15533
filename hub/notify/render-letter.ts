import type { Home, HomePersonal } from '../model/home.ts'
import { recipientOf } from '../model/notification.ts'
import type { LetterNotification } from '../model/notification.ts'
import type { StaffFacts, StaffPersonal } from '../model/staff.ts'
import { plainLine } from './gsm7.ts'
import { addressOf, readerOf, triesFor } from './reader.ts'
import { writeSignInCode } from './words/sign-in-code.ts'
import { writeLetter } from './words/write-message.ts'

export interface LetterFacts {
  readonly notification: Pick<LetterNotification, 'letter' | 'home' | 'contact' | 'staff' | 'channel'>
  readonly home: Home | undefined
  readonly personal: HomePersonal | undefined
  /** Whom of the staff it is for. */
  readonly staff?: StaffFacts & StaffPersonal
  /** Of the letter that brings one, as long as it is of use. */
  readonly signInCode?: SignInCode
}

/** A one-time code, and for how long it is valid. */
export interface SignInCode {
  readonly code: string
  readonly minutes: number
}

/** To which number or address a letter goes, and what it says. Nothing personal but the contact's own word. */
export function renderLetter({
  notification,
  home,
  personal,
  staff,
  signInCode,
}: LetterFacts):
  | { to: string; text: string; subject?: string; facts?: Record<string, string> }
  | { cannot: string } {
  const { letter, channel } = notification
  const reader = readerOf(notification, staff, home, personal)
  if ('cannot' in reader) return reader
  const to = addressOf(reader, channel, recipientOf(notification))
  if (typeof to !== 'string') return to
  const [language] = triesFor(reader.language)
  if (letter.is === 'sign-in-code') {
    if (!signInCode) return { cannot: 'The code is no longer valid' }
    return { to, text: writeSignInCode(language, signInCode) }
  }
  const alias = reader.alias === undefined ? '' : plainLine(reader.alias)
  const text = writeLetter(language, letter, {
    ...(alias !== '' && { alias }),
    ...(reader.hasManyHomes && home && { home: home.id }),
  })
  if (channel === 'email') return { to, text, subject: text.split('. ', 1)[0] ?? text }
  if (channel === 'webhook') return { to, text, facts: { letter: letter.is, ...(home && { home: home.id }) } }
  return { to, text }
}
