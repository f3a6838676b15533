import type { Clock } from '../../hub/core/clock.ts'
import { createCore } from '../../hub/core/create-core.ts'
import type { RunningCore } from '../../hub/core/create-core.ts'
import type { CoreStore } from '../../hub/core/store.ts'
import type { Input } from '../../hub/model/input.ts'

export interface BenchCore {
  readonly core: RunningCore
  /** They are on disk when it is fulfilled. */
  submit(inputs: readonly Input[]): Promise<void>
}

/** A core without a hub around it; a bench ends when it cannot write. */
export function startBenchCore(store: CoreStore, clock: Clock): BenchCore {
  const core = createCore({
    store,
    clock,
    onFailure: (error) => {
      throw error
    },
  })
  return {
    core,
    submit: (inputs) =>
      new Promise((fulfil, reject) => {
        core.submit(inputs, (error) => (error ? reject(error) : fulfil()))
      }),
  }
}
