import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configSchema, parseConfig } from '../../hub/config.ts'
import { createAuditStore } from '../../hub/database/audit.ts'
import { createJournalReader } from '../../hub/database/journal.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { OpenDatabase } from '../../hub/database/open-database.ts'
import { createPersonStore } from '../../hub/database/people.ts'
import { createPruner } from '../../hub/database/prune.ts'
import { createRegistry } from '../../hub/database/registry.ts'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import type { Home, HomePersonal } from '../../hub/model/home.ts'
import { createInTurn } from '../../hub/office/in-turn.ts'
import { createRetention } from '../../hub/office/retention.ts'
import type { RetentionParts } from '../../hub/office/retention.ts'
import { createAudit } from '../../hub/people/create-audit.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const DAY = 24 * 3_600_000
const NOW = Date.UTC(2026, 10, 22, 12)
const { keep } = configSchema.parse({})

let database: OpenDatabase
let homes: Home[]
let batches: number[]
let seq = 0
let now = NOW

beforeEach(() => {
  database = openDatabase(join(tempDir('retention'), 'data'))
  homes = []
  batches = []
  seq = 0
  now = NOW
})
afterEach(() => database.close())

const db = () => database.db
const all = (sql: string): unknown[] =>
  db()
    .prepare(sql)
    .all()
    .map((row) => ({ ...row }))

interface More extends Partial<Pick<RetentionParts, 'written' | 'later' | 'log' | 'inTurn' | 'wall'>> {
  readonly keep?: Partial<typeof keep>
  readonly registry?: Partial<RetentionParts['registry']>
  readonly pruner?: Partial<RetentionParts['pruner']>
  readonly takeHome?: RetentionParts['core']['takeHome']
}

/** What ended the hub. */
const broken: unknown[] = []

function retention(more: More = {}) {
  const audit = createAudit(createAuditStore(db()), () => now)
  return {
    audit,
    ...createRetention({
      keep: { ...keep, ...more.keep },
      core: {
        homes: () => homes.values(),
        home: (id) => homes.find((one) => one.id === id),
        now: () => now,
        fail: (cause) => void broken.push(cause),
        async takeHome(home, personal) {
          homes = homes.map((one) => (one.id === home.id ? home : one))
          db().prepare('UPDATE home SET personal = ? WHERE id = ?').run(JSON.stringify(personal), home.id)
          return { taken: true, seq: 1 }
        },
        ...(more.takeHome && { takeHome: more.takeHome }),
      },
      wall: more.wall ?? (() => now),
      inTurn: more.inTurn ?? createInTurn(),
      registry: { ...createRegistry(db()), ...more.registry },
      pruner: { ...createPruner(db(), { onBatch: (rows) => void batches.push(rows) }), ...more.pruner },
      people: createPersonStore(db()),
      audit,
      ...(more.written && { written: more.written }),
      later: more.later ?? (() => () => {}),
      log: more.log ?? { info: () => {}, warn: () => {}, error: () => {} },
    }),
  }
}

function entry(type: string, daysAgo: number, body: object = {}): number {
  const home = type === 'start' ? null : 'h-1'
  const kind = type === 'reading' ? 'weight' : null
  db()
    .prepare('INSERT INTO journal (seq, now, type, home, kind, at, body) VALUES (?, ?, ?, ?, ?, ?, ?)')
    .run(
      ++seq,
      NOW - daysAgo * DAY,
      type,
      home,
      kind,
      kind && NOW - daysAgo * DAY,
      JSON.stringify({ type, ...body }),
    )
  return seq
}

function alert(id: string, daysAgo: number, isOpen = false, overDaysAgo = daysAgo): void {
  const at = NOW - daysAgo * DAY
  const body = {
    id,
    home: 'h-1',
    openedAt: at,
    lastAt: at,
    ...(!isOpen && { handledAt: NOW - overDaysAgo * DAY }),
  }
  db()
    .prepare('INSERT INTO alert VALUES (?, ?, ?, ?, ?)')
    .run(id, 'h-1', isOpen ? 1 : 0, at, JSON.stringify(body))
  db().prepare("INSERT INTO alert_event VALUES (1, ?, 'raised', '{}')").run(id)
  message(`m-${id}`, daysAgo, 'delivered', id)
}

function message(id: string, daysAgo: number, state: string, of: string | null = null): void {
  db()
    .prepare("INSERT INTO notification VALUES (?, ?, ?, ?, '{}')")
    .run(id, of, state, NOW - daysAgo * DAY)
}

function putHome(id: string, isClosed: boolean, daysAgo: number): void {
  const home: Home = {
    id,
    ...(isClosed && { state: { is: 'closed' } }),
    timezone: 'UTC',
    gateways: [],
    residents: [{ id: 'r1', language: 'nb' }],
    sensors: [],
    contacts: [{ id: 'anne', language: 'nb', order: 1 }],
  }
  const personal: HomePersonal = {
    id,
    label: 'Lerkeveien',
    residents: [{ id: 'r1', name: 'Kari' }],
    contacts: [{ id: 'anne', phone: '+4790000001' }],
    state: { at: NOW - daysAgo * DAY, by: 'operator:siv', via: 'cli', why: 'moved' },
  }
  homes.push(home)
  db().prepare('INSERT INTO home VALUES (?, ?, ?)').run(id, JSON.stringify(home), JSON.stringify(personal))
  db()
    .prepare('INSERT INTO home_note (home, at, written_by, text) VALUES (?, 1, ?, ?)')
    .run(id, 'siv', 'words')
}

function reopened(home: Home): Home {
  const { state: _, ...facts } = home
  return facts
}

const ids = (table: string) =>
  all(`SELECT id FROM ${table} ORDER BY id`).map((row) => (row as { id: string }).id)

describe('keep', () => {
  it('has times that lack nothing of what is judged, and says what is too short', () => {
    const days = Object.fromEntries(Object.entries(keep).map(([name, ms]) => [name, ms / DAY]))
    expect(days).toEqual({
      readings: 365,
      undecoded: 90,
      alerts: 1095,
      messages: 400,
      audit: 1825,
      closedHomes: 365,
      certificates: 1825,
      protectionMonths: 1825,
      removedPeople: 365,
    })
    const wrong = parseConfig(
      'hub.yaml',
      'keep:\n  readings: 30d\n  alerts: long\n  audit: 7y\n  messages: forever\n',
    )
    expect(wrong.ok ? [] : wrong.problems.map(({ line, message }) => [line, message])).toEqual([
      [2, expect.stringContaining('is "30d", expected a duration of 60d or more')],
      [3, expect.stringContaining('is "long", expected a duration of 400d or more')],
    ])
    const right = parseConfig('hub.yaml', 'keep: { audit: 7y, messages: forever }\n')
    expect(right.ok && right.value.keep).toMatchObject({
      audit: 7 * 365 * DAY,
      messages: 0,
      readings: 365 * DAY,
    })
  })
})

describe('createRetention', () => {
  it('removes old readings and links, and leaves what later ones are read by', async () => {
    entry('home', 900)
    entry('rules', 900)
    const [early] = [entry('gateway', 800), entry('reading', 800), entry('undecoded', 800)]
    entry('start', 500)
    entry('gateway', 499)
    entry('reading', 366)
    entry('undecoded', 91)
    const stays = [entry('undecoded', 89), entry('reading', 364), entry('mode', 364)]
    const { run } = retention()
    expect(await run()).toEqual({ at: NOW, removed: { readings: 3, undecoded: 2 } })
    expect(all('SELECT type, seq FROM journal')).toEqual([
      { type: 'home', seq: 1 },
      { type: 'rules', seq: 2 },
      { type: 'start', seq: early + 3 },
      { type: 'gateway', seq: early + 4 },
      { type: 'undecoded', seq: stays[0] },
      { type: 'reading', seq: stays[1] },
      { type: 'mode', seq: stays[2] },
    ])
    // Who follows the journal by its numbers goes on over the hole.
    const { after } = createJournalReader(db())
    expect(after(early, 9).map((one) => one.seq)).toEqual([early + 3, early + 4, ...stays])
  })

  it('never removes the newest entry, whose number would be given again', async () => {
    entry('reading', 500)
    const newest = entry('reading', 500)
    await retention().run()
    expect(all('SELECT seq FROM journal')).toEqual([{ seq: newest }])
    expect(createSqliteStore(db()).load().lastSeq).toBe(newest)
  })

  it('waits with readings for InfluxDB', async () => {
    const first = entry('reading', 500)
    entry('reading', 500)
    entry('start', 1)
    const { run } = retention({ written: () => first })
    expect(await run()).toMatchObject({ removed: { readings: 1 } })
    expect(all("SELECT seq FROM journal WHERE type = 'reading'")).toEqual([{ seq: 2 }])
  })

  it('removes alerts that are long over with all that is of them, and no open one', async () => {
    alert('old', 1100)
    alert('open', 1100, true)
    alert('over-late', 1100, false, 10)
    for (const id of ['old', 'open', 'over-late']) {
      entry('comment', 1099, { alert: id, text: 'words' })
      entry('delivery', 1099, { notification: `m-${id}` })
    }
    entry('start', 1)
    expect(await retention().run()).toMatchObject({ removed: { alerts: 1, messages: 1 } })
    expect(ids('alert')).toEqual(['open', 'over-late'])
    // Of an alert that is open its messages say who was told.
    expect(ids('notification')).toEqual(['m-open'])
    expect(all("SELECT json_extract(body, '$.alert') AS alert FROM journal WHERE type = 'comment'")).toEqual([
      { alert: 'open' },
      { alert: 'over-late' },
    ])
    expect(all('SELECT alert FROM alert_event')).toEqual([{ alert: 'open' }, { alert: 'over-late' }])
  })

  it('removes messages of which nothing more becomes', async () => {
    message('old', 401, 'delivered')
    message('waits', 401, 'queued')
    message('new', 399, 'failed')
    expect(await retention().run()).toMatchObject({ removed: { messages: 1 } })
    expect(ids('notification')).toEqual(['new', 'waits'])
  })

  it('takes names of long closed homes away, their notes too, and of no other', async () => {
    putHome('long-closed', true, 366)
    putHome('closed', true, 364)
    putHome('active', false, 900)
    const { run } = retention()
    expect(await run()).toMatchObject({ removed: { closedHomes: 1 } })
    expect(homes[0]).toMatchObject({ contacts: [], residents: [{ id: 'r1' }], state: { is: 'closed' } })
    const { personal } = createRegistry(db())
    expect(personal('long-closed')).toEqual({
      id: 'long-closed',
      residents: [],
      contacts: [],
      state: { at: NOW - 366 * DAY, by: 'hub', via: 'timer' },
    })
    expect([personal('closed')?.label, personal('active')?.label]).toEqual(['Lerkeveien', 'Lerkeveien'])
    expect(all('SELECT home FROM home_note ORDER BY id')).toEqual([{ home: 'closed' }, { home: 'active' }])
    expect(await run()).toMatchObject({ removed: {} })
  })

  it('leaves the newest certificate of each home, whole months, and ids of people', async () => {
    for (const [id, home, days] of [
      ['c1', 'h-1', 2000],
      ['c2', 'h-1', 1900],
      ['c3', 'h-2', 3000],
      ['c4', 'h-1', 10],
    ] as const) {
      db()
        .prepare("INSERT INTO certificate VALUES (?, ?, ?, 0, '{}')")
        .run(id, home, NOW - days * DAY)
    }
    for (const month of ['2021-10', '2021-11', '2021-12']) {
      db().prepare('INSERT INTO unprotected_month VALUES (?, ?, 1, 2)').run('h-1', month)
    }
    const people = createPersonStore(db())
    const person = { name: 'Siv', roles: [], areas: 'all', createdAt: 1 } as const
    people.put({ ...person, id: 'siv', state: 'removed' })
    people.put({ ...person, id: 'ola', state: 'removed' })
    people.put({ ...person, id: 'eva', state: 'active' })
    const { run, audit } = retention()
    now = NOW - 400 * DAY
    await audit.write({ who: 'x', what: 'person.remove', whose: 'person:siv', from: 'socket' })
    now = NOW - DAY
    await audit.write({ who: 'x', what: 'person.remove', whose: 'person:ola', from: 'socket' })
    now = NOW
    expect(await run()).toMatchObject({ removed: { certificates: 2, protectionMonths: 1, removedPeople: 1 } })
    expect(ids('certificate')).toEqual(['c3', 'c4'])
    expect(people.list().map(({ id, name }) => [id, name])).toEqual([
      ['eva', 'Siv'],
      ['ola', 'Siv'],
      ['siv', undefined],
    ])
  })

  it('cuts the audit log from its beginning, and its chain goes on', async () => {
    const { run, audit } = retention()
    now = NOW - 2000 * DAY
    for (let n = 0; n < 5; n++) await audit.write({ who: 'siv', what: `old.${n}`, from: 'x' })
    now = NOW - DAY
    await audit.write({ who: 'siv', what: 'new', from: 'x' })
    now = NOW
    expect(await run()).toMatchObject({ removed: { audit: 5 } })
    expect(all('SELECT seq, what FROM audit')).toEqual([
      { seq: 6, what: 'new' },
      { seq: 7, what: 'audit.cut' },
      { seq: 8, what: 'retention.run' },
    ])
    expect(await audit.verify()).toMatchObject({ whole: true, rows: 8, removed: 5 })
    expect(audit.list({ limit: 1 })).toMatchObject([{ why: 'audit 5' }])
    // Nobody else can: the database refuses it, and where that is got round the log shows it.
    expect(() => db().exec('DELETE FROM audit WHERE seq = 6')).toThrow('append-only')
    const { hash } = db().prepare('SELECT hash FROM audit WHERE seq = 6').get() as { hash: string }
    createAuditStore(db()).setCut({ seq: 6, hash })
    db().exec('DELETE FROM audit WHERE seq = 6')
    expect(await audit.verify()).toMatchObject({ whole: false, brokenAt: 6 })
  })

  it('deletes at most 250 rows in one turn, however many are old', async () => {
    db().exec('BEGIN')
    for (let n = 0; n < 3000; n++) entry('reading', 500)
    for (let n = 0; n < 600; n++) message(`m${n}`, 500, 'delivered')
    entry('start', 1)
    db().exec('COMMIT')
    expect(await retention().run()).toMatchObject({ removed: { readings: 3000, messages: 600 } })
    expect(batches.length).toBeGreaterThan(14)
    expect(Math.max(...batches)).toBeLessThanOrEqual(250)
  })

  it('keeps what shall be kept for ever, and remembers its last run', async () => {
    entry('reading', 5000)
    entry('start', 1)
    const first = retention({ keep: { readings: 0 } })
    expect(first.last()).toBeUndefined()
    expect(await first.run()).toEqual({ at: NOW, removed: {} })
    expect(all("SELECT seq FROM journal WHERE type = 'reading'")).toHaveLength(1)
    expect(retention().last()).toEqual({ at: NOW, removed: {} })
    expect(all('SELECT what FROM audit')).toEqual([])
  })

  it('deletes nothing for a clock that is years ahead, however often the hub starts', async () => {
    const years = 2200 * DAY
    const starts: object[] = []
    entry('reading', 1)
    entry('reading', 0)
    alert('a1', 2)
    message('m1', 2, 'delivered')
    const said: string[] = []
    const log = { info: () => {}, error: () => {}, warn: (_: object, text: string) => void said.push(text) }
    for (let n = 0; n < 3; n++) {
      // Of before the first of them: a start at which the clock was right.
      starts.push({ aliveUntil: n === 0 ? NOW : now })
      now = NOW + years + n * 3_600_000
      entry('start', (NOW - now) / DAY, starts.at(-1))
      let first = async (): Promise<void> => {}
      const one = retention({
        log,
        later(call, ms) {
          if (ms < 3_600_000) first = async () => call()
          return () => {}
        },
      })
      one.start()
      await first()
      await one.stop()
      expect(one.last()).toEqual({ at: now, removed: {}, countedFrom: NOW })
    }
    expect(said).toHaveLength(3)
    // And a day later it goes on by three days, not by years.
    const { run } = retention()
    expect(await run()).toEqual({ at: now, removed: {}, countedFrom: NOW + 3 * DAY })
    expect(ids('alert')).toEqual(['a1'])
    expect(ids('notification')).toEqual(['m-a1', 'm1'])
    expect(all("SELECT seq FROM journal WHERE type = 'reading'")).toHaveLength(2)
    // The clock is right again; the stream's time does not go back.
    expect(await retention({ wall: () => NOW + DAY }).run()).toEqual({ at: now, removed: {} })
  })

  it('catches up when the hub was off for three weeks', async () => {
    entry('reading', 365)
    entry('reading', 20)
    entry('start', 0, { aliveUntil: NOW - 21 * DAY })
    const runs: (number | undefined)[] = []
    let removed = 0
    for (let days = 0; days < 14; days++) {
      now = NOW + (days + 1) * DAY
      const run = await retention().run()
      runs.push(run.countedFrom && Math.round((now - run.countedFrom) / DAY))
      removed += run.removed.readings ?? 0
    }
    expect(runs).toEqual([19, 17, 15, 13, 11, 9, 7, 5, 3, 1, ...Array<undefined>(4)])
    expect(removed).toBe(1)
  })

  it('believes no clock that is years behind for long', async () => {
    entry('reading', 366)
    entry('start', 0, { aliveUntil: NOW })
    expect(await retention({ wall: () => 0 }).run()).toEqual({ at: NOW, removed: {} })
    expect(await retention().run()).toEqual({ at: NOW, removed: { readings: 1 } })
  })

  it('does not close a home again that was reopened meanwhile', async () => {
    putHome('h-1', true, 366)
    const { run } = retention({
      pruner: {
        async homeNotes() {
          homes = homes.map(reopened)
          return 0
        },
      },
    })
    expect(await run()).toMatchObject({ removed: {} })
    expect(homes[0]?.state).toBeUndefined()
    expect(homes[0]?.contacts).toHaveLength(1)
  })

  it('empties a closed home in its turn of changes of the register', async () => {
    putHome('h-1', true, 366)
    const inTurn = createInTurn()
    const { promise, resolve } = Promise.withResolvers<void>()
    const edit = inTurn(async () => {
      await promise
      homes = homes.map(reopened)
    })
    const asked = Promise.withResolvers<void>()
    const running = retention({
      inTurn(work) {
        asked.resolve()
        return inTurn(work)
      },
    }).run()
    await asked.promise
    resolve()
    await edit
    expect(await running).toMatchObject({ removed: {} })
    expect(homes[0]?.state).toBeUndefined()
    expect(homes[0]?.contacts).toHaveLength(1)
  })

  it('counts no home that could not be changed', async () => {
    putHome('h-1', true, 366)
    const takeHome: RetentionParts['core']['takeHome'] = async () => ({
      taken: false,
      why: 'not-possible',
      reason: 'not now',
    })
    expect(await retention({ takeHome }).run()).toMatchObject({ removed: {}, failed: 'home h-1: not now' })
  })

  it('ends nothing when the disk takes no note of it, and tries again in an hour', async () => {
    const full = (): never => {
      throw Object.assign(new Error('database or disk is full'), { errcode: 13 })
    }
    const planned: number[] = []
    const errors: string[] = []
    let call = (): void => {}
    const { start, stop } = retention({
      registry: { keepNote: full },
      log: { info: () => {}, warn: () => {}, error: (_, text) => void errors.push(text) },
      later(next, ms) {
        planned.push(ms)
        call = next
        return () => {}
      },
    })
    start()
    call()
    await expect.poll(() => planned).toEqual([2 * 60_000, 3_600_000])
    expect(errors).toContain('Cannot remove what has had its time; tried again in an hour')
    await stop()
  })

  it('ends the hub when a sync failed: what is written after that may not be there', async () => {
    const failed = Object.assign(new Error('disk I/O error'), { errcode: 1034 })
    const keepNote = (): never => {
      throw failed
    }
    broken.length = 0
    await retention({ registry: { keepNote } }).run()
    expect(broken[0]).toBe(failed)
  })
})
