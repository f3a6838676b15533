import { createHash } from 'node:crypto'
import { SEVERITIES } from '../model/alert.ts'
import type { Alert, AlertEvent, Cause, Finding, Transition } from '../model/alert.ts'
import { recipientOf, toOf } from '../model/notification.ts'
import type { Notification, Template, Way } from '../model/notification.ts'
import { FRESH, installersOf, nextStep } from './escalation.ts'
import type { Place } from './escalation.ts'

/** What one change of an alert brings with it. */
export interface Change {
  readonly alert: Alert
  readonly events: readonly AlertEvent[]
  readonly notifications: readonly Notification[]
}

/** What a change may look at. */
export interface Situation extends Place {
  readonly now: number
  /** The number of the input that made it. */
  readonly seq: number
  /** Since when the home is in maintenance; absent when it is not. ms */
  readonly maintenanceSince?: number
  /** The notifications of this alert so far. */
  readonly notifications: readonly Notification[]
}

/** A person's act that is not possible, and why. */
export interface Refused {
  readonly refused: string
}

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
    }
    events.push(eventOf(alert, now, at, 'resolved', 'hub', 'rule', 'cleared'))
    return { alert: resolved, events, notifications: cancelQueued(situation.notifications) }
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
    return escalate(reopened, events, [], situation)
  }
  // What happens outside maintenance is no test, whatever the alert was. The other way round it stays real.
  if (alert.test && !isTest(at, situation)) {
    const counted = count(next, situation)
    return { ...counted, events: [...events, ...counted.events] }
  }
  // It became worth a message only now, or there was nobody to tell before.
  if (waitsForSomebody(alert)) return escalate(next, events, [], situation)
  return { alert: next, events, notifications: [] }
}

/** The next ones are told: the wait is over, or none of the last ones can come. */
export function step(alert: Alert, situation: Situation): Change {
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
 * A person has it: no further steps. Whoever was told before learns who. Only whoever it was handed on to may take it
 * from another one like this.
 */
export function acknowledge(alert: Alert, by: string, via: string, situation: Situation): Change | Refused {
  if (alert.handling === 'resolved') return { refused: `alert ${alert.id} is resolved already` }
  if (alert.handling === 'acknowledged' && alert.handedTo !== by) {
    return { refused: `alert ${alert.id} was acknowledged by ${alert.handledBy} already` }
  }
  return takenBy(alert, by, via, situation)
}

/** A person takes it from another one, who learns that. */
export function takeOver(alert: Alert, by: string, via: string, situation: Situation): Change | Refused {
  if (alert.handling === 'resolved') return { refused: `alert ${alert.id} is resolved already` }
  if (alert.handledBy === by) return { refused: `alert ${alert.id} is yours already` }
  return takenBy(alert, by, via, situation)
}

function takenBy(alert: Alert, by: string, via: string, situation: Situation): Change {
  const { now } = situation
  const { handedTo: _to, ...rest } = end(alert)
  const taken: Alert = {
    ...rest,
    handling: 'acknowledged',
    handledBy: by,
    handledAt: now,
    step: alert.step + 1,
  }
  const cancelled = cancelQueued(situation.notifications)
  const told = toldOf(situation.notifications)
  // Whoever was told of something real before has nothing to do with a test.
  if (alert.test) for (const one of told.keys()) if (!isInstaller(one, situation)) told.delete(one)
  for (const one of [alert.handledBy, by]) {
    if (one !== undefined && isReachable(one) && !told.has(one)) told.set(one, 'sms')
  }
  const receipts = [...told].flatMap(([one, way]) =>
    messageTo(one, way, taken, one === by ? 'receipt' : 'taken', situation),
  )
  return {
    alert: taken,
    events: [eventOf(alert, now, now, 'acknowledged', by, via)],
    notifications: [...cancelled, ...receipts],
  }
}

/**
 * A person asks another one to take it, who is told. Nothing stops for that: whoever has it has it until the other one
 * answers, and while nobody has it the others are told when their time comes.
 * @param to `contact:daughter` or `staff:siv`
 */
export function handOn(
  alert: Alert,
  to: string,
  by: string,
  via: string,
  situation: Situation,
): Change | Refused {
  if (alert.handling === 'resolved') return { refused: `alert ${alert.id} is resolved already` }
  if (alert.handledBy === to) return { refused: `alert ${alert.id} is ${to}'s already` }
  if (alert.home === undefined)
    return { refused: `alert ${alert.id} is about no home: nobody can be told of it` }
  const isKnown = to.startsWith('staff:')
    ? situation.staff.has(to.slice('staff:'.length))
    : situation.contacts.some(({ id }) => to === `contact:${id}`)
  if (!isKnown) return { refused: `${to} is neither a contact of the home nor of the staff` }
  const { now } = situation
  const { progress } = alert
  const handed: Alert = {
    ...alert,
    handedTo: to,
    step: alert.step + 1,
    // Told now, so not again in this round; and one more who may answer.
    progress: {
      ...progress,
      told: [...new Set([...progress.told, to])],
      asked: [...new Set([...progress.asked, to])],
    },
  }
  return {
    alert: handed,
    events: [eventOf(alert, now, now, 'handed-on', by, via, to)],
    notifications: messageTo(to, 'sms', handed, 'alert', situation),
  }
}

/** What a person noted for the others. */
export function comment(
  alert: Alert,
  by: string,
  via: string,
  text: string,
  { now }: Situation,
): Change | Refused {
  return { alert, events: [eventOf(alert, now, now, 'commented', by, via, text)], notifications: [] }
}

/** A person is on the way to the home, or there. Whoever goes has it, where nobody had. */
export function attend(
  alert: Alert,
  what: 'on-the-way' | 'arrived',
  by: string,
  via: string,
  situation: Situation,
): Change | Refused {
  if (alert.handling === 'resolved') return { refused: `alert ${alert.id} is resolved already` }
  const { now } = situation
  const taken =
    alert.handling === 'new' ? takenBy(alert, by, via, situation) : { alert, events: [], notifications: [] }
  return {
    alert: { ...taken.alert, attendance: { what, by, at: now } },
    events: [...taken.events, eventOf(alert, now, now, what, by, via)],
    notifications: taken.notifications,
  }
}

/**
 * Somebody cannot come: the next one is told at once. Not while somebody else who was told with them or after them may
 * still answer, nor when nobody else is left in this round: then the wait goes on, or the same people would be told
 * again at once.
 */
export function decline(alert: Alert, by: string, via: string, situation: Situation): Change | Refused {
  const { now } = situation
  const event = eventOf(alert, now, now, 'declined', by, via)
  if (alert.handling === 'acknowledged' && alert.handledBy === by) {
    // Whoever took it cannot come after all: it is nobody's again.
    const reopened = reopen(alert)
    const events = [event, eventOf(alert, now, now, 'reopened', by, via)]
    if (!alert.test || situation.maintenanceSince !== undefined) {
      return escalate(reopened, events, [], situation)
    }
    const counted = count(reopened, situation)
    return { ...counted, events: [...events, ...counted.events] }
  }
  if (alert.handling === 'acknowledged' && alert.handedTo === by) {
    // It was handed on to somebody who cannot: it stays with whoever has it.
    const { handedTo: _to, ...kept } = alert
    return { alert: kept, events: [event], notifications: [] }
  }
  if (alert.handling !== 'new') return { refused: `alert ${alert.id} is ${alert.handling} already` }
  const { handedTo, ...rest } = alert
  const left = handedTo === by ? rest : alert
  const { alert: next, events, notifications } = lose(left, by, situation)
  return { alert: next, events: [event, ...events], notifications }
}

/** No answer will come from one of those who were told last: when it was the only one, the next are told at once. */
export function lose(alert: Alert, recipient: string, situation: Situation): Change {
  const { progress } = alert
  const unchanged = { alert, events: [], notifications: [] }
  if (alert.handling !== 'new' || !progress.asked.includes(recipient)) return unchanged
  const asked = progress.asked.filter((one) => one !== recipient)
  const left: Alert = { ...alert, progress: { ...progress, asked } }
  const next = asked.length > 0 ? undefined : nextStep(left, situation, situation.now)
  const isLeft = next?.type === 'turn' && next.turn.progress.round === progress.round
  return isLeft ? escalate(left, [], [], situation) : { ...unchanged, alert: left }
}

/** Whether an alert that nobody has waits until there is somebody to tell of it. */
export function waitsForSomebody({ handling, nextStepAt, progress }: Alert): boolean {
  return handling === 'new' && (nextStepAt === undefined || progress.nobody === true)
}

/** The messages of the newest turn: those that asked somebody to come. */
export function newestMessages(notifications: readonly Notification[]): readonly Notification[] {
  const asking = notifications.filter(({ template }) => template === 'alert')
  const step = Math.max(0, ...asking.map((one) => one.step))
  return asking.filter((one) => one.step === step)
}

/** A human ends the alert, with the cause. */
export function resolve(
  alert: Alert,
  by: string,
  via: string,
  cause: Cause,
  comment: string | undefined,
  situation: Situation,
): Change | Refused {
  if (alert.handling === 'resolved') return { refused: `alert ${alert.id} is resolved already` }
  const { now } = situation
  const { handedTo: _to, ...rest } = end(alert)
  const over: Alert = {
    ...rest,
    handling: 'resolved',
    handledBy: by,
    handledAt: now,
    cause,
    step: alert.step + 1,
  }
  // Whoever was told that something is wrong learns that it is over.
  const told = toldOf(situation.notifications)
  told.delete(by)
  const news = [...told].flatMap(([one, way]) => messageTo(one, way, over, 'taken', situation))
  return {
    alert: over,
    events: [
      eventOf(alert, now, now, 'resolved', by, via, comment === undefined ? cause : `${cause}: ${comment}`),
    ],
    notifications: [...cancelQueued(situation.notifications, told), ...news],
  }
}

/** An answer by SMS to a message about an alert that somebody has already, or that could not be understood. */
export function reply(alert: Alert, recipient: string, template: Template, situation: Situation): Change {
  const next = { ...alert, step: alert.step + 1 }
  return {
    alert: next,
    events: [],
    notifications: messageTo(recipient, 'sms', next, template, situation),
  }
}

function escalate(
  alert: Alert,
  events: readonly AlertEvent[],
  notifications: readonly Notification[],
  situation: Situation,
): Change {
  const { now } = situation
  const next = nextStep(alert, situation, now)
  if (next.type === 'board') return { alert: end(alert), events, notifications }
  // After downtime it shows when it was due.
  const due = Math.min(now, alert.nextStepAt ?? now)
  if (next.type === 'nobody') {
    const { nobody, ...progress } = alert.progress
    const waiting: Alert = {
      ...end(alert),
      progress: { ...progress, asked: [], nobody: true },
      ...(next.at !== undefined && { nextStepAt: next.at }),
    }
    const unreached = nobody ? [] : [eventOf(alert, now, due, 'unreached', 'hub', 'timer')]
    return { alert: waiting, events: [...events, ...unreached], notifications }
  }
  const { recipients, by, wait, hasOthers, progress } = next.turn
  // From now, not from when it was due: after downtime the steps do not come all at once.
  const stepped: Alert = { ...alert, step: alert.step + 1, progress, nextStepAt: now + wait }
  const waitMinutes = hasOthers ? Math.max(1, Math.round(wait / 60_000)) : undefined
  const messages = recipients.flatMap((one) =>
    by.flatMap((way) => messageTo(one, way, stepped, 'alert', situation, waitMinutes)),
  )
  // What could not be sent yet to them says the same: after an outage one message comes, not thirty.
  const superseded = cancelQueued(situation.notifications).filter((one) =>
    recipients.includes(recipientOf(one)),
  )
  const told = recipients.map((one) => eventOf(alert, now, due, 'notified', 'hub', 'timer', one))
  return {
    alert: stepped,
    events: [...events, ...told],
    notifications: [...notifications, ...superseded, ...messages],
  }
}

function end(alert: Alert): Alert {
  const { nextStepAt: _, ...rest } = alert
  return rest
}

/** Nobody has it any more. */
function reopen(alert: Alert): Alert {
  const { handledBy: _by, handledAt: _at, handedTo: _to, attendance: _attendance, ...open } = alert
  return { ...open, handling: 'new' }
}

/** Those whom a message about the alert has reached, as far as is known, and how. */
function toldOf(notifications: readonly Notification[]): Map<string, Way> {
  const told = new Map<string, Way>()
  for (const one of notifications) {
    if (one.template !== 'alert' || (one.state !== 'accepted' && one.state !== 'delivered')) continue
    const recipient = recipientOf(one)
    if (one.channel === 'sms' || !told.has(recipient)) told.set(recipient, one.channel)
  }
  return told
}

/** Operators look at the board; contacts and staff have a phone. */
function isReachable(person: string): boolean {
  return person.startsWith('contact:') || person.startsWith('staff:')
}

/** @param news recipients whose other messages are out of date too */
function cancelQueued(
  notifications: readonly Notification[],
  news?: ReadonlyMap<string, Way>,
): Notification[] {
  return notifications
    .filter(
      (one) => one.state === 'queued' && (one.template === 'alert' || news?.has(recipientOf(one)) === true),
    )
    .map((notification) => ({ ...notification, state: 'cancelled' as const }))
}

/** One message about where the alert stands now; none about an area or the hub: contacts belong to a home. */
function messageTo(
  recipient: string,
  channel: Way,
  { id, home, step, test }: Alert,
  template: Template,
  situation: Situation,
  waitMinutes?: number,
): Notification[] {
  if (home === undefined) return []
  const { now } = situation
  const to = toOf(recipient)
  const message: Notification = {
    id: `${id}.${step}.${to.contact ?? recipient}.${channel}`,
    alert: id,
    home,
    ...to,
    channel,
    template,
    step,
    state: 'queued',
    attempts: 0,
    queuedAt: now,
    notBefore: now,
    ...(test && isInstaller(recipient, situation) && { test: true }),
    ...(waitMinutes !== undefined && { waitMinutes }),
  }
  return [message]
}

function isInstaller(recipient: string, { contacts }: Situation): boolean {
  return installersOf(contacts).some(({ id }) => recipient === `contact:${id}`)
}

/** What was observed before maintenance began is real, however late it comes. */
function isTest(at: number, { maintenanceSince }: Situation): boolean {
  return maintenanceSince !== undefined && at >= maintenanceSince
}

function eventOf(
  alert: Alert,
  now: number,
  at: number,
  what: AlertEvent['what'],
  by: string,
  via: string,
  text?: string,
): AlertEvent {
  return {
    alert: alert.id,
    now,
    at,
    what,
    by,
    via,
    ...(text !== undefined && { text }),
    ...(alert.test && { test: true }),
  }
}

/** Four digits that no other open alert has: the first free one from where the id points. */
function freeCode(id: string, isFree: (code: string) => boolean): string {
  const start = Number.parseInt(id.slice(0, 8), 16)
  for (let offset = 0; offset < 9000; offset++) {
    const code = String(1000 + ((start + offset) % 9000))
    if (isFree(code)) return code
  }
  // More than 9,000 open alerts: codes repeat, and an answer must come from a contact of the home anyway.
  return String(1000 + (start % 9000))
}
