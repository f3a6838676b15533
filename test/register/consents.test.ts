import { describe, expect, it } from 'vitest'
import type { ConsentOfContact, Stopped } from '../../hub/model/consent.ts'
import type { ConsentNotes } from '../../hub/model/home.ts'
import { keepConsents } from '../../hub/register/consents.ts'
import type { Registered } from '../../hub/register/limits.ts'

const FORM = { at: 100, by: 'hub', via: 'import', source: 'form' }
const CALL = { at: 200, by: 'operator:siv', via: 'cli', source: 'called us' }

function registered(facts: ConsentOfContact, consents?: ConsentNotes, phone = '+4790000001'): Registered {
  return {
    home: {
      id: 'h1',
      timezone: 'UTC',
      gateways: [],
      residents: [],
      sensors: [],
      contacts: [{ id: 'anne', language: 'nb', order: 1, ...facts }],
    },
    personal: { id: 'h1', residents: [], contacts: [{ id: 'anne', phone, ...(consents && { consents }) }] },
  }
}

/** What is known of the contact after an import. */
function after(before: Registered | undefined, file: Registered, stopped?: Stopped) {
  const { home, personal } = keepConsents(before, file, () => stopped)
  const [facts] = home.contacts
  return {
    ...(facts?.consent && { consent: facts.consent }),
    ...(facts?.stopped && { stopped: facts.stopped }),
    source: personal.contacts[0]?.consents?.alerts?.source,
  }
}

const given = (since: number) => ({ consent: { alerts: { is: 'given', since } } }) as const
const withdrawn = (since: number) => ({ consent: { alerts: { is: 'withdrawn', since } } }) as const

describe('keepConsents', () => {
  it('takes the newer word of each kind, the file or what people said since', () => {
    const file = registered(given(100), { alerts: FORM })
    expect(after(registered(withdrawn(200), { alerts: CALL }), file)).toEqual({
      ...withdrawn(200),
      source: 'called us',
    })
    expect(after(registered(withdrawn(50), { alerts: CALL }), file)).toEqual({
      ...given(100),
      source: 'form',
    })
  })

  it('keeps what people said and the file leaves out, but not what an older file said', () => {
    expect(after(registered(given(200), { alerts: CALL }), registered({}))).toMatchObject(given(200))
    expect(after(registered(given(100), { alerts: FORM }), registered({}))).toEqual({ source: undefined })
  })

  it('does not undo a STOP with the same file; a consent given later does, for its kind', () => {
    const stopped = { since: 150 }
    const before = registered({ ...given(100), stopped }, { alerts: FORM })
    expect(after(before, registered(given(100), { alerts: FORM }))).toMatchObject({ stopped })
    expect(after(before, registered(given(200), { alerts: { ...FORM, at: 200 } }))).toMatchObject({
      stopped: { since: 150, but: ['alerts'] },
    })
  })

  it('leaves a STOP with its number: another number is not stopped, unless it was stopped elsewhere', () => {
    const before = registered({ stopped: { since: 150 } })
    const other = registered({}, undefined, '+4790000002')
    expect(after(before, other)).not.toHaveProperty('stopped')
    expect(after(before, other, { since: 120 })).toMatchObject({ stopped: { since: 120 } })
    expect(after(undefined, registered({}), { since: 120 })).toMatchObject({ stopped: { since: 120 } })
  })
})
