import { afterEach, describe, expect, it } from 'vitest'
import type { ConsentInput, StopInput } from '../../hub/model/input.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import type { MemoryStore } from '../helpers/memory-store.ts'
import { home, startCore, stopCores } from './bench.ts'
import type { CoreBench } from './bench.ts'

afterEach(stopCores)

const MINUTE = 60_000

interface Site {
  bench: CoreBench
  readonly store: MemoryStore
}

async function site(): Promise<Site> {
  const store = createMemoryStore()
  return { bench: await startCore(store), store }
}

const consent = (contact: string, change: Partial<ConsentInput>): ConsentInput => ({
  type: 'consent',
  home: 'h1',
  contact,
  give: [],
  withdraw: [],
  by: 'operator:siv',
  via: 'cli',
  ...change,
})
const stops = (contacts: readonly string[], on = true): StopInput => ({
  type: 'stop',
  on,
  contacts: contacts.map((contact) => ({ home: 'h1', contact })),
  staff: [],
  via: 'sms',
})
const sent = ({ store }: Site) =>
  store
    .notifications()
    .toSorted((a, b) => a.queuedAt - b.queuedAt || (a.step ?? 0) - (b.step ?? 0))
    .map((one) => `${one.contact} ${one.letter?.is ?? one.template} ${one.state}`)

async function reach({ bench, store }: Site): Promise<void> {
  for (const one of store.notifications()) {
    if (one.state === 'queued' && one.notBefore <= bench.core.now()) {
      await bench.take({ type: 'delivery', notification: one.id, to: 'delivered' })
    }
  }
}

describe('a home of which nobody may be told any more', () => {
  it('says so at once, and no more when somebody may be told again', async () => {
    const place = await site()
    await place.bench.take(stops(['anne']))
    expect(place.bench.core.openAlerts()).toEqual([])
    await place.bench.take(consent('berit', { withdraw: ['alerts'] }))
    expect(place.bench.alert('hub-nobody-left')).toMatchObject({
      home: 'h1',
      category: 'technical',
      detail: { reason: expect.stringContaining('anne wrote STOP, berit has withdrawn') },
    })
    place.bench = place.bench.crash()
    await place.bench.take(stops(['anne'], false))
    const rules = place.bench.core.openAlerts().map(({ rule }) => rule)
    expect(rules).not.toContain('hub-nobody-left')
  })

  it('says nothing where every alert reaches somebody of the staff', async () => {
    const place = await site()
    await place.bench.take({ type: 'staff', staff: [{ id: 'siv', language: 'nb' }] })
    const use = 'use: { category: [safety, health, routine], severity: [high, medium] }'
    const text = `policies: [{ id: p, ${use}, steps: [{ to: { group: g }, wait: 1m }], repeat: { every: 5m } }]
groups: [{ id: g, who: [siv] }]`
    await place.bench.take({ type: 'rules', files: [{ name: 'policies/a.yaml', text }] })
    await place.bench.take(stops(['anne', 'berit']))
    expect(place.bench.core.openAlerts()).toEqual([])
    await place.bench.take({ type: 'staff', staff: [] })
    expect(place.bench.alert('hub-nobody-left')).toMatchObject({ scope: 'h1' })
  })

  it('counts the staff only where they are told at any time of the day, and have a phone', async () => {
    const place = await site()
    const said = () => place.bench.core.openAlerts().map(({ rule }) => rule)
    const staff = (lacks: readonly 'sms'[]) =>
      place.bench.take({ type: 'staff', staff: [{ id: 'siv', language: 'nb', lacks }] })
    const policies = (...during: readonly string[]) => {
      const use = 'use: { category: [safety, health, routine], severity: [high, medium] }'
      const steps = during.map((one) => `{ to: { group: g }, wait: 1m, during: ${one} }`)
      const all = ['{ to: { contacts: [family] }, wait: 2m }', ...steps].join(', ')
      const text = `policies: [{ id: p, ${use}, steps: [${all}], repeat: { every: 5m } }]
groups: [{ id: g, who: [siv] }]`
      return place.bench.take({ type: 'rules', files: [{ name: 'policies/a.yaml', text }] })
    }
    await staff([])
    await policies('{ from: "22:00", to: "06:00" }')
    await place.bench.take(stops(['anne', 'berit']))
    expect(said()).toEqual(['hub-nobody-left'])
    await policies('{ from: "22:00", to: "06:00" }', '{ from: "06:00", to: "22:00" }')
    expect(said()).toEqual([])
    await staff(['sms'])
    expect(said()).toEqual(['hub-nobody-left'])
  })

  it('counts a contact only who has a phone', async () => {
    const place = await site()
    const contact = { id: 'anne', language: 'nb', order: 1 }
    await place.bench.take({ type: 'home', home: home({ contacts: [{ ...contact, lacks: ['sms'] }] }) })
    expect(place.bench.alert('hub-nobody-left').detail.reason).toMatch(/^anne has no phone number; /)
    await place.bench.take({ type: 'home', home: home({ contacts: [contact] }) })
    expect(place.bench.core.openAlerts()).toEqual([])
  })
})

describe('STOP', () => {
  it('takes back letters that wait, and one message says so for all contacts with the number', async () => {
    const place = await site()
    const letter = { type: 'letter', home: 'h1', channel: 'sms', letter: { is: 'trial' } } as const
    const trial = { ...letter, contact: 'anne', by: 'operator:siv', via: 'cli' } as const
    await place.bench.take(trial)
    await place.bench.take(stops(['anne', 'berit']))
    expect(sent(place)).toEqual(['anne trial cancelled', 'anne stopped queued'])
    expect(await place.bench.take(trial)).toMatchObject({ taken: false, reason: 'contact:anne wrote STOP' })
  })

  it('ends the wait for a report too: nothing goes by another channel', async () => {
    const place = await site()
    await place.bench.say('a', 'fall', 'detected')
    const [first] = place.store.notifications()
    const delivery = { type: 'delivery', notification: first?.id ?? '' } as const
    const by = { via: 'one', others: ['two'], reportWithin: MINUTE }
    await place.bench.take({ ...delivery, to: 'accepted', ...by })
    await place.bench.take(stops(['anne']))
    await place.bench.pass(10 * MINUTE)
    expect(sent(place)).toContain('anne alert accepted')
    await place.bench.take({ ...delivery, to: 'failed', error: 'no', ...by })
    expect(sent(place)).toContain('anne alert failed')
    const again = { type: 'resend', notification: first?.id ?? '', by: 'operator:siv', via: 'cli' } as const
    expect(await place.bench.take(again)).toMatchObject({ taken: false })
  })
})

it('a consent that an import takes away counts in an alert that is open', async () => {
  const place = await site()
  await place.bench.say('a', 'fall', 'detected')
  await place.bench.take({
    type: 'home',
    home: home({
      contacts: [
        { id: 'anne', language: 'nb', order: 1, consent: { alerts: { is: 'withdrawn', since: 1 } } },
        { id: 'berit', language: 'nb', order: 2 },
      ],
    }),
  })
  expect(sent(place)).toEqual(['anne alert cancelled', 'berit alert queued'])
})

describe('that an alert is over', () => {
  it('is told to those who were told, when its condition ends it', async () => {
    const place = await site()
    await place.bench.say('a', 'door', 'open')
    await place.bench.pass(5 * MINUTE)
    await reach(place)
    await place.bench.say('a', 'door', 'closed')
    expect(sent(place)).toEqual(['anne alert delivered', 'anne taken queued'])
  })

  it('is told once to whoever got the message only after it', async () => {
    const place = await site()
    await place.bench.say('a', 'fall', 'detected')
    const alert = place.bench.alert('fall').id
    await place.bench.take({ type: 'resolve', alert, cause: 'false', by: 'operator:siv', via: 'console' })
    expect(sent(place)).toEqual(['anne alert cancelled'])
    const [late] = place.store.notifications()
    const delivery = { type: 'delivery', notification: late?.id ?? '' } as const
    await place.bench.take({ ...delivery, to: 'accepted' })
    await place.bench.take({ ...delivery, to: 'delivered' })
    expect(sent(place)).toEqual(['anne alert delivered', 'anne taken queued'])
  })
})

describe('START', () => {
  it('tells of what waits at once, where their turn is still to come, and calls nobody else for it', async () => {
    const place = await site()
    const contacts = ['anne', 'berit', 'cecilie'].map((id, index) => ({
      id,
      order: index + 1,
      language: 'nb',
    }))
    await place.bench.take({ type: 'home', home: home({ contacts }) })
    await place.bench.take(stops(['cecilie']))
    await place.bench.say('a', 'fall', 'detected')
    await reach(place)
    const alert = () => place.bench.alert('fall')
    const { nextStepAt } = alert()
    await place.bench.pass(10_000)
    await place.bench.take(stops(['cecilie'], false))
    expect(sent(place).filter((one) => one.includes(' alert '))).toEqual([
      'anne alert delivered',
      'cecilie alert queued',
    ])
    expect(alert()).toMatchObject({
      nextStepAt,
      progress: { asked: ['contact:anne', 'contact:cecilie'] },
    })
    // Twice is not told twice, and whoever knows of it hears nothing new.
    await place.bench.take(stops(['anne', 'cecilie'], true))
    await place.bench.take(stops(['cecilie'], false))
    expect(sent(place).filter((one) => one.startsWith('cecilie alert'))).toHaveLength(1)
  })
})
