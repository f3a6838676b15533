import type { ZxcvbnFactory } from '@zxcvbn-ts/core'

const SHORTEST = 12
/** Without the person's own name. */
const SHORTEST_REST = 8
/** Longer ones only cost time. */
const LONGEST = 200
/** Of 4: more than 10^8 guesses [zxcvbn]. Below it is one that many have, or a pattern of one. */
const LOWEST_SCORE = 3

let guesser: ZxcvbnFactory | undefined

/**
 * Length, and whether it is among those that are guessed first; no rules about signs and digits (NIST SP 800-63B, 3.1.1.2).
 * @param own what belongs to the person: their id and name
 * @returns why it is not taken, for people; undefined: it is
 */
export async function whyNotPassword(password: string, own: readonly string[]): Promise<string | undefined> {
  const { length } = [...password.normalize('NFKC')]
  if (length < SHORTEST)
    return `it has ${length} characters, expected at least ${SHORTEST}: three or four words that do not belong together are good`
  if (length > LONGEST) return `it has ${length} characters, expected at most ${LONGEST}`
  const parts = ['aal', ...own.flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u))]
  const rest = parts.reduce(
    (left, part) => (part.length < 3 ? left : left.replaceAll(part, '')),
    password.toLowerCase(),
  )
  if (rest.length < SHORTEST_REST)
    return 'it is hardly more than a name and a number: take words that have nothing to do with you'
  guesser ??= await loadGuesser()
  const { score } = guesser.check(password, parts)
  return score < LOWEST_SCORE
    ? 'it is among those that are guessed first: take three or four words that do not belong together'
    : undefined
}

/** Loaded when it is needed: its lists take a moment, and a start should not. */
async function loadGuesser(): Promise<ZxcvbnFactory> {
  const { ZxcvbnFactory: Factory } = await import('@zxcvbn-ts/core')
  const { adjacencyGraphs, dictionary } = await import('@zxcvbn-ts/language-common')
  return new Factory({ dictionary, graphs: adjacencyGraphs })
}
