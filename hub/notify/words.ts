import type { Template } from '../model/notification.ts'

/** What a message says, in no language yet. Clock times are written already, in the home's zone. */
export interface MessageParts {
  readonly template: Template
  /** The alert's title in the language of the message. */
  readonly title: string
  readonly code: string
  /** What the contact calls the resident; without it the words stay neutral. */
  readonly alias?: string
  /** The id of the home, for those who have no other word for it. */
  readonly home?: string
  /** From a home in maintenance. */
  readonly test?: true
  /** When it was observed: `03:12`, on another day with the date. */
  readonly time: string
  /** When the hub learned of it, where that was much later. */
  readonly learned?: string
  readonly waitMinutes?: number
  readonly handling: Handling
}

/** How far people are, as this contact should read it. */
export type Handling =
  | { readonly is: 'open' }
  | { readonly is: 'taken'; readonly by: Handler; readonly time: string }
  | { readonly is: 'over'; readonly time: string }

/** `contact` by first name, `someone` where no name is known. */
export type Handler =
  | { readonly who: 'you' }
  | { readonly who: 'contact'; readonly name: string }
  | { readonly who: 'someone' }
  | { readonly who: 'operator' }

/** A language that messages are written in. */
export type MessageLanguage = 'nb' | 'nn' | 'en'

type Words = Record<Template, (parts: MessageParts) => string>

const nb: Words = {
  alert: (m) =>
    sentences(
      `${m.test ? 'TEST under vedlikehold' : 'VARSEL'}: ${m.title} ${hosNb(m)} ${klokken(m.time)}${m.learned === undefined ? '' : ` (meldt ${m.learned})`}.`,
      `Svar 1 ${m.code} = jeg tar det, 2 ${m.code} = kan ikke.`,
      m.waitMinutes === undefined ? '' : `Uten svar varsles neste om ${m.waitMinutes} min.`,
    ),
  taken: (m) => statusNb(m) ?? `Varselet ${hosNb(m)} er ubesvart igjen.`,
  receipt: (m) => `Takk for svaret. ${statusNb(m) ?? 'Vi varsler andre.'}`,
  unclear: (m) =>
    `Vi forsto ikke svaret. Varselet ${hosNb(m)}: Svar 1 ${m.code} = jeg tar det, 2 ${m.code} = kan ikke.`,
}

const hosNb = (m: MessageParts): string =>
  m.alias === undefined && m.home !== undefined
    ? `i hjem ${m.home}`
    : `hos ${m.alias ?? 'den du er kontakt for'}`

function statusNb(m: MessageParts): string | undefined {
  const { handling } = m
  if (handling.is === 'open') return undefined
  if (handling.is === 'over') return `Varselet ${hosNb(m)} er avsluttet ${handling.time}.`
  if (handling.by.who === 'you') return `Du tar deg av varselet ${hosNb(m)} (${handling.time}).`
  const who = { someone: 'En annen', operator: 'Vaktsentralen' }
  return `${nameOf(handling.by, who)} tar seg av varselet ${hosNb(m)} (${handling.time}).`
}

const nn: Words = {
  alert: (m) =>
    sentences(
      `${m.test ? 'TEST under vedlikehald' : 'VARSEL'}: ${m.title} ${hosNn(m)} ${klokken(m.time)}${m.learned === undefined ? '' : ` (meldt ${m.learned})`}.`,
      `Svar 1 ${m.code} = eg tek det, 2 ${m.code} = kan ikkje.`,
      m.waitMinutes === undefined ? '' : `Elles blir neste varsla om ${m.waitMinutes} min.`,
    ),
  taken: (m) => statusNn(m) ?? `Varselet ${hosNn(m)} er utan svar igjen.`,
  receipt: (m) => `Takk for svaret. ${statusNn(m) ?? 'Vi varslar andre.'}`,
  unclear: (m) =>
    `Vi forstod ikkje svaret. Varselet ${hosNn(m)}: Svar 1 ${m.code} = eg tek det, 2 ${m.code} = kan ikkje.`,
}

const hosNn = (m: MessageParts): string =>
  m.alias === undefined && m.home !== undefined
    ? `i heim ${m.home}`
    : `hos ${m.alias ?? 'den du er kontakt for'}`

function statusNn(m: MessageParts): string | undefined {
  const { handling } = m
  if (handling.is === 'open') return undefined
  if (handling.is === 'over') return `Varselet ${hosNn(m)} er avslutta ${handling.time}.`
  if (handling.by.who === 'you') return `Du tek deg av varselet ${hosNn(m)} (${handling.time}).`
  const who = { someone: 'Ein annan', operator: 'Vaktsentralen' }
  return `${nameOf(handling.by, who)} tek seg av varselet ${hosNn(m)} (${handling.time}).`
}

const en: Words = {
  alert: (m) =>
    sentences(
      `${m.test ? 'TEST in maintenance' : 'ALERT'}: ${m.title} ${atEn(m)}, ${m.time}${m.learned === undefined ? '' : ` (told ${m.learned})`}.`,
      `Reply 1 ${m.code} = I'll take it, 2 ${m.code} = cannot.`,
      m.waitMinutes === undefined ? '' : `No reply: next contact in ${m.waitMinutes} min.`,
    ),
  taken: (m) => statusEn(m) ?? `The alert ${atEn(m)} is unanswered again.`,
  receipt: (m) => `Thanks for your answer. ${statusEn(m) ?? 'We will try others.'}`,
  unclear: (m) =>
    `We did not understand. The alert ${atEn(m)}: Reply 1 ${m.code} = I'll take it, 2 ${m.code} = cannot.`,
}

function atEn({ alias, home }: MessageParts): string {
  if (alias !== undefined) return `at ${alias}'s`
  return home === undefined ? 'in the home you look after' : `in home ${home}`
}

function statusEn(m: MessageParts): string | undefined {
  const { handling } = m
  if (handling.is === 'open') return undefined
  if (handling.is === 'over') return `The alert ${atEn(m)} ended ${handling.time}.`
  if (handling.by.who === 'you') return `You take the alert ${atEn(m)} (${handling.time}).`
  const who = { someone: 'Someone else', operator: 'The care centre' }
  return `${nameOf(handling.by, who)} takes the alert ${atEn(m)} (${handling.time}).`
}

const WORDS: Readonly<Record<MessageLanguage, Words>> = { nb, nn, en }

/** Writes a message: short, active, no medicine, one SMS where it fits. */
export function writeMessage(language: MessageLanguage, parts: MessageParts): string {
  const text = WORDS[language][parts.template](parts)
  return parts.test && parts.template !== 'alert' ? `TEST: ${text}` : text
}

function nameOf(
  by: Exclude<Handler, { who: 'you' }>,
  words: Readonly<Record<'someone' | 'operator', string>>,
): string {
  return by.who === 'contact' ? by.name : words[by.who]
}

/** `kl 03:12`, but `21.11 23:50`. */
function klokken(time: string): string {
  return time.includes(' ') ? time : `kl ${time}`
}

function sentences(...all: readonly string[]): string {
  return all.filter((one) => one !== '').join(' ')
}
