import type { TFunction } from 'i18next'
import type { BoardAlert } from '../api-types.ts'
import { kindName, roomName } from '../words/names.ts'
import type { Language } from '../words/words.ts'

type T = TFunction<['board', 'shared']>

/** The alert's own title in the reader's language; a test says so wherever it is named. */
export function titleOf(
  { title, test }: Pick<BoardAlert, 'title' | 'test'>,
  t: T,
  language: Language,
): string {
  const own = title[language] ?? title.en
  return test ? t('shared:test', { title: own }) : own
}

/** What to do first, where the rule says it. */
export const adviceOf = (alert: BoardAlert, language: Language): string | undefined =>
  alert.advice?.[language] ?? alert.advice?.en

/** `SpO₂ 86 %`, for numbers. */
export function valueOf(alert: BoardAlert, language: Language): string | undefined {
  const { kind, value } = alert.detail
  if (typeof value !== 'number') return undefined
  const shown = value.toLocaleString('nb', { maximumFractionDigits: 1 })
  return [kind && kindName(kind, language), shown, alert.unit].filter(Boolean).join(' ')
}

/** `Kari N.`: enough to know who is meant, on a screen that others can see. */
export function shortName(name: string): string {
  const [first = '', ...rest] = name.trim().split(/\s+/)
  const last = rest.at(-1)
  return last === undefined ? first : `${first} ${last[0]}.`
}

/** The home, or the area; where it is about neither it is about the hub. */
export function placeOf(alert: Pick<BoardAlert, 'homeLabel' | 'home' | 'area'>, t: T): string {
  const { homeLabel, home, area } = alert
  return homeLabel ?? home ?? (area === '' ? t('shared:noArea') : area) ?? t('shared:hubItself')
}

/** `bad · Kari N.`; about equipment also which: `gang · hall-door`; of an area `37 hjem`: now, or when over the most. */
export function whoAndWhere(alert: BoardAlert, t: T, language: Language): string {
  const room = alert.room === undefined ? undefined : roomName(alert.room, language)
  const who = alert.residentName === undefined ? undefined : shortName(alert.residentName)
  const sensor = alert.category === 'technical' ? alert.sensor : undefined
  const count = alert.condition === 'cleared' ? alert.detail.most : alert.homeCount
  const homes = count === undefined ? undefined : t('shared:homes', { count })
  return [room, sensor, who, homes].filter(Boolean).join(' · ')
}

/** Which program said it: `node-red`; undefined where rules found it. */
export function programOf({ raisedBy }: Pick<BoardAlert, 'raisedBy'>, t: T): string | undefined {
  if (raisedBy === undefined) return undefined
  const [sort, name = ''] = raisedBy.split(':', 2)
  return sort === 'token' ? name : t('script')
}
