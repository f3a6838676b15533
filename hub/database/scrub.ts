/** The type of an entry of the journal that is about to be deleted. */
export const ERASED = 'erased'

/** What stands in the place of words that were erased. */
const IN_ITS_PLACE = '(erased)'
/** Shorter ones are found in other words, and in what others are called. */
const SHORTEST = 6

export interface Scrubber {
  has(text: string): boolean
  scrub(text: string): string
}

/**
 * Finds words that are somebody's alone in texts of people, whatever their case: full names, numbers, addresses. A single
 * first name is not looked for: it is many people's.
 * @returns undefined: there is none to look for
 */
export function createScrubber(words: readonly string[]): Scrubber | undefined {
  const all = [...new Set(words.map((word) => word.trim()))]
    .filter((word) => word.length >= SHORTEST)
    .toSorted((a, b) => b.length - a.length)
    // In JSON as it is written there.
    .map((word) =>
      JSON.stringify(word)
        .slice(1, -1)
        .replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'),
    )
  if (all.length === 0) return undefined
  const found = new RegExp(`(?<![\\p{L}\\p{N}])(?:${all.join('|')})(?![\\p{L}\\p{N}])`, 'giu')
  return {
    has: (text) => text.search(found) !== -1,
    scrub: (text) => text.replace(found, IN_ITS_PLACE),
  }
}
