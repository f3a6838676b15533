import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createEngine } from '../../hub/rules/engine.ts'
import type { Engine } from '../../hub/rules/engine.ts'
import { rulesOf } from '../../hub/rules/parse-rules.ts'
import { createTimerQueue } from '../../hub/rules/timer-queue.ts'
import type { TimerQueue } from '../../hub/rules/timer-queue.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { median } from './figures.ts'
import type { Figure } from './figures.ts'
import { MORNING, mixedHome, mixedReadings } from './mixed-readings.ts'
import { RULES_FOLDER, shippedRules } from './shipped-rules.ts'

const HOUR = 3_600_000
/** `for` of the shipped rule low-spo2. */
const LOW_SPO2_FOR = 120_000

/** How fast rules are evaluated, and what their timers cost: the engine alone, in this process, without a disk. */
export async function benchRules(quick: boolean): Promise<Figure[]> {
  return [...(await evaluation(quick)), ...(await replayCommand(quick)), ...(await timerCost(quick))]
}

interface Fleet {
  readonly engine: Engine
  readonly timers: TimerQueue
}

async function startFleet(homes: number): Promise<Fleet> {
  const timers = createTimerQueue()
  const engine = createEngine(timers, rulesOf(await shippedRules()))
  for (let index = 0; index < homes; index++) {
    const home = mixedHome(index)
    engine.home(home, MORNING)
    for (const { id } of home.gateways) engine.gateway(home.id, id, true, MORNING)
  }
  engine.changes()
  return { engine, timers }
}

/** Everything that is due, as the core does it. @returns how many timers were run */
function runDue({ engine, timers }: Fleet, now: number): number {
  let count = 0
  for (let due = timers.take(now); due; due = timers.take(now)) {
    engine.due(due.key, due.due)
    engine.changes()
    count++
  }
  return count
}

/** Readings through all shipped rules: timers, evaluation, and what changed taken, for each of them. */
async function evaluation(quick: boolean): Promise<Figure[]> {
  const count = quick ? 200_000 : 1_000_000
  const homes = 1000
  const readings = [
    ...mixedReadings(
      Array.from({ length: homes }, (_, index) => mixedHome(index)),
      count,
      10 * HOUR,
    ),
  ]
  const rates: number[] = []
  let transitions = 0
  // The first round is for the compiler.
  for (let round = 0; round <= 3; round++) {
    const fleet = await startFleet(homes)
    transitions = 0
    const began = performance.now()
    for (const reading of readings) {
      runDue(fleet, reading.at)
      fleet.engine.observe(reading, reading.at)
      transitions += fleet.engine.changes().transitions.length
    }
    if (round > 0) rates.push(count / ((performance.now() - began) / 1000))
  }
  const note = `shipped rules, ${homes} homes, mixed kinds, ${transitions} transitions; median of 3`
  return [{ name: 'rules.evaluation', value: median(rates), unit: 'readings/s', note }]
}

/** `aal rules replay` from start to end of its process. */
async function replayCommand(quick: boolean): Promise<Figure[]> {
  const count = quick ? 200_000 : 1_000_000
  const file = join(tempDir('bench-replay'), 'readings.ndjson')
  const out = createWriteStream(file)
  const homes = Array.from({ length: 200 }, (_, index) => mixedHome(index))
  let text = ''
  for (const { home, sensor, kind, value, at } of mixedReadings(homes, count, 24 * HOUR)) {
    text += `${JSON.stringify({ at: new Date(at).toISOString(), home, sensor, kind, value })}\n`
    if (text.length > 1_000_000) {
      out.write(text)
      text = ''
    }
  }
  out.end(text)
  await finished(out)
  const main = fileURLToPath(new URL('../../hub/aal.js', import.meta.url))
  const args = [main, 'rules', 'replay', '--rules', RULES_FOLDER, '--from', file, '--json']
  const rates: number[] = []
  for (let round = 0; round < 3; round++) {
    const began = performance.now()
    await promisify(execFile)(process.execPath, args, { maxBuffer: 1e9 })
    rates.push(count / ((performance.now() - began) / 1000))
  }
  const note = `${count.toLocaleString('en')} lines of NDJSON, 200 homes, whole process; median of 3`
  return [{ name: 'rules.replay', value: median(rates), unit: 'readings/s', note }]
}

/** A tick costs what is due, not what exists. */
async function timerCost(quick: boolean): Promise<Figure[]> {
  const few = await timedFleet(100)
  const many = await timedFleet(10_000)
  const idle = { few: [] as number[], many: [] as number[] }
  for (let round = 0; round < (quick ? 5 : 15); round++) {
    idle.few.push(tickNothingDue(few.fleet))
    idle.many.push(tickNothingDue(many.fleet))
  }
  const figures: Figure[] = [
    {
      name: 'timers.tick-nothing-due',
      value: median(idle.many),
      unit: 'µs',
      note: `10,000 homes, ${many.fleet.timers.size.toLocaleString('en')} timers; 100 homes: ${median(idle.few).toFixed(2)} µs`,
    },
  ]
  for (const due of quick ? [1, 100] : [1, 100, 1000]) {
    const took = { few: [] as number[], many: [] as number[] }
    for (let round = 0; round < (quick ? 5 : 15); round++) {
      took.few.push(tickWithDue(few, Math.min(due, 100)) / Math.min(due, 100))
      took.many.push(tickWithDue(many, due) / due)
    }
    figures.push({
      name: `timers.tick-${due}-due`,
      value: median(took.many),
      unit: 'µs per due',
      note: `10,000 homes; 100 homes, ${Math.min(due, 100)} due: ${median(took.few).toFixed(2)} µs per due`,
    })
  }
  return figures
}

interface TimedFleet {
  readonly fleet: Fleet
  now: number
}

/** A fleet of which every sensor has spoken once, so that each home has the timers of a home in use. */
async function timedFleet(homes: number): Promise<TimedFleet> {
  const fleet = await startFleet(homes)
  const list = Array.from({ length: homes }, (_, index) => mixedHome(index))
  for (const reading of mixedReadings(list, homes * 40, HOUR / 60)) {
    runDue(fleet, reading.at)
    fleet.engine.observe(reading, reading.at)
    fleet.engine.changes()
  }
  const now = MORNING + 60_000
  runDue(fleet, now)
  return { fleet, now }
}

/** @returns µs */
function tickNothingDue(fleet: Fleet): number {
  const began = performance.now()
  for (let index = 0; index < 10_000; index++) {
    if (runDue(fleet, MORNING + 60_000) > 0) throw new Error('expected nothing due')
    fleet.engine.changes()
  }
  return ((performance.now() - began) / 10_000) * 1000
}

/** So many homes have an SpO2 that is low for the time of the shipped rule. @returns µs of the tick */
function tickWithDue(timed: TimedFleet, due: number): number {
  const { engine } = timed.fleet
  const say = (index: number, value: number): void => {
    const { id: home } = mixedHome(index)
    engine.observe(
      { home, sensor: 'oximeter', kind: 'spo2', value, at: timed.now, receivedAt: timed.now },
      timed.now,
    )
    engine.changes()
  }
  for (let index = 0; index < due; index++) say(index, 84)
  // What else is due meanwhile has been run before the clock of the measurement starts.
  const before = timed.now + LOW_SPO2_FOR - 1
  runDue(timed.fleet, before)
  const began = performance.now()
  const ran = runDue(timed.fleet, before + 1)
  const took = (performance.now() - began) * 1000
  // In a home here and there the oximeter has a low value of its own already.
  if (ran < due * 0.99) throw new Error(`expected ${due} timers due, got ${ran}`)
  timed.now = before + 1
  for (let index = 0; index < due; index++) say(index, 97)
  // By then it has cleared (`clear.for`).
  timed.now += HOUR / 6
  runDue(timed.fleet, timed.now)
  return took
}
