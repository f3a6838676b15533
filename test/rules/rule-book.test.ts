import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { createJournalReader } from '../../hub/database/journal.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { OpenDatabase } from '../../hub/database/open-database.ts'
import { createRegistry } from '../../hub/database/registry.ts'
import type { Trial } from '../../hub/http/rule-book.ts'
import { createRuleBook } from '../../hub/office/rule-book.ts'
import { openRuleFolder } from '../../hub/office/rule-folder.ts'
import type { RuleFolder } from '../../hub/office/rule-folder.ts'
import { createCoreBench, home, START, stopCores } from '../core/bench.ts'
import type { CoreBench } from '../core/bench.ts'
import { writeRules } from '../helpers/hub-process.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const FALL = `rules:
  - { id: fall, title: Fall, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }
`
const LOW = `rules:
  - { id: low, title: Low, category: health, severity: low, on: spo2, when: value < 90 }
`

let data: string
let folder: string
let database: OpenDatabase
let bench: CoreBench
let rules: RuleFolder
let book: ReturnType<typeof createRuleBook>

function openBook(isShipped = false) {
  const journal = createJournalReader(database.db)
  const registry = createRegistry(database.db)
  return createRuleBook({
    folder: data,
    rules: { put: rules.put, folder },
    isShipped,
    ruleFiles: () => bench.core.ruleFiles ?? [],
    history: (limit) => journal.ruleChanges(limit).map(({ now: at, ...set }) => ({ at, ...set })),
    now: bench.core.now,
    note: registry.note,
    keepNote: registry.keepNote,
  })
}

/** 50 days ago the home was registered; then, a day apart, values that fall below some limit. */
beforeEach(async () => {
  data = tempDir('rule-book')
  folder = writeRules({ 'fall.yaml': FALL, 'low.yaml': LOW })
  database = openDatabase(data)
  bench = createCoreBench(createSqliteStore(database.db))
  const log = { info: () => {}, error: () => {} }
  const { ruleChanges } = createJournalReader(database.db)
  rules = await openRuleFolder({ core: bench.core, folder, history: ruleChanges, log: log as never })
  await bench.take({ type: 'home', home: home() })
  await bench.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'online' })
  await bench.pass(40 * DAY)
  for (const value of [88, 95, 84, 95, 88, 95]) {
    await bench.say('a', 'spo2', value)
    await bench.pass(DAY)
  }
  book = openBook()
})
afterEach(async () => {
  await book.stop()
  await rules.stop()
  stopCores()
  database.close()
})

async function ended({ id }: Trial): Promise<Trial> {
  return await waitFor('the trial to end', () => {
    const trial = book.trial(id)
    return trial.state.is === 'running' ? undefined : trial
  })
}

const tryLow = (text: string) => book.startTrial({ files: [{ name: 'low.yaml', text }], by: 'operator:siv' })
const approval = { by: 'operator:ada', via: 'console', why: 'Too many at night.' }

describe('createRuleBook', () => {
  it('says what a changed rule would have called for, on what the hub itself has kept', async () => {
    const { state } = await ended(tryLow(LOW.replace('< 90', '< 86')))
    expect(state).toMatchObject({
      is: 'done',
      result: {
        from: START + 16 * DAY,
        changed: ['low'],
        added: [],
        total: { a: 3, b: 1, onlyA: 2, onlyB: 0 },
        rules: [{ rule: 'low', a: 3, b: 1 }],
        homes: [{ home: 'h1', onlyA: 2 }],
        onlyA: [{ at: START + 44 * DAY, rule: 'low', home: 'h1', severity: 'low' }, { at: START + 40 * DAY }],
        faults: [],
      },
    })
  })

  it('knows the home, its link and its modes though they were said before the time that is read', async () => {
    await bench.take({
      type: 'mode',
      home: 'h1',
      mode: 'away',
      on: true,
      by: 'operator:siv',
      via: 'console',
    })
    await bench.pass(40 * DAY)
    await bench.say('a', 'spo2', 80)
    await bench.pass(HOUR)
    const { state } = await ended(tryLow(LOW.replace('< 90', '< 90, except: { mode: away }')))
    expect(state).toMatchObject({ is: 'done', result: { total: { a: 1, b: 0 } } })
  })

  it('refuses a file with every error in its place, and tries one change at a time', async () => {
    const trial = tryLow(LOW.replace('severity: low', 'severity: lov').replace('spo2', 'spo3'))
    expect(() => tryLow(LOW)).toThrow(/operator:siv is trying something/)
    const { state } = await ended(trial)
    expect(state).toMatchObject({ is: 'refused' })
    expect(state.is === 'refused' && state.problems.map(({ file, line }) => `${file}:${line}`)).toEqual([
      'low.yaml:2',
      'low.yaml:2',
    ])
    await expect(book.switchOn(trial.id, approval)).rejects.toThrow(/not been tried to the end/)
  })

  it('can be stopped', async () => {
    const { id } = tryLow(LOW.replace('< 90', '< 86'))
    expect(await book.stopTrial(id)).toMatchObject({ state: { is: 'stopped' } })
    expect(tryLow(LOW).state.is).toBe('running')
  })

  it('switches on what was tried, and keeps who wanted it and why', async () => {
    const text = LOW.replace('< 90', '< 86')
    const { id } = await ended(tryLow(text))
    await bench.pass(HOUR)
    expect(await book.switchOn(id, approval)).toMatchObject({ state: { is: 'on', by: 'operator:ada' } })
    expect(readFileSync(join(folder, 'low.yaml'), 'utf8')).toBe(text)
    expect(bench.core.ruleFiles).toContainEqual({ name: 'low.yaml', text })
    // What the hub wrote itself is no news to it.
    await rules.look(0)
    await rules.look(10_000)
    const [change, first, ...others] = await book.changes()
    expect(change).toMatchObject({
      by: 'operator:ada',
      why: 'Too many at night.',
      triedBy: 'operator:siv',
      changed: ['low'],
      files: ['low.yaml'],
    })
    expect(first).toMatchObject({ added: ['fall', 'low'] })
    expect(others).toEqual([])
    await expect(book.switchOn(id, approval)).rejects.toThrow(/on already/)
  })

  it('switches nothing on over other rules than those it was tried against', async () => {
    const { id } = await ended(tryLow(LOW.replace('< 90', '< 86')))
    writeFileSync(join(folder, 'fall.yaml'), FALL.replace('high', 'medium'))
    await expect(book.switchOn(id, approval)).rejects.toThrow(/are not those in force/)
    await rules.look(0)
    await rules.look(10_000)
    await rules.look(20_000)
    await expect(book.switchOn(id, approval)).rejects.toThrow(/other rules are in force/)
    expect(readFileSync(join(folder, 'low.yaml'), 'utf8')).toBe(LOW)
  })

  it('says that shipped rules are not to be changed in their place', async () => {
    await book.stop()
    book = openBook(true)
    expect(await book.writable()).toEqual({ ok: false, folder, why: 'shipped' })
    const { id } = await ended(tryLow(LOW.replace('< 90', '< 86')))
    await expect(book.switchOn(id, approval)).rejects.toThrow(/Copy the folder/)
  })

  it('counts how often each rule fired, where, and how that ended', async () => {
    const { id } = bench.alert('low')
    await bench.take({ type: 'resolve', alert: id, by: 'operator:siv', via: 'console', cause: 'false' })
    const { homeDays, fired } = await book.load()
    expect(homeDays).toEqual([['h1', 30]])
    expect(fired).toMatchObject([{ rule: 'low', home: 'h1', causes: { false: 1 } }])
  })
})
