import { start as startAgain, stop as stopAll } from '../alerts/change-consent.ts'
import { whyNobodyLeft } from '../alerts/nobody-left.ts'
import { mayGet } from '../model/consent.ts'
import type { ContactFacts, Home } from '../model/home.ts'
import type { StopInput } from '../model/input.ts'
import type { AlertBook, AlertPlace, ContactChange, When, Who } from './alert-book.ts'
import type { Confirmations } from './confirmations.ts'
import type { Letters } from './letters.ts'

/** What follows when somebody may get other messages than before. */
export interface ContactChanges {
  /** @returns whether that changed anything */
  change(
    home: string,
    contact: string,
    change: (one: ContactFacts) => ContactFacts,
    what: ContactChange,
    who: Who,
    when: When,
  ): boolean
  /** Everything that goes to a number stops, or goes on, and one message says so. */
  stop(input: StopInput, when: When): void
  /** The home was registered anew: those who are not in it any more, or may get less than before. */
  replaced(before: Home | undefined, after: Home, when: When): void
  /** Says at once when nobody may be told of a home's alerts any more, and when somebody may again. */
  lookWhoIsLeft(home: string, when: When): void
}

export interface ContactChangeParts {
  readonly placeOf: (home: string) => AlertPlace
  readonly setContacts: (home: string, contacts: readonly ContactFacts[], when: When) => void
  readonly isStaff: (id: string) => boolean
  /** Whether anybody is told of the home at all: not while it is planned or closed. */
  readonly isServed: (home: string) => boolean
  readonly book: AlertBook
  readonly letters: Letters
  readonly confirmations: Confirmations
}

export function createContactChanges(parts: ContactChangeParts): ContactChanges {
  const { placeOf, setContacts, isStaff, isServed, book, letters, confirmations } = parts

  function change(
    id: string,
    contact: string,
    alter: (one: ContactFacts) => ContactFacts,
    what: ContactChange,
    who: Who,
    when: When,
  ): boolean {
    const before = placeOf(id).contacts
    const after = before.map((one) => (one.id === contact ? alter(one) : one))
    if (after.every((one, index) => one === before[index])) return false
    setContacts(id, after, when)
    const known = before.find((one) => one.id === contact)
    if (known) book.contactChanged(id, known, what, who, when)
    book.peopleChanged(id, when)
    lookWhoIsLeft(id, when)
    return true
  }

  function stop({ on, contacts, staff: ids, via }: StopInput, when: When): void {
    const changed = contacts.filter(({ home, contact }) => {
      const who = { by: `contact:${contact}`, via }
      const alter = (one: ContactFacts) => (on ? stopAll(one, when.now) : startAgain(one))
      if (!change(home, contact, alter, on ? 'stop' : 'start', who, when)) return false
      if (on) letters.cancel((letter) => letter.home === home && letter.contact === contact)
      return true
    })
    const [first] = changed
    if (first && confirmations.allow(`${first.home}/contact:${first.contact}`, when.now)) {
      const letter = { is: on ? 'stopped' : 'started', homes: changed.length } as const
      letters.send({ ...first, channel: 'sms' }, letter, when)
    }
    if (!on) return
    for (const id of ids) {
      if (!isStaff(id)) continue
      book.stopRefused(id, via, when)
      if (confirmations.allow(`staff:${id}`, when.now)) {
        letters.send({ staff: id, channel: 'sms' }, { is: 'cannot-stop' }, when)
      }
    }
  }

  function lookWhoIsLeft(home: string, when: When): void {
    const reason = isServed(home) ? whyNobodyLeft(placeOf(home)) : undefined
    if (reason === undefined) {
      book.over('hub-nobody-left', home, home, when)
      return
    }
    book.found('hub-nobody-left', home, home, { reason }, when)
    book.refresh({ rule: 'hub-nobody-left', scope: home, detail: { reason } })
  }

  return {
    change,
    stop,
    replaced(before, after, when) {
      for (const { id } of before?.contacts ?? []) {
        if (after.contacts.some((one) => one.id === id)) continue
        book.forget(after.id, `contact:${id}`, 'import', when)
      }
      for (const known of withLess(before?.contacts ?? [], after.contacts)) {
        book.contactChanged(after.id, known, 'consent', { by: 'hub', via: 'import' }, when)
      }
    },
    lookWhoIsLeft,
  }
}

/** Those who may not get any more what they might before, as they were. */
function withLess(before: readonly ContactFacts[], after: readonly ContactFacts[]): readonly ContactFacts[] {
  const kinds = ['alerts', 'receipts'] as const
  return before.filter((known) => {
    const one = after.find(({ id }) => id === known.id)
    return one && kinds.some((kind) => mayGet(kind, known) && !mayGet(kind, one))
  })
}
