import type { MessageLanguage } from './message-parts.ts'

type Words = (code: string, minutes: number) => string

const nb: Words = (code, minutes) =>
  `${code} er koden din for å se adresse og nøkkel. Den gjelder i ${minutes} min. Ikke gi den til noen.`
const nn: Words = (code, minutes) =>
  `${code} er koden din for å sjå adresse og nøkkel. Han gjeld i ${minutes} min. Ikkje gje han til nokon.`
const en: Words = (code, minutes) =>
  `${code} is your code to see the address and the key. It is valid for ${minutes} min. Give it to nobody.`

/** A draft that nobody who speaks it has read yet. */
const se: Words = (code, minutes) =>
  `${code} lea du koda oaidnit čujuhusa ja čoavdaga. Dat doaibmá ${minutes} min. Ale atte dan geasage.`

const WORDS: Readonly<Record<MessageLanguage, Words>> = { nb, nn, se, en }

/** The code first: a phone shows it without being opened, and offers to fill it in. */
export function writeSignInCode(
  language: MessageLanguage,
  { code, minutes }: { readonly code: string; readonly minutes: number },
): string {
  return WORDS[language](code, minutes)
}
