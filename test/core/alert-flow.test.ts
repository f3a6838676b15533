import { afterEach, describe, expect, it } from 'vitest'
import type { Input } from '../../hub/model/input.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import type { MemoryStore } from '../helpers/memory-store.ts'
import { home, RULES, startCore, stopCores } from './bench.ts'
import type { CoreBench } from './bench.ts'

afterEach(stopCores)

const MINUTE = 60_000

async function fallen(): Promise<{ bench: CoreBench; store: MemoryStore; code: string; id: string }> {
  const store = createMemoryStore()
  const bench = await startCore(store)
  await bench.take({
    type: 'home',
    home: home({
      contacts: ['anne', 'berit', 'carl'].map((id, index) => ({ id, language: 'nb', order: index + 1 })),
    }),
  })
  await bench.say('a', 'fall', 'detected')
  const { code, id } = bench.alert('fall')
  return { bench, store, code, id }
}

const answer = (contact: string, action: 'accept' | 'decline' | 'unclear', code?: string): Input => ({
  type: 'answer',
  home: 'h1',
  contact,
  action,
  ...(code !== undefined && { code }),
})

function sent(store: MemoryStore): string[] {
  return store
    .notifications()
    .map(({ contact, template, state, step }) => `${step} ${contact} ${template} ${state}`)
}

describe('a delivery', () => {
  async function deliver(
    bench: CoreBench,
    store: MemoryStore,
    contact: string,
    to: 'accepted' | 'delivered' | 'failed',
  ) {
    const message = store.notifications().find((one) => one.contact === contact && one.template === 'alert')
    return bench.take({
      type: 'delivery',
      notification: message?.id ?? 'none',
      to,
      ...(to === 'failed' && { error: 'no such number' }),
    })
  }

  it('that failed tells the next contact at once, and their wait begins', async () => {
    const { bench, store } = await fallen()
    await deliver(bench, store, 'anne', 'failed')
    expect(sent(store)).toEqual(['1 anne alert failed', '2 berit alert queued'])
    expect(bench.alert('fall').nextStepAt).toBe(bench.core.now() + 2 * MINUTE)
  })

  it('that failed goes on at once although somebody was sent a reply since', async () => {
    const { bench, store } = await fallen()
    await deliver(bench, store, 'anne', 'delivered')
    await bench.pass(2 * MINUTE)
    await bench.take(answer('anne', 'unclear'))
    await deliver(bench, store, 'berit', 'failed')
    expect(sent(store)).toEqual([
      '1 anne alert delivered',
      '2 berit alert failed',
      '3 anne unclear queued',
      '4 carl alert queued',
    ])
  })

  it('that failed after the next one was told changes nothing more', async () => {
    const { bench, store } = await fallen()
    await bench.pass(2 * MINUTE)
    await deliver(bench, store, 'anne', 'failed')
    expect(sent(store)).toEqual(['1 anne alert failed', '2 berit alert queued'])
  })

  it('that failed to everybody waits for the next round: no storm', async () => {
    const { bench, store } = await fallen()
    for (const contact of ['anne', 'berit', 'carl']) await deliver(bench, store, contact, 'failed')
    expect(sent(store)).toEqual(['1 anne alert failed', '2 berit alert failed', '3 carl alert failed'])
    expect(bench.alert('fall').nextStepAt).toBe(bench.core.now() + 10 * MINUTE)
    await bench.pass(10 * MINUTE)
    expect(sent(store).at(-1)).toBe('4 anne alert queued')
  })

  it('is no answer: only an acknowledgement stops the escalation', async () => {
    const { bench, store } = await fallen()
    await deliver(bench, store, 'anne', 'delivered')
    await bench.pass(2 * MINUTE)
    expect(sent(store)).toEqual(['1 anne alert delivered', '2 berit alert queued'])
  })

  it('reported in any order never goes back', async () => {
    const { bench, store } = await fallen()
    expect(await deliver(bench, store, 'anne', 'delivered')).toMatchObject({ taken: true })
    expect(await deliver(bench, store, 'anne', 'accepted')).toMatchObject({
      taken: false,
      why: 'not-possible',
    })
    expect(await deliver(bench, store, 'anne', 'failed')).toMatchObject({ taken: false })
    expect(sent(store)).toEqual(['1 anne alert delivered'])
  })
})

describe('a message to somebody who was told before', () => {
  const newest = (store: MemoryStore, contact: string) =>
    store
      .notifications()
      .filter((one) => one.contact === contact && one.template === 'alert')
      .toSorted((a, b) => (b.step ?? 0) - (a.step ?? 0))[0]

  async function sendAll(bench: CoreBench, store: MemoryStore): Promise<void> {
    for (const { id, state } of store.notifications()) {
      if (state === 'queued') await bench.take({ type: 'delivery', notification: id, to: 'delivered' })
    }
  }

  it('is a reminder while nobody has answered; the first one is none', async () => {
    const { bench, store } = await fallen()
    expect(newest(store, 'anne')).not.toHaveProperty('occasion')
    for (let minutes = 0; minutes < 20; minutes++) {
      await sendAll(bench, store)
      await bench.pass(MINUTE)
    }
    expect(newest(store, 'anne')).toMatchObject({ occasion: 'reminder' })
  })

  it('is the first one where no earlier one has left', async () => {
    const { bench, store } = await fallen()
    for (let minutes = 0; minutes < 20; minutes++) await bench.pass(MINUTE)
    expect(newest(store, 'anne')?.step).toBeGreaterThan(1)
    expect(newest(store, 'anne')).not.toHaveProperty('occasion')
  })

  it('says that it happened again, after whoever was told had learned who takes it', async () => {
    const { bench, store, code } = await fallen()
    await sendAll(bench, store)
    await bench.take(answer('anne', 'accept', code))
    await sendAll(bench, store)
    await bench.pass(MINUTE)
    await bench.say('a', 'fall', 'detected')
    expect(newest(store, 'anne')).toMatchObject({ occasion: 'again' })
  })

  it('says that nobody has it any more, when whoever took it gave it back', async () => {
    const { bench, store, code } = await fallen()
    await sendAll(bench, store)
    await bench.pass(2 * MINUTE)
    await sendAll(bench, store)
    await bench.take(answer('berit', 'accept', code))
    await sendAll(bench, store)
    await bench.take(answer('berit', 'decline', code))
    for (let minutes = 0; minutes < 30; minutes++) {
      await sendAll(bench, store)
      await bench.pass(MINUTE)
    }
    const told = store
      .notifications()
      .filter(({ contact, template }) => contact === 'anne' && template === 'alert')
    expect(told.map((one) => ('occasion' in one ? one.occasion : undefined))).toEqual([
      undefined,
      'reopened',
      'reminder',
    ])
  })

  it('says who hands it on, and who takes it over', async () => {
    const { bench, store, id } = await fallen()
    const act = { alert: id, by: 'operator:siv', via: 'console' }
    await bench.take({ type: 'hand-on', ...act, to: 'contact:carl' })
    expect(newest(store, 'carl')).toMatchObject({ askedBy: 'operator:siv' })
    await sendAll(bench, store)
    await bench.take({ type: 'acknowledge', ...act, by: 'contact:carl' })
    await sendAll(bench, store)
    await bench.take({ type: 'take-over', ...act })
    const news = store.notifications().filter(({ template }) => template === 'taken')
    expect(news.at(-1)).toMatchObject({ takenOver: true })
  })
})

describe('an answer', () => {
  it('with the code takes the alert', async () => {
    const { bench, store, code } = await fallen()
    await bench.take(answer('anne', 'accept', code))
    expect(bench.alert('fall')).toMatchObject({ handling: 'acknowledged', handledBy: 'contact:anne' })
    expect(sent(store)).toEqual(['1 anne alert cancelled', '2 anne receipt queued'])
  })

  it('that comes second learns who has it', async () => {
    const { bench, store, code } = await fallen()
    await bench.pass(2 * MINUTE)
    await bench.take(answer('berit', 'accept', code))
    await bench.take(answer('anne', 'accept', code))
    expect(bench.alert('fall')).toMatchObject({ handledBy: 'contact:berit' })
    expect(sent(store)).toContain('4 anne taken queued')
  })

  it('with the code counts from a contact who was not told yet: somebody passed it on', async () => {
    const { bench, code } = await fallen()
    await bench.take(answer('carl', 'accept', code))
    expect(bench.alert('fall')).toMatchObject({ handling: 'acknowledged', handledBy: 'contact:carl' })
  })

  it('taken back by whoever took it goes on to the next contact at once', async () => {
    const { bench, store, code } = await fallen()
    await bench.take(answer('anne', 'accept', code))
    await bench.take(answer('anne', 'decline', code))
    expect(bench.alert('fall')).toMatchObject({ handling: 'new', condition: 'active' })
    expect(bench.alert('fall')).not.toHaveProperty('handledBy')
    expect(sent(store).slice(-2)).toEqual(['3 berit alert queued', '4 anne declined queued'])
  })

  it('that says "cannot" twice is thanked once', async () => {
    const { bench, store, code } = await fallen()
    await bench.take(answer('anne', 'decline', code))
    await bench.take(answer('anne', 'decline', code))
    expect(sent(store).filter((one) => one.includes('declined'))).toEqual(['3 anne declined queued'])
  })

  it('from somebody who is no contact of the home changes nothing', async () => {
    const { bench, store, code } = await fallen()
    await bench.take(answer('stranger', 'accept', code))
    expect(bench.alert('fall')).toMatchObject({ handling: 'new' })
    expect(sent(store)).toEqual(['1 anne alert queued'])
  })

  it('with a wrong code is asked again', async () => {
    const { bench, store } = await fallen()
    await bench.take(answer('anne', 'accept', '0000'))
    expect(bench.alert('fall')).toMatchObject({ handling: 'new' })
    expect(sent(store)).toEqual(['1 anne alert queued', '2 anne unclear queued'])
  })

  it('leaves a trace in the journal even when it changes nothing', async () => {
    const { bench, store } = await fallen()
    await bench.take(answer('stranger', 'accept', '0000'))
    expect(store.journal().at(-1)?.entry.input).toMatchObject({ type: 'answer', contact: 'stranger' })
  })
})

describe('an escalation', () => {
  it('that came due while the hub was down runs once', async () => {
    const { bench, store } = await fallen()
    bench.clock.pass(60 * MINUTE)
    const second = bench.crash()
    expect(sent(store)).toEqual(['1 anne alert queued', '2 berit alert queued'])
    await second.pass(2 * MINUTE)
    expect(sent(store)).toEqual(['1 anne alert queued', '2 berit alert queued', '3 carl alert queued'])
  })

  it('does not go on after a crash when somebody had answered', async () => {
    const { bench, store, code } = await fallen()
    await bench.take(answer('anne', 'accept', code))
    bench.clock.pass(60 * MINUTE)
    const second = bench.crash()
    await second.pass(60 * MINUTE)
    expect(sent(store)).toEqual(['1 anne alert cancelled', '2 anne receipt queued'])
  })

  it('goes to the contacts of now', async () => {
    const { bench, store } = await fallen()
    await bench.take({
      type: 'home',
      home: home({
        contacts: [
          { id: 'dina', language: 'nb', order: 1 },
          { id: 'eva', language: 'nb', order: 2 },
        ],
      }),
    })
    await bench.pass(2 * MINUTE)
    expect(sent(store)).toEqual(['1 anne alert cancelled', '2 dina alert queued', '3 eva alert queued'])
  })
})

describe('somebody new', () => {
  const group = (who: string): Input => ({
    type: 'rules',
    files: [
      ...RULES,
      {
        name: 'policies/p.yaml',
        text: `policies:
  - id: p
    use: { category: [safety], severity: [high] }
    steps: [{ to: { contacts: [family] }, wait: 2m }, { to: { group: night }, wait: 5m }]
    repeat: { every: 1h }
groups: [{ id: night, who: [${who}] }]
`,
      },
    ],
  })
  const told = (store: MemoryStore): string[] =>
    store.notifications().map((one) => `${one.contact ?? one.staff} ${one.queuedAt}`)

  it('is told at once when all others were told and only the next round is due', async () => {
    const { bench, store } = await fallen()
    await bench.pass(2 * MINUTE)
    await bench.pass(2 * MINUTE)
    await bench.take(group('siv'))
    expect(told(store)).toHaveLength(3)
    const then = bench.crash()
    await then.take({ type: 'staff', staff: [{ id: 'siv', language: 'nb' }] })
    expect(told(store)).toContain(`siv ${then.core.now()}`)
    await then.take({ type: 'staff', staff: [{ id: 'siv', language: 'en' }] })
    expect(told(store)).toHaveLength(4)
  })

  it('waits for their turn while another one has time to answer', async () => {
    const { bench, store } = await fallen()
    await bench.take(group('siv'))
    await bench.take({ type: 'staff', staff: [{ id: 'siv', language: 'nb' }] })
    expect(told(store)).toHaveLength(1)
  })
})

describe('a restart', () => {
  const GROUP = `policies:
  - id: p
    use: { category: [safety], severity: [high] }
    steps: [{ to: { group: night }, by: [webhook, email], wait: 2m }]
    repeat: { every: 10m }
groups: [{ id: night, who: [siv] }]
`

  /** Falls of the same moment in homes with nobody to tell, until somebody is registered, who answers and is asked again. */
  async function eventsOf(hasRestarted: boolean) {
    const store = createMemoryStore()
    const first = await startCore(store)
    await first.take({ type: 'rules', files: [...RULES, { name: 'policies/p.yaml', text: GROUP }] })
    const homes = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6']
    for (const id of homes) await first.take({ type: 'home', home: home({ id, contacts: [] }) })
    for (const id of homes) await first.say('a', 'fall', 'detected', { home: id })
    const then = hasRestarted ? first.crash() : first
    await then.take({ type: 'staff', staff: [{ id: 'siv', language: 'nb' }] })
    const last = hasRestarted ? then.crash() : then
    const toSend = store.notifications().filter(({ template }) => template === 'alert')
    for (const { id } of toSend) await last.take({ type: 'delivery', notification: id, to: 'delivered' })
    await last.take({ type: 'answer', staff: 'siv', action: 'unclear' })
    for (const { id } of last.core.openAlerts().toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
      await last.take({ type: 'acknowledge', alert: id, by: 'operator:siv', via: 'console' })
    }
    return {
      told: store
        .events()
        .filter(({ what }) => what === 'notified')
        .map(({ alert }) => alert),
      messages: store
        .notifications()
        .map(({ alert, template, channel }) => `${alert} ${template} ${channel}`),
    }
  }

  it('changes neither in which order people are told nor how', async () => {
    const after = await eventsOf(true)
    const without = await eventsOf(false)
    // The start itself is an input, so ids that come after it would differ: these were made before it.
    expect(after).toEqual(without)
    expect(without.told).toHaveLength(6)
    expect(without.messages.length).toBeGreaterThan(12)
  })

  it('changes nothing of which of two readings of the same moment counts as the last', async () => {
    const text = `rules:
  - { id: out, title: Out, category: safety, severity: low, on: door, when: 'value == "open" && last("spo2") < 90' }
`
    const alertsOf = async (hasRestarted: boolean): Promise<number> => {
      const first = await startCore(createMemoryStore())
      const { sensors } = home()
      await first.take({ type: 'rules', files: [{ name: 'rules.yaml', text }] })
      // The one that is first by its id comes to the register last.
      await first.take({ type: 'home', home: home({ sensors: sensors.filter(({ id }) => id === 'b') }) })
      await first.take({ type: 'home', home: home({ sensors }) })
      await first.say('a', 'spo2', 80)
      await first.say('b', 'spo2', 95)
      const last = hasRestarted ? first.crash() : first
      await last.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'online' })
      await last.say('b', 'door', 'open')
      return last.core.openAlerts().filter(({ rule }) => rule === 'out').length
    }
    expect([await alertsOf(false), await alertsOf(true)]).toEqual([1, 1])
  })
})
