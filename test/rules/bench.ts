import type { Transition } from '../../hub/model/alert.ts'
import type { Home, SensorFacts } from '../../hub/model/home.ts'
import type { Mode } from '../../hub/model/input.ts'
import type { ReadingMarks, Value } from '../../hub/model/reading.ts'
import { createEngine } from '../../hub/rules/engine.ts'
import type { Engine } from '../../hub/rules/engine.ts'
import { parseRules } from '../../hub/rules/parse-rules.ts'
import type { RuleSet } from '../../hub/rules/rule.ts'
import type { Row, RuleFault } from '../../hub/rules/state.ts'
import { createTimerQueue } from '../../hub/rules/timer-queue.ts'
import { formatProblem } from '../../hub/source/problem.ts'

/** 00:00 of the bench's day. */
export const START = Date.UTC(2026, 0, 5)

/** `00:10` or `26:00:30` on the bench's clock, ms. */
export function clock(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number)
  return START + ((hours * 60 + minutes) * 60 + seconds) * 1000
}

export function show({ at, rule, to, severity, scope }: Transition): string {
  return `${new Date(at).toISOString().slice(8, 19)} ${rule} ${to} ${severity} ${scope}`
    .replace('05T', '')
    .replace(/^(\d\d:\d\d):00/, '$1')
}

/** The rules of one text; a list item may be given alone. */
export function rulesOf(...texts: string[]): RuleSet {
  const parsed = parseRules(
    texts.map((text, index) => ({
      name: `r${index}.yaml`,
      text: text.startsWith('rules:') ? text : `rules:\n${text}`,
    })),
  )
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  return parsed.value
}

export function sensor(id: string, facts: Partial<SensorFacts> = {}): SensorFacts {
  return { id, profile: 'native', address: id, heardEvery: 25 * 3_600_000, kinds: ['*'], ...facts }
}

export function home(facts: Partial<Home> = {}): Home {
  return {
    id: 'h1',
    timezone: 'UTC',
    gateways: [{ id: 'gw' }],
    residents: [],
    sensors: ['a', 'b'].map((id) => sensor(id)),
    contacts: [],
    ...facts,
  }
}

/** An engine on a virtual clock that goes on with each call; what it stores goes through JSON. */
export interface Bench {
  readonly engine: Engine
  readonly disk: ReadonlyMap<string, string>
  /** Goes to this time (`00:10`), running what is due. */
  at(time: string): Bench
  say(sensor: string, kind: string, value: Value, observed?: string): ReadingMarks
  status(sensor: string, kind: string, status: string, value: Value | null, observed?: string): ReadingMarks
  link(online: boolean, gateway?: string): Bench
  mode(mode: Mode, on: boolean, until?: string): Bench
  /** The hub keeps alarms alone from now on, or all again. */
  shed(on: boolean): Bench
  register(home: Home): Bench
  use(rules: RuleSet): Bench
  resolve(rule: string, scope?: string): Bench
  /** Starts again from what is stored; with `until`, after having been away until then. */
  restart(until?: string): Bench
  /** What was said since the last call: `00:12 low firing medium h1`. */
  said(): string[]
  transitions(): readonly Transition[]
  faults(): readonly RuleFault[]
}

/** @param homes registered at 00:00, with their gateways online from 00:00 */
export function createBench(rules: RuleSet, homes: readonly Home[] = [home()]): Bench {
  const disk = new Map<string, string>()
  const register = new Map<string, Home>()
  let timers = createTimerQueue()
  let engine = createEngine(timers, rules)
  let inForce = rules
  let now = START
  let transitions: Transition[] = []
  const faults: RuleFault[] = []

  function collect(): void {
    const applied = engine.changes()
    transitions.push(...applied.transitions)
    faults.push(...applied.faults)
    for (const [key, row] of applied.changed) {
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

  const bench: Bench = {
    get engine() {
      return engine
    },
    disk,
    at(time) {
      advance(clock(time))
      return bench
    },
    say(name, kind, value, observed) {
      const at = observed === undefined ? now : clock(observed)
      const marks = engine.observe({ home: 'h1', sensor: name, kind, value, at, receivedAt: now }, now)
      collect()
      return marks
    },
    status(name, kind, status, value, observed) {
      const at = observed === undefined ? now : clock(observed)
      const marks = engine.observe(
        { home: 'h1', sensor: name, kind, value, status, at, receivedAt: now },
        now,
      )
      collect()
      return marks
    },
    link(online, gateway = 'gw') {
      engine.gateway('h1', gateway, online, now)
      collect()
      return bench
    },
    mode(mode, on, until) {
      engine.mode('h1', mode, on, now, until === undefined ? undefined : clock(until))
      collect()
      return bench
    },
    shed(on) {
      engine.shed(on, now)
      collect()
      return bench
    },
    register(one) {
      register.set(one.id, one)
      engine.home(one, now)
      collect()
      return bench
    },
    use(next) {
      inForce = next
      engine.useRules(next, now)
      collect()
      return bench
    },
    resolve(rule, scope = 'h1') {
      engine.resolved(rule, 'h1', scope, now)
      collect()
      return bench
    },
    restart(until) {
      timers = createTimerQueue()
      const rows = new Map(
        [...disk]
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, text]) => [key, JSON.parse(text) as Row]),
      )
      const homesById = [...register.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))
      engine = createEngine(timers, inForce, {
        homes: JSON.parse(JSON.stringify(homesById)) as Home[],
        rows,
      })
      if (until !== undefined) {
        engine.away(now)
        advance(clock(until))
        engine.disconnectAll(now)
        collect()
      }
      return bench
    },
    said() {
      const said = transitions.map(show)
      transitions = []
      return said
    },
    transitions: () => transitions,
    faults: () => faults,
  }
  for (const one of homes) {
    bench.register(one)
    for (const { id } of one.gateways) engine.gateway(one.id, id, true, now)
    collect()
  }
  return bench
}
