import type { Alert, AlertEvent, Cause } from '../model/alert.ts'
import { recipientOf } from '../model/notification.ts'
import type { Template } from '../model/notification.ts'
import { end, eventOf } from './change.ts'
import type { Change, Refused, Situation } from './change.ts'
import { count, escalate, lose, reopen } from './lifecycle.ts'
import {
  cancelNews,
  cancelQueued,
  isInstaller,
  messageTo,
  newestMessages,
  newsTo,
  overTo,
  toldOf,
  wasToldWithOthers,
} from './messages.ts'
import { mayGet } from '../model/consent.ts'
import { waysTo } from '../model/lacks.ts'
import { factsOf } from './plan.ts'

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
  const told = toldOf(situation.notifications)
  // Whoever was told of something real before has nothing to do with a test.
  if (alert.test) for (const one of told.keys()) if (!isInstaller(one, situation)) told.delete(one)
  for (const one of [alert.handledBy, by]) {
    if (one !== undefined && isReachable(one) && !told.has(one)) told.set(one, 'sms')
  }
  const remarks = alert.handledBy === undefined ? {} : { takenOver: true as const }
  const receipts = [...told].flatMap(([one, way]) =>
    one === by
      ? messageTo(one, way, taken, 'receipt', situation)
      : newsTo(one, way, taken, situation, remarks),
  )
  // What still waits for them says who had it before.
  const cancelled = cancelQueued(situation.notifications, told)
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
  if (alert.home === undefined && !to.startsWith('staff:'))
    return { refused: `alert ${alert.id} is about no home: only the staff can be told of it` }
  const isKnown = to.startsWith('staff:')
    ? situation.staff.has(to.slice('staff:'.length))
    : situation.contacts.some(({ id }) => to === `contact:${id}`)
  if (!isKnown) return { refused: `${to} is neither a contact of the home nor of the staff` }
  const contact = situation.contacts.find(({ id }) => to === `contact:${id}`)
  if (contact && !mayGet('alerts', contact)) {
    return { refused: `${to} gets no messages about alerts: see aal consent ${alert.home}` }
  }
  if (waysTo(factsOf(to, situation), ['sms']).length === 0) return { refused: `${to} has no phone number` }
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
    notifications: messageTo(to, 'sms', handed, 'alert', situation, { askedBy: by }),
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
    return giveBack(alert, [event, eventOf(alert, now, now, 'reopened', by, via)], situation)
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

/** Whoever took it does not come: the next are told. */
function giveBack(alert: Alert, events: readonly AlertEvent[], situation: Situation): Change {
  const open = reopen(alert)
  // Those who were asked before were told that somebody has it: nobody is thinking about it any more.
  const reopened: Alert = { ...open, progress: { ...open.progress, asked: [] } }
  const outdated = cancelNews(situation.notifications)
  if (!alert.test || situation.maintenanceSince !== undefined) {
    return escalate(reopened, events, outdated, situation)
  }
  const counted = count(reopened, situation)
  return {
    ...counted,
    events: [...events, ...counted.events],
    notifications: [...outdated, ...counted.notifications],
  }
}

/**
 * Somebody is not registered any more: what they have is nobody's, and no answer of theirs is waited for.
 * @param gone `contact:daughter` or `staff:siv`
 */
export function forget(alert: Alert, gone: string, via: string, situation: Situation): Change {
  const { handedTo, ...rest } = alert
  const left: Alert = handedTo === gone ? rest : alert
  const { now } = situation
  if (left.handling === 'acknowledged' && left.handledBy === gone) {
    const why = `${gone} is not registered any more`
    return giveBack(left, [eventOf(alert, now, now, 'reopened', 'hub', via, why)], situation)
  }
  return lose(left, gone, situation)
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
  const told = toldOf(situation.notifications)
  const { handledBy } = alert
  // Whoever has it may have taken it without a message; a receipt that waits will say that it is over.
  const hasReceipt = situation.notifications.some(
    (one) => one.state === 'queued' && one.template === 'receipt' && recipientOf(one) === handledBy,
  )
  const isTold = handledBy === undefined || wasToldWithOthers(situation.notifications, handledBy)
  if (!isTold && isReachable(handledBy) && !told.has(handledBy) && !hasReceipt) {
    told.set(handledBy, 'sms')
  }
  told.delete(by)
  return {
    alert: over,
    events: [
      eventOf(alert, now, now, 'resolved', by, via, comment === undefined ? cause : `${cause}: ${comment}`),
    ],
    notifications: overTo(told, over, situation),
  }
}

/** News for somebody whom a message reached only after the alert was taken, or over. */
export function inform(alert: Alert, recipient: string, situation: Situation): Change {
  const next = { ...alert, step: alert.step + 1 }
  return { alert: next, events: [], notifications: newsTo(recipient, 'sms', next, situation) }
}

/** An answer by SMS to a message about an alert that somebody has already, or that could not be understood. */
export function reply(alert: Alert, recipient: string, template: Template, situation: Situation): Change {
  const next = { ...alert, step: alert.step + 1 }
  const told = newestMessages(situation.notifications.filter((one) => recipientOf(one) === recipient))
  // They were told of it with others: the code that they know is of all.
  const isAsked = template === 'unclear' || template === 'untaken'
  const digest = isAsked ? told.find((one) => one.digest)?.digest : undefined
  return {
    alert: next,
    events: [],
    notifications: messageTo(recipient, 'sms', next, template, situation).map((message) => ({
      ...message,
      ...(digest && { digest }),
    })),
  }
}

/** Operators look at the board; contacts and staff have a phone. */
function isReachable(person: string): boolean {
  return person.startsWith('contact:') || person.startsWith('staff:')
}
