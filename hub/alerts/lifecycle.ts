import { createHash } from 'node:crypto'
import { SEVERITIES } from '../model/alert.ts'
import type { Alert, AlertEvent, Finding, Transition } from '../model/alert.ts'
import { waysTo } from '../model/lacks.ts'
import { recipientOf } from '../model/notification.ts'
import type { AlertNotification, Way } from '../model/notification.ts'
import { mayBeGathered } from './attention.ts'
import { end, eventOf } from './change.ts'
import type { Change, Situation } from './change.ts'
import { FRESH, nextStep } from './escalation.ts'
import type { Place } from './escalation.ts'
import { freeCode } from './free-code.ts'
import { cancelNews, cancelQueued, messageTo, occasionFor, overTo, toldOf } from './messages.ts'
import { factsOf } from './plan.ts'
import { quietUntil } from './quiet-hours.ts'
import { localMinute } from '../time/local-time.ts'

/** Opens an alert for a transition to which none is open. */
export function raise(
  transition: Transition,
  finding: Finding,
  isCodeFree: (code: string) => boolean,
  situation: Situation,
): Change {
  const { rule, scope, home, area, severity, at, detail } = transition
  const id = createHash('sha256').update(`${rule}|${scope}|${situation.seq}`).digest('hex').slice(0, 12)
  const alert: Alert = {
    id,
    ...(home !== undefined && { home }),
    ...(area !== undefined && { area }),
    rule,
    scope,
    code: freeCode(id, isCodeFree),
    title: finding.title,
    ...(finding.advice && { advice: finding.advice }),
    category: finding.category,
    resolve: finding.resolve,
    ...(finding.policy !== undefined && { policy: finding.policy }),
    ...(finding.raisedBy !== undefined && { raisedBy: finding.raisedBy }),
    ...(finding.alarm && { alarm: true }),
    severity,
    ...(isTest(at, situation) && { test: true }),
    condition: 'active',
    handling: 'new',
    raisedAt: at,
    openedAt: situation.now,
    lastAt: at,
    count: 1,
    detail,
    step: 0,
    progress: FRESH,
  }
  const event = eventOf(alert, situation.now, at, 'raised', 'hub', 'rule', severity)
  return escalate(alert, [event], [], situation)
}

/** What a transition does to the open alert of its rule and scope. */
export function follow(alert: Alert, transition: Transition, situation: Situation): Change {
  const { to, at, detail, severity } = transition
  const { now } = situation
  if (to === 'cleared') {
    // Which homes of an area are left is told with its end.
    const last = detail.homes ? { detail } : {}
    const cleared: Alert = { ...alert, condition: 'cleared', ...last }
    const events = [eventOf(alert, now, at, 'cleared', 'hub', 'rule')]
    if (alert.resolve === 'manual') return { alert: cleared, events, notifications: [] }
    const resolved: Alert = {
      ...end(cleared),
      handling: 'resolved',
      cause: 'cleared',
      handledBy: 'hub',
      handledAt: now,
      step: alert.step + 1,
    }
    events.push(eventOf(alert, now, at, 'resolved', 'hub', 'rule', 'cleared'))
    return {
      alert: resolved,
      events,
      notifications: overTo(toldOf(situation.notifications), resolved, situation),
    }
  }
  const worse = SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(alert.severity)
  const next: Alert = {
    ...alert,
    condition: 'active',
    severity: worse ? severity : alert.severity,
    detail,
    ...(to !== 'level' && { lastAt: at, count: alert.count + 1 }),
  }
  const what = to === 'level' ? 'level' : 'again'
  const events = [eventOf(alert, now, at, what, 'hub', 'rule', next.severity)]
  if (alert.handling === 'acknowledged') {
    // A second fall is never hidden by the answer to the first.
    const { test: _test, ...open } = reopen(next)
    const test = isTest(at, situation) && { test: true as const }
    const reopened: Alert = { ...open, ...test, progress: FRESH }
    events.push(eventOf(reopened, now, at, 'reopened', 'hub', 'rule'))
    // Whoever was told of something real is told nothing of a test.
    const outdated = reopened.test ? [] : cancelNews(situation.notifications)
    return escalate(reopened, events, outdated, situation)
  }
  // What happens outside maintenance is no test, whatever the alert was. The other way round it stays real.
  if (alert.test && !isTest(at, situation)) {
    const counted = count(next, situation)
    return { ...counted, events: [...events, ...counted.events] }
  }
  // It became worth a message only now, or there was nobody to tell before; or it is no news of before a backup.
  if (waitsForSomebody(alert) || alert.progress.setAside) return escalate(next, events, [], situation)
  return hurry({ alert: next, events, notifications: [] }, situation)
}

/** The next ones are told: the wait is over, or none of the last ones can come. */
export function step(alert: Alert, situation: Situation): Change {
  // What was over when its hold ended calls for nobody, until it fires again.
  if (alert.held) return { alert, events: [], notifications: [] }
  return escalate(alert, [], [], situation)
}

/**
 * A test that nobody has answered counts as real: nobody said that it was one. Its home's contacts are told from the
 * first on (docs/decisions/0009-maintenance.md).
 */
export function count(alert: Alert, situation: Situation): Change {
  const { test: _, ...real } = end(alert)
  const event = eventOf(real, situation.now, situation.now, 'counted', 'hub', 'timer')
  return escalate({ ...real, progress: FRESH }, [event], cancelQueued(situation.notifications), situation)
}

/**
 * While no board is open, nobody sees what waits: the next of the round are told of a high alert about a person at once,
 * too. Once, until it is reopened (docs/decisions/0019-no-board.md).
 */
export function hurry(change: Change, situation: Situation): Change {
  const { alert, events, notifications } = change
  if (!mayHurry(alert, situation)) return change
  const { now } = situation
  const hurried: Alert = { ...alert, progress: { ...alert.progress, unwatchedAt: now } }
  const said = eventOf(alert, now, now, 'unwatched', 'hub', 'timer')
  return escalate(hurried, [...events, said], notifications, situation)
}

function mayHurry(alert: Alert, situation: Situation): boolean {
  const { severity, category, alarm, handling, test, held, progress, nextStepAt } = alert
  const { now, unwatchedUntil = now, isHeld } = situation
  if (now >= unwatchedUntil || progress.unwatchedAt !== undefined) return false
  if (severity !== 'high' || (category === 'technical' && !alarm) || test || held || isHeld) return false
  // Nobody to tell is another matter: whoever can be told is told at once anyway.
  if (handling !== 'new' || nextStepAt === undefined || progress.nobody || progress.setAside) return false
  return isNextInRound(alert, situation)
}

/**
 * No answer will come from one of those who were told last: when it was the only one, the next are told at once. When
 * nobody is left but those whom the policy does not name, or not for this hour, or who have quiet hours, these give way.
 */
export function lose(alert: Alert, recipient: string, situation: Situation): Change {
  const { progress } = alert
  const unchanged = { alert, events: [], notifications: [] }
  if (alert.handling !== 'new' || !progress.asked.includes(recipient)) return unchanged
  const asked = progress.asked.filter((one) => one !== recipient)
  const left: Alert = { ...alert, progress: { ...progress, asked } }
  if (asked.length > 0) return { ...unchanged, alert: left }
  if (isNextInRound(left, situation)) return escalate(left, [], [], situation)
  return { ...unchanged, alert: left }
}

/** Whether somebody can be told whom the round has not told. */
function isNextInRound(alert: Alert, { now, ...place }: Place & { readonly now: number }): boolean {
  const next = nextStep(alert, place, now)
  return next.type === 'turn' && next.turn.progress.round === alert.progress.round
}

/** Whether an alert that nobody has waits until there is somebody to tell of it. */
export function waitsForSomebody({ handling, nextStepAt, progress }: Alert): boolean {
  return handling === 'new' && (nextStepAt === undefined || progress.nobody === true)
}

/** Whether there is somebody now whom the round has not told, though it had told all and only its repetition is due. */
export function hasNewcomer(alert: Alert, place: Place, now: number): boolean {
  return (
    alert.handling === 'new' && alert.progress.resting === true && isNextInRound(alert, { ...place, now })
  )
}

/** Tells whoever is next, or says that there is nobody. */
export function escalate(
  { held, ...alert }: Alert,
  events: readonly AlertEvent[],
  notifications: readonly AlertNotification[],
  situation: Situation,
): Change {
  const { now } = situation
  if (situation.isHeld) {
    const quiet: Alert = { ...end(alert), held: true }
    const said = held ? [] : [eventOf(quiet, now, now, 'held', 'hub', 'rule')]
    return { alert: quiet, events: [...events, ...said], notifications }
  }
  const next = nextStep(alert, situation, now)
  if (next.type === 'board') return { alert: end(alert), events, notifications }
  // After downtime it shows when it was due.
  const due = Math.min(now, alert.nextStepAt ?? now)
  const { quiet: before = [], noAddress: lacking = [], ...rest } = alert.progress
  const quiet = next.quiet.length > 0 && { quiet: next.quiet }
  const spared = next.quiet
    .filter((one) => !before.includes(one))
    .map((one) => eventOf(alert, now, due, 'quiet', 'hub', 'timer', quietHoursOf(one, situation)))
  const noAddress = next.noAddress.length > 0 && { noAddress: next.noAddress }
  for (const one of next.noAddress) {
    if (!lacking.includes(one)) spared.push(eventOf(alert, now, due, 'no-address', 'hub', 'timer', one))
  }
  if (next.type === 'nobody') {
    const { nobody, ...progress } = rest
    const waiting: Alert = {
      ...end(alert),
      progress: { ...progress, asked: [], nobody: true, ...quiet, ...noAddress },
      ...(next.at !== undefined && { nextStepAt: next.at }),
    }
    const unreached = nobody ? [] : [eventOf(alert, now, due, 'unreached', 'hub', 'timer')]
    return { alert: waiting, events: [...events, ...spared, ...unreached], notifications }
  }
  const { recipients, by, wait, hasOthers, passedOver, progress } = next.turn
  const gaveWay = GIVE_WAY.filter(([key]) => progress[key] && !rest[key]).map(([, what]) =>
    eventOf(alert, now, due, what, 'hub', 'timer'),
  )
  const gatheredUntil = (one: string, way: Way): number | undefined =>
    mayBeGathered(alert) ? situation.gatheredUntil?.(one, way) : undefined
  const toldAt = (one: string): number => Math.min(...by.map((way) => gatheredUntil(one, way) ?? now))
  const stepped: Alert = {
    ...alert,
    step: alert.step + 1,
    progress: {
      ...progress,
      ...quiet,
      ...noAddress,
      ...(rest.unwatchedAt !== undefined && { unwatchedAt: rest.unwatchedAt }),
    },
    // From now, not from when it was due: after downtime the steps do not come all at once. Whoever is told with others
    // has the same time to answer, from then.
    nextStepAt: Math.min(...recipients.map(toldAt)) + wait,
  }
  // The others are told now, so there is no time to name.
  const waitMinutes =
    hasOthers && !mayHurry(stepped, situation)
      ? wait < 60_000
        ? wait / 60_000
        : Math.round(wait / 60_000)
      : undefined
  const messages = recipients.flatMap((one) => {
    const occasion = occasionFor(one, alert, situation.notifications)
    const remarks = {
      ...(waitMinutes !== undefined && { waitMinutes }),
      ...(occasion && { occasion }),
    }
    return waysTo(factsOf(one, situation), by).flatMap((way) => {
      const isGathered = gatheredUntil(one, way) !== undefined
      return messageTo(one, way, stepped, 'alert', situation, remarks).map((message) =>
        isGathered ? { ...message, state: 'gathered' as const } : message,
      )
    })
  })
  // What could not be sent yet to them says the same: after an outage one message comes, not thirty.
  const superseded = cancelQueued(situation.notifications).filter((one) =>
    recipients.includes(recipientOf(one)),
  )
  const { perHour } = situation.policies.limits
  const why = `limit of ${perHour} ${perHour === 1 ? 'message' : 'messages'} an hour`
  const passed = passedOver.map((one) =>
    eventOf(alert, now, due, 'passed-over', 'hub', 'timer', `${one}: ${why}`),
  )
  const told = recipients.map((one) =>
    eventOf(alert, now, due, toldAt(one) === now ? 'notified' : 'gathered', 'hub', 'timer', one),
  )
  const change = {
    alert: stepped,
    events: [...events, ...spared, ...gaveWay, ...passed, ...told],
    notifications: [...notifications, ...superseded, ...messages],
  }
  return hurry(change, situation)
}

/** What gives way so that somebody is told, and what the history says of it. */
const GIVE_WAY = [
  ['widened', 'widened'],
  ['woken', 'woken'],
  ['anyHour', 'any-hour'],
] as const
/** `contact:anne: 07:00`: who, and until when by the clock of the home. */
function quietHoursOf(recipient: string, { contacts, timezone, now }: Situation): string {
  const contact = contacts.find(({ id }) => recipient === `contact:${id}`)
  const until = contact && quietUntil(contact, timezone, now)
  return until === undefined ? recipient : `${recipient}: ${localMinute(timezone, until).slice(-5)}`
}

/** Nobody has it any more. */
export function reopen(alert: Alert): Alert {
  const { handledBy: _by, handledAt: _at, handedTo: _to, attendance: _attendance, ...open } = alert
  return { ...open, handling: 'new' }
}

/** What was observed before maintenance began is real, however late it comes. */
function isTest(at: number, { maintenanceSince }: Situation): boolean {
  return maintenanceSince !== undefined && at >= maintenanceSince
}
