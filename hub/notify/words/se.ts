import type { Category, Cause } from '../../model/alert.ts'
import type { Occasion } from '../../model/notification.ts'
import { dayNb } from './day-nb.ts'
import type { LetterParts, MessageParts, Words } from './message-parts.ts'
import { nb } from './nb.ts'
import { kindsOf, nameOf, NOTHING_LEFT, sentences, waitOf } from './sentences.ts'

/**
 * Drafts that nobody who speaks Northern Sámi has read yet. The name of the resident stands in brackets, because it
 * cannot be inflected here. The letters are kept: a message in UCS-2 is longer, but right.
 */
export const se: Words = {
  alert: (m) =>
    sentences(
      happening(m),
      m.askedBy && `${nameOf(m.askedBy, WHO)} bivdá du váldit dan.`,
      m.link?.isOnlyWay ? '' : answer(m),
      m.waitMinutes === undefined ? '' : `Muđuid nubbái ${waitOf(m.waitMinutes, 'sek')} geažes.`,
    ),
  taken: (m) => status(m) ?? `Várrehus (${where(m)}) lea fas vástádusa haga.`,
  receipt: (m) => `Giitu vástádusas. ${status(m) ?? others(m)}`,
  declined: (m) => `Giitu vástádusas. ${status(m) ?? others(m)}`,
  unclear: (m) =>
    `Eat ádden vástádusa. ${m.together ? 'Teknihkalaš várrehusat' : `Várrehus (${where(m)})`}: ${answer(m)}`,
  untaken: (m) =>
    status(m) ??
    (m.together
      ? `Ii oktage leat vel váldán teknihkalaš várrehusaid. Vástit dušše: 1 ${m.code}.`
      : `Ii oktage leat vel váldán várrehusa (${where(m)}). Vástit dušše: 1 ${m.code}.`),
  letters: {
    trial: (_letter, m) =>
      `Dát lea geahččaleapmi. Várrehusat (${where(m)}) bohtet dán telefovdnii. Ii leat dáhpáhuvvan mihkkege.`,
    stopped: ({ homes }, m) =>
      `Don it oaččo šat dieđuid mis${homes === 1 ? ` (${where(m)})` : ''}. Vástit START jus háliidat daid fas.`,
    started: ({ homes }, m) =>
      `Don oaččut fas dieđuid mis${homes === 1 ? ` (${where(m)})` : ''}. Vástit STOP jus it hálit.`,
    'cannot-stop': () =>
      'Don leat váktabarggus: it sáhte bissehit várrehusaid SMS:in. Hála suinna guhte dahká váktalisttu.',
    digest: ({ code }, { summary = NOTHING_LEFT, board, ...m }) =>
      sentences(
        `${many(summary.count, m)}: ${kindsOf(summary, 'earát')}.`,
        board?.isOnlyWay ? '' : `Vástit 1 ${code} = buot, 2 ${code} = in sáhte.`,
      ),
    'digest-declined': ({ others: isAsked }) =>
      isAsked
        ? 'Giitu vástádusas. Mii dieđihit earáide.'
        : 'Giitu vástádusas. Teknihkalaš várrehusat leat ain vástádusa haga.',
    'digest-taken': ({ count, who }) => {
      if (count === 0) return 'Giitu. Muhtumis leat juo dat várrehusat, dahje dat leat nohkan.'
      const what = technical(count)
      if (who === 'you') return `Giitu vástádusas. Don válddát ${what}.`
      return `${who === 'operator' ? 'Váktaguovddáš' : 'Muhtun eará'} váldá ${what}.`
    },
  },
  // In Norwegian, until somebody who speaks Sámi has written it: a day is said in whole sentences.
  place: (m) => nb.place(m),
  day: dayNb,
}

const HEADING: Readonly<Record<Category, string>> = {
  safety: 'VÁRREHUS',
  health: 'DEARVVAŠVUOHTA',
  routine: 'DIEĐÁHUS',
  technical: 'TEKNIHKKA',
}

const OCCASION: Readonly<Record<Occasion, string>> = {
  reminder: 'ain vástitkeahttá',
  again: 'ođđasit',
  reopened: 'fas vástitkeahttá',
}

const CAUSE: Readonly<Record<Cause, string>> = {
  real: ': dat lea čuovvuluvvon',
  false: ': buot lea ortnegis',
  pet: ': buot lea ortnegis',
  visitor: ': buot lea ortnegis',
  test: ': dat lei geahččaleapmi, buot lea ortnegis',
  equipment: ': rusttegis lei vihki',
  cleared: ': dat nogai ieš',
  other: '',
}

const WHO = { you: 'Don', someone: 'Muhtun eará', operator: 'Váktaguovddáš' }

function happening(m: MessageParts): string {
  const heading = sentences(
    m.test ? 'TEST (divvun)' : HEADING[m.category],
    m.occasion && OCCASION[m.occasion],
  )
  const title = m.title ?? (m.test && HEADING[m.category])
  const learned = m.learned === undefined ? '' : ` (dieđus ${m.learned})`
  const count = m.about?.homes === undefined ? '' : `, ${m.about.homes} ruovttu`
  return `${heading}${title ? `: ${title}` : ''} (${where(m)}${count}) ${m.time}${learned}.`
}

function answer({ code }: MessageParts): string {
  return `Vástit 1 ${code} = mun válddán, 2 ${code} = in sáhte.`
}

function where({ alias, home, about }: LetterParts): string {
  // Stands in brackets itself.
  if (about?.area !== undefined) return about.area || 'guovllu haga'
  if (about) return about.part === undefined ? 'hub' : `hub, ${about.part}`
  if (alias !== undefined) return alias
  return home === undefined ? 'du oapmahaš' : `ruoktu ${home}`
}

function status(m: MessageParts): string | undefined {
  const { handling } = m
  if (handling.is === 'open') return undefined
  if (handling.is === 'over') {
    return `Várrehus (${where(m)}) lea loahpahuvvon ${handling.time}${CAUSE[handling.cause]}.`
  }
  if (handling.by.who === 'you') return `Don válddát várrehusa (${where(m)}) ${handling.time}.`
  const takes = handling.over ? 'lea váldán badjelasas' : 'váldá'
  return `${nameOf(handling.by, WHO)} ${takes} várrehusa (${where(m)}) ${handling.time}.`
}

function others(m: MessageParts): string {
  const { handling } = m
  return handling.is === 'open' && handling.others
    ? 'Mii dieđihit earáide.'
    : `Várrehus (${where(m)}) lea ain vástádusa haga.`
}

/** `TEKNIHKALAŠ (12)`; of one home where the reader knows just that. */
function many(count: number, m: LetterParts): string {
  const place = m.alias === undefined && m.home === undefined ? '' : `, ${where(m)}`
  return `TEKNIHKALAŠ (${count}${place})`
}

function technical(count: number): string {
  return `${count} teknihkalaš várrehusa`
}
