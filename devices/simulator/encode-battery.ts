import { encodeReading } from './encode-reading.ts'
import type { Encoded } from './encode-reading.ts'
import { profileIdOf } from './sensor-model.ts'
import type { SimulatedSensor } from './sensor-model.ts'

/**
 * What a sensor says of its battery, and of nothing else where its format allows that.
 * @param now ms since 1970
 * @returns undefined when it never tells
 */
export function encodeBattery(sensor: SimulatedSensor, battery: number, now: number): Encoded | undefined {
  if (sensor.profile) return encodeReading(sensor.profile, 'battery', battery, now)
  const isNative = profileIdOf(sensor) === 'native'
  return {
    form: 'readings',
    payload: isNative ? { kind: 'battery', value: battery } : { battery, linkquality: 88 },
  }
}
