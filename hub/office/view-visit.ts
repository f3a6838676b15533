import { isAlarmSensor } from '../decode/is-alarm-sensor.ts'
import type { SensorState } from '../core/core.ts'
import type { Profile } from '../decode/profile.ts'
import { mayGet } from '../model/consent.ts'
import type { Home, HomePersonal, SensorFacts } from '../model/home.ts'
import type {
  Visit,
  VisitAlarmView,
  VisitLack,
  VisitRow,
  VisitSensor,
  VisitSensorView,
  VisitStepView,
  VisitWarning,
} from '../model/visit.ts'
import { installersOf } from '../alerts/escalation.ts'
import { BATTERY_LIMIT, WEAK_LINK } from '../alerts/protected-now.ts'
import { lack, warning } from './visit-texts.ts'

/** What a visit is judged by. */
export interface VisitFacts {
  readonly row: VisitRow
  readonly home: Home
  readonly personal: HomePersonal | undefined
  readonly profiles: ReadonlyMap<string, Profile>
  readonly stateOf: (sensor: string) => SensorState | undefined
  readonly gateways: Visit['gateways']
  readonly maintenanceUntil: number | undefined
  /** About a person, or that only a person can end. */
  readonly unansweredTests: number
  readonly alarm: VisitAlarmView | undefined
  readonly byName: string | undefined
}

/** A visit as people see it, with what is still to be done. */
export function viewVisit(facts: VisitFacts): Visit {
  const { row, home, gateways, maintenanceUntil, alarm, byName } = facts
  const sensors = home.sensors.map((sensor) => viewSensor(sensor, facts))
  return {
    id: row.id,
    home: home.id,
    by: row.by,
    ...(byName !== undefined && { byName }),
    startedAt: row.startedAt,
    ...(maintenanceUntil !== undefined && { maintenanceUntil }),
    gateways,
    sensors,
    ...(alarm && { alarm }),
    missing: missingOf(sensors, facts),
  }
}

/** Who of a home gets the SMS of a test. */
export function installersWithPhone(home: Home): readonly string[] {
  return installersOf(home.contacts)
    .filter((one) => mayGet('alerts', one) && one.lacks?.includes('sms') !== true)
    .map(({ id }) => `contact:${id}`)
}

function missingOf(sensors: readonly VisitSensorView[], facts: VisitFacts): VisitLack[] {
  const { home, maintenanceUntil, unansweredTests, alarm } = facts
  return [
    ...(maintenanceUntil === undefined ? [lack('maintenance-over')] : []),
    ...(sensors.length === 0 ? [lack('no-sensors')] : []),
    ...sensors
      .filter(({ state }) => state !== 'proven')
      .map(({ sensor, state }) =>
        lack(state === 'nothing-to-prove' ? 'not-heard' : 'unproven', sensor, sensor),
      ),
    ...(installersWithPhone(home).length === 0 ? [lack('no-installer')] : []),
    ...(alarm?.state === 'answered' ? [] : [lack('no-alarm')]),
    ...(unansweredTests > 0 ? [lack('unanswered-tests', unansweredTests)] : []),
  ]
}

function viewSensor(sensor: SensorFacts, { row, personal, profiles, stateOf }: VisitFacts): VisitSensorView {
  const profile = profiles.get(sensor.profile)
  const known = row.sensors[sensor.id]
  const asked = profile?.prove?.steps ?? []
  const steps = asked.map(({ ask, expect }, index): VisitStepView => {
    const { askedAt, proof } = known?.steps[index] ?? {}
    return {
      ask,
      expect,
      ...(askedAt !== undefined && { askedAt }),
      ...(proof && {
        provenAt: proof.at,
        value: proof.value,
        seq: proof.seq,
        ...(askedAt !== undefined && { seconds: Math.round((proof.at - askedAt) / 100) / 10 }),
        ...(proof.qos !== undefined && { qos: proof.qos }),
      }),
    }
  })
  const last = stateOf(sensor.id)?.last
  const [signal, battery] = [numberOf(last?.['link']?.value), numberOf(last?.['battery']?.value)]
  const room = personal?.rooms?.find(({ id }) => id === sensor.room)?.name
  const nothing = profile?.prove?.nothing
  const alarm = isAlarmSensor(sensor, profile)
  return {
    sensor: sensor.id,
    profile: sensor.profile,
    title: profile?.title ?? { en: sensor.profile, nb: sensor.profile },
    ...(sensor.room !== undefined && { room: sensor.room }),
    ...(room !== undefined && { roomName: room }),
    ...(sensor.role !== undefined && { role: sensor.role }),
    address: sensor.address,
    alarm,
    steps,
    ...(nothing && { nothing }),
    state: stateOfSensor(steps, known),
    ...(known?.heardAt !== undefined && { heardAt: known.heardAt }),
    ...(signal !== undefined && { signal }),
    ...(battery !== undefined && { battery }),
    ...(known?.qos !== undefined && { qos: known.qos }),
    warnings: warningsOf(known, alarm, signal, battery),
  }
}

function stateOfSensor(
  steps: readonly VisitStepView[],
  known: VisitSensor | undefined,
): VisitSensorView['state'] {
  if (steps.length === 0) return known?.heardAt === undefined ? 'nothing-to-prove' : 'proven'
  if (steps.every(({ provenAt }) => provenAt !== undefined)) return 'proven'
  return steps.some(({ askedAt, provenAt }) => askedAt !== undefined && provenAt === undefined)
    ? 'asked'
    : 'unproven'
}

function warningsOf(
  known: VisitSensor | undefined,
  alarm: boolean,
  signal: number | undefined,
  battery: number | undefined,
): VisitWarning[] {
  const other = Object.values(known?.steps ?? {}).find((step) => step.other && !step.proof)?.other
  return [
    ...(battery !== undefined && battery <= BATTERY_LIMIT ? [warning('battery-low', battery)] : []),
    ...(signal !== undefined && signal < WEAK_LINK ? [warning('weak-signal', signal)] : []),
    ...(alarm && known?.qos === 0 ? [warning('qos-0')] : []),
    ...(known?.clockAt === undefined ? [] : [warning('clock-off')]),
    ...(known?.late ? [warning('reading-late', Math.round(known.late.by / 1000))] : []),
    ...(known?.retainedAt === undefined ? [] : [warning('retained')]),
    ...(other ? [warning('other-value', String(other.value))] : []),
  ]
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
