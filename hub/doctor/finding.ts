/** One thing that was looked at. Ids and files, no names of people. */
export interface Finding {
  /** What it is about: `disk`, `InfluxDB`. */
  readonly check: string
  /** `unknown`: it could not be looked at from here. */
  readonly state: 'ok' | 'warn' | 'fail' | 'unknown'
  /** What was found, in one sentence. */
  readonly what: string
  /** What to do about it; not given where nothing is to be done. */
  readonly todo?: string
}

export type Judge = (what: string, todo?: string) => Finding

/** The findings of one check. */
export function findingsOf(check: string): Readonly<Record<Finding['state'], Judge>> {
  const say =
    (state: Finding['state']): Judge =>
    (what, todo) => ({ check, state, what, ...(todo !== undefined && { todo }) })
  return { ok: say('ok'), warn: say('warn'), fail: say('fail'), unknown: say('unknown') }
}
