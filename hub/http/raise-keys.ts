import { ruleOfProgram, scopeOfRaised } from '../core/raised.ts'
import type { RaiseInput } from '../model/input.ts'

/** Different alerts (home and id) that one program may say in a day are there: each is a series of its own in the history. */
export const MOST_KEYS = 200
const DAY = 24 * 3_600_000

/**
 * Lets no program make a new id for each happening. InfluxDB takes so many values of a tag and no more, then points of
 * residents are refused too (docs/programs.md, Limits). In memory: a hub that starts anew counts anew.
 */
export interface KeyLimit {
  /**
   * @param now ms
   * @returns whether it is a new one, or how long until there is room for it, ms; one that is over is never held back
   */
  take(input: RaiseInput, now: number): 'known' | 'new' | { readonly wait: number }
  /** Of a new one that was not taken after all. */
  forget(input: RaiseInput): void
}

export function createKeyLimit(): KeyLimit {
  /** When each was said last, the oldest first. */
  const programs = new Map<string, Map<string, number>>()
  return {
    take(input, now) {
      if (!input.on) return 'known'
      const program = ruleOfProgram(input.by)
      const said = programs.get(program) ?? new Map<string, number>()
      programs.set(program, said)
      for (const [scope, at] of said) {
        if (now - at < DAY) break
        said.delete(scope)
      }
      const scope = scopeOfRaised(input)
      const isKnown = said.delete(scope)
      const [oldest] = said.values()
      if (said.size >= MOST_KEYS && oldest !== undefined) return { wait: oldest + DAY - now }
      said.set(scope, now)
      return isKnown ? 'known' : 'new'
    },
    forget(input) {
      programs.get(ruleOfProgram(input.by))?.delete(scopeOfRaised(input))
    },
  }
}
