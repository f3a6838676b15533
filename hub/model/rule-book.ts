import type { Severity } from './alert.ts'

/** How often a rule raised an alert at a home in a time, and how those ended. */
export interface Fired {
  readonly rule: string
  /** Not given: about an area or the hub. */
  readonly home?: string
  readonly count: number
  readonly open: number
  /** By cause, of those that are resolved. */
  readonly causes: Readonly<Record<string, number>>
}

/** What the alerts of a time say about the rules. Times in ms. */
export interface RuleLoad {
  readonly from: number
  readonly to: number
  /** For how many days of that time each home was registered. */
  readonly homeDays: readonly (readonly [home: string, days: number])[]
  readonly fired: readonly Fired[]
}

/** One change of the rules in force. */
export interface RuleChange {
  readonly seq: number
  readonly at: number
  /** Who switched it on: not given where the files in the folder were changed. */
  readonly by?: string
  readonly via?: string
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly string[]
  /** Files that are other than before. */
  readonly files: readonly string[]
}

/** How often something would have called for a human: by the rules in force (a), by the changed ones (b). */
export interface TrialLoad {
  readonly a: number
  readonly b: number
  readonly onlyA: number
  readonly onlyB: number
}

/** One call for a human that only one of the two rule sets makes. */
export interface TrialCall {
  readonly at: number
  readonly rule: string
  readonly home?: string
  readonly area?: string
  readonly severity: Severity
}

/** What a changed rule would have done on the past. */
export interface TrialResult {
  /** Not before the journal of the hub began. */
  readonly from: number
  readonly to: number
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** They mean something else. */
  readonly changed: readonly string[]
  readonly total: TrialLoad
  /** The shift with the most calls by either. */
  readonly busiest?: TrialLoad & { readonly day: string; readonly shift: string }
  readonly rules: readonly (TrialLoad & { readonly rule: string })[]
  /** Those with a difference, the largest first. */
  readonly homes: readonly (TrialLoad & { readonly home: string })[]
  readonly moreHomes: number
  /** The newest of them. */
  readonly onlyA: readonly TrialCall[]
  readonly onlyB: readonly TrialCall[]
  /** Rules that could not be evaluated somewhere. */
  readonly faults: readonly { readonly rule: string; readonly home: string; readonly reason: string }[]
}
