import type { Day } from '../model/day.ts'
import type { Home, HomePersonal } from '../model/home.ts'
import { readDay } from './read-day.ts'
import { clockTime, triesFor } from './reader.ts'
import type { LetterParts } from './words/message-parts.ts'
import { dayOnPage } from './words/write-message.ts'

/** What the status page of a home says to one contact. */
export interface StatusText {
  readonly language: string
  readonly mood: 'calm' | 'unsure' | 'medium'
  readonly headline: string
  readonly lines: readonly { readonly label: string; readonly text: string }[]
  /** When it was so, by the clock of the home. */
  readonly made: string
}

/** @param reader as `recipientOf` gives it */
export function viewStatus(
  day: Day,
  reader: string,
  wanted: string,
  home: Home,
  personal: HomePersonal | undefined,
  of: LetterParts,
): StatusText {
  const [language] = triesFor(wanted)
  const parts = readDay(day, reader, language, home, personal)
  const { headline, words } = dayOnPage(language, parts, of)
  // Of a home with nobody in it, and of one where somebody works, the sensors say nothing about the resident.
  const isSeen = day.is !== 'away' && day.is !== 'maintenance'
  return {
    language: wanted,
    mood: moodOf(day),
    headline,
    lines: [
      ...(isSeen ? [{ label: words.seen, text: words.seenText(parts) }] : []),
      { label: words.equipment, text: words.equipmentText(parts) },
      { label: words.alert, text: words.alertText(parts) },
    ],
    made: clockTime(day.at, day.at, home.timezone, language),
  }
}

function moodOf(day: Day): StatusText['mood'] {
  if (day.is === 'open') return day.minor ? 'unsure' : 'medium'
  return day.is === 'well' || day.is === 'had-alert' ? 'calm' : 'unsure'
}
