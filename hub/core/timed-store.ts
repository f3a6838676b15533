import type { Clock } from './clock.ts'
import type { CoreStore } from './store.ts'

/** The store, and how long each of its transactions takes, ms; those that fail are not told. */
export function timedStore(
  store: CoreStore,
  clock: Pick<Clock, 'steady'>,
  tell: (ms: number) => void,
): CoreStore {
  const { later } = store
  return {
    ...store,
    commit(batch) {
      const began = clock.steady()
      store.commit(batch)
      tell(clock.steady() - began)
    },
    ...(later && {
      later: {
        ...later,
        async commit(batch) {
          const began = clock.steady()
          await later.commit(batch)
          tell(clock.steady() - began)
        },
      },
    }),
  }
}
