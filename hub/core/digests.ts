import { createHash } from 'node:crypto'
import { acknowledge, decline } from '../alerts/acts.ts'
import { isToBeTold, tellGathered, withoutReceipt } from '../alerts/digest.ts'
import { freeCode } from '../alerts/free-code.ts'
import { quietUntil } from '../alerts/quiet-hours.ts'
import type { AnswerInput, DeliveryInput } from '../model/input.ts'
import { recipientOf, toOf } from '../model/notification.ts'
import type { AlertNotification, Letter, LetterNotification, Way } from '../model/notification.ts'
import type { AlertBook, AlertPlace, When } from './alert-book.ts'
import type { Letters } from './letters.ts'
import { personOf } from './message-flow.ts'
import type { MessageFlow, Sender } from './message-flow.ts'

/** Technical alerts that are told together (docs/decisions/0016-storms.md). */
export interface Digests {
  /** Runs the timer at which somebody is told what was gathered for them; false when the key is another. */
  due(key: string, when: When): boolean
  /** Takes an answer with the code of a digest; false when it has another. */
  answer(input: AnswerInput, when: When): boolean
  /** What was heard of a digest is true of each alert in it. */
  delivery(input: DeliveryInput, letter: LetterNotification, when: When): void
  /** A digest that was not sent yet, and of which everything is over, is not. */
  settle(): void
}

export function createDigests(
  book: Pick<AlertBook, 'open' | 'act' | 'messages' | 'isCodeFree' | 'delivery'>,
  letters: Letters,
  flow: MessageFlow,
  placeOf: (home: string) => Pick<AlertPlace, 'contacts' | 'timezone'>,
): Digests {
  function gathered(person: string, way: Way): AlertNotification[] {
    return book
      .messages()
      .filter(
        (one) =>
          one.state === 'gathered' &&
          one.digest === undefined &&
          one.channel === way &&
          personOf(one.home, recipientOf(one)) === person,
      )
      .toSorted(byTime)
  }

  function send(
    to: Pick<AlertNotification, 'home' | 'contact' | 'staff'>,
    channel: Way,
    letter: Letter,
    when: When,
    { notBefore = when.now, sender }: { readonly notBefore?: number; readonly sender?: Sender } = {},
  ) {
    const recipient = recipientOf(to)
    const home = to.staff === undefined && to.home !== undefined ? { home: to.home } : {}
    flow.sent(personOf(to.home, recipient), when.now, sender)
    return letters.send({ ...toOf(recipient), ...home, channel }, letter, when, notBefore)
  }

  /** Nothing technical wakes anybody: what comes due in the quiet hours of a contact goes when these end. */
  function whenAwake({ home, contact: id }: AlertNotification, now: number): number {
    if (home === undefined) return now
    const { contacts, timezone } = placeOf(home)
    const contact = contacts.find((one) => one.id === id)
    return (contact && quietUntil(contact, timezone, now)) ?? now
  }

  function tell(
    messages: readonly AlertNotification[],
    { person, way, until }: NonNullable<ReturnType<MessageFlow['ends']>>,
    when: When,
  ): void {
    const late = Math.max(0, when.now - until)
    const [first, ...others] = messages
    if (!first) return
    const notBefore = whenAwake(first, when.now)
    // One that rules found is enough: then it is the hub's own message.
    const isOfPrograms = messages.every(({ alert }) => book.open.get(alert)?.raisedBy !== undefined)
    const sender = isOfPrograms ? 'program' : 'hub'
    if (others.length === 0) {
      flow.sent(person, when.now, sender)
      tellOne({ ...first, notBefore }, undefined, late, when)
      return
    }
    const id = createHash('sha256').update(`${person}|${way}|${when.seq}`).digest('hex')
    const code = freeCode(id, book.isCodeFree)
    const alerts = messages.map(({ alert }) => alert)
    const letter = send(first, way, { is: 'digest', code, alerts }, when, { notBefore, sender })
    for (const one of messages) tellOne(one, { id: letter.id, code, count: messages.length }, late, when)
  }

  function tellOne(
    message: AlertNotification,
    digest: AlertNotification['digest'],
    late: number,
    when: When,
  ): void {
    book.act(message.alert, (alert, about) => tellGathered(alert, message, digest, late, about), when)
  }

  /** Whoever was told of these with others, except one: how many of them. */
  function toldWithOthers(alerts: ReadonlySet<string>, except: string): Map<string, AlertNotification[]> {
    const told = book
      .messages()
      .filter(
        (one) =>
          alerts.has(one.alert) &&
          one.digest !== undefined &&
          one.template === 'alert' &&
          (one.state === 'accepted' || one.state === 'delivered') &&
          recipientOf(one) !== except,
      )
    return Map.groupBy(
      told.toSorted(byTime),
      (one) => `${personOf(one.home, recipientOf(one))}|${one.channel}`,
    )
  }

  function accept(alerts: readonly string[], by: string, meant: AlertNotification, when: When): void {
    const taken = alerts.filter((id) => {
      const refused = book.act(
        id,
        (alert, situation) => withoutReceipt(acknowledge(alert, by, 'sms', situation), by),
        when,
      )
      return refused === undefined
    })
    // Whoever answers twice has them still.
    const count = alerts.filter((id) => book.open.get(id)?.handledBy === by).length
    send(meant, 'sms', { is: 'digest-taken', count, who: count === 0 ? 'someone' : 'you' }, when)
    const who = by.startsWith('staff:') ? 'operator' : 'someone'
    for (const [first, ...more] of toldWithOthers(new Set(taken), by).values()) {
      const their = new Set([first, ...more].map((one) => one?.alert)).size
      if (first) send(first, first.channel, { is: 'digest-taken', count: their, who }, when)
    }
  }

  /** Nobody learns it where they said so before, or have nothing to do with it any more. */
  function refuse(alerts: readonly string[], by: string, meant: AlertNotification, when: When): void {
    const isHeard = alerts.every((id) => !book.open.get(id)?.progress.asked.includes(by))
    for (const id of alerts) book.act(id, (alert, about) => decline(alert, by, 'sms', about), when)
    if (isHeard) return
    const others = alerts.some((id) => book.open.get(id)?.progress.asked.some((one) => one !== by))
    send(meant, 'sms', { is: 'digest-declined', others }, when)
  }

  return {
    due(key, when) {
      const ended = flow.ends(key)
      if (!ended) return false
      const { person, way } = ended
      const messages = gathered(person, way)
      tell(messages, ended, when)
      flow.renew(person, way, messages.length > 0, when.now)
      return true
    },
    answer(input, when) {
      const { action, code, staff, home } = input
      if (code === undefined || action === 'unclear' || input.link !== undefined) return false
      const by = staff === undefined ? `contact:${input.contact}` : `staff:${staff}`
      const meant = toldUnder(book.messages(), code)
        .filter((one) => recipientOf(one) === by && (staff !== undefined || one.home === home))
        .toSorted(byTime)
      const [first] = meant
      if (!first) return false
      const alerts = [...new Set(meant.map(({ alert }) => alert))]
      if (action === 'accept') accept(alerts, by, first, when)
      else refuse(alerts, by, first, when)
      return true
    },
    delivery({ type, to, error }, { id }, when) {
      if (to === 'retry') return
      const members = book.messages().filter((one) => one.digest?.id === id && one.state !== 'cancelled')
      for (const one of members.toSorted(byTime)) {
        // No channel: the alerts are not to be sent by another one each.
        const heard = { type, to, notification: one.id, ...(error !== undefined && { error }) } as const
        book.delivery(heard, one, when)
      }
    },
    settle() {
      if (!letters.hasDigests()) return
      letters.cancel(
        ({ letter }) => letter.is === 'digest' && !letter.alerts.some((id) => isToBeTold(book.open.get(id))),
      )
    },
  }
}

/** The messages that told of open alerts with others under this code. */
export function toldUnder(messages: readonly AlertNotification[], code: string): AlertNotification[] {
  return messages.filter(({ digest, template }) => digest?.code === code && template === 'alert')
}

function byTime(a: AlertNotification, b: AlertNotification): number {
  return a.queuedAt - b.queuedAt || (a.id < b.id ? -1 : 1)
}
