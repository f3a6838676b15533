import { setTimeout as wait } from 'node:timers/promises'

/** Also after what took no time, ms. */
const REST_AT_LEAST = 2

/** For work in the thread that answers MQTT, batch by batch: at most half of the thread's time is its. */
export interface Pace {
  /** Notes how long one batch held the thread up: it waits for the disk there. */
  work<T>(batch: () => T): T
  /** As long as the batches since the last rest took. */
  rest(): Promise<void>
}

/** @param now by a steady clock, ms */
export function createPace(
  now: () => number = () => performance.now(),
  pause: (ms: number) => Promise<unknown> = wait,
): Pace {
  let took = 0
  return {
    work(batch) {
      const began = now()
      try {
        return batch()
      } finally {
        took += now() - began
      }
    },
    async rest() {
      const ms = Math.max(REST_AT_LEAST, Math.ceil(took))
      took = 0
      await pause(ms)
    },
  }
}
