import type { Alert } from '../model/alert.ts'
import { isSilenced, mayGet } from '../model/consent.ts'
import type { ContactFacts } from '../model/home.ts'
import { recipientOf, toOf } from '../model/notification.ts'
import type { AlertNotification, Occasion, Remarks, Template, Way } from '../model/notification.ts'
import type { Situation } from './change.ts'
import { installersOf } from './escalation.ts'
import { windowAt } from '../time/daily-window.ts'

/** Those of the messages that asked somebody to come the last time, by all ways. */
export function newestMessages(notifications: readonly AlertNotification[]): readonly AlertNotification[] {
  const asking = notifications.filter(({ template }) => template === 'alert')
  const step = Math.max(0, ...asking.map((one) => one.step))
  return asking.filter((one) => one.step === step)
}

/**
 * Those whom a message about the alert has reached, as far as is known, and how; whoever took it by an answer too. Not
 * those who were told of it with others: a message about each when it is over would be the flood again.
 */
export function toldOf(notifications: readonly AlertNotification[]): Map<string, Way> {
  const told = new Map<string, Way>()
  for (const one of notifications) {
    if (one.digest !== undefined) continue
    if ((one.template !== 'alert' && one.template !== 'receipt') || !isSent(one)) continue
    const recipient = recipientOf(one)
    if (one.channel === 'sms' || !told.has(recipient)) told.set(recipient, one.channel)
  }
  return told
}

export function wasToldWithOthers(notifications: readonly AlertNotification[], recipient: string): boolean {
  return notifications.some((one) => one.digest !== undefined && recipientOf(one) === recipient)
}

/** Some channel has taken it, though another may be trying again. */
function isSent({ state, via }: AlertNotification): boolean {
  return state === 'accepted' || state === 'delivered' || (state === 'queued' && via !== undefined)
}

/**
 * What is not sent yet and out of date; what a channel has taken is as it was before another was tried.
 * @param news recipients whose other messages are out of date too
 */
export function cancelQueued(
  notifications: readonly AlertNotification[],
  news?: ReadonlyMap<string, Way>,
): AlertNotification[] {
  return notifications
    .filter(
      (one) =>
        one.state === 'gathered' ||
        (one.state === 'queued' && (one.template === 'alert' || news?.has(recipientOf(one)) === true)),
    )
    .map(takeBack)
}

function takeBack(one: AlertNotification): AlertNotification {
  return { ...one, state: one.via === undefined ? 'cancelled' : 'accepted' }
}

/** News that is not sent yet, when nobody has the alert any more: whoever waits for it knows nothing else. */
export function cancelNews(notifications: readonly AlertNotification[]): AlertNotification[] {
  return notifications
    .filter(({ state, template }) => state === 'queued' && (template === 'taken' || template === 'receipt'))
    .map(takeBack)
}

/** Whether a message may still go to its contact: consent may have ended since it was made. */
export function mayGo({ template }: AlertNotification, contact: ContactFacts): boolean {
  if (template === 'alert') return mayGet('alerts', contact)
  return template === 'taken' ? mayGet('receipts', contact) : !isSilenced(contact)
}

/** What still waits for a contact, and may not go to them any more. */
export function forbidden(
  contact: ContactFacts,
  notifications: readonly AlertNotification[],
): AlertNotification[] {
  return notifications
    .filter(
      (one) =>
        (one.state === 'queued' || one.state === 'gathered') &&
        one.contact === contact.id &&
        !mayGo(one, contact),
    )
    .map(takeBack)
}

/** What still waits for somebody who is not registered any more. */
export function outdatedFor(
  recipient: string,
  notifications: readonly AlertNotification[],
): AlertNotification[] {
  return notifications
    .filter((one) => one.state === 'queued' || one.state === 'gathered')
    .filter((one) => recipientOf(one) === recipient)
    .map(takeBack)
}

/** Whoever was told that something is wrong learns that it is over; what else still waits for them is out of date. */
export function overTo(
  told: ReadonlyMap<string, Way>,
  over: Alert,
  situation: Situation,
): AlertNotification[] {
  const news = [...told].flatMap(([one, way]) => newsTo(one, way, over, situation))
  return [...cancelQueued(situation.notifications, told), ...news]
}

/** Who has the alert now, or that it is over: with their consent, and not in their quiet hours. */
export function newsTo(
  recipient: string,
  way: Way,
  alert: Alert,
  situation: Situation,
  remarks: Remarks = {},
): AlertNotification[] {
  const contact = contactOf(recipient, situation)
  if (contact && !mayGet('receipts', contact)) return []
  return messageTo(recipient, way, alert, 'taken', situation, remarks).map((one) => ({
    ...one,
    notBefore: Math.max(one.notBefore, contact ? whenAwake(contact, situation) : 0),
  }))
}

/** When their quiet hours end, ms; at once where a message came in them: then they are up, and wait for it. */
function whenAwake({ id, quiet }: ContactFacts, { timezone, now, notifications }: Situation): number {
  if (!quiet) return now
  const { inside, since, until } = windowAt(quiet, timezone, now)
  if (!inside) return now
  const isUp = notifications.some(
    ({ contact, state, queuedAt, notBefore }) =>
      contact === id &&
      (state === 'accepted' || state === 'delivered') &&
      Math.max(queuedAt, notBefore) >= since,
  )
  return isUp ? now : until
}

function contactOf(recipient: string, { contacts }: Situation): ContactFacts | undefined {
  return contacts.find(({ id }) => recipient === `contact:${id}`)
}

/**
 * One message about where the alert stands now; about an area or the hub to the staff alone: contacts belong to a home.
 * None to whoever wrote STOP.
 */
export function messageTo(
  recipient: string,
  channel: Way,
  { id, home, step, test }: Alert,
  template: Template,
  situation: Situation,
  remarks: Remarks = {},
): AlertNotification[] {
  const contact = contactOf(recipient, situation)
  const to = toOf(recipient)
  if ((home === undefined && to.staff === undefined) || (contact && isSilenced(contact))) return []
  const { now } = situation
  const message: AlertNotification = {
    id: `${id}.${step}.${to.contact ?? recipient}.${channel}`,
    alert: id,
    ...(home !== undefined && { home }),
    ...to,
    channel,
    template,
    step,
    state: 'queued',
    attempts: 0,
    queuedAt: now,
    notBefore: now,
    ...(test && isInstaller(recipient, situation) && { test }),
    ...remarks,
  }
  return [message]
}

/** What is new in asking somebody once more; undefined when no message about the alert has reached them yet. */
export function occasionFor(
  recipient: string,
  { lastAt }: Alert,
  notifications: readonly AlertNotification[],
): Occasion | undefined {
  const newest = notifications
    .filter(
      ({ template, ...one }) =>
        recipientOf(one) === recipient &&
        template !== 'unclear' &&
        template !== 'untaken' &&
        template !== 'declined',
    )
    .filter(isSent)
    .toSorted((a, b) => b.step - a.step)[0]
  if (!newest) return undefined
  // Told last that somebody has it: they must learn that this is so no more.
  if (newest.template !== 'alert') return lastAt > newest.queuedAt ? 'again' : 'reopened'
  return 'reminder'
}

export function isInstaller(recipient: string, { contacts }: Situation): boolean {
  return installersOf(contacts).some(({ id }) => recipient === `contact:${id}`)
}
