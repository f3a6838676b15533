/** What the two answers mean, in the words of the messages on that phone. */
export interface AnswerWords {
  readonly yes: string
  readonly no: string
}

const WORDS: Readonly<Record<string, AnswerWords>> = {
  nb: { yes: 'jeg tar det', no: 'kan ikke' },
  nn: { yes: 'eg tek det', no: 'kan ikkje' },
  se: { yes: 'mun válddán', no: 'in sáhte' },
}

/** @param language of the phone's owner; one without words here reads English, as the messages do */
export function answerWords(language: string): AnswerWords {
  return WORDS[language] ?? { yes: "I'll take it", no: 'cannot' }
}
