import type { Refused } from '../alerts/change.ts'
import { judgeDelivery } from '../alerts/delivery.ts'
import type { DeliveryInput } from '../model/input.ts'
import { recipientOf } from '../model/notification.ts'
import type { Letter, LetterNotification, To, Way } from '../model/notification.ts'
import type { When } from './alert-book.ts'

/** To whom a letter goes, by which way. */
export interface Addressee extends To {
  /** Of the contact; not given for the staff where it is about no home. */
  readonly home?: string
  readonly channel: Way
}

/** The messages that are about no alert: those that are queued, and what the current input changes about them. */
export interface Letters {
  send(to: Addressee, letter: Letter, when: When, notBefore?: number): LetterNotification
  /** Takes back what is still queued; what is on its way arrives all the same. Says which. */
  cancel(isMeant: (letter: LetterNotification) => boolean, why?: string): readonly LetterNotification[]
  /** Whether a digest is queued; asked with each reading. */
  hasDigests(): boolean
  delivery(input: DeliveryInput, known: LetterNotification, when: When): Refused | undefined
  changes(): readonly LetterNotification[]
}

const NONE: readonly LetterNotification[] = []

/** @param saved the queued ones */
export function createLetters(saved: readonly LetterNotification[]): Letters {
  const queued = new Map<string, LetterNotification>()
  const changed = new Map<string, LetterNotification>()
  /** The input that made the newest one, and how many it has made. */
  let newest = { seq: 0, count: 0 }
  /** Ids of those queued that are digests. */
  const digests = new Set<string>()

  for (const one of saved) keep(one)

  function keep(letter: LetterNotification): void {
    const { id, state, letter: about } = letter
    if (state === 'queued') {
      queued.set(id, letter)
      if (about.is === 'digest') digests.add(id)
    } else {
      queued.delete(id)
      digests.delete(id)
    }
  }

  function put(letter: LetterNotification): void {
    changed.set(letter.id, letter)
    keep(letter)
  }

  return {
    send(to, letter, { now, seq }, notBefore = now) {
      newest = { seq, count: newest.seq === seq ? newest.count + 1 : 1 }
      const { home, channel, contact, staff } = to
      const sent: LetterNotification = {
        id: `letter-${seq}-${newest.count}.${recipientOf(to)}.${channel}`,
        ...(home !== undefined && { home }),
        ...(staff === undefined ? { contact: contact ?? '' } : { staff }),
        channel,
        letter,
        state: 'queued',
        attempts: 0,
        queuedAt: now,
        notBefore,
      }
      put(sent)
      return sent
    },
    cancel(isMeant, error) {
      // By id: a restart has them in another order.
      const meant = [...queued.values()].filter(isMeant).toSorted((a, b) => (a.id < b.id ? -1 : 1))
      for (const one of meant) put({ ...one, state: 'cancelled', ...(error !== undefined && { error }) })
      return meant
    },
    delivery(input, known, { now }) {
      // Nobody waits for a letter: it is not worth another channel.
      const judged = judgeDelivery(known, input, false, now)
      if ('refused' in judged) return judged
      put(judged.notification)
      return undefined
    },
    hasDigests: () => digests.size > 0,
    changes() {
      if (changed.size === 0) return NONE
      const all = [...changed.values()]
      changed.clear()
      return all
    },
  }
}
