import { en } from './en.ts'
import { withLink } from './link.ts'
import type { LetterParts, MessageLanguage, MessageParts, WordyLetter, Words } from './message-parts.ts'
import { nb } from './nb.ts'
import { nn } from './nn.ts'
import { se } from './se.ts'

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
