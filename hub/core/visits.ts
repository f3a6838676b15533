import { proves } from '../decode/proves.ts'
import type { AlertEvent } from '../model/alert.ts'
import type { Home, SensorFacts } from '../model/home.ts'
import type { ReadingInput, VisitInput } from '../model/input.ts'
import { ALARM_KINDS } from '../model/kind.ts'
import type { Reading, ReadingMarks } from '../model/reading.ts'
import { ALARM_WITHIN } from '../model/visit.ts'
import type { AskedStep, VisitRow, VisitSensor } from '../model/visit.ts'
import { homeOfVisit, rowKey } from '../rules/state.ts'
import type { Row } from '../rules/state.ts'
import type { When } from './alert-book.ts'

/** A sensor with a clock of its own may be so far behind ours, ms. */
const CLOCKS_DIFFER = 5_000
/** How long after the reading the alert that it raised may come: some rules wait for a "cancelled" first. */
const ALERT_WITHIN = 60_000

type Asked = Extract<VisitInput, { what: 'ask' }>
type Alarmed = Extract<VisitInput, { what: 'alarm' }>

/** The visits that are open, one in a home at most, and what readings prove in them. */
export interface Visits {
  of(home: string): VisitRow | undefined
  start(home: string, who: { readonly by: string; readonly via: string }, when: When): void
  /** @returns undefined when it is done; else why not */
  ask(input: Asked, sensor: SensorFacts, when: When): string | undefined
  /** @returns undefined when it is done; else why not */
  alarm(input: Alarmed, when: When): string | undefined
  finish(home: string): void
  /** A reading was taken. */
  heard(input: ReadingInput, sensor: SensorFacts | undefined, marks: ReadingMarks, when: When): void
  /**
   * What is new in the histories of alerts.
   * @param isTest whether an alert is a test of an alarm in this home
   */
  followAlerts(events: readonly AlertEvent[], isTest: (alert: string) => string | undefined, when: When): void
  /** A home was registered or changed: of another device nothing is known. */
  home(home: Home): void
  /** Rows to write since the last call; null: the row goes. */
  changes(): ReadonlyMap<string, VisitRow | null>
}

export function createVisits(saved: ReadonlyMap<string, Row>): Visits {
  const rows = new Map<string, VisitRow>()
  let changed = new Map<string, VisitRow | null>()
  for (const [key, row] of saved) {
    const home = homeOfVisit(key)
    if (home !== undefined) rows.set(home, row as VisitRow)
  }

  function put(home: string, row: VisitRow): void {
    rows.set(home, row)
    changed.set(rowKey.visit(home), row)
  }

  function putSensor(home: string, row: VisitRow, id: string, sensor: VisitSensor): void {
    put(home, { ...row, sensors: { ...row.sensors, [id]: sensor } })
  }

  function hearAlarm(
    row: VisitRow,
    { reading, test, kept }: ReadingInput,
    marks: ReadingMarks,
    when: When,
  ): void {
    const { alarm } = row
    if (!alarm || alarm.reading || !isAlarm(reading)) return
    if ((alarm.how === 'hub') !== (test === true)) return
    if (alarm.sensor !== undefined && alarm.sensor !== reading.sensor) return
    if (when.now > alarm.startedAt + ALARM_WITHIN) return
    if (!isNew(reading, marks, kept === true, alarm.startedAt)) return
    const { sensor, kind } = reading
    put(reading.home, { ...row, alarm: { ...alarm, reading: { sensor, kind, at: when.now, seq: when.seq } } })
  }

  return {
    of: (home) => rows.get(home),
    start(home, { by, via }, { now, seq }) {
      if (rows.has(home)) return
      put(home, { id: `v-${seq}`, by, via, startedAt: now, sensors: {} })
    },
    ask({ home, sensor: id, step, expect, by }, { profile, address }, { now }) {
      const row = rows.get(home)
      if (!row) return 'no visit is open'
      const known: VisitSensor = row.sensors[id] ?? { profile, address, steps: {} }
      const asked: AskedStep = { askedAt: now, by, expect }
      putSensor(home, row, id, { ...known, steps: { ...known.steps, [step]: asked } })
      return undefined
    },
    alarm({ home, how, sensor, by }, { now }) {
      const row = rows.get(home)
      if (!row) return 'no visit is open'
      put(home, { ...row, alarm: { how, startedAt: now, by, ...(sensor !== undefined && { sensor }) } })
      return undefined
    },
    finish(home) {
      if (rows.delete(home)) changed.set(rowKey.visit(home), null)
    },
    heard(input, facts, marks, when) {
      const { reading, test, qos, packet } = input
      const row = rows.get(reading.home)
      if (!row || !facts) return
      if (!test && reading.kind !== 'availability') {
        const known = row.sensors[reading.sensor]
        const arrived = qos === 0 ? 0 : packet ? 1 : undefined
        const next = hear(known, input, facts, marks, row.startedAt, arrived, when)
        putSensor(reading.home, row, reading.sensor, next)
      }
      hearAlarm(rows.get(reading.home) ?? row, input, marks, when)
    },
    followAlerts(events, isTest, { now }) {
      if (rows.size === 0) return
      for (const { alert, what } of events) {
        if (what !== 'raised' && what !== 'again') continue
        const home = isTest(alert)
        const row = home === undefined ? undefined : rows.get(home)
        if (home === undefined || !row?.alarm?.reading || row.alarm.alert) continue
        if (now > row.alarm.reading.at + ALERT_WITHIN) continue
        put(home, { ...row, alarm: { ...row.alarm, alert: { id: alert, at: now } } })
      }
    },
    home({ id, sensors }) {
      const row = rows.get(id)
      if (!row) return
      const same = Object.entries(row.sensors).filter(([sensor, { profile, address }]) =>
        sensors.some((one) => one.id === sensor && one.profile === profile && one.address === address),
      )
      if (same.length < Object.keys(row.sensors).length)
        put(id, { ...row, sensors: Object.fromEntries(same) })
    },
    changes() {
      const rest = changed
      if (changed.size > 0) changed = new Map()
      return rest
    },
  }
}

/** What is known of a sensor after a reading. What was wrong with the one before is over with it. */
function hear(
  known: VisitSensor | undefined,
  { reading, kept }: ReadingInput,
  { profile, address }: SensorFacts,
  marks: ReadingMarks,
  startedAt: number,
  qos: 0 | 1 | undefined,
  { now, seq }: When,
): VisitSensor {
  const { value } = reading
  const steps = Object.entries(known?.steps ?? {}).map(([step, asked]): [string, AskedStep] => {
    if (asked.proof || value === null || reading.kind !== asked.expect.kind) return [step, asked]
    if (!isNew(reading, marks, kept === true, asked.askedAt)) return [step, asked]
    if (!proves(asked.expect, reading)) return [step, { ...asked, other: { at: now, value } }]
    const { other: _, ...rest } = asked
    const proof = { at: now, observedAt: reading.at, value, seq, ...(qos !== undefined && { qos }) }
    return [step, { ...rest, proof }]
  })
  const isHeard = isFresh(reading, marks, kept === true, startedAt)
  const heardAt = isHeard ? now : known?.heardAt
  return {
    profile,
    address,
    steps: Object.fromEntries(steps),
    ...(heardAt !== undefined && { heardAt }),
    ...(qos !== undefined && { qos }),
    ...(marks.late && { late: { at: now, by: now - reading.at } }),
    ...((kept || reading.retained) && { retainedAt: now }),
    ...(marks.claimedAt !== undefined && { clockAt: now }),
  }
}

/** Whether it was observed since then, and is not from a backlog. */
function isFresh(reading: Reading, marks: ReadingMarks, isKept: boolean, since: number): boolean {
  if (isKept || reading.retained || marks.late) return false
  // Of a time that is not believed, one in the past may be that of a backlog.
  if (marks.claimedAt !== undefined) return marks.claimedAt > reading.receivedAt
  return reading.at >= since - CLOCKS_DIFFER
}

/** The same, and something happened: a status that a device repeats is older than the question. */
function isNew(reading: Reading, marks: ReadingMarks, isKept: boolean, since: number): boolean {
  return !marks.repeat && !marks.outOfOrder && isFresh(reading, marks, isKept, since)
}

/** Whether a reading calls for help, and does not take that back. */
function isAlarm({ kind, value }: Reading): boolean {
  return ALARM_KINDS.has(kind) && value !== null && value !== false && value !== 'cancelled'
}
