import type { BoardAlert } from '../api-types.ts'
import type { Language, Words } from '../words.ts'

/** The alert's own title in the reader's language; a test says so wherever it is named. */
export const titleOf = (alert: BoardAlert, language: Language): string =>
  `${alert.test ? 'TEST · ' : ''}${alert.title[language] ?? alert.title.en}`

/** What to do first, where the rule says it. */
export const adviceOf = (alert: BoardAlert, language: Language): string | undefined =>
  alert.advice?.[language] ?? alert.advice?.en

/** `SpO₂ 86 %`, for numbers. */
export function valueOf(alert: BoardAlert, words: Words): string | undefined {
  const { kind, value } = alert.detail
  if (typeof value !== 'number') return undefined
  const shown = value.toLocaleString('nb', { maximumFractionDigits: 1 })
  return [words.kinds[kind ?? ''] ?? kind, shown, alert.unit].filter(Boolean).join(' ')
}

/** `Kari N.`: enough to know who is meant, on a screen that others can see. */
export function shortName(name: string): string {
  const [first = '', ...rest] = name.trim().split(/\s+/)
  const last = rest.at(-1)
  return last === undefined ? first : `${first} ${last[0]}.`
}

/** The home, or the area; where it is about neither it is about the hub. */
export function placeOf(alert: BoardAlert, words: Words): string {
  const { homeLabel, home, area } = alert
  return homeLabel ?? home ?? (area === '' ? words.noArea : area) ?? words.hubItself
}

/** `bad · Kari N.`; about equipment also which: `gang · hall-door`; of an area `37 hjem`: now, or when over the most. */
export function whoAndWhere(alert: BoardAlert, words: Words): string {
  const room = alert.room === undefined ? undefined : (words.rooms[alert.room] ?? alert.room)
  const who = alert.residentName === undefined ? undefined : shortName(alert.residentName)
  const sensor = alert.category === 'technical' ? alert.sensor : undefined
  const count = alert.condition === 'cleared' ? alert.detail.most : alert.homeCount
  const homes = count === undefined ? undefined : words.homes(count)
  return [room, sensor, who, homes].filter(Boolean).join(' · ')
}
