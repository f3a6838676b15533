import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FollowerClock } from '../../hub/history/follower.ts'

export interface VirtualClock extends FollowerClock {
  /** Lets `ms` pass: timers run in their order, and what they start gets its turns. */
  pass(ms: number): Promise<void>
}

export function virtualClock(now = 0): VirtualClock {
  const timers = new Set<{ due: number; call: () => void }>()
  async function settle(): Promise<void> {
    for (let turn = 0; turn < 50; turn++) await nextTurn()
  }
  return {
    now: () => now,
    later(call, ms) {
      const timer = { due: now + ms, call }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    async pass(ms) {
      const end = now + ms
      await settle()
      for (;;) {
        const next = [...timers].filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due)[0]
        if (next === undefined) break
        timers.delete(next)
        now = next.due
        next.call()
        await settle()
      }
      now = end
    },
  }
}
