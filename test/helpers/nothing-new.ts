import type { Commit } from '../../hub/core/core.ts'
import type { Batch } from '../../hub/core/store.ts'

/** What a core hands its store when there is nothing; a test puts its own into it. */
export const EMPTY_BATCH: Batch = {
  applied: [],
  rows: new Map(),
  alerts: [],
  notifications: [],
  homes: [],
  personal: [],
  packets: [],
  readings: [],
}

/** What a core tells its listeners when there is nothing; a test puts its own into it. */
export const EMPTY_COMMIT: Commit = {
  entries: [],
  transitions: [],
  alerts: [],
  notifications: [],
  events: [],
  modesOf: [],
  seenOf: [],
  visitsOf: [],
}
