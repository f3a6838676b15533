import type { PageLanguage } from './link-words.ts'

/** What stands on a status page besides how the home is. */
export interface StatusWords {
  readonly pageTitle: string
  readonly youCan: string
  readonly callHome: string
  readonly call: (name: string) => string
  readonly noNumbers: string
  readonly made: (time: string) => string
  readonly again: string
  readonly yours: string
  readonly emergency: string
}

const nb: StatusWords = {
  pageTitle: 'Slik går det',
  youCan: 'Dette kan du gjøre',
  callHome: 'Er du usikker, ring dit. Ingen side vet alt.',
  call: (name) => `Ring ${name}`,
  noNumbers: 'Trenger du hjelp, ring vaktsentralen.',
  made: (time) => `Slik var det ${klokken(time)}. Siden endrer seg ikke av seg selv.`,
  again: 'Se på nytt',
  yours: 'Lenken er bare for deg. Den virker noen dager, og vi noterer når den brukes.',
  emergency: 'Er det fare for liv: ring 113.',
}

const nn: StatusWords = {
  pageTitle: 'Slik går det',
  youCan: 'Dette kan du gjere',
  callHome: 'Er du usikker, ring dit. Inga side veit alt.',
  call: (name) => `Ring ${name}`,
  noNumbers: 'Treng du hjelp, ring vaktsentralen.',
  made: (time) => `Slik var det ${klokken(time)}. Sida endrar seg ikkje av seg sjølv.`,
  again: 'Sjå på nytt',
  yours: 'Lenkja er berre for deg. Ho verkar nokre dagar, og vi noterer når ho blir brukt.',
  emergency: 'Er det fare for liv: ring 113.',
}

const en: StatusWords = {
  pageTitle: 'How things are',
  youCan: 'What you can do',
  callHome: 'If you are unsure, call there. No page knows everything.',
  call: (name) => `Call ${name}`,
  noNumbers: 'If you need help, call the care centre.',
  made: (time) => `This is how it was at ${time}. The page does not change by itself.`,
  again: 'Look again',
  yours: 'The link is for you only. It works for some days, and we note when it is used.',
  emergency: 'Danger to life: call 113.',
}

export const STATUS_WORDS: Readonly<Record<PageLanguage, StatusWords>> = { nb, nn, en }

/** `kl. 03:12`, but `21.11 23:50`. */
function klokken(time: string): string {
  return time.includes(' ') ? time : `kl. ${time}`
}
