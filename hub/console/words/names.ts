import { WORDS } from './words.ts'
import type { Language } from './words.ts'

/** What people call things that homes and devices may name as they like: where there is no word, the name itself. */
export const roomName = (room: string, language: Language): string => look(WORDS[language].shared.rooms, room)

export const kindName = (kind: string, language: Language): string => look(WORDS[language].shared.kinds, kind)

/** Of a word that a reading has as its value: `open`. */
export const valueName = (value: string, language: Language): string =>
  look(WORDS[language].shared.values, value)

/** Of what happened to an alert: `acknowledged`. */
export const eventName = (what: string, language: Language): string =>
  look(WORDS[language].shared.events, what)

/** Of what the audit log has: `home.reveal`. */
export const didName = (what: string, language: Language): string => look(WORDS[language].people.did, what)

/** Of the reason that it has: one of those that people choose, or their own words. */
export const causeName = (why: string, language: Language): string =>
  look({ ...WORDS[language].people.causes, ...WORDS[language].people.ways }, why)

/** Of what a program may do: `read:alerts`. */
export const scopeName = (scope: string, language: Language): string =>
  look(WORDS[language].people.scope, scope)

function look(names: Readonly<Record<string, string>>, id: string): string {
  return Object.hasOwn(names, id) ? (names[id] ?? id) : id
}
