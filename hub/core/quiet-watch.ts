import type { Home } from '../model/home.ts'
import type { TimerQueue } from '../rules/timer-queue.ts'
import { windowAt } from '../time/daily-window.ts'
import type { DailyWindow } from '../time/daily-window.ts'
import type { AlertBook, When } from './alert-book.ts'

const KEY = 'quiet'

/** Tells whoever has quiet hours, at their end, what still waits. */
export interface QuietWatch {
  /** A home was registered or changed. */
  home(before: Home | undefined, after: Home, now: number): void
  /** Runs the timer; false when the key is another or nobody was told. */
  due(key: string, when: When): boolean
}

export function createQuietWatch(
  timers: TimerQueue,
  book: Pick<AlertBook, 'tellNewcomers'>,
  homes: Iterable<Home>,
): QuietWatch {
  /** Homes share their quiet hours: how many contacts have these. */
  const used = new Map<
    string,
    { readonly window: DailyWindow; readonly timezone: string; contacts: number }
  >()

  for (const home of homes) count(home, 1)
  // As with rotas everything is worked out anew at each look: after a restart nothing must be remembered.
  if (used.size > 0) timers.set(KEY, 0)

  function count({ contacts, timezone }: Home, by: 1 | -1): void {
    for (const { quiet } of contacts) {
      if (!quiet) continue
      const key = `${timezone}|${quiet.from}|${quiet.to}`
      const known = used.get(key) ?? { window: quiet, timezone, contacts: 0 }
      known.contacts += by
      if (known.contacts > 0) used.set(key, known)
      else used.delete(key)
    }
  }

  function schedule(now: number): void {
    const edges = [...used.values()].map(({ window, timezone }) => windowAt(window, timezone, now).until)
    timers.set(KEY, edges.length === 0 ? undefined : edges.reduce((a, b) => Math.min(a, b)))
  }

  return {
    home(before, after, now) {
      if (before) count(before, -1)
      count(after, 1)
      schedule(now)
    },
    due(key, when) {
      if (key !== KEY) return false
      schedule(when.now)
      return book.tellNewcomers(when)
    },
  }
}
