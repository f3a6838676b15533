import type { Alert } from '../model/alert.ts'
import { plainLine } from './gsm7.ts'

/** So much of what a program calls it fits into one SMS beside where, when and what to answer. */
const LONGEST = 60

/**
 * A title as it stands in a message. What a program wrote is anybody's words: it is short there, of letters, digits and
 * plain signs, and has nothing in it that a phone would make a link of.
 */
export function titleInMessage({ raisedBy }: Pick<Alert, 'raisedBy'>, title: string): string {
  const line = plainLine(title)
  if (raisedBy === undefined) return line
  const words = line
    .replaceAll('://', ' ')
    .replace(/\.(?=\p{L})/gu, '. ')
    .replace(/[^\p{L}\p{M}\p{N} .,:;!?%()'"+\-/=&]/gu, ' ')
    .replace(/ +/g, ' ')
    .trim()
  const letters = [...words]
  return letters.length <= LONGEST
    ? words
    : `${letters
        .slice(0, LONGEST - 3)
        .join('')
        .trimEnd()}...`
}

/** What people call a program: `token:node-red` is node-red. */
export function programName(raisedBy: string): string {
  return raisedBy.slice(raisedBy.indexOf(':') + 1)
}
