import type { Handler, LetterParts, Summary } from './message-parts.ts'

/** One after the other; what is empty or not there is left out. */
export function sentences(...all: readonly (string | undefined)[]): string {
  return all.filter((one) => one !== undefined && one !== '').join(' ')
}

/** @param words for those who have no name here, as a sentence begins with them */
export function nameOf(
  by: Handler,
  words: Readonly<Record<Exclude<Handler['who'], 'contact'>, string>>,
): string {
  return by.who === 'contact' ? by.name : words[by.who]
}

/** `the hub (kannel)`: which part of it. */
export function hubOf({ part }: NonNullable<LetterParts['about']>, hub: string): string {
  return part === undefined ? hub : `${hub} (${part})`
}

/** ` (8 homes)`, of an area. */
export function countOf({ about }: Pick<LetterParts, 'about'>, one: string, many: string): string {
  const count = about?.homes ?? 0
  return count === 0 ? '' : ` (${count} ${count === 1 ? one : many})`
}

/** `2 min`, and below a minute `15 s`, in steps of five. */
export function waitOf(minutes: number, second: string): string {
  if (minutes >= 1) return `${minutes} min`
  const seconds = Math.max(5, Math.round((minutes * 60) / 5) * 5)
  return seconds === 60 ? '1 min' : `${seconds} ${second}`
}

/** `kl 03:12`, but `21.11 23:50`. */
export function klokken(time: string): string {
  return time.includes(' ') ? time : `kl ${time}`
}

/** `Sensor is silent (9), Battery low (2), others (1)`: the most frequent kinds, and how many there are besides. */
export function kindsOf({ count, kinds }: Summary, others: string): string {
  const rest = count - kinds.reduce((sum, one) => sum + one.count, 0)
  const named = kinds.map((one) => `${one.title} (${one.count})`)
  return [...named, ...(rest > 0 ? [`${others} (${rest})`] : [])].join(', ')
}

export const NOTHING_LEFT: Summary = { count: 0, kinds: [] }
