import { afterEach, describe, expect, it } from 'vitest'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { ContactFacts } from '../../hub/model/home.ts'
import type { ReadingInput, VisitInput } from '../../hub/model/input.ts'
import type { Reading } from '../../hub/model/reading.ts'
import type { AskedStep, Expected } from '../../hub/model/visit.ts'
import { proves } from '../../hub/decode/proves.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { createCoreBench, home, startCore, stopCores } from './bench.ts'
import type { CoreBench } from './bench.ts'

afterEach(stopCores)

const MINUTE = 60_000
const WHO = { home: 'h1', by: 'operator:ola', via: 'console' } as const
const OLA: ContactFacts = { id: 'ola', language: 'nb', order: 1, role: 'installer' }
const ANNE: ContactFacts = { id: 'anne', language: 'nb', order: 1 }
const OPEN: Expected = { kind: 'door', value: 'open' }
const FINISH = { type: 'visit', what: 'finish', ...WHO, certificate: 'c-1', sha256: 'x' } as const

type Said = Partial<Omit<ReadingInput, 'reading'>> & { reading?: Partial<Reading> }

async function started(): Promise<CoreBench> {
  const bench = await startCore(createMemoryStore())
  await bench.take({ type: 'home', home: home({ contacts: [ANNE, OLA] }) })
  await begin(bench)
  return bench
}

/** As the office does: in maintenance, and then the visit. */
async function begin(bench: CoreBench): Promise<void> {
  await bench.take({ type: 'mode', ...WHO, mode: 'maintenance', on: true })
  await bench.take({ type: 'visit', what: 'start', ...WHO })
}

const ask = (bench: CoreBench, expect = OPEN, sensor = 'a') =>
  bench.take({ type: 'visit', what: 'ask', ...WHO, sensor, step: 0, expect })

function say(bench: CoreBench, kind: string, value: Reading['value'], { reading, ...more }: Said = {}) {
  const now = bench.core.now()
  return bench.take({
    type: 'reading',
    reading: { home: 'h1', sensor: 'a', kind, value, at: now, receivedAt: now, ...reading },
    ...more,
  })
}

const step = (bench: CoreBench, sensor = 'a'): AskedStep | undefined =>
  bench.core.visit('h1')?.sensors[sensor]?.steps[0]

describe('a step of a visit', () => {
  it('is proven by the first reading after the question that says it, with its row of the journal', async () => {
    const bench = await started()
    await say(bench, 'door', 'open')
    await bench.pass(MINUTE)
    await ask(bench)
    expect(step(bench)).not.toHaveProperty('proof')
    await say(bench, 'door', 'closed')
    expect(step(bench)).toMatchObject({ other: { value: 'closed' } })
    await bench.pass(1000)
    const proven = await say(bench, 'door', 'open', { qos: 0 })
    const at = bench.core.now()
    const seq = proven.taken ? proven.seq : 0
    expect(step(bench)?.proof).toEqual({ at, observedAt: at, value: 'open', seq, qos: 0 })
    expect(step(bench)).not.toHaveProperty('other')
    // What comes later does not take its place; another question does.
    await bench.pass(1000)
    await say(bench, 'door', 'open')
    expect(step(bench)?.proof?.seq).toBe(seq)
    await ask(bench)
    expect(step(bench)).not.toHaveProperty('proof')
  })

  it.each<[string, Said]>([
    ['from a backlog', { reading: { at: Date.UTC(2026, 0, 5) - 2 * MINUTE } }],
    ['observed before the question', { reading: { at: Date.UTC(2026, 0, 5) - 20_000 } }],
    ['of a clock that is weeks behind', { reading: { at: Date.UTC(2025, 0, 5) } }],
    ['that is to be kept at the broker', { kept: true }],
    ['that a broker had kept', { reading: { retained: true } }],
    ['of another sensor', { reading: { sensor: 'b' } }],
  ])('is not proven by a reading %s', async (_what, said) => {
    const bench = await started()
    await ask(bench)
    await say(bench, 'door', 'open', said)
    expect(step(bench)).not.toHaveProperty('proof')
  })

  it('is not proven by a status that a device repeats, nor by a reading that was taken before', async () => {
    const bench = await started()
    const pressed: Expected = { kind: 'sos', value: 'pressed' }
    const known = { reading: { status: 'pressed', id: 'boot-1' } }
    await say(bench, 'sos', 'pressed', known)
    await ask(bench, pressed)
    await say(bench, 'sos', 'pressed', known)
    await say(bench, 'sos', 'pressed', { reading: { status: 'pressed', id: 'boot-2' } })
    expect(step(bench)).not.toHaveProperty('proof')
  })

  it('says what was wrong with the last message, until one comes that is right', async () => {
    const bench = await started()
    await say(bench, 'door', 'open', { reading: { at: bench.core.now() - 5 * MINUTE } })
    expect(bench.core.visit('h1')?.sensors['a']).toMatchObject({ late: { by: 5 * MINUTE } })
    expect(bench.core.visit('h1')?.sensors['a']).not.toHaveProperty('heardAt')
    await say(bench, 'door', 'open')
    expect(bench.core.visit('h1')?.sensors['a']).toMatchObject({ heardAt: bench.core.now() })
    expect(bench.core.visit('h1')?.sensors['a']).not.toHaveProperty('late')
  })

  it('is known after a crash between the question and the reading, and after the reading', async () => {
    const store = createMemoryStore()
    let bench = await startCore(store)
    await begin(bench)
    await ask(bench)
    bench = bench.crash()
    expect(step(bench)).toMatchObject({ expect: OPEN })
    await say(bench, 'door', 'open')
    const before = bench.core.visit('h1')
    bench = bench.crash()
    expect(bench.core.visit('h1')).toEqual(before)
    expect(step(bench)?.proof).toMatchObject({ value: 'open' })
  })

  it('is not proven by a reading that could not be written', async () => {
    const store = createMemoryStore()
    let bench = await startCore(store)
    await begin(bench)
    await ask(bench)
    store.failWith(new Error('disk full'))
    await expect(say(bench, 'door', 'open')).rejects.toThrow('disk full')
    store.failWith(undefined)
    bench = bench.crash()
    expect(step(bench)).not.toHaveProperty('proof')
  })

  it('is to be proven anew where another device stands in its place', async () => {
    const bench = await started()
    await ask(bench)
    await say(bench, 'door', 'open')
    const { sensors } = home()
    const other = sensors.map((one) => (one.id === 'a' ? { ...one, address: 'new' } : one))
    await bench.take({ type: 'home', home: home({ sensors: other }) })
    expect(step(bench)).toBeUndefined()
  })

  it('is refused where no visit is open, and when maintenance is over', async () => {
    const bench = await startCore(createMemoryStore())
    await bench.take({ type: 'mode', ...WHO, mode: 'maintenance', on: true })
    expect(await ask(bench)).toMatchObject({ reason: 'no visit is open' })
    await bench.take({ type: 'visit', what: 'start', ...WHO })
    await bench.take({ type: 'mode', ...WHO, mode: 'maintenance', on: false })
    expect(await ask(bench)).toMatchObject({ reason: 'maintenance is over' })
  })
})

describe('proves', () => {
  it.each<[Expected, Reading['value'], boolean]>([
    [{ kind: 'door', value: 'open' }, 'open', true],
    [{ kind: 'motion', value: false }, true, false],
    [{ kind: 'power', above: 5 }, 5, false],
    [{ kind: 'power', above: 5 }, 5.1, true],
    [{ kind: 'power', below: 5 }, 4.9, true],
    [{ kind: 'power', below: 5 }, 5, false],
    [{ kind: 'weight' }, 71.4, true],
  ])('%j by %j: %s', (expected, value, is) =>
    expect(proves(expected, { kind: expected.kind, value: value as string })).toBe(is),
  )
})

describe('the alarm of a visit', () => {
  const awaitAlarm = (bench: CoreBench, how: 'sensor' | 'hub' = 'sensor') =>
    bench.take({ type: 'visit', what: 'alarm', ...WHO, how })
  const alarm = (bench: CoreBench) => bench.core.visit('h1')?.alarm
  const byHub = (bench: CoreBench) => say(bench, 'fall', 'detected', { test: true })

  it('is set off by the first alarm of a sensor, and knows the alert that this raised', async () => {
    const bench = await started()
    await awaitAlarm(bench)
    await say(bench, 'door', 'open')
    await say(bench, 'fall', 'cancelled')
    expect(alarm(bench)).not.toHaveProperty('reading')
    await bench.pass(20_000)
    await say(bench, 'fall', 'detected')
    expect(alarm(bench)).toMatchObject({
      reading: { sensor: 'a', kind: 'fall', at: bench.core.now() },
      alert: { id: bench.alert('fall').id, at: bench.core.now() },
    })
  })

  it('takes no alarm after 5 minutes', async () => {
    const bench = await started()
    await awaitAlarm(bench)
    await bench.pass(5 * MINUTE + 1)
    await say(bench, 'fall', 'detected')
    expect(alarm(bench)).not.toHaveProperty('reading')
  })

  it('may be said by the hub itself: a test, and the sensor is neither heard nor changed by it', async () => {
    const bench = await started()
    const before = bench.core.sensorState('h1', 'a')
    await awaitAlarm(bench, 'hub')
    await byHub(bench)
    expect(bench.alert('fall')).toMatchObject({ test: true })
    expect(alarm(bench)).toMatchObject({ reading: { kind: 'fall' }, alert: { id: bench.alert('fall').id } })
    expect(bench.core.sensorState('h1', 'a')).toEqual(before)
    expect(bench.core.visit('h1')?.sensors).toEqual({})
  })

  it('is never said by the hub outside maintenance', async () => {
    const bench = await startCore(createMemoryStore())
    expect(await byHub(bench)).toMatchObject({ taken: false })
    expect(bench.core.openAlerts()).toEqual([])
  })

  it('that the hub said is in the journal as a test, and in no history', async () => {
    const database = openDatabase(tempDir('visits'))
    const bench = createCoreBench(createSqliteStore(database.db))
    await bench.take({ type: 'home', home: home() })
    await begin(bench)
    await byHub(bench)
    const row = database.db.prepare("SELECT kind, body FROM journal WHERE type = 'reading'").get()
    expect(row).toMatchObject({ kind: null })
    expect(JSON.parse(String(row?.['body']))).toMatchObject({ test: true })
    bench.core.stop()
    database.close()
  })
})

describe('finishing a visit', () => {
  const finish = (bench: CoreBench, visit = bench.core.visit('h1')?.id ?? '') =>
    bench.take({ ...FINISH, visit } satisfies VisitInput)

  it('is over with it, in one transaction with what follows; none of that where it is refused', async () => {
    const bench = await started()
    await bench.take({ type: 'service', ...WHO, to: { is: 'commissioning' } })
    const all = (visit: string) =>
      bench.core.takeTogether([
        { ...FINISH, visit },
        { type: 'service', ...WHO, to: { is: 'active' } },
        { type: 'mode', ...WHO, mode: 'maintenance', on: false },
      ])
    expect(await all('v-0')).toMatchObject({ taken: false, reason: 'this visit is not open' })
    expect(bench.core.home('h1')?.state).toEqual({ is: 'commissioning' })
    expect(await all(bench.core.visit('h1')?.id ?? '')).toMatchObject({ taken: true })
    expect(bench.core.home('h1')).not.toHaveProperty('state')
    expect([bench.core.visit('h1'), bench.core.modes('h1')]).toEqual([undefined, []])
  })

  it('comes of itself where the home is closed', async () => {
    const bench = await started()
    await bench.take({ type: 'service', ...WHO, to: { is: 'closed' } })
    expect(bench.core.visit('h1')).toBeUndefined()
    expect(await bench.take({ type: 'visit', what: 'start', ...WHO })).toMatchObject({ taken: false })
  })

  it('calls nobody for what should have followed a fall that was tried', async () => {
    const bench = await started()
    const text = `rules:
  - { id: fall, title: Fall, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }
  - id: lies
    title: Lies
    category: safety
    severity: high
    on: fall
    when: value == "detected"
    then: { absent: { of: [motion] }, within: 10m }
    clear: manual
`
    await bench.take({ type: 'rules', files: [{ name: 'rules.yaml', text }] })
    await say(bench, 'motion', false)
    await say(bench, 'fall', 'detected')
    await bench.take({
      type: 'acknowledge',
      alert: bench.alert('fall').id,
      by: 'operator:ola',
      via: 'console',
    })
    await finish(bench)
    await bench.take({ type: 'mode', ...WHO, mode: 'maintenance', on: false })
    await bench.pass(15 * MINUTE)
    expect(bench.core.openAlerts().map(({ rule }) => rule)).toEqual(['fall'])
    // One that is real is followed as ever.
    await say(bench, 'fall', 'detected')
    await bench.pass(15 * MINUTE)
    expect(bench.core.openAlerts().map(({ rule }) => rule)).toEqual(['fall', 'lies'])
  })

  it('is refused while a test is unanswered, as it would count as real, and of another visit', async () => {
    const bench = await started()
    await say(bench, 'fall', 'detected')
    expect(await finish(bench)).toMatchObject({ taken: false, reason: 'unanswered tests: 1' })
    const { id } = bench.alert('fall')
    await bench.take({ type: 'acknowledge', alert: id, by: 'operator:ola', via: 'console' })
    expect(await finish(bench, 'v-0')).toMatchObject({ taken: false })
    expect(await finish(bench)).toMatchObject({ taken: true })
    expect(bench.alert('fall')).toMatchObject({ test: true, handling: 'acknowledged' })
  })
})
