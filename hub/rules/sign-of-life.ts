import { attempt } from './attempt.ts'
import { KINDS } from '../model/kind.ts'
import type { Value } from '../model/reading.ts'
import type { Rule, Scene, SignOfLife } from './rule.ts'
import { sceneOf } from './scene.ts'
import { scopeOf, isAlive, tellsOf } from './state.ts'
import type { HomeState, SensorState, World } from './state.ts'

/** A reading as far as it can be a sign of life. Times in ms. */
export interface Sign {
  readonly kind: string
  readonly value: Value
  /** The value of the same sensor and kind before this one. */
  readonly previous: Value | undefined
  readonly at: number
  readonly now: number
}

/**
 * Whether this reading shows life for the rule: an event always, `true` of a yes-or-no kind, a changed word,
 * and of a number what the rule's own condition says (docs/meaning.md, 7).
 */
export function showsLife(
  world: World,
  state: HomeState,
  sensor: SensorState,
  rule: Rule,
  sign: SignOfLife,
  seen: Sign,
): boolean {
  const { when } = sign
  const scene = () => sceneOf(world, state, rule, sensor, seen)
  if (when && !attempt(world, state, rule, () => when(scene()), false)) return false
  const kind = KINDS.get(seen.kind)
  if (kind?.sort === 'event' || kind?.value === 'number') return true
  if (kind?.value === 'boolean') return seen.value === true
  return seen.previous !== undefined && seen.previous !== seen.value
}

export function sensorsOf(state: HomeState, rule: Rule, scope: string): SensorState[] {
  return [...state.sensors.values()].filter((sensor) => scopeOf(rule, state.home, sensor.facts) === scope)
}

/**
 * Whether a sensor could show one of these signs of life: its profile says so, or it has spoken of the kind; and
 * some value of the kind would be the sign in its place. A bathroom's PIR sees nothing outside the bathroom.
 */
export function canShow(
  world: World,
  state: HomeState,
  rule: Rule,
  of: readonly SignOfLife[],
  sensor: SensorState,
): boolean {
  return of.some(
    (sign, index) => tellsOf(sensor, sign.kind) && couldBe(world, state, rule, sign, index, sensor),
  )
}

/** Whether a sign of life would be seen now: the hub is there, the home can be reached, a sensor that could show one lives. */
export function isWatched(
  world: World,
  state: HomeState,
  rule: Rule,
  of: readonly SignOfLife[],
  scope: string,
): boolean {
  return (
    !world.isAway &&
    state.reachable &&
    sensorsOf(state, rule, scope).some(
      (sensor) => canShow(world, state, rule, of, sensor) && isAlive(sensor.row),
    )
  )
}

function couldBe(
  world: World,
  state: HomeState,
  rule: Rule,
  { kind, when }: SignOfLife,
  index: number,
  sensor: SensorState,
): boolean {
  if (!when || KINDS.get(kind)?.value === 'number') return true
  const key = `${rule.id}|${index}`
  const known = sensor.shows.get(key)
  if (known !== undefined) return known
  const could = valuesOf(kind).some((value) => {
    try {
      return when(timeless(sceneOf(world, state, rule, sensor, { kind, value, at: 0 })))
    } catch {
      // It turns on the past or the hour, or cannot be evaluated: it may be a sign at another time.
      return true
    }
  })
  sensor.shows.set(key, could)
  return could
}

/** What is so at any time; whoever asks for more gets no answer. */
function timeless(scene: Scene): Scene {
  const refuse = (): never => {
    throw new Error('what may be is asked of no time')
  }
  return Object.defineProperties({ ...scene }, { past: { get: refuse }, local: { get: refuse } })
}

/** The values that can show life, where they can be counted. */
function valuesOf(name: string): readonly Value[] {
  const kind = KINDS.get(name)
  return kind?.value === 'boolean' ? [true] : (kind?.words ?? [])
}
