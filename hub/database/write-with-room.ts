import type { CoreStore } from '../core/store.ts'
import { isDiskFull } from '../core/write-failure.ts'

/**
 * @param write keeps all or nothing
 * @param makeRoom gives up the reserve, which is there for that, at once. @returns whether there was any
 * @param folder for the error
 * @returns writes once more where the disk is full and room can be made
 */
export function writeWithRoom<T>(
  write: (what: T) => void,
  makeRoom: () => boolean,
  folder: string,
): (what: T) => void {
  return (what) => {
    try {
      write(what)
    } catch (cause) {
      if (!isDiskFull(cause)) throw cause
      if (!makeRoom()) throw fullError(folder, cause)
      try {
        write(what)
      } catch (again) {
        throw isDiskFull(again) ? fullError(folder, again) : again
      }
    }
  }
}

/** The store, for what is written at once; what is written later is its thread's. */
export function roomyStore(store: CoreStore, makeRoom: () => boolean, folder: string): CoreStore {
  return {
    ...store,
    commit: writeWithRoom(store.commit, makeRoom, folder),
    noteAlive: writeWithRoom(store.noteAlive, makeRoom, folder),
  }
}

function fullError(folder: string, cause: unknown): Error {
  return new Error(
    `the disk of ${folder} is full, and the room kept for alarms is used up; make room on it, the hub goes on from there (docs/operations.md, When the disk fills up)`,
    { cause },
  )
}
