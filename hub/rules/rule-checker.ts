import { hint } from '../source/parse-yaml.ts'
import type { Source } from '../source/parse-yaml.ts'
import type { Problem } from '../source/problem.ts'
import { KINDS } from '../model/kind.ts'

/** Collects what is wrong with one rule, each at its place. */
export interface Checker {
  readonly problems: Problem[]
  fail(path: readonly PropertyKey[], message: string): undefined
}

export function createChecker(source: Source<unknown>, at: readonly PropertyKey[]): Checker {
  const problems: Problem[] = []
  return {
    problems,
    fail(path, message) {
      problems.push(source.problem([...at, ...path], message))
      return undefined
    },
  }
}

export function unknownKind(name: string): string {
  return `Cannot listen to "${name}": it is no kind of reading${hint(name, [...KINDS.keys()])}`
}
