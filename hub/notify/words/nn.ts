import type { Category, Cause } from '../../model/alert.ts'
import type { Occasion } from '../../model/notification.ts'
import { dayNn } from './day-nn.ts'
import type { LetterParts, MessageParts, Words } from './message-parts.ts'
import { countOf, hubOf, kindsOf, klokken, nameOf, NOTHING_LEFT, sentences, waitOf } from './sentences.ts'

export const nn: Words = {
  alert: (m) =>
    sentences(
      happening(m),
      m.askedBy && `${nameOf(m.askedBy, WHO)} ber deg ta det.`,
      m.link?.isOnlyWay ? '' : answer(m),
      m.waitMinutes === undefined ? '' : `Elles blir neste varsla om ${waitOf(m.waitMinutes, 'sek')}.`,
    ),
  taken: (m) => status(m) ?? `Varselet ${hos(m)} er utan svar igjen.`,
  receipt: (m) => `Takk for svaret. ${status(m) ?? others(m)}`,
  declined: (m) => `Takk for svaret. ${status(m) ?? others(m)}`,
  unclear: (m) =>
    `Vi forstod ikkje svaret. ${m.together ? 'Dei tekniske varsla' : `Varselet ${hos(m)}`}: ${answer(m)}`,
  untaken: (m) =>
    status(m) ??
    (m.together
      ? `Ingen har dei tekniske varsla enno. For å ta dei, svar berre dette: 1 ${m.code}.`
      : `Ingen har varselet ${hos(m)} enno. For å ta det, svar berre dette: 1 ${m.code}.`),
  letters: {
    trial: (_letter, m) =>
      `Dette er ei prøve. Varsel ${hos(m)} kjem til denne telefonen. Ingenting har hendt.`,
    stopped: ({ homes }, m) =>
      `Du får ingen fleire meldingar frå oss${homes === 1 ? ` om varsel ${hos(m)}` : ''}, heller ikkje når noko hastar. Svar START for å få dei igjen.`,
    started: ({ homes }, m) =>
      `Du får meldingar frå oss igjen${homes === 1 ? ` om varsel ${hos(m)}` : ''}. Svar STOPP for å sleppe.`,
    'cannot-stop': () =>
      'Du er på vakt for vaktsentralen og kan ikkje stoppe varsel med SMS. Snakk med den som set opp vaktlista.',
    digest: ({ code }, { summary = NOTHING_LEFT, board, ...m }) =>
      sentences(
        `${many(summary.count, m)}: ${kindsOf(summary, 'andre')}.`,
        board?.isOnlyWay ? '' : `Svar 1 ${code} = eg tek alle, 2 ${code} = kan ikkje.`,
      ),
    'digest-declined': ({ others: isAsked }) =>
      isAsked
        ? 'Takk for svaret. Vi varslar andre.'
        : 'Takk for svaret. Dei tekniske varsla er framleis utan svar.',
    'digest-taken': ({ count, who }) => {
      if (count === 0) return 'Takk. Nokon har dei varsla alt, eller dei er over.'
      const what = technical(count)
      if (who === 'you') return `Takk for svaret. Du tek deg av ${what}.`
      return `${who === 'operator' ? 'Vaktsentralen' : 'Ein annan'} tek seg av ${what}.`
    },
  },
  place: (m) => hos(m),
  day: dayNn,
}

const HEADING: Readonly<Record<Category, string>> = {
  safety: 'VARSEL',
  health: 'HELSEVARSEL',
  routine: 'BESKJED',
  technical: 'TEKNISK VARSEL',
}

const OCCASION: Readonly<Record<Occasion, string>> = {
  reminder: 'framleis utan svar',
  again: 'på nytt',
  reopened: 'utan svar igjen',
}

const CAUSE: Readonly<Record<Cause, string>> = {
  real: ': det er følgt opp',
  false: ': alt i orden',
  pet: ': alt i orden',
  visitor: ': alt i orden',
  test: ': det var ein test, alt i orden',
  equipment: ': det var feil på utstyret',
  cleared: ': det gjekk over av seg sjølv',
  other: '',
}

const WHO = { you: 'Du', someone: 'Ein annan', operator: 'Vaktsentralen' }

function happening(m: MessageParts): string {
  const heading = sentences(
    m.test ? 'TEST under vedlikehald' : HEADING[m.category],
    m.occasion && OCCASION[m.occasion],
  )
  const title = m.title ?? (m.test && HEADING[m.category])
  const learned = m.learned === undefined ? '' : ` (meldt ${m.learned})`
  return `${heading}${title ? `: ${title}` : ''} ${hos(m)}${countOf(m, 'heim', 'heimar')} ${klokken(m.time)}${learned}.`
}

function answer({ code }: MessageParts): string {
  return `Svar 1 ${code} = eg tek det, 2 ${code} = kan ikkje.`
}

function hos({ alias, home, about }: LetterParts): string {
  if (about)
    return about.area === undefined ? `i ${hubOf(about, 'huben')}` : `i ${about.area || 'heimar utan område'}`
  return alias === undefined && home !== undefined
    ? `i heim ${home}`
    : `hos ${alias ?? 'den du er kontakt for'}`
}

function status(m: MessageParts): string | undefined {
  const { handling } = m
  if (handling.is === 'open') return undefined
  if (handling.is === 'over') {
    return `Varselet ${hos(m)} er avslutta ${handling.time}${CAUSE[handling.cause]}.`
  }
  if (handling.by.who === 'you') return `Du tek deg av varselet ${hos(m)} (${handling.time}).`
  const takes = handling.over ? 'har teke over' : 'tek seg av'
  return `${nameOf(handling.by, WHO)} ${takes} varselet ${hos(m)} (${handling.time}).`
}

function others(m: MessageParts): string {
  const { handling } = m
  return handling.is === 'open' && handling.others
    ? 'Vi varslar andre.'
    : `Varselet ${hos(m)} er framleis utan svar.`
}

/** `TEKNISKE VARSEL (12)`; of one home where the reader knows just that. */
function many(count: number, m: LetterParts): string {
  const heading = `TEKNISKE VARSEL (${count})`
  return m.alias === undefined && m.home === undefined ? heading : `${heading} ${hos(m)}`
}

function technical(count: number): string {
  return count === 1 ? '1 teknisk varsel' : `${count} tekniske varsel`
}
