import { createHash } from 'node:crypto'
import { SEVERITIES } from '../model/alert.ts'
import type { Alert, AlertEvent, Cause, Finding, Transition } from '../model/alert.ts'
import type { ContactFacts } from '../model/home.ts'
import type { Notification, Template } from '../model/notification.ts'
import { contactsFor, mayNotify, nextStep } from './escalation.ts'

/** What one change of an alert brings with it. */
export interface Change {
  readonly alert: Alert
  readonly events: readonly AlertEvent[]
  readonly notifications: readonly Notification[]
}

/** What a change may look at. */
export interface Situation {
  readonly now: number
  /** The number of the input that made it. */
  readonly seq: number
  readonly contacts: readonly ContactFacts[]
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
    position: 0,
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
    const { handledBy: _by, handledAt: _at, test: _test, ...open } = next
    const test = isTest(at, situation) && { test: true as const }
    const reopened: Alert = { ...open, ...test, handling: 'new', position: 0 }
    events.push(eventOf(reopened, now, at, 'reopened', 'hub', 'rule'))
    return escalate(reopened, events, [], situation)
  }
  // What happens outside maintenance is no test, whatever the alert was. The other way round it stays real.
  if (alert.test && !isTest(at, situation)) {
    const counted = count(next, situation)
    return { ...counted, events: [...events, ...counted.events] }
  }
  // It became worth a message only now, or there was nobody to tell before.
  if (alert.nextStepAt === undefined) return escalate(next, events, [], situation)
  return { alert: next, events, notifications: [] }
}

/** The next contact is told: the wait is over, or the last one cannot come. */
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
  return escalate({ ...real, position: 0 }, [event], cancelQueued(situation.notifications), situation)
}

/** A person has it: no further steps. Whoever was told before learns who. */
export function acknowledge(alert: Alert, by: string, via: string, situation: Situation): Change | Refused {
  if (alert.handling === 'resolved') return { refused: `alert ${alert.id} is resolved already` }
  if (alert.handling === 'acknowledged') {
    return { refused: `alert ${alert.id} was acknowledged by ${alert.handledBy} already` }
  }
  const { now } = situation
  const taken: Alert = {
    ...end(alert),
    handling: 'acknowledged',
    handledBy: by,
    handledAt: now,
    step: alert.step + 1,
  }
  const cancelled = cancelQueued(situation.notifications)
  const told = toldOf(situation.notifications)
  // Whoever was told of something real before has nothing to do with a test.
  if (alert.test) for (const id of told) if (!isInstaller(id, situation)) told.delete(id)
  const taker = by.startsWith('contact:') ? by.slice('contact:'.length) : undefined
  if (taker !== undefined) told.add(taker)
  const receipts = [...told].flatMap((contact) =>
    messageTo(contact, taken, contact === taker ? 'receipt' : 'taken', situation),
  )
  return {
    alert: taken,
    events: [eventOf(alert, now, now, 'acknowledged', by, via)],
    notifications: [...cancelled, ...receipts],
  }
}

/**
 * A contact cannot come: the next one is told at once. Not when somebody told after them has the message now, nor
 * when nobody else is left in this round: then the wait goes on, or the same people would be told again at once.
 */
export function decline(alert: Alert, by: string, via: string, situation: Situation): Change | Refused {
  const { now, notifications } = situation
  const contacts = contactsFor(alert, situation.contacts)
  const event = eventOf(alert, now, now, 'declined', by, via)
  if (alert.handling === 'acknowledged' && alert.handledBy === by) {
    // Whoever took it cannot come after all: it is nobody's again.
    const { handledBy: _by, handledAt: _at, ...open } = alert
    const reopened: Alert = { ...open, handling: 'new' }
    const events = [event, eventOf(alert, now, now, 'reopened', by, via)]
    if (!alert.test || situation.maintenanceSince !== undefined) {
      return escalate(reopened, events, [], situation)
    }
    const counted = count(reopened, situation)
    return { ...counted, events: [...events, ...counted.events] }
  }
  if (alert.handling !== 'new') return { refused: `alert ${alert.id} is ${alert.handling} already` }
  const isLastTold = by === `contact:${newestMessage(notifications)?.contact}`
  const isRoundOver = contacts.length === 0 || alert.position % contacts.length === 0
  if (!isLastTold || isRoundOver) return { alert, events: [event], notifications: [] }
  return escalate(alert, [event], [], situation)
}

/** The newest message that asked somebody to come. */
export function newestMessage(notifications: readonly Notification[]): Notification | undefined {
  return notifications.filter(({ template }) => template === 'alert').toSorted((a, b) => b.step - a.step)[0]
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
  const over: Alert = {
    ...end(alert),
    handling: 'resolved',
    handledBy: by,
    handledAt: now,
    cause,
    step: alert.step + 1,
  }
  // Whoever was told that something is wrong learns that it is over.
  const told = toldOf(situation.notifications)
  told.delete(by.replace(/^contact:/, ''))
  const news = [...told].flatMap((contact) => messageTo(contact, over, 'taken', situation))
  return {
    alert: over,
    events: [
      eventOf(alert, now, now, 'resolved', by, via, comment === undefined ? cause : `${cause}: ${comment}`),
    ],
    notifications: [...cancelQueued(situation.notifications, told), ...news],
  }
}

/** An answer by SMS to a message about an alert that somebody has already, or that could not be understood. */
export function reply(alert: Alert, contact: string, template: Template, situation: Situation): Change {
  const next = { ...alert, step: alert.step + 1 }
  return {
    alert: next,
    events: [],
    notifications: messageTo(contact, next, template, situation),
  }
}

function escalate(
  alert: Alert,
  events: readonly AlertEvent[],
  notifications: readonly Notification[],
  situation: Situation,
): Change {
  const next = mayNotify(alert).yes
    ? nextStep(contactsFor(alert, situation.contacts), alert.position)
    : undefined
  if (!next) return { alert: end(alert), events, notifications }
  const { now } = situation
  // From now, not from when it was due: after downtime the steps do not come all at once.
  const stepped: Alert = {
    ...alert,
    step: alert.step + 1,
    position: alert.position + 1,
    nextStepAt: now + next.wait,
  }
  const message = messageTo(next.contact, stepped, 'alert', situation, next.waitMinutes)
  // What could not be sent yet to this contact says the same: after an outage one message comes, not thirty.
  const superseded = cancelQueued(situation.notifications).filter(({ contact }) => contact === next.contact)
  // After downtime it shows when it was due.
  const due = Math.min(now, alert.nextStepAt ?? now)
  const told = eventOf(alert, now, due, 'notified', 'hub', 'timer', `contact:${next.contact}`)
  return {
    alert: stepped,
    events: [...events, told],
    notifications: [...notifications, ...superseded, ...message],
  }
}

function end(alert: Alert): Alert {
  const { nextStepAt: _, ...rest } = alert
  return rest
}

/** The contacts whom a message about the alert has reached, as far as is known. */
function toldOf(notifications: readonly Notification[]): Set<string> {
  return new Set(
    notifications
      .filter(
        ({ template, state }) => template === 'alert' && (state === 'accepted' || state === 'delivered'),
      )
      .map(({ contact }) => contact),
  )
}

/** @param news contacts whose other messages are out of date too */
function cancelQueued(notifications: readonly Notification[], news?: ReadonlySet<string>): Notification[] {
  return notifications
    .filter(
      ({ state, template, contact }) => state === 'queued' && (template === 'alert' || news?.has(contact)),
    )
    .map((notification) => ({ ...notification, state: 'cancelled' as const }))
}

/** One message about where the alert stands now; none about an area or the hub: contacts belong to a home. */
function messageTo(
  contact: string,
  { id, home, step, test }: Alert,
  template: Template,
  situation: Situation,
  waitMinutes?: number,
): Notification[] {
  if (home === undefined) return []
  const { now } = situation
  const message: Notification = {
    id: `${id}.${step}.${contact}.sms`,
    alert: id,
    home,
    contact,
    channel: 'sms',
    template,
    step,
    state: 'queued',
    attempts: 0,
    queuedAt: now,
    notBefore: now,
    ...(test && isInstaller(contact, situation) && { test: true }),
    ...(waitMinutes !== undefined && { waitMinutes }),
  }
  return [message]
}

function isInstaller(contact: string, { contacts }: Situation): boolean {
  return contacts.some(({ id, role }) => id === contact && role === 'installer')
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
