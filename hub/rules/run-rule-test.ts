import type { Transition } from '../model/alert.ts'
import type { Problem } from '../source/problem.ts'
import { createEngine } from './engine.ts'
import { areaScope } from './gather.ts'
import type { Engine } from './engine.ts'
import { showTime, TEST_GATEWAY, TEST_START } from './rule-test.ts'
import type { Expected, RuleTest, Step } from './rule-test.ts'
import type { RuleSet } from './rule.ts'
import { rowKey } from './state.ts'
import type { Row } from './state.ts'
import { createTimerQueue } from './timer-queue.ts'

/**
 * Runs a test of rules under a virtual clock, from homes that were registered at the start and are reachable.
 * @returns what is not as expected, at its place in the test file; empty when all is
 */
export function runRuleTest(test: RuleTest, rules: RuleSet): readonly Problem[] {
  const { transitions, faults } = happen(test, rules)
  const problems = faults.map((fault) => test.problem(`A rule could not be evaluated: ${fault}`))
  const left = [...transitions]
  for (const expected of test.expect) {
    const index = left.findIndex((one) => isAsExpected(one, expected))
    if (index >= 0) left.splice(index, 1)
    else problems.push(expected.problem(missing(expected, transitions)))
  }
  for (const { rule, to, problem } of test.never) {
    for (const one of transitions.filter((said) => said.rule === rule && (to ?? said.to) === said.to)) {
      problems.push(problem(`Must never be, but was: ${show(one)}`))
    }
  }
  const isForbidden = (one: Transition): boolean =>
    test.never.some(({ rule, to }) => one.rule === rule && (to ?? one.to) === one.to)
  for (const one of left) {
    if (test.watched.has(one.rule) && !isForbidden(one))
      problems.push(test.problem(`Was not expected: ${show(one)}`))
  }
  return problems
}

function happen(test: RuleTest, rules: RuleSet): { transitions: Transition[]; faults: string[] } {
  /** As on disk: text, so that nothing but what is stored comes through a restart. */
  const disk = new Map<string, string>()
  const transitions: Transition[] = []
  const faults: string[] = []
  let timers = createTimerQueue()
  let engine: Engine

  function load(): void {
    timers = createTimerQueue()
    const rows = new Map([...disk].map(([key, text]) => [key, JSON.parse(text) as Row]))
    engine = createEngine(timers, rules, { homes: test.homes, rows })
  }

  function collect(): void {
    const applied = engine.changes()
    transitions.push(...applied.transitions)
    faults.push(...applied.faults.map(({ rule, reason }) => `${rule}: ${reason}`))
    for (const [key, row] of applied.changed) {
      if (row) disk.set(key, JSON.stringify(row))
      else disk.delete(key)
    }
  }

  function advance(now: number): void {
    for (let due = timers.take(now); due; due = timers.take(now)) {
      engine.due(due.key, due.due)
      collect()
    }
  }

  function take(step: Step): void {
    if (step.type !== 'restart') {
      for (const home of step.homes) takeIn(home, step)
      return
    }
    load()
    if (step.back === step.at) return
    // As the core does it: the time away does not count, what was due comes late, everyone connects again.
    engine.away(step.at)
    advance(step.back)
    engine.disconnectAll(step.back)
    for (const home of step.homes) engine.gateway(home, TEST_GATEWAY, true, step.back)
  }

  function takeIn(home: string, step: Exclude<Step, { readonly type: 'restart' }>): void {
    switch (step.type) {
      case 'reading': {
        const { sensor, kind, value, observed, at } = step
        engine.observe({ home, sensor, kind, value, at: observed, receivedAt: at }, at)
        return
      }
      case 'gateway':
        engine.gateway(home, TEST_GATEWAY, step.online, step.at)
        return
      case 'mode':
        engine.mode(home, step.mode, step.on, step.at, step.until)
        return
      case 'resolve': {
        const scope = step.scope ?? home
        engine.resolved(step.rule, scope.startsWith(areaScope('')) ? undefined : home, scope, step.at)
      }
    }
  }

  const links = test.homes.map(({ id }) => rowKey.gateway(id, TEST_GATEWAY))
  engine = createEngine(timers, rules, {
    homes: test.homes.map((home) => ({ ...home, sensors: [] })),
    rows: new Map(links.map((key) => [key, { online: true }])),
  })
  for (const key of links) disk.set(key, JSON.stringify({ online: true }))
  for (const home of test.homes) engine.home(home, TEST_START)
  collect()
  for (const step of test.steps) {
    advance(step.at)
    take(step)
    collect()
  }
  advance(test.until)
  return { transitions, faults }
}

function isAsExpected(one: Transition, { at, rule, to, severity, scope, homes }: Expected): boolean {
  return (
    one.at === at &&
    one.rule === rule &&
    one.to === to &&
    (severity ?? one.severity) === one.severity &&
    (scope ?? one.scope) === one.scope &&
    (homes?.join(' ') ?? listOf(one)) === listOf(one)
  )
}

/** The homes of an area, in their order. */
function listOf({ detail }: Transition): string {
  return (detail.homes ?? []).map(({ home }) => home).join(' ')
}

function missing(
  { at, rule, to, severity, scope, homes }: Expected,
  transitions: readonly Transition[],
): string {
  const wanted = [showTime(at), rule, to, severity, scope, homes?.join(' ')].filter(Boolean).join(' ')
  const said = transitions.filter((one) => one.rule === rule).map(show)
  return `Expected ${wanted}; ${said.length > 0 ? `${rule} said ${said.join(', ')}` : `${rule} said nothing`}`
}

function show(one: Transition): string {
  const { at, rule, to, severity, scope } = one
  return [showTime(at), rule, to, severity, scope, listOf(one)].filter(Boolean).join(' ')
}
