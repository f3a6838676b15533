import type { Method } from '../api.ts'

const KEPT = 'aal.waiting-act'
/** Later somebody else may have done it, and nobody remembers why. ms */
export const KEPT_FOR = 5 * 60_000

/** What somebody was about to do when the hub wanted to know anew who they are. */
export interface KeptAct {
  readonly person: string
  readonly method: Exclude<Method, 'GET'>
  readonly path: string
  readonly body?: unknown
  /** The reason for the audit log. */
  readonly why?: string
  /** ms, by this machine's clock */
  readonly at: number
}

/** In this tab alone, and past a sign-in at the organisation's own page. */
export function keepAct(act: KeptAct): void {
  sessionStorage.setItem(KEPT, JSON.stringify(act))
}

export function forgetAct(): void {
  sessionStorage.removeItem(KEPT)
}

/** @returns what waits for this person, if that is not too long ago; what waits for another is forgotten */
export function keptAct(person: string, now: number): KeptAct | undefined {
  const act = readAct()
  if (act?.person === person && now - act.at < KEPT_FOR && now >= act.at) return act
  forgetAct()
  return undefined
}

/** Whether somebody's act waits. It is forgotten here when its time is over, though nobody signs in. */
export function actWaits(now: number): boolean {
  const act = readAct()
  return act !== undefined && keptAct(act.person, now) !== undefined
}

function readAct(): KeptAct | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}
