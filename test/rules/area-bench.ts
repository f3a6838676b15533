import type { GatheredHome, Refreshed, Transition } from '../../hub/model/alert.ts'
import type { Home } from '../../hub/model/home.ts'
import type { Mode } from '../../hub/model/input.ts'
import { createEngine } from '../../hub/rules/engine.ts'
import type { RuleSet } from '../../hub/rules/rule.ts'
import type { Row } from '../../hub/rules/state.ts'
import { createTimerQueue } from '../../hub/rules/timer-queue.ts'
import { home, rulesOf, START } from './bench.ts'

export const MINUTE = 60_000

export const GATHERING = `
  - id: gone
    title: T
    category: technical
    severity: medium
    on: availability
    when: role == "gateway" && value == "offline"
    for: 3m
    gather: { by: area, from: 5, within: 1m, title: Many }
    resolve: auto
`

/** Homes of an area, without sensors. */
export function homesIn(area: string | undefined, count: number, prefix = 'h'): Home[] {
  return Array.from({ length: count }, (_, index) =>
    home({ id: `${prefix}${index + 1}`, sensors: [], ...(area !== undefined && { area }) }),
  )
}

/** What is open, as people see it: by scope, since when, and for an area the homes in its list. */
export type Board = Map<string, readonly GatheredHome[] | 'home'>

/** An engine over many homes on a virtual clock; what it stores goes through JSON. */
export interface AreaBench {
  /** Goes on by so many ms. */
  pass(ms: number): void
  link(online: boolean, ...homes: readonly string[]): void
  register(home: Home): void
  mode(home: string, mode: Mode, on: boolean): void
  use(rules: RuleSet): void
  /** A human resolved the alert. */
  resolve(scope: string): void
  /** Starts again from what is stored; after having been away for so long, with nothing connected. */
  restart(awayFor?: number): void
  /** `03:00 gone firing area/Alta h1 h2`, since the last call. */
  said(): string[]
  readonly board: Board
  readonly disk: ReadonlyMap<string, string>
  readonly refreshed: readonly Refreshed[]
}

/** @param homes registered and connected at the start */
export function createAreaBench(homes: readonly Home[], rules: RuleSet = rulesOf(GATHERING)): AreaBench {
  const disk = new Map<string, string>()
  const register = new Map<string, Home>()
  const board: Board = new Map()
  const refreshed: Refreshed[] = []
  let timers = createTimerQueue()
  let inForce = rules
  let engine = createEngine(timers, rules)
  let now = START
  let lines: string[] = []

  function collect(): void {
    const changes = engine.changes()
    for (const one of changes.transitions) {
      lines.push(show(one))
      if (one.to === 'cleared') board.delete(one.scope)
      else board.set(one.scope, one.detail.homes ?? 'home')
    }
    for (const one of changes.refreshed) {
      refreshed.push(one)
      if (board.has(one.scope)) board.set(one.scope, one.detail.homes ?? [])
    }
    for (const [key, row] of changes.changed) {
      if (row) disk.set(key, JSON.stringify(row))
      else disk.delete(key)
    }
  }

  function advance(to: number): void {
    for (let due = timers.take(to); due; due = timers.take(to)) {
      engine.due(due.key, due.due)
      collect()
    }
    now = to
  }

  const bench: AreaBench = {
    pass: (ms) => advance(now + ms),
    link(online, ...ids) {
      for (const id of ids) engine.gateway(id, 'gw', online, now)
      collect()
    },
    register(one) {
      register.set(one.id, one)
      engine.home(one, now)
      collect()
    },
    mode(id, mode, on) {
      engine.mode(id, mode, on, now)
      collect()
    },
    use(next) {
      inForce = next
      engine.useRules(next, now)
      collect()
    },
    resolve(scope) {
      board.delete(scope)
      engine.resolved('gone', scope.startsWith('area/') ? undefined : scope, scope, now)
      collect()
    },
    restart(awayFor) {
      timers = createTimerQueue()
      const rows = new Map([...disk].toSorted().map(([key, text]) => [key, JSON.parse(text) as Row]))
      const byId = [...register.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))
      engine = createEngine(timers, inForce, { homes: structuredClone(byId), rows })
      if (awayFor === undefined) return
      engine.away(now)
      advance(now + awayFor)
      engine.disconnectAll(now)
      collect()
    },
    said() {
      const said = lines
      lines = []
      return said
    },
    board,
    disk,
    refreshed,
  }
  for (const one of homes) {
    bench.register(one)
    bench.link(true, one.id)
  }
  return bench
}

function show({ at, rule, to, scope, detail }: Transition): string {
  const time = new Date(at)
    .toISOString()
    .slice(11, 23)
    .replace(/:00\.000$|\.000$/, '')
  return [time, rule, to, scope, ...(detail.homes ?? []).map((one) => one.home)].join(' ')
}
