import { summarise } from '../alerts/digest.ts'
import type { Told } from '../alerts/digest.ts'
import type { Home, HomePersonal } from '../model/home.ts'
import { recipientOf } from '../model/notification.ts'
import type { Letter, LetterNotification } from '../model/notification.ts'
import type { StaffFacts, StaffPersonal } from '../model/staff.ts'
import { plainLine } from './gsm7.ts'
import { titleInMessage } from './program-title.ts'
import { addressOf, clockTime, inLanguage, readerOf, triesFor } from './reader.ts'
import { readDay } from './read-day.ts'
import { writeSignInCode } from './words/sign-in-code.ts'
import { writeDay, writeLetter, writeStatus } from './words/write-message.ts'

export interface LetterFacts {
  readonly notification: Pick<LetterNotification, 'letter' | 'home' | 'contact' | 'staff' | 'channel'>
  readonly home: Home | undefined
  readonly personal: HomePersonal | undefined
  /** Whom of the staff it is for. */
  readonly staff?: StaffFacts & StaffPersonal
  readonly now: number
  /** Of the letter that brings one, as long as it is of use. */
  readonly signInCode?: SignInCode
  /** Of the letter that brings one: where the reader may have it; `until` in ms. */
  readonly statusLink?: { readonly url: string; readonly until: number }
  /** The alerts that a digest is about, as they are now. */
  readonly alerts?: readonly (Told | undefined)[]
  readonly board?: BoardLink
}

/** Where people find the board, where that is known; and whether it is the only way to answer a message. */
export interface BoardLink {
  readonly url?: string
  readonly isOnlyWay: boolean
}

/** A one-time code, and for how long it is valid. */
export interface SignInCode {
  readonly code: string
  readonly minutes: number
}

const STALE_AFTER = 3 * 3_600_000

/** To which number or address a letter goes, and what it says. Nothing personal but the contact's own word. */
export function renderLetter({
  notification,
  home,
  personal,
  staff,
  signInCode,
  alerts,
  board,
  statusLink,
  now,
}: LetterFacts):
  | { to: string; text: string; subject?: string; facts?: Record<string, string | number> }
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
  const summary = alerts && summarise(alerts)
  // Everything was taken or ended while it waited to be sent.
  if (summary?.count === 0) return { cannot: 'None of its alerts waits for anybody any more' }
  const of = {
    ...(summary && {
      summary: {
        count: summary.count,
        kinds: summary.kinds.map(({ count, ...kind }) => ({
          title: titleInMessage(kind, inLanguage(kind.title, reader.language).title),
          count,
        })),
      },
    }),
    ...(board && { board }),
    ...(alias !== '' && { alias }),
    ...(reader.hasManyHomes && home && { home: home.id }),
  }
  let text: string
  if (letter.is === 'all-well') {
    // What was so at eight is no news at noon.
    if (now - letter.day.at > STALE_AFTER)
      return { cannot: 'It waited for so long that it is no longer true' }
    text = writeDay(language, readDay(letter.day, recipientOf(notification), language, home, personal), of)
  } else if (letter.is === 'status-link') {
    const until = statusLink && home && clockTime(statusLink.until, now, home.timezone, language)
    text = writeStatus(language, statusLink && until ? { url: statusLink.url, until } : undefined, of)
  } else text = writeLetter(language, letter, of)
  if (channel === 'email') return { to, text, subject: text.split('. ', 1)[0] ?? text }
  if (channel === 'webhook') return { to, text, facts: factsOf(letter, home, summary?.count) }
  return { to, text }
}

/** What a program needs beside the words: pseudonyms only. */
function factsOf(
  letter: Letter,
  home: Home | undefined,
  count: number | undefined,
): Record<string, string | number> {
  return {
    letter: letter.is,
    ...(home && { home: home.id }),
    ...(letter.is === 'digest' && { code: letter.code, alerts: letter.alerts.join(' ') }),
    ...(count !== undefined && { count }),
  }
}
