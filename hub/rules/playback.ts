import type { Transition } from '../model/alert.ts'
import type { Engine } from './engine.ts'
import type { RuleSet } from './rule.ts'
import type { RuleFault, Score } from './state.ts'
import type { TimerQueue } from './timer-queue.ts'

/** What a replay says: what rules found, and the scores that were computed. */
export type Said = Transition | Score

/** An engine under a virtual clock. */
export interface Playback {
  /** Runs everything that is due up to `now`, at its own time. */
  advance(now: number): void
  /** Takes what the engine has said at `now` in the stream. */
  collect(now: number): void
  /** What was said since it was asked last. */
  said(): Said[]
  /** Rules that could not be evaluated: the first fault of each. */
  faults(): RuleFault[]
}

/** @param handle resolves what is latched this long after its last event, ms; without it nobody does */
export function createPlayback(
  engine: Engine,
  timers: TimerQueue,
  rules: RuleSet,
  handle: number | undefined,
): Playback {
  const faults = new Map<string, RuleFault>()
  let said: Said[] = []

  function collect(now: number): void {
    const { transitions, scores, faults: found } = engine.changes()
    for (const fault of found) if (!faults.has(fault.rule)) faults.set(fault.rule, fault)
    said.push(...scores)
    if (transitions.length === 0) return
    said.push(...transitions)
    if (handle === undefined) return
    for (const { rule, scope, to } of transitions) {
      if (!rules.rules.get(rule)?.latched || to === 'level') continue
      timers.set(`handle|${rule}|${scope}`, to === 'cleared' ? undefined : now + handle)
    }
  }

  return {
    advance(now) {
      for (;;) {
        const due = timers.take(now)
        if (!due) return
        if (!engine.due(due.key, due.due)) {
          const [, rule = '', scope = ''] = due.key.split('|')
          engine.resolved(rule, scope.split('/')[0] ?? '', scope, due.due)
        }
        collect(due.due)
      }
    },
    collect,
    said() {
      if (said.length === 0) return said
      const all = said
      said = []
      return all
    },
    faults: () => [...faults.values()],
  }
}

/** A replay of which only the transitions are wanted. */
export function* transitionsOf<T>(run: Generator<Said, T>): Generator<Transition, T> {
  for (;;) {
    const next = run.next()
    if (next.done) return next.value
    if ('to' in next.value) yield next.value
  }
}
