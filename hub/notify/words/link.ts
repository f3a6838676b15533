import type { MessageLanguage, MessageParts } from './message-parts.ts'

const BEFORE: Readonly<
  Record<MessageLanguage, Readonly<Record<NonNullable<MessageParts['link']>['use'], string>>>
> = {
  nb: { answer: 'Svar her:', details: 'Svar, adresse og nøkkel:', board: 'På tavlen:' },
  nn: { answer: 'Svar her:', details: 'Svar, adresse og nøkkel:', board: 'På tavla:' },
  se: { answer: 'Vástit dáppe:', details: 'Vástádus, čujuhus ja čoavdda:', board: 'Távvalis:' },
  en: { answer: 'Answer here:', details: 'Answer, address and key:', board: 'On the board:' },
}

/** The link last, with nothing behind it: a phone would take a full stop for a part of it. */
export function withLink(language: MessageLanguage, text: string, link: MessageParts['link']): string {
  return link === undefined ? text : `${text} ${BEFORE[language][link.use]} ${link.url}`
}
