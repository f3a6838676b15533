import type { CoreStore } from '../core/store.ts'
import { isDiskFull } from './is-disk-full.ts'

/**
 * The store, which writes once more where the disk is full and room can be made: the reserve is there for that. What was
 * not written the first time left nothing behind.
 * @param makeRoom at once. @returns whether there is more room than before
 * @param folder for the error
 */
export function roomyStore(store: CoreStore, makeRoom: () => boolean, folder: string): CoreStore {
  function withRoom(write: () => void): void {
    try {
      write()
    } catch (cause) {
      if (!isDiskFull(cause)) throw cause
      if (!makeRoom()) throw fullError(folder, cause)
      try {
        write()
      } catch (again) {
        throw isDiskFull(again) ? fullError(folder, again) : again
      }
    }
  }

  return {
    ...store,
    commit: (batch) => withRoom(() => store.commit(batch)),
    noteAlive: (now) => withRoom(() => store.noteAlive(now)),
  }
}

function fullError(folder: string, cause: unknown): Error {
  return new Error(
    `the disk of ${folder} is full, and the room kept for alarms is used up; make room on it, the hub goes on from there (docs/operations.md, When the disk fills up)`,
    { cause },
  )
}
