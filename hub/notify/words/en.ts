import type { Category, Cause } from '../../model/alert.ts'
import type { Occasion } from '../../model/notification.ts'
import { dayEn } from './day-en.ts'
import type { LetterParts, MessageParts, Words } from './message-parts.ts'
import { countOf, hubOf, kindsOf, nameOf, NOTHING_LEFT, sentences, waitOf } from './sentences.ts'

export const en: Words = {
  alert: (m) =>
    sentences(
      happening(m),
      m.askedBy && `${nameOf(m.askedBy, WHO)} asks you to take it.`,
      m.link?.isOnlyWay ? '' : answer(m),
      m.waitMinutes === undefined ? '' : `No reply: next contact in ${waitOf(m.waitMinutes, 's')}.`,
    ),
  taken: (m) => status(m) ?? `The alert ${at(m)} is unanswered again.`,
  receipt: (m) => `Thanks for your answer. ${status(m) ?? others(m)}`,
  declined: (m) => `Thanks for your answer. ${status(m) ?? others(m)}`,
  unclear: (m) =>
    `We did not understand. ${m.together ? 'The technical alerts' : `The alert ${at(m)}`}: ${answer(m)}`,
  untaken: (m) =>
    status(m) ??
    (m.together
      ? `Nobody has the technical alerts yet. To take them, reply just this: 1 ${m.code}.`
      : `Nobody has the alert ${at(m)} yet. To take it, reply just this: 1 ${m.code}.`),
  letters: {
    trial: (_letter, m) => `This is a trial. Alerts ${at(m)} come to this phone. Nothing has happened.`,
    stopped: ({ homes }, m) =>
      `You get no more messages from us${homes === 1 ? ` about alerts ${at(m)}` : ''}, not even when it is urgent. Answer START to get them again.`,
    started: ({ homes }, m) =>
      `You get messages from us again${homes === 1 ? ` about alerts ${at(m)}` : ''}. Answer STOP to end them.`,
    'cannot-stop': () =>
      'You are on call for the care centre and cannot stop alerts by SMS. Talk to whoever keeps the rota.',
    digest: ({ code }, { summary = NOTHING_LEFT, board, ...m }) =>
      sentences(
        `${many(summary.count, m)}: ${kindsOf(summary, 'others')}.`,
        board?.isOnlyWay ? '' : `Reply 1 ${code} = I'll take them all, 2 ${code} = cannot.`,
      ),
    'digest-declined': ({ others: isAsked }) =>
      isAsked
        ? 'Thanks for your answer. We will try others.'
        : 'Thanks for your answer. The technical alerts are still unanswered.',
    'digest-taken': ({ count, who }) => {
      if (count === 0) return 'Thanks. Somebody has those alerts already, or they are over.'
      const what = technical(count)
      if (who === 'you') return `Thanks for your answer. You take ${what}.`
      return `${who === 'operator' ? 'The care centre' : 'Someone else'} takes ${what}.`
    },
  },
  place: (m) => at(m),
  day: dayEn,
}

const HEADING: Readonly<Record<Category, string>> = {
  safety: 'ALERT',
  health: 'HEALTH ALERT',
  routine: 'NOTICE',
  technical: 'TECHNICAL ALERT',
}

const OCCASION: Readonly<Record<Occasion, string>> = {
  reminder: 'still unanswered',
  again: 'again',
  reopened: 'unanswered again',
}

const CAUSE: Readonly<Record<Cause, string>> = {
  real: ': it was followed up',
  false: ': all in order',
  pet: ': all in order',
  visitor: ': all in order',
  test: ': it was a test, all in order',
  equipment: ': the equipment was at fault',
  cleared: ': it passed by itself',
  other: '',
}

const WHO = { you: 'You', someone: 'Someone else', operator: 'The care centre' }

function happening(m: MessageParts): string {
  const heading = sentences(
    m.test ? 'TEST in maintenance' : HEADING[m.category],
    m.occasion && OCCASION[m.occasion],
  )
  const title = m.title ?? (m.test && HEADING[m.category])
  const learned = m.learned === undefined ? '' : ` (told ${m.learned})`
  return `${heading}${title ? `: ${title}` : ''} ${at(m)}${countOf(m, 'home', 'homes')}, ${m.time}${learned}.`
}

function answer({ code }: MessageParts): string {
  return `Reply 1 ${code} = I'll take it, 2 ${code} = cannot.`
}

function at({ alias, home, about }: LetterParts): string {
  if (about)
    return about.area === undefined
      ? `at ${hubOf(about, 'the hub')}`
      : `in ${about.area || 'homes without an area'}`
  if (alias !== undefined) return `at ${alias}'s`
  return home === undefined ? 'in the home you look after' : `in home ${home}`
}

function status(m: MessageParts): string | undefined {
  const { handling } = m
  if (handling.is === 'open') return undefined
  if (handling.is === 'over') return `The alert ${at(m)} ended ${handling.time}${CAUSE[handling.cause]}.`
  if (handling.by.who === 'you') return `You take the alert ${at(m)} (${handling.time}).`
  const takes = handling.over ? 'has taken over' : 'takes'
  return `${nameOf(handling.by, WHO)} ${takes} the alert ${at(m)} (${handling.time}).`
}

function others(m: MessageParts): string {
  const { handling } = m
  return handling.is === 'open' && handling.others
    ? 'We will try others.'
    : `The alert ${at(m)} is still unanswered.`
}

/** `TECHNICAL ALERTS (12)`; of one home where the reader knows just that. */
function many(count: number, m: LetterParts): string {
  const heading = `TECHNICAL ALERTS (${count})`
  return m.alias === undefined && m.home === undefined ? heading : `${heading} ${at(m)}`
}

function technical(count: number): string {
  return count === 1 ? '1 technical alert' : `${count} technical alerts`
}
