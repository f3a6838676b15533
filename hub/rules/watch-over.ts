import { ALARM_KINDS } from '../model/kind.ts'
import { BLIND } from '../model/watched.ts'
import type { Blind, BlindSpan, WatchedRow } from '../model/watched.ts'
import type { Rule } from './rule.ts'
import { canShow } from './sign-of-life.ts'
import { isAlive, rowKey } from './state.ts'
import type { HomeState, SensorState, World } from './state.ts'

const MINUTE = 60_000
/** Looked back at no further, ms. */
const KEPT = 48 * 60 * MINUTE
/** A link that comes and goes all night must not make the row grow. */
const MOST_SPANS = 40
/** A row is not written at each step that somebody takes; families are told no finer. */
const GRAIN = 5 * MINUTE

/** Notes from when to when the hub cannot see all that matters in a home. */
export function superviseWatch(world: World, state: HomeState, now: number): void {
  const known = state.watched
  const row: WatchedRow = known ?? { since: now, was: [] }
  const what = whyBlind(world, state)
  if (known && known.blind?.what === what) return
  const { blind } = row
  if (blind && blind.from < now) row.was = addSpan(row.was, { ...blind, to: now })
  if (what) row.blind = { what, from: now }
  else delete row.blind
  state.watched = row
  save(world, state, row)
}

/** A sign of life was seen. While nobody is at home, or somebody works on the equipment, it is not the resident's. */
export function noteLife(world: World, state: HomeState, rule: Rule, at: number): void {
  const row = state.watched
  if (!row || at < (row.lifeAt ?? -Infinity) + GRAIN) return
  if (rule.category === 'technical' || state.modes.has('away') || state.modes.has('maintenance')) return
  row.lifeAt = at
  save(world, state, row)
}

function save(world: World, state: HomeState, row: WatchedRow): void {
  world.changed.set(rowKey.watched(state.home.id), row)
}

function whyBlind(world: World, state: HomeState): Blind | undefined {
  if (world.isAway) return 'hub'
  if (!state.reachable) return 'home'
  const sensors = [...state.sensors.values()]
  const telling = sensors.filter((sensor) => tellsOfLife(world, state, sensor))
  if (telling.length === 0) return 'nothing-to-see'
  if (!telling.some(({ row }) => isAlive(row))) return 'sensors'
  const isDark = state.home.residents.some(({ id }) => {
    const own = sensors.filter(({ facts }) => facts.resident === id)
    return own.length > 0 && !own.some(({ row }) => isAlive(row))
  })
  if (isDark) return 'sensors'
  return sensors.some((sensor) => callsForHelp(sensor) && !isAlive(sensor.row)) ? 'alarms' : undefined
}

/** What a sign of life is, the rules say that miss one. */
function tellsOfLife(world: World, state: HomeState, sensor: SensorState): boolean {
  return world.rules.absent.some(
    (rule) => rule.category !== 'technical' && canShow(world, state, rule, rule.trigger.of, sensor),
  )
}

/** One that speaks for itself (`*`) may be any sensor, such a one too. */
function callsForHelp({ facts, row }: SensorState): boolean {
  return facts.kinds.some((kind) => kind === '*' || ALARM_KINDS.has(kind)) || hasCalled(row.last)
}

function hasCalled(last: SensorState['row']['last']): boolean {
  return Object.keys(last).some((kind) => ALARM_KINDS.has(kind))
}

function addSpan(spans: readonly BlindSpan[], next: BlindSpan): BlindSpan[] {
  const kept = [...spans.filter(({ to }) => to > next.to - KEPT), next]
  const [first, second] = kept
  if (kept.length <= MOST_SPANS || !first || !second) return kept
  // Two become one with what lies between: it errs on the side of "we do not know".
  const graver = BLIND.indexOf(first.what) <= BLIND.indexOf(second.what) ? first : second
  return [{ what: graver.what, from: first.from, to: second.to }, ...kept.slice(2)]
}
