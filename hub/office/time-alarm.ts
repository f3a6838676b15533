import type { Alert, AlertEvent } from '../model/alert.ts'
import { recipientOf } from '../model/notification.ts'
import type { AlertNotification } from '../model/notification.ts'
import { ALARM_LEGS, ALARM_WITHIN } from '../model/visit.ts'
import type { AlarmFailure, AlarmLegName, VisitAlarm, VisitAlarmView } from '../model/visit.ts'
import { failure } from './visit-texts.ts'

/** A rule may wait for a "cancelled" before it calls anybody, ms. */
const ALERT_WITHIN = 60_000
const SENT_WITHIN = 2 * 60_000
const ANSWERED_WITHIN = 10 * 60_000

/** What is kept of the alert that the alarm raised. */
export interface AlertStory {
  readonly alert: Alert | undefined
  readonly events: readonly AlertEvent[]
  readonly notifications: readonly AlertNotification[]
}

/**
 * How long each leg of an alarm took, from the histories of the alert and its messages.
 * @param isInstaller whether somebody (`contact:ola`, `operator:ola`) may answer for this visit
 */
export function timeAlarm(
  alarm: VisitAlarm,
  { alert, events, notifications }: AlertStory,
  isInstaller: (who: string) => boolean,
  now: number,
): VisitAlarmView {
  const { how, sensor, startedAt, reading } = alarm
  const since = alarm.alert?.at ?? Infinity
  const later = events.filter((event) => event.now >= since)
  const messages = notifications
    .filter((one) => one.template === 'alert' && one.queuedAt >= since && one.state !== 'gathered')
    .filter((one) => one.channel === 'sms' && isInstaller(recipientOf(one)))
    .toSorted((a, b) => a.queuedAt - b.queuedAt || (a.id < b.id ? -1 : 1))
  const answer = later.find(({ what }) => what === 'acknowledged')
  // Of several who were told, the one who answered.
  const message = messages.find((one) => recipientOf(one) === answer?.by) ?? messages[0]
  const told = (to: string): number | undefined =>
    later.find(
      ({ what, notification, text }) => what === 'delivery' && notification === message?.id && text === to,
    )?.now
  const isTheirs = answer !== undefined && isInstaller(answer.by)
  const at: Partial<Record<AlarmLegName, number | undefined>> = {
    reading: reading?.at,
    alert: alarm.alert?.at,
    queued: message?.queuedAt,
    sent: told('accepted') ?? told('delivered'),
    delivered: told('delivered'),
    answered: isTheirs ? answer.now : undefined,
  }
  let before = startedAt
  const legs = ALARM_LEGS.map((leg) => {
    const reached = at[leg]
    if (reached === undefined) return { leg }
    const seconds = secondsOf(reached - before)
    before = reached
    return { leg, at: reached, seconds }
  })
  const why = whyFailed()
  const isAnswered = why === undefined && at.answered !== undefined
  return {
    how,
    ...((reading?.sensor ?? sensor) !== undefined && { sensor: reading?.sensor ?? sensor ?? '' }),
    ...(alarm.alert && { alert: alarm.alert.id }),
    startedAt,
    legs,
    ...(isAnswered &&
      reading &&
      at.answered !== undefined && { seconds: secondsOf(at.answered - reading.at) }),
    ...(answer && { answeredBy: answer.by, via: answer.via }),
    state: why ? 'failed' : isAnswered ? 'answered' : 'waiting',
    ...(why && { reason: why }),
  }

  function whyFailed(): AlarmFailure | undefined {
    if (!reading) return now > startedAt + ALARM_WITHIN ? failure('no-reading') : undefined
    if (!alarm.alert) return now > reading.at + ALERT_WITHIN ? failure('no-alert') : undefined
    if (answer && !isTheirs) return failure('answered-by-other')
    if (answer && !message) return failure('no-message')
    if (answer && at.sent === undefined) return failure('not-sent')
    if (answer) return undefined
    if (alert?.handling === 'resolved') return failure('resolved')
    if (!message) return now > since + ALERT_WITHIN ? failure('no-message') : undefined
    if (messages.every(({ state }) => state === 'failed')) return failure('not-sent')
    if (at.sent === undefined && now > message.queuedAt + SENT_WITHIN) return failure('not-sent')
    return now > since + ANSWERED_WITHIN ? failure('no-answer') : undefined
  }
}

/** With one decimal: an SMS takes seconds, the rest milliseconds. */
function secondsOf(ms: number): number {
  return Math.round(ms / 100) / 10
}
