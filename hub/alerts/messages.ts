import type { Alert } from '../model/alert.ts'
import { recipientOf, toOf } from '../model/notification.ts'
import type { AlertNotification, Occasion, Remarks, Template, Way } from '../model/notification.ts'
import type { Situation } from './change.ts'
import { installersOf } from './escalation.ts'

/** Those of the messages that asked somebody to come the last time, by all ways. */
export function newestMessages(notifications: readonly AlertNotification[]): readonly AlertNotification[] {
  const asking = notifications.filter(({ template }) => template === 'alert')
  const step = Math.max(0, ...asking.map((one) => one.step))
  return asking.filter((one) => one.step === step)
}

/** Those whom a message about the alert has reached, as far as is known, and how. */
export function toldOf(notifications: readonly AlertNotification[]): Map<string, Way> {
  const told = new Map<string, Way>()
  for (const one of notifications) {
    if (one.template !== 'alert' || (one.state !== 'accepted' && one.state !== 'delivered')) continue
    const recipient = recipientOf(one)
    if (one.channel === 'sms' || !told.has(recipient)) told.set(recipient, one.channel)
  }
  return told
}

/**
 * What is not sent yet and out of date.
 * @param news recipients whose other messages are out of date too
 */
export function cancelQueued(
  notifications: readonly AlertNotification[],
  news?: ReadonlyMap<string, Way>,
): AlertNotification[] {
  return notifications
    .filter(
      (one) => one.state === 'queued' && (one.template === 'alert' || news?.has(recipientOf(one)) === true),
    )
    .map((notification) => ({ ...notification, state: 'cancelled' as const }))
}

/** One message about where the alert stands now; none about an area or the hub: contacts belong to a home. */
export function messageTo(
  recipient: string,
  channel: Way,
  { id, home, step, test }: Alert,
  template: Template,
  situation: Situation,
  remarks: Remarks = {},
): AlertNotification[] {
  if (home === undefined) return []
  const { now } = situation
  const to = toOf(recipient)
  const message: AlertNotification = {
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
      (one) => recipientOf(one) === recipient && one.template !== 'unclear' && one.template !== 'declined',
    )
    .filter(({ state }) => state === 'accepted' || state === 'delivered')
    .toSorted((a, b) => b.step - a.step)[0]
  if (!newest) return undefined
  // Told last that somebody has it: they must learn that this is so no more.
  if (newest.template !== 'alert') return lastAt > newest.queuedAt ? 'again' : 'reopened'
  return 'reminder'
}

export function isInstaller(recipient: string, { contacts }: Situation): boolean {
  return installersOf(contacts).some(({ id }) => recipient === `contact:${id}`)
}
