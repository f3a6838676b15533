import type { Follower } from '../history/follower.ts'

/** Why history is not written. */
export interface HistoryFailure {
  readonly error: string
  /** When it is tried again, ms since 1970; undefined while it is being tried. */
  readonly retryAt?: number
}

/**
 * Says why history is not written, also while the next write is tried: a server that hangs takes as long for that as
 * the hub waits in between, and nobody should read then that all is well.
 * @param written the last entry that is written
 */
export function createHistoryFailure(
  follower: Pick<Follower, 'state'>,
  written: () => number,
): () => HistoryFailure | undefined {
  let last: { readonly error: string; readonly seq: number } | undefined
  return () => {
    const state = follower.state()
    if (state.name === 'waiting') {
      last = { error: state.error, seq: written() }
      return { error: state.error, retryAt: state.until }
    }
    if (state.name !== 'writing' || written() !== last?.seq) last = undefined
    return last && { error: last.error }
  }
}
