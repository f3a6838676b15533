import type { SensorFacts } from '../model/home.ts'
import type { Value } from '../model/reading.ts'
import { LazyMap } from './lazy-map.ts'
import { NEWS2_KINDS, scoreNews2 } from './news2.ts'
import type { News2, Vitals } from './news2.ts'
import type { Rule, WhenRule } from './rule.ts'
import { inOrder, paramsOf, residentOf, rowKey } from './state.ts'
import type { HomeState, SensorState, VitalsRow, World } from './state.ts'
import { observeWhen } from './when.ts'

export const NEWS2 = 'score:news2'

const HOUR = 3_600_000
/**
 * How long a measurement stands for the person. NEWS2 asks for a full set at least every 12 hours of somebody at 0
 * (Royal College of Physicians, 2017, table 4): what is taken by hand and changes slowly counts for so long. What
 * changes within minutes and is worn counts for one hour, the interval of somebody at 5: our own figure. A rule may
 * say otherwise by a parameter such as `fresh_spo2`.
 */
const FRESH: Readonly<Record<string, number>> = {
  respiration_rate: HOUR,
  spo2: HOUR,
  heart_rate: HOUR,
  oxygen: 12 * HOUR,
  systolic: 12 * HOUR,
  consciousness: 12 * HOUR,
  body_temperature: 12 * HOUR,
}

interface Vital {
  readonly kind: string
  readonly value: Value
  readonly at: number
  readonly now: number
  readonly late: boolean
}

/** A vital sign came: the scores of its person are computed anew. */
export function observeVital(world: World, state: HomeState, sensor: SensorState, vital: Vital): void {
  const { kind, value, at, now, late } = vital
  const rules = world.rules.whenByKind.get(NEWS2)
  if (!(kind in FRESH) || !(rules ?? world.tellsScores)) return
  const resident = residentOf(state.home, sensor.facts)
  // Whose it is among several is not known: two people's signs make no score.
  if (!resident && state.home.residents.length > 0) return
  const known = vitalsOf(world, state, resident?.id ?? '')
  const before = known.row.last[kind]
  if (before && at < before.at) return
  known.row.last[kind] = { value, at }
  world.changed.set(known.sensor.key, known.row)
  const scale = resident?.spo2Scale ?? 1
  const plain = scoreNews2(freshAt(known.row, at), scale)
  if (world.tellsScores) {
    world.scores.push({ at, home: state.home.id, resident: resident?.id ?? '', score: 'news2', ...plain })
  }
  for (const rule of rules ?? []) {
    const score = scoreFor(rule, state, known.row, known.sensor, at, scale, plain)
    observeScore(world, state, known.sensor, rule, score, { at, now, late })
  }
}

/** What is known of each person, judged by a rule as it stands now. */
export function scoreNow(world: World, state: HomeState, rule: WhenRule, now: number): void {
  const { residents } = state.home
  const people = residents.length === 0 ? [undefined] : residents
  for (const resident of people) {
    const { row, sensor } = vitalsOf(world, state, resident?.id ?? '')
    if (Object.keys(row.last).length === 0) continue
    const scale = resident?.spo2Scale ?? 1
    const plain = scoreNews2(freshAt(row, now, {}), scale)
    const score = scoreFor(rule, state, row, sensor, now, scale, plain)
    observeScore(world, state, sensor, rule, score, { at: now, now, late: false, opening: true })
  }
}

function observeScore(
  world: World,
  state: HomeState,
  sensor: SensorState,
  rule: WhenRule,
  { total, risk, parts, missing }: News2,
  when: { readonly at: number; readonly now: number; readonly late: boolean; readonly opening?: true },
): void {
  const score = { risk, single3: Object.values(parts).includes(3), missing }
  observeWhen(world, state, sensor, rule, { ...when, kind: NEWS2, value: total, score })
}

/** The vital signs of a person; those that came before anybody asked for a score are with their sensors. */
function vitalsOf(world: World, state: HomeState, resident: string): { row: VitalsRow; sensor: SensorState } {
  const known = state.vitals.get(resident)
  if (known) return known
  const row: VitalsRow = { last: {} }
  for (const [, sensor] of inOrder(state.sensors)) {
    if ((residentOf(state.home, sensor.facts)?.id ?? '') !== resident) continue
    for (const kind of NEWS2_KINDS) {
      const last = sensor.row.last[kind]
      if (last && last.at > (row.last[kind]?.at ?? -Infinity))
        row.last[kind] = { value: last.value, at: last.at }
    }
  }
  if (Object.keys(row.last).length > 0) world.changed.set(rowKey.vitals(state.home.id, resident), row)
  return addVitals(state, resident, row)
}

/** What stands for the person's scores among the sensors: rules are followed on it as on a sensor. */
export function addVitals(
  state: HomeState,
  resident: string,
  row: VitalsRow,
): { readonly row: VitalsRow; readonly sensor: SensorState } {
  const facts: SensorFacts = {
    id: `~${resident}`,
    profile: 'score',
    address: '',
    heardEvery: Infinity,
    kinds: [],
    ...(resident !== '' && { resident }),
  }
  const silence = { held: 0, from: null }
  const sensor: SensorState = {
    facts,
    row: { heardAt: 0, silence, silent: false, offline: false, last: {} },
    key: rowKey.vitals(state.home.id, resident),
    silenceAt: Infinity,
    when: new LazyMap(),
    shows: new LazyMap(),
  }
  const vitals = { row, sensor }
  state.vitals.set(resident, vitals)
  return vitals
}

function scoreFor(
  rule: Rule,
  state: HomeState,
  row: VitalsRow,
  sensor: SensorState,
  at: number,
  scale: 1 | 2,
  plain: News2,
): News2 {
  const hasOwn = Object.keys(rule.params).some((name) => name.startsWith('fresh_'))
  return hasOwn ? scoreNews2(freshAt(row, at, paramsOf(rule, state.home, sensor)), scale) : plain
}

function freshAt(row: VitalsRow, at: number, params?: Readonly<Record<string, number>>): Vitals {
  const fresh: Record<string, Value> = {}
  for (const kind of NEWS2_KINDS) {
    const last = row.last[kind]
    if (!last) continue
    const limit = params?.[`fresh_${kind}`] ?? FRESH[kind] ?? 0
    if (at - last.at <= limit) fresh[kind] = last.value
  }
  return fresh as Vitals
}
