import type { Alert } from '../model/alert.ts'
import { recipientOf } from '../model/notification.ts'
import { reply } from './acts.ts'
import { eventOf } from './change.ts'
import type { Change, Refused, Situation } from './change.ts'
import { newestMessages } from './messages.ts'

/** How often somebody is asked again, each time that they were asked to come: two machines must not go on for ever. */
const MOST_UNCLEAR = 2

/** Whether an alert waits for this person's answer. */
export function asksFor(alert: Alert, person: string): boolean {
  return alert.handling === 'new' || alert.handedTo === person
}

/**
 * What somebody hears whose answer by SMS names no alert, or cannot be read: which code to write, and at last in plain
 * words that nobody has it, which the history tells too: somebody may call them. An OK to what is taken already is told
 * who has it.
 */
export function misunderstood(
  alert: Alert,
  person: string,
  action: 'accept' | 'decline' | 'unclear',
  situation: Situation,
): Change | Refused {
  const { now } = situation
  const theirs = situation.notifications.filter((one) => recipientOf(one) === person)
  const askedAt = newestMessages(theirs)[0]?.step ?? 0
  const since = theirs.filter(({ step }) => step > askedAt).map(({ template }) => template)
  if (action === 'accept' && !asksFor(alert, person)) {
    const news = since.filter((template) => template === 'receipt' || template === 'taken')
    if (news.length > MOST_UNCLEAR) return { refused: `${person} was told who has it already` }
    return reply(alert, person, alert.handledBy === person ? 'receipt' : 'taken', situation)
  }
  if (since.includes('untaken')) return { refused: `${person} was asked again already` }
  if (since.filter((template) => template === 'unclear').length < MOST_UNCLEAR) {
    return reply(alert, person, 'unclear', situation)
  }
  const last = reply(alert, person, 'untaken', situation)
  return { ...last, events: [...last.events, eventOf(alert, now, now, 'not-understood', person, 'sms')] }
}
