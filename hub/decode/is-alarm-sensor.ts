import type { SensorFacts } from '../model/home.ts'
import { ALARM_KINDS } from '../model/kind.ts'
import type { Profile } from './profile.ts'

/** Whether a sensor is there to call for help, or to warn of smoke, gas or carbon monoxide. */
export function isAlarmSensor({ kinds }: Pick<SensorFacts, 'kinds'>, profile: Profile | undefined): boolean {
  return profile?.alarm === true || kinds.some((kind) => ALARM_KINDS.has(kind))
}
