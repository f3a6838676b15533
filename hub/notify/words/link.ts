import type { MessageLanguage, MessageParts } from './message-parts.ts'

const BEFORE: Readonly<Record<MessageLanguage, Readonly<Record<'answer' | 'details', string>>>> = {
  nb: { answer: 'Svar her:', details: 'Svar, adresse og nøkkel:' },
  nn: { answer: 'Svar her:', details: 'Svar, adresse og nøkkel:' },
  se: { answer: 'Vástit dáppe:', details: 'Vástádus, čujuhus ja čoavdda:' },
  en: { answer: 'Answer here:', details: 'Answer, address and key:' },
}

/** The link last, with nothing behind it: a phone would take a full stop for a part of it. */
export function withLink(language: MessageLanguage, text: string, link: MessageParts['link']): string {
  if (link === undefined) return text
  return link.use === 'board' ? `${text} ${link.url}` : `${text} ${BEFORE[language][link.use]} ${link.url}`
}
