import type { LetterParts, MessageParts, Words } from './message-parts.ts'
import { nameOf, sentences } from './sentences.ts'

export const en: Words = {
  alert: (m) =>
    sentences(
      `${m.test ? 'TEST in maintenance' : 'ALERT'}: ${m.title} ${at(m)}, ${m.time}${m.learned === undefined ? '' : ` (told ${m.learned})`}.`,
      `Reply 1 ${m.code} = I'll take it, 2 ${m.code} = cannot.`,
      m.waitMinutes === undefined ? '' : `No reply: next contact in ${m.waitMinutes} min.`,
    ),
  taken: (m) => status(m) ?? `The alert ${at(m)} is unanswered again.`,
  receipt: (m) => `Thanks for your answer. ${status(m) ?? 'We will try others.'}`,
  unclear: (m) =>
    `We did not understand. The alert ${at(m)}: Reply 1 ${m.code} = I'll take it, 2 ${m.code} = cannot.`,
  letters: {
    trial: (_letter, m) => `This is a trial. Alerts ${at(m)} come to this phone. Nothing has happened.`,
    stopped: ({ homes }, m) =>
      `You get no more messages from us${homes === 1 ? ` about alerts ${at(m)}` : ''}, not even when it is urgent. Answer START to get them again.`,
    started: ({ homes }, m) =>
      `You get messages from us again${homes === 1 ? ` about alerts ${at(m)}` : ''}. Answer STOP to end them.`,
    'cannot-stop': () =>
      'You are on call for the care centre and cannot stop alerts by SMS. Talk to whoever keeps the rota.',
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
