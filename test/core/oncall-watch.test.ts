import { afterEach, describe, expect, it } from 'vitest'
import type { RuleFile } from '../../hub/model/input.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import type { MemoryStore } from '../helpers/memory-store.ts'
import { createCoreBench, createManualClock, home, RULES, stopCores } from './bench.ts'
import type { CoreBench } from './bench.ts'

afterEach(stopCores)

const HOUR = 3_600_000
/** A Monday, 13:00 in Oslo. */
const MONDAY = Date.UTC(2026, 0, 5, 12)

function filesWith(shifts: string, to = '{ oncall: centre }'): readonly RuleFile[] {
  const text = `policies: [{ id: p, steps: [{ to: ${to}, wait: 2m }], repeat: { every: 5m } }]
rotas: [{ id: centre, timezone: Europe/Oslo, shifts: [${shifts}] }]`
  return [{ name: 'policies/p.yaml', text }, ...RULES]
}
/** Nobody from Wednesday 15:00 to Thursday 07:00. */
const SHIFTS =
  '{ days: [mon, tue, thu, fri, sat, sun], from: "07:00", to: "07:00", who: [siv] }, { days: [wed], from: "07:00", to: "15:00", who: [siv] }'

async function start(files: readonly RuleFile[], store = createMemoryStore()): Promise<CoreBench> {
  const bench = createCoreBench(store, createManualClock(MONDAY))
  await bench.take({ type: 'staff', staff: [{ id: 'siv', language: 'nb' }] })
  await bench.take({ type: 'rules', files })
  return bench
}

const said = (bench: CoreBench) =>
  bench.core.openAlerts().map(({ rule, scope, detail }) => `${rule} ${scope}: ${detail.reason}`)
const eventsOf = (store: MemoryStore) =>
  store.events().map(({ what, now }) => `${what} ${new Date(now).toISOString().slice(5, 16)}`)

describe('a gap in a rota', () => {
  it('is said 24 h before, and is over when somebody is on call again', async () => {
    const store = createMemoryStore()
    const bench = await start(filesWith(SHIFTS), store)
    for (let hour = 0; hour < 96; hour++) await bench.pass(HOUR)
    expect(eventsOf(store)).toEqual(['raised 01-06T14:00', 'cleared 01-08T06:00', 'resolved 01-08T06:00'])
  })

  it('says when, by the clock of the rota; and that it is now', async () => {
    const bench = await start(filesWith(SHIFTS))
    await bench.pass(26 * HOUR)
    const ahead = 'hub-oncall-gap hub/oncall/centre: centre: nobody is on call from Wed 15:00 to Thu 07:00'
    expect(said(bench)).toEqual([ahead])
    const second = bench.crash()
    await second.pass(0)
    expect(said(second)).toEqual([ahead])
  })

  it('is over at once when the rota is mended, and is said when the one on call leaves', async () => {
    const bench = await start(filesWith(SHIFTS))
    await bench.pass(26 * HOUR)
    await bench.take({
      type: 'rules',
      files: filesWith('{ days: [daily], from: "07:00", to: "07:00", who: [siv] }'),
    })
    expect(said(bench)).toEqual([])
    await bench.take({ type: 'staff', staff: [] })
    expect(said(bench)).toEqual(['hub-oncall-gap hub/oncall/centre: centre: nobody is on call now'])
  })

  it('does not matter in a rota that no policy uses, or that names nobody yet', async () => {
    expect(said(await start(filesWith(SHIFTS, '{ contacts: [family] }')))).toEqual([])
    expect(said(await start(filesWith('')))).toEqual([])
  })

  it('is told to nobody: it is for the board', async () => {
    const store = createMemoryStore()
    const bench = await start(filesWith(SHIFTS), store)
    await bench.pass(60 * HOUR)
    expect(store.notifications()).toEqual([])
  })

  it('is found at the same input again when the journal is played anew', async () => {
    const store = createMemoryStore()
    const bench = await start(filesWith(SHIFTS), store)
    for (let hour = 0; hour < 96; hour++) await bench.pass(HOUR)
    const again = createMemoryStore()
    const clock = createManualClock(MONDAY)
    const copy = createCoreBench(again, clock)
    for (const { entry } of store.journal()) {
      clock.set(entry.now)
      await copy.take(entry.input)
    }
    expect(again.events()).toEqual(store.events())
  })
})

describe('the staff', () => {
  it('are kept with the journal, without anything personal, and known after a restart', async () => {
    const store = createMemoryStore()
    const bench = createCoreBench(store)
    await bench.core.takeStaff(
      [{ id: 'siv', language: 'nb' }],
      [{ id: 'siv', name: 'Siv Olsen', phone: '+4790000021' }],
    )
    expect(JSON.stringify(store.journal())).not.toMatch(/Olsen|4790000021/)
    expect([...bench.crash().core.staff().keys()]).toEqual(['siv'])
  })
})

it('a shift that begins while everybody was told already is told at once, also after a restart', async () => {
  const shifts =
    '{ days: [daily], from: "07:00", to: "15:00", who: [siv] }, { days: [daily], from: "15:00", to: "07:00", who: [ole] }'
  const files = filesWith(shifts).map((file) => ({
    ...file,
    text: file.text
      .replace('every: 5m', 'every: 1h')
      .replace('id: p,', 'id: p, use: { category: [safety], severity: [high] },'),
  }))
  const store = createMemoryStore()
  const bench = createCoreBench(store, createManualClock(MONDAY))
  await bench.take({ type: 'staff', staff: ['siv', 'ole'].map((id) => ({ id, language: 'nb' })) })
  await bench.take({ type: 'rules', files })
  await bench.take({ type: 'home', home: home({ contacts: [] }) })
  await bench.pass(HOUR + 50 * 60_000)
  await bench.say('a', 'fall', 'detected')
  const told = (one: CoreBench): string[] =>
    one.core.openAlerts().flatMap(({ rule, progress }) => (rule === 'fall' ? [...progress.told] : []))
  expect(told(bench)).toEqual(['staff:siv'])
  const second = bench.crash()
  await second.pass(5 * 60_000)
  expect(told(second)).toEqual(['staff:siv'])
  await second.pass(5 * 60_000)
  expect(told(second)).toEqual(['staff:siv', 'staff:ole'])
})
