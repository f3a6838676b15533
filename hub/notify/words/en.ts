import type { LetterParts, MessageParts, Words } from './message-parts.ts'
import { nameOf, sentences } from './sentences.ts'

export const en: Words = {
  alert: (m) =>
    sentences(
      `${m.test ? 'TEST in maintenance' : 'ALERT'}: ${m.title} ${at(m)}, ${m.time}${m.learned === undefined ? '' : ` (told ${m.learned})`}.`,
      m.link?.isOnlyWay ? '' : `Reply 1 ${m.code} = I'll take it, 2 ${m.code} = cannot.`,
      m.waitMinutes === undefined ? '' : `No reply: next contact in ${m.waitMinutes} min.`,
    ),
  taken: (m) => status(m) ?? `The alert ${at(m)} is unanswered again.`,
  receipt: (m) => `Thanks for your answer. ${status(m) ?? 'We will try others.'}`,
  unclear: (m) =>
    `We did not understand. The alert ${at(m)}: Reply 1 ${m.code} = I'll take it, 2 ${m.code} = cannot.`,
  letters: {
    trial: (_letter, m) => `This is a trial. Alerts ${at(m)} come to this phone. Nothing has happened.`,
  },
}

function at({ alias, home }: LetterParts): string {
  if (alias !== undefined) return `at ${alias}'s`
  return home === undefined ? 'in the home you look after' : `in home ${home}`
}

function status(m: MessageParts): string | undefined {
  const { handling } = m
  if (handling.is === 'open') return undefined
  if (handling.is === 'over') return `The alert ${at(m)} ended ${handling.time}.`
  if (handling.by.who === 'you') return `You take the alert ${at(m)} (${handling.time}).`
  const who = { someone: 'Someone else', operator: 'The care centre' }
  return `${nameOf(handling.by, who)} takes the alert ${at(m)} (${handling.time}).`
}
