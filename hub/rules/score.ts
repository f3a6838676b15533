import type { SensorFacts } from '../model/home.ts'
import type { Value } from '../model/reading.ts'
import { NEWS2_KINDS, scoreNews2 } from './news2.ts'
import type { News2, Vitals } from './news2.ts'
import type { Rule } from './rule.ts'
import { paramsOf, residentOf, rowKey } from './state.ts'
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
  const id = resident?.id ?? ''
  const known = state.vitals.get(id) ?? addVitals(state, id, { last: {} })
  const before = known.row.last[kind]
  if (before && at < before.at) return
  known.row.last[kind] = { value, at }
  world.changed.set(rowKey.vitals(state.home.id, id), known.row)
  const scale = resident?.spo2Scale ?? 1
  const plain = scoreNews2(freshAt(known.row, at, {}), scale)
  if (world.tellsScores) {
    world.scores.push({ at, home: state.home.id, resident: id, score: 'news2', ...plain })
  }
  for (const rule of rules ?? []) {
    const { total, risk, parts, missing } = scoreFor(rule, state, known.row, known.sensor, at, scale, plain)
    const single3 = Object.values(parts).includes(3)
    const score = { risk, single3, missing }
    observeWhen(world, state, known.sensor, rule, { kind: NEWS2, value: total, at, now, late, score })
  }
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
    when: new Map(),
    params: new Map(),
    shows: new Map(),
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

function freshAt(row: VitalsRow, at: number, params: Readonly<Record<string, number>>): Vitals {
  const fresh: Record<string, Value> = {}
  for (const kind of NEWS2_KINDS) {
    const last = row.last[kind]
    const limit = params[`fresh_${kind}`] ?? FRESH[kind] ?? 0
    if (last && at - last.at <= limit) fresh[kind] = last.value
  }
  return fresh as Vitals
}
