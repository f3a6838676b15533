import type { Transition } from '../model/alert.ts'
import type { JournalEntry } from '../model/input.ts'
import { createEngine } from './engine.ts'
import { createPlayback, transitionsOf } from './playback.ts'
import type { Said } from './playback.ts'
import type { ReplayOptions, ReplaySummary } from './replay.ts'
import { createTimerQueue } from './timer-queue.ts'

/** An entry of a journal, and the finding whose alert a human resolved with it. */
export interface PastEntry extends JournalEntry {
  readonly resolved?: { readonly rule: string; readonly home?: string; readonly scope: string }
}

const PROGRESS_EVERY = 20_000

/**
 * Runs rules over what a hub itself has kept: readings, the links of its homes, its register as it changed, and
 * its own downtime. Of people it takes what they resolved, unless `handle` says otherwise. The rules that the hub
 * had then are left out; with the same ones it says the same again.
 * @yields transitions in the order in which a hub would have said them
 */
export function* replayJournal(
  entries: Iterable<PastEntry>,
  options: Omit<ReplayOptions, 'homes'>,
): Generator<Transition, ReplaySummary> {
  return yield* transitionsOf(replayJournalWithScores(entries, options))
}

/** Like `replayJournal`; yields each score that is computed too, before what the rules say of it. */
export function* replayJournalWithScores(
  entries: Iterable<PastEntry>,
  { rules, until = Infinity, handle, onProgress }: Omit<ReplayOptions, 'homes'>,
): Generator<Said, ReplaySummary> {
  const timers = createTimerQueue()
  const engine = createEngine(timers, rules)
  const playback = createPlayback(engine, timers, rules, handle)
  const unregistered = new Map<string, number>()
  let applied = 0
  let done = 0

  function apply({ input, now, resolved }: PastEntry): void {
    switch (input.type) {
      case 'reading': {
        // The hub said it itself, to try an alarm.
        if (input.test) return
        const { home, sensor } = input.reading
        if (engine.state(home)?.sensors.has(sensor)) {
          engine.observe(input.reading, now)
          applied++
        } else {
          const name = `${home}/${sensor}`
          unregistered.set(name, (unregistered.get(name) ?? 0) + 1)
        }
        return
      }
      case 'gateway':
        engine.gateway(input.home, input.gateway, input.to === 'online', now)
        return
      case 'home':
        engine.home(input.home, now)
        if (input.erased) engine.forget(input.home.id, input.erased)
        return
      case 'start':
        engine.disconnectAll(now)
        return
      case 'pause':
        engine.back(now)
        return
      case 'shed':
        engine.shed(input.on, now)
        return
      case 'mode':
        engine.mode(input.home, input.mode, input.on, now, input.until, input)
        return
      case 'service':
        engine.service(input.home, input.to.is === 'active' ? undefined : input.to, now)
        return
      case 'resolve':
        if (handle === undefined && resolved) {
          engine.resolved(resolved.rule, resolved.home, resolved.scope, now)
        }
        return
      default:
      // Other rules, and what people and messages did: not of the homes.
    }
  }

  for (const entry of entries) {
    const { input, now } = entry
    if (now > until) break
    if (input.type === 'start') engine.away(input.aliveUntil)
    if (input.type === 'pause') engine.away(input.from)
    playback.advance(now)
    apply(entry)
    playback.collect(now)
    if (++done % PROGRESS_EVERY === 0) onProgress?.(done)
    const said = playback.said()
    if (said.length > 0) yield* said
  }
  if (until !== Infinity) playback.advance(until)
  yield* playback.said()
  return { readings: applied, duplicates: 0, clashes: 0, unregistered, faults: playback.faults() }
}
