import { INDICATOR_IDS } from '../model/indicator.ts'
import type { Figure, IndicatorId } from '../model/indicator.ts'
import type { Protection, ProtectionState } from '../model/protection.ts'
import { SEVERITIES } from '../model/alert.ts'
import type { Alert, Severity } from '../model/alert.ts'
import { subjectOf, tags } from './points.ts'
import type { Point, PointFields } from './points.ts'

/**
 * Points of what the hub knows and the journal does not say. They are samples: what was not written at the time is not
 * written later, and nothing rebuilds it. All numbers are floats, pseudonyms only.
 */

/** A home as it is now. */
export interface HomeSample {
  readonly home: string
  readonly area?: string
  readonly protection: Pick<Protection, 'state'> & {
    readonly reasons: readonly { readonly code: string }[]
  }
  readonly openAlerts: number
  /** Is its link up? */
  readonly online: boolean
  /** Sensors that have not been heard in time, of all. */
  readonly silent: number
  readonly sensors: number
}

export interface SensorSample {
  readonly home: string
  readonly sensor: string
  readonly profile: string
  readonly room?: string
  readonly area?: string
  /** ms since it was heard; not given: never. */
  readonly quiet?: number
  readonly silent: boolean
  /** In %, as the sensor says. */
  readonly battery?: number
  readonly link?: number
  /** At or under the limit that is in force for it. */
  readonly isBatteryLow: boolean
}

/** The hub since the last sample, or now. Times in ms, sizes in bytes. Not given: not known. */
export interface HubSample {
  /** How long it was since the last sample. */
  readonly span: number
  readonly readings: number
  readonly inputs: number
  readonly undecoded: number
  /** How long transactions took; not given: there was none. */
  readonly commit?: { readonly p50: number; readonly p99: number }
  /** How late the thread that answers MQTT comes to what is due: 99 of 100 times at most so late. */
  readonly loop: number
  readonly history: { readonly entries: number; readonly age: number }
  readonly outbox: { readonly queued: number; readonly age: number }
  readonly connections: number
  readonly homes: number
  readonly openAlerts: number
  readonly unanswered: number
  readonly diskFree?: number
  readonly memory: number
  readonly channels: readonly { readonly channel: string; readonly ok: boolean }[]
  readonly connectorsDown: number
}

/** Only of homes in service is it said. */
const PROTECTED: Readonly<Partial<Record<ProtectionState, number>>> = { protected: 1, partly: 0.5, not: 0 }

/** @param at ms since 1970 */
export function homePoint(at: number, sample: HomeSample): Point {
  const { home, area, protection, openAlerts, online, silent, sensors } = sample
  const { state, reasons } = protection
  const value = PROTECTED[state]
  return point(
    at,
    'home',
    { home, area },
    {
      ...(value !== undefined && { protection: value }),
      state,
      reason: reasons[0]?.code ?? '',
      reasons: reasons.length,
      open_alerts: openAlerts,
      online: flag(online),
      silent,
      sensors,
    },
  )
}

/** @param at ms since 1970 */
export function sensorPoint(at: number, sample: SensorSample): Point {
  const { home, sensor, room, area, profile, quiet, silent, battery, link, isBatteryLow } = sample
  return point(
    at,
    'sensor',
    { home, sensor, room, area, profile },
    {
      ...(quiet !== undefined && { quiet: quiet / 1000 }),
      silent: flag(silent),
      ...(battery !== undefined && { battery }),
      ...(link !== undefined && { link }),
      battery_low: flag(isBatteryLow),
    },
  )
}

/** One point of the hub, and one of each channel. @param at ms since 1970 */
export function hubPoints(at: number, sample: HubSample): readonly Point[] {
  const { span, commit, history, outbox, channels, diskFree } = sample
  const seconds = Math.max(1, span) / 1000
  return [
    point(
      at,
      'hub',
      {},
      {
        readings_per_s: sample.readings / seconds,
        inputs_per_s: sample.inputs / seconds,
        undecoded: sample.undecoded,
        ...(commit && { commit_ms_p50: commit.p50, commit_ms_p99: commit.p99 }),
        loop_ms_p99: sample.loop,
        history_lag: history.entries,
        history_lag_s: history.age / 1000,
        outbox: outbox.queued,
        outbox_s: outbox.age / 1000,
        connections: sample.connections,
        homes: sample.homes,
        open_alerts: sample.openAlerts,
        unanswered: sample.unanswered,
        ...(diskFree !== undefined && { disk_free: diskFree }),
        memory: sample.memory,
        channels_down: channels.filter(({ ok }) => !ok).length,
        connectors_down: sample.connectorsDown,
      },
    ),
    ...channels.map(({ channel, ok }) => point(at, 'channel', { channel }, { up: flag(ok) })),
  ]
}

/**
 * An alert that is open, or was when samples were taken last: so what is open now is found in the points of the last
 * minute, however long the history is. @param at ms since 1970
 */
export function openAlertPoint(at: number, alert: Alert, isOpen: boolean): Point {
  const { id, home, area, rule, scope, severity, handling, condition, raisedAt, test } = alert
  return point(
    at,
    'open_alert',
    { home, area, rule, subject: subjectOf(scope) },
    {
      open: flag(isOpen),
      alert: id,
      urgency: urgencyOf(severity),
      handling: isOpen ? handling : 'resolved',
      condition,
      raised: raisedAt,
      test: flag(test === true),
    },
  )
}

/** How many are open by severity, and how many high and medium ones nobody has taken. @param at ms since 1970 */
export function openCountsPoint(at: number, alerts: readonly Alert[]): Point {
  const count = (severity: Severity) => alerts.filter((alert) => alert.severity === severity).length
  const urgent = alerts.filter(
    ({ severity, handling }) => handling === 'new' && (severity === 'high' || severity === 'medium'),
  )
  const counts = Object.fromEntries(SEVERITIES.map((severity) => [severity, count(severity)]))
  return point(at, 'open_alerts', {}, { ...counts, urgent: urgent.length })
}

/** A number that one can sort by: 4 is high, 1 is info. */
export function urgencyOf(severity: Severity): number {
  return SEVERITIES.length - SEVERITIES.indexOf(severity)
}

/** Those of which there was something to measure. @param at ms since 1970: the end of what they are measured over */
export function indicatorPoints(
  at: number,
  figures: Readonly<Record<IndicatorId, Figure>>,
): readonly Point[] {
  return INDICATOR_IDS.flatMap((indicator) => {
    const { value, p90, of, total } = figures[indicator]
    if (value === undefined) return []
    return [
      point(
        at,
        'indicator',
        { indicator },
        {
          value,
          of,
          ...(p90 !== undefined && { p90 }),
          ...(total !== undefined && { total }),
        },
      ),
    ]
  })
}

/** Of no entry of the journal; what it is about and its time tell it apart from others. */
function point(
  at: number,
  measurement: string,
  about: Readonly<Record<string, string | undefined>>,
  fields: PointFields,
): Point {
  return { measurement, tags: tags(about), fields, time: String(BigInt(at) * 1_000_000n), seq: 0 }
}

function flag(is: boolean): 0 | 1 {
  return is ? 1 : 0
}
