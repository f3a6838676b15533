import { ALARM_KINDS, KINDS } from '../model/kind.ts'
import type { Reading } from '../model/reading.ts'
import { setOffline } from './silence.ts'
import type { HomeState, SensorState, World } from './state.ts'
import { observeWhen } from './when.ts'

/**
 * A state that a broker had kept, of an unknown time. It is shown, and whether its network says that the sensor is gone
 * counts; it is no sign of life, neither of its sensor nor of a person. Rules judge it where waiting for the sensor's next
 * word could cost a life: smoke, gas, carbon monoxide.
 */
export function observeRetained(
  world: World,
  state: HomeState,
  sensor: SensorState,
  { kind, value }: Pick<Reading, 'kind' | 'value'>,
  now: number,
): void {
  if (value === null || KINDS.get(kind)?.sort !== 'state') return
  const { row } = sensor
  if (row.last[kind]?.value === value) return
  row.last[kind] = { value, at: now }
  world.changed.set(sensor.key, row)
  if (kind === 'availability') {
    setOffline(world, state, sensor, value === 'offline', now, now)
    return
  }
  if (!ALARM_KINDS.has(kind)) return
  for (const rule of world.rules.whenByKind.get(kind) ?? []) {
    observeWhen(world, state, sensor, rule, { kind, value, at: now, now, late: false })
  }
}
