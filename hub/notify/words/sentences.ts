import type { Handler } from './message-parts.ts'

/** One after the other; an empty one is left out. */
export function sentences(...all: readonly string[]): string {
  return all.filter((one) => one !== '').join(' ')
}

/** @param words for those who have no name here, as a sentence begins with them */
export function nameOf(
  by: Exclude<Handler, { who: 'you' }>,
  words: Readonly<Record<'someone' | 'operator', string>>,
): string {
  return by.who === 'contact' ? by.name : words[by.who]
}

/** `kl 03:12`, but `21.11 23:50`. */
export function klokken(time: string): string {
  return time.includes(' ') ? time : `kl ${time}`
}
