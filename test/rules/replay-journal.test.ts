import { afterEach, describe, expect, it } from 'vitest'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { openJournal } from '../../hub/database/open-journal.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { OpenDatabase } from '../../hub/database/open-database.ts'
import type { Transition } from '../../hub/model/alert.ts'
import { openHistory } from '../../hub/cli/past-history.ts'
import { parseRules } from '../../hub/rules/parse-rules.ts'
import type { RuleSet } from '../../hub/rules/rule.ts'
import { GATHERING } from './area-bench.ts'
import { createCoreBench, home, RULES, stopCores } from '../core/bench.ts'
import type { CoreBench } from '../core/bench.ts'
import { runAal, writeRules } from '../helpers/hub-process.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const MINUTE = 60_000
const opened: OpenDatabase[] = []

afterEach(() => {
  stopCores()
  for (const database of opened.splice(0)) database.close()
})

const rules = compile()

function compile(change: (text: string) => string = (text) => text): RuleSet {
  const parsed = parseRules(RULES.map(({ name, text }) => ({ name, text: change(text) })))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.value
}

/** A day of a hub with everything in it; still open, as that of a running hub. */
async function live(): Promise<{ data: string; said: Transition[]; bench: CoreBench }> {
  const data = tempDir('replay-journal')
  const database = openDatabase(data)
  opened.push(database)
  const said: Transition[] = []
  const listen = (bench: CoreBench) => {
    bench.core.onCommit(({ transitions }) => said.push(...transitions))
    return bench
  }
  const first = listen(createCoreBench(createSqliteStore(database.db)))
  await first.take({ type: 'rules', files: RULES })
  await first.take({ type: 'home', home: home() })
  await first.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'online' })
  await first.say('a', 'fall', 'detected')
  await first.say('a', 'spo2', 85)
  await first.pass(MINUTE)
  await first.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'offline' })
  await first.pass(10 * MINUTE)
  await first.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'online' })
  await first.pass(MINUTE)
  await first.say('a', 'fall', 'detected', { at: first.core.now() - 5 * MINUTE })
  await first.take({
    type: 'resolve',
    alert: first.alert('fall').id,
    by: 'operator:siv',
    via: 'cli',
    cause: 'real',
  })
  await first.say('b', 'door', 'open')
  first.clock.pass(30 * MINUTE)
  const second = listen(first.crash())
  await second.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'online' })
  await second.pass(6 * MINUTE)
  await second.say('a', 'fall', 'detected')
  await second.take({ type: 'home', home: home({ timezone: 'Europe/Oslo' }) })
  await second.say('b', 'door', 'closed')
  await second.pass(300 * MINUTE)
  return { data, said, bench: second }
}

function run(...args: Parameters<Awaited<ReturnType<typeof openHistory>>['run']>) {
  return async (data: string) => {
    const history = await openHistory(data, undefined, [rules])
    try {
      return [...history.run(...args)].filter((said) => 'to' in said)
    } finally {
      history.close()
    }
  }
}

describe('replayJournal', () => {
  it('says with the same rules what the hub said, over outages, downtime and what people resolved', async () => {
    const { data, said } = await live()
    expect(said.map(({ rule, to }) => `${rule} ${to}`)).toEqual(
      expect.arrayContaining(['fall firing', 'fall again', 'fall cleared', 'low firing', 'open firing']),
    )
    expect(said.filter(({ rule, to }) => rule === 'quiet' && to === 'firing')).toHaveLength(1)
    const again = await run({ rules })(data)
    // Written out and read in again, as the journal is.
    expect(again).toEqual(JSON.parse(JSON.stringify(said)))
  })

  it('says of an area what the hub said, also after people resolved it', async () => {
    const data = tempDir('replay-area')
    const database = openDatabase(data)
    opened.push(database)
    const bench = createCoreBench(createSqliteStore(database.db))
    const said: Transition[] = []
    bench.core.onCommit(({ transitions }) => said.push(...transitions))
    const ids = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'h7']
    const files = [{ name: 'r.yaml', text: `rules:${GATHERING}` }]
    await bench.take({ type: 'rules', files })
    for (const id of ids) {
      const gateways = [{ id: `gw-${id}` }]
      await bench.take({ type: 'home', home: home({ id, gateways, sensors: [], area: 'Alta' }) })
      await bench.take({ type: 'gateway', home: id, gateway: `gw-${id}`, to: 'online' })
    }
    const cut = (...cutOff: readonly string[]) =>
      Promise.all(
        cutOff.map((id) => bench.take({ type: 'gateway', home: id, gateway: `gw-${id}`, to: 'offline' })),
      )
    await cut('h1', 'h2', 'h3', 'h4', 'h5')
    await bench.pass(4 * MINUTE)
    const first = bench.alert('gone')
    await bench.take({ type: 'resolve', alert: first.id, by: 'operator:siv', via: 'cli', cause: 'equipment' })
    await cut('h6')
    await bench.pass(4 * MINUTE)
    expect(said.map(({ to, area }) => `${to} ${area}`)).toEqual(['firing Alta', 'again Alta'])
    // The alert is in the database without a home.
    const rows = database.db.prepare('SELECT home, is_open FROM alert ORDER BY is_open').all()
    expect(rows).toEqual([
      { home: null, is_open: 0 },
      { home: null, is_open: 1 },
    ])
    const parsed = parseRules(files)
    if (!parsed.ok) throw new Error('The rules are wrong')
    const again = await run({ rules: parsed.value })(data)
    expect(again).toEqual(JSON.parse(JSON.stringify(said)))
  })

  it('says with other rules what those would have said', async () => {
    const { data } = await live()
    const eager = compile((text) => text.replace('for: 5m', 'for: 1m').replace('for: 2m', 'for: 20m'))
    const said = await run({ rules: eager })(data)
    const open = said.find(({ rule }) => rule === 'open')
    expect(said.some(({ rule }) => rule === 'low')).toBe(true)
    expect(said.find(({ rule }) => rule === 'low')?.at).toBeGreaterThan(open?.at ?? Infinity)
  })

  it('answers for people with --handle, and stops where it is told', async () => {
    const { data, said } = await live()
    const until = said[0]?.at ?? 0
    expect(await run({ rules, until })(data)).toEqual(said.filter(({ at }) => at <= until))
    const handled = await run({ rules, handle: MINUTE })(data)
    const cleared = handled.filter(({ rule, to }) => rule === 'fall' && to === 'cleared')
    expect(cleared.map(({ at }) => at)).toContain(until + MINUTE)
  })
})

describe('openJournal', () => {
  it('sees what a hub has committed meanwhile, and changes nothing', async () => {
    const { data, bench } = await live()
    const journal = openJournal(data)
    const before = journal.newest()
    await bench.say('a', 'fall', 'detected')
    expect(journal.newest()).toBe(before + 1)
    expect([...journal.entries()].map(({ seq }) => seq)).toEqual(
      Array.from({ length: before + 1 }, (_, index) => index + 1),
    )
    journal.close()
    expect(await bench.say('a', 'fall', 'detected')).toMatchObject({ taken: true })
  })

  it('refuses a folder without data, and data of another version', () => {
    expect(() => openJournal(tempDir('empty'))).toThrow(/Cannot find a hub's data in .*no hub\.db/)
    const data = tempDir('newer')
    const database = openDatabase(data)
    database.db.exec('PRAGMA user_version = 99')
    database.close()
    expect(() => openJournal(data)).toThrow(/its schema is version 99, expected \d+/)
  })
})

describe('aal rules replay --from DATA', () => {
  it('replays beside the hub that uses the folder, and compares rule sets', { timeout: 90_000 }, async () => {
    const { data, said } = await live()
    const folder = writeRules(Object.fromEntries(RULES.map(({ name, text }) => [name, text])))
    const other = writeRules(
      Object.fromEntries(
        RULES.map(({ name, text }) => [name, text.replace('value == "open"', 'value == "open" && false')]),
      ),
    )
    const replay = ['rules', 'replay', '--from', data, '--rules', folder]
    const plain = await runAal([...replay, '--json'])
    expect({ code: plain.code, stderr: plain.stderr }).toEqual({ code: 0, stderr: '' })
    expect(plain.stdout.trimEnd().split('\n')).toHaveLength(said.length)

    const { stdout } = await runAal([...replay, '--compare', other, '--json'])
    const compared = JSON.parse(stdout) as Record<string, unknown>
    expect(compared).toMatchObject({
      a: { rules: folder },
      b: { rules: other },
      total: { onlyA: 1, onlyB: 0 },
      onlyA: [{ rule: 'open', to: 'firing', severity: 'medium' }],
      onlyB: [],
    })
    expect(compared['rules']).toContainEqual({ rule: 'open', a: 1, b: 0, onlyA: 1, onlyB: 0 })

    const shown = await runAal([...replay, '--compare', other])
    // The home is in Oslo: 00:00 UTC is 01:00 there, in the night of the day before.
    expect(shown.stdout).toMatch(/\n2026-01-04 {2}night +\d+ +\d+ +1 +0\n/)
    expect(shown.stdout).toMatch(/\nopen +1 +0 +1 +0\n/)
    expect(shown.stdout).toMatch(/Said by A alone:\n- 2026-01-05 .* open /)
    expect(shown.stdout).toContain('Nothing is said by B alone.')

    const homes = await runAal([...replay, '--homes', 'x.yaml'])
    expect(homes).toMatchObject({ code: 1, stdout: '' })
  })
})
