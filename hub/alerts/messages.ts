import type { Alert } from '../model/alert.ts'
import { recipientOf, toOf } from '../model/notification.ts'
import type { AlertNotification, Template, Way } from '../model/notification.ts'
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
    if (one.template !== 'alert' || !isSent(one)) continue
    const recipient = recipientOf(one)
    if (one.channel === 'sms' || !told.has(recipient)) told.set(recipient, one.channel)
  }
  return told
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
      (one) => one.state === 'queued' && (one.template === 'alert' || news?.has(recipientOf(one)) === true),
    )
    .map((one) => ({ ...one, state: one.via === undefined ? ('cancelled' as const) : ('accepted' as const) }))
}

/** One message about where the alert stands now; none about an area or the hub: contacts belong to a home. */
export function messageTo(
  recipient: string,
  channel: Way,
  { id, home, step, test }: Alert,
  template: Template,
  situation: Situation,
  waitMinutes?: number,
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
    ...(waitMinutes !== undefined && { waitMinutes }),
  }
  return [message]
}

export function isInstaller(recipient: string, { contacts }: Situation): boolean {
  return installersOf(contacts).some(({ id }) => recipient === `contact:${id}`)
}
