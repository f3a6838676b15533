import { afterEach, describe, expect, it } from 'vitest'
import type { Input } from '../../hub/model/input.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import { startCore, stopCores } from './bench.ts'

afterEach(stopCores)

const answer = (action: 'accept' | 'decline' | 'unclear', code?: string, contact = 'anne'): Input => ({
  type: 'answer',
  home: 'h1',
  contact,
  action,
  ...(code !== undefined && { code }),
})

/** A fall and low oxygen, of both of which the first contact was told. */
async function twoAlerts() {
  const store = createMemoryStore()
  const bench = await startCore(store)
  await bench.say('a', 'fall', 'detected')
  await bench.say('b', 'spo2', 75)
  await bench.pass(121_000)
  const sent = (template: string) =>
    store.notifications().filter((one) => one.template === template && one.contact === 'anne')
  expect(sent('alert').map(({ alert }) => alert)).toEqual(
    expect.arrayContaining([bench.alert('fall').id, bench.alert('low').id]),
  )
  return { bench, store, sent }
}

describe('an answer that cannot be taken', () => {
  it('"OK" without a code, with two alerts open, takes neither and asks which, of the newest', async () => {
    const { bench, store, sent } = await twoAlerts()
    await bench.take(answer('accept'))
    expect(bench.core.openAlerts().map(({ handling }) => handling)).toEqual(['new', 'new'])
    expect(sent('unclear')).toMatchObject([{ alert: bench.alert('low').id }])
    expect(store.journal().at(-1)?.entry.input).toMatchObject({ type: 'answer', contact: 'anne' })
  })

  it('with a code of none takes neither and asks again, twice, then says once that nobody has it', async () => {
    const { bench, store, sent } = await twoAlerts()
    const used = new Set(bench.core.openAlerts().map(({ code }) => code))
    const wrong = ['1000', '1001', '1002'].find((code) => !used.has(code)) ?? ''
    for (let i = 0; i < 5; i++) await bench.take(answer('accept', wrong))
    expect(bench.core.openAlerts().map(({ handling }) => handling)).toEqual(['new', 'new'])
    expect(sent('unclear')).toHaveLength(2)
    expect(sent('untaken')).toMatchObject([{ alert: bench.alert('low').id, state: 'queued' }])
    expect(store.events().filter(({ what }) => what === 'not-understood')).toMatchObject([
      { alert: bench.alert('low').id, by: 'contact:anne', via: 'sms' },
    ])
  })

  it('is asked about again after each message that asks them to come', async () => {
    const { bench, store, sent } = await twoAlerts()
    for (let i = 0; i < 4; i++) await bench.take(answer('unclear'))
    expect(sent('untaken')).toHaveLength(1)
    for (const { id } of store.notifications()) {
      await bench.take({ type: 'delivery', notification: id, to: 'accepted' })
    }
    const before = sent('alert').length
    for (let i = 0; i < 60 && sent('alert').length < before + 2; i++) await bench.pass(60_000)
    expect(sent('alert').length).toBeGreaterThanOrEqual(before + 2)
    expect(sent('alert').at(-1)).toMatchObject({ occasion: 'reminder' })
    await bench.take(answer('unclear'))
    expect(sent('unclear')).toHaveLength(3)
  })

  it('"OK" from whoever has everything says that they have it, and not for ever', async () => {
    const { bench, sent } = await twoAlerts()
    const [fall, low] = [bench.alert('fall'), bench.alert('low')]
    for (const { code } of [fall, low]) await bench.take(answer('accept', code))
    expect(sent('receipt')).toHaveLength(2)
    for (let i = 0; i < 5; i++) await bench.take(answer('accept'))
    expect(sent('receipt')).toHaveLength(4)
    expect([...sent('unclear'), ...sent('untaken')]).toEqual([])
    // "No" alone gives nothing back: which one, they are asked.
    await bench.take(answer('decline'))
    expect(sent('unclear')).toHaveLength(1)
  })

  it('"OK" from whoever has one is about the one that nobody has', async () => {
    const { bench, sent } = await twoAlerts()
    await bench.take(answer('accept', bench.alert('low').code))
    await bench.take(answer('accept'))
    expect(sent('unclear')).toMatchObject([{ alert: bench.alert('fall').id }])
    expect(bench.alert('fall').handling).toBe('new')
  })

  it('with the code of an alert that is over takes no other, and leaves a trace', async () => {
    const { bench, store, sent } = await twoAlerts()
    const { id, code } = bench.alert('fall')
    await bench.take({ type: 'resolve', alert: id, by: 'operator:siv', via: 'cli', cause: 'false' })
    await bench.take(answer('accept', code))
    expect(bench.alert('low')).toMatchObject({ handling: 'new' })
    // Whoever writes it means something that the hub does not know: they are asked about what is open.
    expect(sent('unclear')).toMatchObject([{ alert: bench.alert('low').id }])
    expect(store.journal().at(-1)?.entry.input).toMatchObject({ type: 'answer', code })
  })

  it('about nothing that is open changes nothing, sends nothing, and leaves a trace', async () => {
    const store = createMemoryStore()
    const bench = await startCore(store)
    await bench.take(answer('accept', '4821'))
    await bench.take(answer('unclear'))
    expect(store.notifications()).toEqual([])
    expect(store.journal().filter(({ entry }) => entry.input.type === 'answer')).toHaveLength(2)
  })
})

describe('a number that cannot receive', () => {
  it('fails quickly, and the next person is told at once', async () => {
    const { bench, store } = await twoAlerts()
    const alert = bench.alert('low').id
    const [first] = store.notifications().filter((one) => one.alert === alert)
    await bench.take({
      type: 'delivery',
      notification: first?.id ?? '',
      to: 'failed',
      error: 'no such number; a landline',
    })
    expect(store.notifications().filter((one) => one.alert === alert)).toMatchObject([
      { contact: 'anne', state: 'failed', error: 'no such number; a landline' },
      { contact: 'berit', state: 'queued' },
    ])
    expect(
      store
        .events()
        .filter((one) => one.alert === alert)
        .map(({ what, text }) => `${what} ${text}`),
    ).toEqual(expect.arrayContaining(['delivery failed: no such number; a landline']))
  })
})
