import type { LetterParts, MessageParts, Words } from './message-parts.ts'
import { nameOf, sentences } from './sentences.ts'

/**
 * Drafts that nobody who speaks Northern Sámi has read yet. The name of the resident stands in brackets, because it
 * cannot be inflected here.
 */
export const se: Words = {
  alert: (m) =>
    sentences(
      `${m.test ? 'GEAHČČALEAPMI' : 'VÁRREHUS'}: ${m.title} (${where(m)}) ${m.time}${m.learned === undefined ? '' : ` (dieđihuvvon ${m.learned})`}.`,
      m.link?.isOnlyWay ? '' : `Vástit 1 ${m.code} = mun válddán dan, 2 ${m.code} = in sáhte.`,
      m.waitMinutes === undefined ? '' : `Muđuid dieđihit nubbái ${m.waitMinutes} min geažes.`,
    ),
  taken: (m) => status(m) ?? `Várrehus (${where(m)}) lea fas vástádusa haga.`,
  receipt: (m) => `Giitu vástádusas. ${status(m) ?? 'Mii dieđihit earáide.'}`,
  unclear: (m) =>
    `Eat ádden vástádusa. Várrehus (${where(m)}): Vástit 1 ${m.code} = mun válddán dan, 2 ${m.code} = in sáhte.`,
  letters: {
    trial: (_letter, m) =>
      `Dát lea geahččaleapmi. Várrehusat (${where(m)}) bohtet dán telefovdnii. Ii leat dáhpáhuvvan mihkkege.`,
  },
}

function where({ alias, home }: LetterParts): string {
  if (alias !== undefined) return alias
  return home === undefined ? 'du oapmahaš' : `ruoktu ${home}`
}

function status(m: MessageParts): string | undefined {
  const { handling } = m
  if (handling.is === 'open') return undefined
  if (handling.is === 'over') return `Várrehus (${where(m)}) lea loahpahuvvon ${handling.time}.`
  if (handling.by.who === 'you') return `Don válddát dan várrehusa (${where(m)}) ${handling.time}.`
  const who = { someone: 'Muhtun eará', operator: 'Váktaguovddáš' }
  return `${nameOf(handling.by, who)} váldá dan várrehusa (${where(m)}) ${handling.time}.`
}
