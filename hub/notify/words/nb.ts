import type { LetterParts, MessageParts, Words } from './message-parts.ts'
import { klokken, nameOf, sentences } from './sentences.ts'

export const nb: Words = {
  alert: (m) =>
    sentences(
      `${m.test ? 'TEST under vedlikehold' : 'VARSEL'}: ${m.title} ${hos(m)} ${klokken(m.time)}${m.learned === undefined ? '' : ` (meldt ${m.learned})`}.`,
      m.link?.isOnlyWay ? '' : `Svar 1 ${m.code} = jeg tar det, 2 ${m.code} = kan ikke.`,
      m.waitMinutes === undefined ? '' : `Uten svar varsles neste om ${m.waitMinutes} min.`,
    ),
  taken: (m) => status(m) ?? `Varselet ${hos(m)} er ubesvart igjen.`,
  receipt: (m) => `Takk for svaret. ${status(m) ?? 'Vi varsler andre.'}`,
  unclear: (m) =>
    `Vi forsto ikke svaret. Varselet ${hos(m)}: Svar 1 ${m.code} = jeg tar det, 2 ${m.code} = kan ikke.`,
  letters: {
    trial: (_letter, m) =>
      `Dette er en prøve. Varsler ${hos(m)} kommer til denne telefonen. Ingenting har skjedd.`,
  },
}

const hos = (m: LetterParts): string =>
  m.alias === undefined && m.home !== undefined
    ? `i hjem ${m.home}`
    : `hos ${m.alias ?? 'den du er kontakt for'}`

function status(m: MessageParts): string | undefined {
  const { handling } = m
  if (handling.is === 'open') return undefined
  if (handling.is === 'over') return `Varselet ${hos(m)} er avsluttet ${handling.time}.`
  if (handling.by.who === 'you') return `Du tar deg av varselet ${hos(m)} (${handling.time}).`
  const who = { someone: 'En annen', operator: 'Vaktsentralen' }
  return `${nameOf(handling.by, who)} tar seg av varselet ${hos(m)} (${handling.time}).`
}
