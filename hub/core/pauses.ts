import type { Home } from '../model/home.ts'
import type { TimerQueue } from '../rules/timer-queue.ts'

const KEY = 'service|'

/** Pauses of homes: each ends by itself. */
export interface Pauses {
  /** A home was registered or changed. */
  home(home: Home): void
  /** The home whose pause ends with this timer; undefined when the key is another. */
  due(key: string): string | undefined
}

export function createPauses(timers: TimerQueue, homes: Iterable<Home>): Pauses {
  const follow = ({ id, state }: Home): void =>
    timers.set(`${KEY}${id}`, state?.is === 'paused' ? state.until : undefined)
  for (const home of homes) if (home.state) follow(home)
  return {
    home: follow,
    due: (key) => (key.startsWith(KEY) ? key.slice(KEY.length) : undefined),
  }
}
