import { CONSENT_KINDS } from '../model/consent.ts'
import type { ConsentFact, Stopped } from '../model/consent.ts'
import type { ConsentNote, ConsentOrder, ContactFacts, HomePersonal } from '../model/home.ts'
import type { Registered } from './limits.ts'

/** Why an order cannot be carried out; undefined when it can. */
export function whyNotConsent(
  { home }: Registered,
  { contact, give, withdraw }: ConsentOrder,
): string | undefined {
  const known = home.contacts.map(({ id }) => id)
  if (!known.includes(contact)) {
    const there = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`
    return `there is no contact "${contact}" in home "${home.id}": ${there}`
  }
  if (give.length + withdraw.length === 0) return 'nothing is given and nothing withdrawn'
  const both = give.filter((kind) => withdraw.includes(kind))
  return both.length > 0 ? `${both.join(', ')} cannot be given and withdrawn at once` : undefined
}

/** Notes where the newest word on each kind comes from; it may name people, so it stays in the registry. */
export function noteConsent(
  personal: HomePersonal,
  { contact, give, withdraw, source, by, via }: ConsentOrder,
  at: number,
): HomePersonal {
  const note: ConsentNote = { at, by, via, source }
  const notes = Object.fromEntries([...give, ...withdraw].map((kind) => [kind, note]))
  return {
    ...personal,
    contacts: personal.contacts.map((one) =>
      one.id === contact ? { ...one, consents: { ...one.consents, ...notes } } : one,
    ),
  }
}

/**
 * Keeps what people said when an import replaces a home: of each kind of message the newer word counts, the file's or
 * theirs. A STOP belongs to the number: it stays until the file has a consent given later than it, or another number.
 * @param stoppedBefore since when a number wrote STOP, in whatever home
 */
export function keepConsents(
  before: Registered | undefined,
  imported: Registered,
  stoppedBefore: (phone: string) => Stopped | undefined,
): Registered {
  const merged = imported.home.contacts.map((contact) => {
    const personal = imported.personal.contacts.find(({ id }) => id === contact.id) ?? { id: contact.id }
    const known = before?.home.contacts.find(({ id }) => id === contact.id)
    const knownPersonal = before?.personal.contacts.find(({ id }) => id === contact.id)
    const kinds = CONSENT_KINDS.flatMap((kind) => {
      const file = { fact: contact.consent?.[kind], note: personal.consents?.[kind] }
      const kept = { fact: known?.consent?.[kind], note: knownPersonal?.consents?.[kind] }
      const one = isNewer(kept, file) ? kept : file
      return one.fact ? [{ kind, fact: one.fact, note: one.note }] : []
    })
    const { phone } = personal
    const isSameNumber = known !== undefined && knownPersonal?.phone === phone
    const stopped = isSameNumber ? known.stopped : phone === undefined ? undefined : stoppedBefore(phone)
    const { consent: _consent, ...facts } = contact
    const { consents: _consents, ...person } = personal
    const consent = Object.fromEntries(kinds.map(({ kind, fact }) => [kind, fact]))
    const notes = kinds.flatMap(({ kind, note }) => (note ? [[kind, note] as const] : []))
    return {
      facts: {
        ...facts,
        ...(kinds.length > 0 && { consent }),
        ...(stopped && { stopped: givenSince(stopped, contact) }),
      },
      personal: { ...person, ...(notes.length > 0 && { consents: Object.fromEntries(notes) }) },
    }
  })
  return {
    home: { ...imported.home, contacts: merged.map(({ facts }) => facts) },
    personal: { ...imported.personal, contacts: merged.map(({ personal }) => personal) },
  }
}

interface Word {
  readonly fact: ConsentFact | undefined
  readonly note: ConsentNote | undefined
}

/** Whether what is known counts, and not the file; what only an older file said goes with it. */
function isNewer(known: Word, file: Word): boolean {
  if (!known.fact) return false
  return file.fact ? known.fact.since > file.fact.since : known.note?.via !== 'import'
}

function givenSince({ since, but = [] }: Stopped, { consent }: ContactFacts): Stopped {
  const again = CONSENT_KINDS.filter((kind) => {
    const fact = consent?.[kind]
    return but.includes(kind) || (fact?.is === 'given' && fact.since > since)
  })
  return { since, ...(again.length > 0 && { but: again }) }
}
