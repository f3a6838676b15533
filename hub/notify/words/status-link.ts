import type { MessageLanguage } from './message-parts.ts'

/** The answer to whoever asks by SMS how things are. */
interface Words {
  readonly link: (place: string, url: string, until: string) => string
  /** It is not for them, or not set up. */
  readonly none: (place: string) => string
}

const nb: Words = {
  link: (hos, url, until) => `Slik går det ${hos}: ${url} Lenken er bare for deg, og virker til ${until}.`,
  none: (hos) => `Vi kan ikke sende deg hvordan det går ${hos}. Vaktsentralen kan ordne det.`,
}
const nn: Words = {
  link: (hos, url, until) => `Slik går det ${hos}: ${url} Lenkja er berre for deg, og verkar til ${until}.`,
  none: (hos) => `Vi kan ikkje sende deg korleis det går ${hos}. Vaktsentralen kan ordne det.`,
}
const en: Words = {
  link: (at, url, until) => `How things are ${at}: ${url} The link is for you only and works until ${until}.`,
  none: (at) => `We cannot send you how things are ${at}. The care centre can arrange it.`,
}

/** There are no Sámi words yet. */
const WORDS: Readonly<Record<MessageLanguage, Words>> = { nb, nn, se: nb, en }

export function writeStatusLink(
  language: MessageLanguage,
  place: string,
  link: { readonly url: string; readonly until: string } | undefined,
): string {
  return link ? WORDS[language].link(place, link.url, link.until) : WORDS[language].none(place)
}
