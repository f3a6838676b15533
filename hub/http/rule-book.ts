import type { RuleFile } from '../model/input.ts'
import type { RuleChange, RuleLoad, TrialResult } from '../model/rule-book.ts'
import type { Problem } from '../source/problem.ts'

/** Whether rules can be switched on from here. */
export type Writable =
  | { readonly ok: true; readonly folder: string }
  /** `shipped`: the folder is part of the installed hub. */
  | { readonly ok: false; readonly folder: string; readonly why: 'shipped' | 'read-only' }

export type TrialState =
  | { readonly is: 'running'; readonly done: number; readonly of: number }
  | { readonly is: 'refused'; readonly problems: readonly Problem[] }
  | { readonly is: 'done'; readonly result: TrialResult }
  | { readonly is: 'failed'; readonly reason: string }
  | { readonly is: 'stopped' }
  | { readonly is: 'on'; readonly result: TrialResult; readonly by: string; readonly at: number }

/** Changed rule files that somebody tries on the past. */
export interface Trial {
  readonly id: string
  /** `operator:siv` */
  readonly by: string
  /** ms */
  readonly at: number
  readonly files: readonly RuleFile[]
  readonly state: TrialState
}

/** The rules in force: what they did, how they changed, and how they are changed. */
export interface RuleBook {
  /** Those in force, policies too. */
  files(): readonly RuleFile[]
  writable(): Promise<Writable>
  /** Of the last 30 days. */
  load(): Promise<RuleLoad>
  /** Newest first; `why` and who tried it, where it was switched on from here. */
  changes(): Promise<readonly (RuleChange & { readonly why?: string; readonly triedBy?: string })[]>
  /** Newest first. */
  trials(): readonly Trial[]
  /** @throws OfficeError */
  trial(id: string): Trial
  /** One at a time. @throws OfficeError */
  startTrial(order: { readonly files: readonly RuleFile[]; readonly by: string }): Trial
  /** @throws OfficeError */
  stopTrial(id: string): Promise<Trial>
  /**
   * Writes the files that were tried into the folder of the rules; in force when it returns.
   * @throws OfficeError
   */
  switchOn(
    id: string,
    order: { readonly by: string; readonly via: string; readonly why: string },
  ): Promise<Trial>
}
