import type { Form } from '../../hub/decode/profile.ts'
import { isObject } from '../../hub/decode/json-path.ts'
import { withTime } from './encode-reading.ts'
import { profileIdOf } from './sensor-model.ts'
import type { SimulatedSensor } from './sensor-model.ts'

/**
 * A payload with the time that the gateway's clock showed: `at` of the hub's own format, `last_seen` of Zigbee2MQTT, or where
 * the profile has it. A format without a time has none: what comes late was then.
 * @param at ms since 1970
 */
export function stampTime(sensor: SimulatedSensor, form: Form, payload: unknown, at: number): unknown {
  const iso = new Date(at).toISOString()
  if (sensor.profile) return withTime(sensor.profile, payload, iso)
  if (profileIdOf(sensor) === 'native') {
    const stamp = (one: unknown): unknown => (isObject(one) ? { ...one, at: iso } : one)
    return Array.isArray(payload) ? payload.map(stamp) : stamp(payload)
  }
  return form === 'readings' && isObject(payload) ? { ...payload, last_seen: iso } : payload
}
