/** What a contact meant by an SMS. */
export interface ParsedAnswer {
  /** `stop` and `start` are about all messages, not about one alert. */
  readonly action: 'accept' | 'decline' | 'unclear' | 'stop' | 'start'
  /** The four digits that name each alert that is meant; where there are none, they are asked which. */
  readonly codes: readonly string[]
}

type Action = 'accept' | 'decline'

/** What people write, the words of the hub's own messages among it; nb, nn, en, se. */
const ACCEPT =
  "ja|jepp|ok|okay|okei|yes|👍|✅|jeg tar det|eg tek det|tar det|tek det|i'll take it|ill take it|i take it|mun válddán|válddán|juo"
const DECLINE =
  "nei|no|nope|👎|❌|jeg kan ikke|eg kan ikkje|kan ikke|kan ikkje|ikke|ikkje|i cannot|cannot|i can't|can't|cant|not|in sáhte"

/** Longest first, so that `kan ikke` is not read as `ikke` with a word beside it. */
const PHRASES: readonly { readonly phrase: string; readonly action: Action }[] = [
  ...ACCEPT.split('|').map((phrase) => ({ phrase, action: 'accept' as const })),
  ...DECLINE.split('|').map((phrase) => ({ phrase, action: 'decline' as const })),
].sort((a, b) => b.phrase.length - a.phrase.length)

/**
 * What ends all messages, and begins them again: the words that providers and people use; nb, nn, en, se. Only alone in
 * the message: "stopp, jeg kommer" ends nothing.
 */
const STOP = 'stop|stopp|stoppe|stans|avslutt|slutt|stop all|stopall|unsubscribe|meld av|bisset'
const START = 'start|begynn|begynne|byrja|start igjen|start att|start again|unstop|meld på|álggat|álgge'

const ALL: ReadonlyMap<string, 'stop' | 'start'> = new Map([
  ...STOP.split('|').map((phrase) => [phrase, 'stop'] as const),
  ...START.split('|').map((phrase) => [phrase, 'start'] as const),
])

/** Words that say nothing about yes or no. */
const POLITE = new Set(['takk', 'thanks', 'hei', 'hi', 'hello', 'og', 'and'])

/**
 * Reads the answer to a message: `1 4821`, `4821 2`, `14821`, `ja 4821`, `No, 4821.`; to several at once: `1 4821 5520`.
 * An answer that could mean both, or that has words beside it, is unclear: the contact is asked again and the
 * escalation goes on. Only behind an explicit `1 4821` may there be other words (`1 4821 er på vei`), and
 * the time (`1 4821 kommer 0845`).
 * STOP and START count alone, with or without a full stop; with a code beside them they are unclear.
 */
export function parseAnswer(text: string): ParsedAnswer {
  const all = ALL.get(tokensOf(text).join(' '))
  if (all) return { action: all, codes: [] }
  const actions = new Set<Action>()
  const codes = new Set<string>()
  let explicit = false
  let unknownNumber = false
  const words: string[] = []
  for (const token of tokensOf(text)) {
    const [, digit, code] = /^([12]?)([1-9]\d{3})?$/.exec(token) ?? []
    const [, word, codeOfWord] = /^(\p{L}+)([1-9]\d{3})$/u.exec(token) ?? []
    if (digit) actions.add(digit === '1' ? 'accept' : 'decline')
    if (digit) explicit = true
    if (code ?? codeOfWord) codes.add(code ?? codeOfWord ?? '')
    if (word !== undefined) words.push(word)
    // `0845` is a time of the day: no code begins with a nought.
    else if (digit === undefined && /^\d+$/.test(token) && !/^0\d{3}$/.test(token)) unknownNumber = true
    else if (digit === undefined) words.push(token)
  }
  const { actions: said, rest } = readWords(words)
  for (const action of said) actions.add(action)
  const [action, other] = actions
  const clear =
    action !== undefined &&
    other === undefined &&
    !unknownNumber &&
    (rest.length === 0 || (explicit && codes.size > 0))
  // Which of several an unclear answer is about, nobody knows.
  return clear
    ? { action, codes: [...codes] }
    : { action: 'unclear', codes: codes.size === 1 ? [...codes] : [] }
}

function tokensOf(text: string): readonly string[] {
  return (
    text
      // Keycap signs and skin tones: `1️⃣`, `👍🏽`.
      .replace(/\p{Emoji_Modifier}|\p{Variation_Selector}|\p{Me}/gu, '')
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[\p{L}\p{N}]+(?:'[\p{L}]+)*|[👍👎✅❌]/gu) ?? []
  )
}

function readWords(words: readonly string[]): { actions: Set<Action>; rest: string[] } {
  const actions = new Set<Action>()
  let text = ` ${words.filter((word) => !POLITE.has(word)).join(' ')} `
  for (const { phrase, action } of PHRASES) {
    while (text.includes(` ${phrase} `)) {
      actions.add(action)
      // The mark keeps the words on both sides from making a phrase together.
      text = text.replace(` ${phrase} `, ' | ')
    }
  }
  return { actions, rest: text.split(' ').filter((word) => word !== '' && word !== '|') }
}
