import { createRandom } from '../../devices/simulator/random.ts'
import type { Commit } from '../core/core.ts'
import type { Alert, Cause } from '../model/alert.ts'
import type { ContactFacts } from '../model/home.ts'
import type { Input } from '../model/input.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** Something that a simulated person or phone does at a time. */
export interface Response {
  readonly at: number
  readonly by: 'phone' | 'person'
  /** What is said; undefined when it is no longer needed by then. */
  input(): Input | undefined
}

/** What the responders need to know of the hub. */
export interface Situation {
  alert(id: string): Alert | undefined
  contactsOf(home: string): readonly ContactFacts[]
}

/**
 * The family and the operators of the simulated week: phones take messages after seconds, somebody answers
 * after a minute or so, and an operator ends the alert with its cause later on. Each does it in a way that
 * follows from the alert's id, so that the same week ends the same.
 */
export function respondTo(commit: Commit, now: number, situation: Situation): Response[] {
  const responses: Response[] = []
  for (const { id, state } of commit.notifications) {
    if (state !== 'queued') continue
    const delay = createRandom(`${id}|phone`).between(2, 9) * SECOND
    const delivery: Input = { type: 'delivery', notification: id, to: 'delivered' }
    responses.push({ at: now + delay, by: 'phone', input: () => delivery })
  }
  for (const alert of commit.alerts) {
    const random = createRandom(`${alert.id}|${alert.count}|${alert.handling}`)
    const current = (): Alert | undefined => {
      const known = situation.alert(alert.id)
      return known && known.handling === alert.handling ? known : undefined
    }
    if (alert.handling === 'new') {
      const isUrgent = alert.nextStepAt !== undefined
      const byFamily = random.chance(0.7)
      const delay = isUrgent ? random.between(40, 220) * SECOND : random.between(8, 40) * MINUTE
      responses.push({
        at: now + delay,
        by: 'person',
        input: () => current() && take(alert, isUrgent, situation, byFamily),
      })
    }
    if (alert.handling === 'acknowledged') {
      responses.push({
        at: now + random.between(12, 45) * MINUTE,
        by: 'person',
        input: () => {
          const known = current()
          // What ends by itself does so when all is well again.
          return known && known.resolve === 'manual' ? resolveAs(known) : undefined
        },
      })
    }
  }
  return responses
}

/** How the simulated operator ends an alert. */
export function resolveAs(alert: Alert): Input {
  const random = createRandom(`${alert.id}|cause`)
  return {
    type: 'resolve',
    alert: alert.id,
    by: 'operator:siv',
    via: 'console',
    cause: causeOf(alert, random.whole(0, 9)),
  }
}

function take(alert: Alert, isUrgent: boolean, { contactsOf }: Situation, byFamily: boolean): Input {
  const { home } = alert
  const contact = home === undefined ? undefined : contactsOf(home).toSorted((a, b) => a.order - b.order)[0]
  if (isUrgent && byFamily && home !== undefined && contact) {
    return { type: 'answer', home, contact: contact.id, action: 'accept', code: alert.code }
  }
  return { type: 'acknowledge', alert: alert.id, by: 'operator:siv', via: 'console' }
}

function causeOf({ category, rule }: Alert, dice: number): Cause {
  if (category === 'technical' || rule.startsWith('hub-')) return 'equipment'
  if (rule.startsWith('fall')) return dice < 6 ? 'real' : dice < 8 ? 'false' : 'pet'
  if (rule === 'sos') return dice < 5 ? 'real' : dice < 8 ? 'false' : 'visitor'
  return dice < 7 ? 'real' : 'other'
}
