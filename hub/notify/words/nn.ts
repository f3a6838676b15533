import type { LetterParts, MessageParts, Words } from './message-parts.ts'
import { klokken, nameOf, sentences } from './sentences.ts'

export const nn: Words = {
  alert: (m) =>
    sentences(
      `${m.test ? 'TEST under vedlikehald' : 'VARSEL'}: ${m.title} ${hos(m)} ${klokken(m.time)}${m.learned === undefined ? '' : ` (meldt ${m.learned})`}.`,
      m.link?.isOnlyWay ? '' : `Svar 1 ${m.code} = eg tek det, 2 ${m.code} = kan ikkje.`,
      m.waitMinutes === undefined ? '' : `Elles blir neste varsla om ${m.waitMinutes} min.`,
    ),
  taken: (m) => status(m) ?? `Varselet ${hos(m)} er utan svar igjen.`,
  receipt: (m) => `Takk for svaret. ${status(m) ?? 'Vi varslar andre.'}`,
  unclear: (m) =>
    `Vi forstod ikkje svaret. Varselet ${hos(m)}: Svar 1 ${m.code} = eg tek det, 2 ${m.code} = kan ikkje.`,
  letters: {
    trial: (_letter, m) =>
      `Dette er ei prøve. Varsel ${hos(m)} kjem til denne telefonen. Ingenting har hendt.`,
  },
}

const hos = (m: LetterParts): string =>
  m.alias === undefined && m.home !== undefined
    ? `i heim ${m.home}`
    : `hos ${m.alias ?? 'den du er kontakt for'}`

function status(m: MessageParts): string | undefined {
  const { handling } = m
  if (handling.is === 'open') return undefined
  if (handling.is === 'over') return `Varselet ${hos(m)} er avslutta ${handling.time}.`
  if (handling.by.who === 'you') return `Du tek deg av varselet ${hos(m)} (${handling.time}).`
  const who = { someone: 'Ein annan', operator: 'Vaktsentralen' }
  return `${nameOf(handling.by, who)} tek seg av varselet ${hos(m)} (${handling.time}).`
}
