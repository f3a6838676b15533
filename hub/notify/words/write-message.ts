import { en } from './en.ts'
import type { DayParts, DayWords } from './day-parts.ts'
import { withLink } from './link.ts'
import type { LetterParts, MessageLanguage, MessageParts, WordyLetter, Words } from './message-parts.ts'
import { nb } from './nb.ts'
import { nn } from './nn.ts'
import { se } from './se.ts'
import { writeStatusLink } from './status-link.ts'

const WORDS: Readonly<Record<MessageLanguage, Words>> = { nb, nn, se, en }

/** Writes a message: short, active, no medicine, one SMS where it fits. */
export function writeMessage(language: MessageLanguage, parts: MessageParts): string {
  const text = withLink(language, WORDS[language][parts.template](parts), parts.link)
  return parts.test && parts.template !== 'alert' ? `TEST: ${text}` : text
}

/** Writes what is about no alert. */
export function writeLetter(language: MessageLanguage, letter: WordyLetter, parts: LetterParts): string {
  // Each takes its own letter, and is found by what that is.
  const write = WORDS[language].letters[letter.is] as (letter: WordyLetter, parts: LetterParts) => string
  const url = parts.board?.url
  // Last, as in `withLink`.
  return url === undefined ? write(letter, parts) : `${write(letter, parts)} ${url}`
}

/** Writes the daily message. */
export function writeDay(language: MessageLanguage, day: DayParts, parts: LetterParts): string {
  const words = WORDS[language]
  return words.day.message(words.place(parts), day)
}

/** What the status page says of a day; its sentence, and the words for the rest. */
export function dayOnPage(
  language: MessageLanguage,
  day: DayParts,
  parts: LetterParts,
): { readonly headline: string; readonly words: DayWords['page'] } {
  const words = WORDS[language]
  return { headline: words.day.headline(words.place(parts), day), words: words.day.page }
}

/** Writes the answer to whoever asks how things are; without a link, that there is none for them. */
export function writeStatus(
  language: MessageLanguage,
  link: { readonly url: string; readonly until: string } | undefined,
  parts: LetterParts,
): string {
  return writeStatusLink(language, WORDS[language].place(parts), link)
}
