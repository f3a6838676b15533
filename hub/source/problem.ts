/** One thing that is wrong in a file that people write. */
export interface Problem {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  readonly message: string
}

/** What reading a file gives: its value, or every error in it at once. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** `rules/fall.yaml:4:11: Cannot …` */
export function formatProblem(problem: Problem): string {
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`
}

/** A file or set of files with errors; the message lists them all. */
export class ProblemsError extends Error {
  readonly problems: readonly Problem[]

  constructor(what: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? '1 error' : `${problems.length} errors`
    super(`${what}: ${count}\n${problems.map((p) => `  ${formatProblem(p)}`).join('\n')}`)
    this.name = 'ProblemsError'
    this.problems = problems
  }
}
