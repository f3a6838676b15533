/** Gives what the work gives, or throws what it throws. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>

/** What is read, changed and written back must not cross another change of the register. */
export function createInTurn(): InTurn {
  let turn: Promise<unknown> = Promise.resolve()
  return (work) => {
    const run = turn.then(work)
    turn = run.catch(() => {})
    return run
  }
}
