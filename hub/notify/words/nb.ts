import type { Category, Cause } from '../../model/alert.ts'
import type { Occasion } from '../../model/notification.ts'
import { dayNb } from './day-nb.ts'
import type { LetterParts, MessageParts, Words } from './message-parts.ts'
import { countOf, hubOf, kindsOf, klokken, nameOf, NOTHING_LEFT, sentences, waitOf } from './sentences.ts'

export const nb: Words = {
  alert: (m) =>
    sentences(
      happening(m),
      m.askedBy && `${nameOf(m.askedBy, WHO)} ber deg ta det.`,
      m.link?.isOnlyWay ? '' : answer(m),
      m.waitMinutes === undefined ? '' : `Uten svar varsles neste om ${waitOf(m.waitMinutes, 'sek')}.`,
    ),
  taken: (m) => status(m) ?? `Varselet ${hos(m)} er ubesvart igjen.`,
  receipt: (m) => `Takk for svaret. ${status(m) ?? others(m)}`,
  declined: (m) => `Takk for svaret. ${status(m) ?? others(m)}`,
  unclear: (m) =>
    `Vi forsto ikke svaret. ${m.together ? 'De tekniske varslene' : `Varselet ${hos(m)}`}: ${answer(m)}`,
  untaken: (m) =>
    status(m) ??
    (m.together
      ? `Ingen har de tekniske varslene ennå. For å ta dem, svar bare dette: 1 ${m.code}.`
      : `Ingen har varselet ${hos(m)} ennå. For å ta det, svar bare dette: 1 ${m.code}.`),
  letters: {
    trial: (_letter, m) =>
      `Dette er en prøve. Varsler ${hos(m)} kommer til denne telefonen. Ingenting har skjedd.`,
    stopped: ({ homes }, m) =>
      `Du får ingen flere meldinger fra oss${homes === 1 ? ` om varsler ${hos(m)}` : ''}, heller ikke når noe haster. Svar START for å få dem igjen.`,
    started: ({ homes }, m) =>
      `Du får meldinger fra oss igjen${homes === 1 ? ` om varsler ${hos(m)}` : ''}. Svar STOPP for å slippe.`,
    'cannot-stop': () =>
      'Du er på vakt for vaktsentralen og kan ikke stoppe varsler med SMS. Snakk med den som setter opp vaktlisten.',
    digest: ({ code }, { summary = NOTHING_LEFT, board, ...m }) =>
      sentences(
        `${many(summary.count, m)}: ${kindsOf(summary, 'andre')}.`,
        board?.isOnlyWay ? '' : `Svar 1 ${code} = jeg tar alle, 2 ${code} = kan ikke.`,
      ),
    'digest-declined': ({ others: isAsked }) =>
      isAsked
        ? 'Takk for svaret. Vi varsler andre.'
        : 'Takk for svaret. De tekniske varslene er fortsatt ubesvart.',
    'digest-taken': ({ count, who }) => {
      if (count === 0) return 'Takk. Noen har de varslene allerede, eller de er over.'
      const what = technical(count)
      if (who === 'you') return `Takk for svaret. Du tar deg av ${what}.`
      return `${who === 'operator' ? 'Vaktsentralen' : 'En annen'} tar seg av ${what}.`
    },
  },
  place: (m) => hos(m),
  day: dayNb,
}

const HEADING: Readonly<Record<Category, string>> = {
  safety: 'VARSEL',
  health: 'HELSEVARSEL',
  routine: 'BESKJED',
  technical: 'TEKNISK VARSEL',
}

const OCCASION: Readonly<Record<Occasion, string>> = {
  reminder: 'fortsatt ubesvart',
  again: 'på nytt',
  reopened: 'ubesvart igjen',
}

const CAUSE: Readonly<Record<Cause, string>> = {
  real: ': det er fulgt opp',
  false: ': alt i orden',
  pet: ': alt i orden',
  visitor: ': alt i orden',
  test: ': det var en test, alt i orden',
  equipment: ': det var feil på utstyret',
  cleared: ': det gikk over av seg selv',
  other: '',
}

const WHO = { you: 'Du', someone: 'En annen', operator: 'Vaktsentralen' }

function happening(m: MessageParts): string {
  const heading = sentences(
    m.test ? 'TEST under vedlikehold' : HEADING[m.category],
    m.occasion && OCCASION[m.occasion],
  )
  const title = m.title ?? (m.test && HEADING[m.category])
  const learned = m.learned === undefined ? '' : ` (meldt ${m.learned})`
  return `${heading}${title ? `: ${title}` : ''} ${hos(m)}${countOf(m, 'hjem', 'hjem')} ${klokken(m.time)}${learned}.`
}

function answer({ code }: MessageParts): string {
  return `Svar 1 ${code} = jeg tar det, 2 ${code} = kan ikke.`
}

function hos({ alias, home, about }: LetterParts): string {
  if (about)
    return about.area === undefined ? `i ${hubOf(about, 'huben')}` : `i ${about.area || 'hjem uten område'}`
  return alias === undefined && home !== undefined
    ? `i hjem ${home}`
    : `hos ${alias ?? 'den du er kontakt for'}`
}

function status(m: MessageParts): string | undefined {
  const { handling } = m
  if (handling.is === 'open') return undefined
  if (handling.is === 'over') {
    return `Varselet ${hos(m)} er avsluttet ${handling.time}${CAUSE[handling.cause]}.`
  }
  const takes = handling.over ? 'har tatt over' : 'tar seg av'
  if (handling.by.who === 'you') return `Du tar deg av varselet ${hos(m)} (${handling.time}).`
  return `${nameOf(handling.by, WHO)} ${takes} varselet ${hos(m)} (${handling.time}).`
}

function others(m: MessageParts): string {
  const { handling } = m
  return handling.is === 'open' && handling.others
    ? 'Vi varsler andre.'
    : `Varselet ${hos(m)} er fortsatt ubesvart.`
}

/** `TEKNISKE VARSLER (12)`; of one home where the reader knows just that. */
function many(count: number, m: LetterParts): string {
  const heading = `TEKNISKE VARSLER (${count})`
  return m.alias === undefined && m.home === undefined ? heading : `${heading} ${hos(m)}`
}

function technical(count: number): string {
  return count === 1 ? '1 teknisk varsel' : `${count} tekniske varsler`
}
