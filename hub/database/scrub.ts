/** The type of an entry of the journal that is about to be deleted. */
export const ERASED = 'erased'

/** What stands in the place of words that were erased. */
const IN_ITS_PLACE = '(erased)'
/** Shorter ones are found in other words, and in what others are called. */
const SHORTEST = 6

export interface Scrubber {
  /** Of text as somebody wrote it. */
  has(text: string): boolean
  /** @returns the JSON without the words; undefined where no text in it has any */
  scrubJson(json: string): string | undefined
}

/**
 * Finds words that are somebody's alone in texts of people, whatever their case, with any space between the parts of a
 * name, and in the genitive ("Nordmanns"): full names, numbers, addresses. A single first name is not looked for: it is
 * many people's.
 * @returns undefined: there is none to look for
 */
export function createScrubber(words: readonly string[]): Scrubber | undefined {
  const all = [...new Set(words.map((word) => word.trim()))]
    .filter((word) => word.length >= SHORTEST)
    .toSorted((a, b) => b.length - a.length)
    .map((word) => word.split(/\s+/).map(escape).join('\\s+'))
  if (all.length === 0) return undefined
  const found = new RegExp(`(?<![\\p{L}\\p{N}])(?:${all.join('|')})(?:['’]?s)?(?![\\p{L}\\p{N}])`, 'giu')
  return {
    has: (text) => text.search(found) !== -1,
    scrubJson(json) {
      let has = false
      // Value by value: in the JSON itself a line break is a letter, and stands before the first word of a line.
      const body: unknown = JSON.parse(json, (_, value: unknown) => {
        if (typeof value !== 'string' || value.search(found) === -1) return value
        has = true
        return value.replace(found, IN_ITS_PLACE)
      })
      return has ? JSON.stringify(body) : undefined
    },
  }
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
