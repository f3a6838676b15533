import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eraseFromTables } from '../../hub/database/erase-from-tables.ts'
import { createEraser } from '../../hub/database/erase.ts'
import { createErasureStore } from '../../hub/database/erasures.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { ErasureStore } from '../../hub/database/erasures.ts'
import type { Answer } from '../../hub/history/answer.ts'
import type { Erasures } from '../../hub/http/erasures.ts'
import type { Alert } from '../../hub/model/alert.ts'
import type { Erasure } from '../../hub/model/erasure.ts'
import type { Home, HomePersonal } from '../../hub/model/home.ts'
import { createErasures } from '../../hub/office/erasures.ts'
import type { ErasureParts } from '../../hub/office/erasures.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const SENSOR = { profile: 'native', address: '', heardEvery: 60_000, kinds: [] }
const HOME: Home = {
  id: 'h-1',
  timezone: 'UTC',
  gateways: [],
  residents: [{ id: 'r1' }, { id: 'r2' }],
  sensors: [
    { id: 'fall-1', ...SENSOR, resident: 'r1' },
    { id: 'fall-2', ...SENSOR, resident: 'r2' },
    { id: 'motion-1', ...SENSOR },
  ],
  contacts: [],
}
const PERSONAL: HomePersonal = {
  id: 'h-1',
  residents: [
    { id: 'r1', name: 'Ola Lerke' },
    { id: 'r2', name: 'Kari Spurv' },
  ],
  contacts: [],
}

let db: DatabaseSync
let close: () => void
let store: ErasureStore
let erasures: Erasures
let home: Home
/** What comes later by the clock of the test: called by hand. */
let later: (() => void)[]
let beforeScrub: () => void
let beforeList: () => void
/** Instead of what the store has. */
let listed: readonly Erasure[] | undefined
let isTidy: boolean
let said: string[]
let now: number
/** What InfluxDB answers, where there is one. */
let asked: Answer<void>
let withHistory: () => void

beforeEach(() => {
  ;({ db, close } = openDatabase(join(tempDir('erasures'), 'data')))
  db.prepare('INSERT INTO home VALUES (?, ?, ?)').run('h-1', JSON.stringify(HOME), JSON.stringify(PERSONAL))
  db.prepare("INSERT INTO journal (seq, now, type, body) VALUES (99, 1, 'tick', '{}')").run()
  home = HOME
  later = []
  said = []
  beforeScrub = beforeList = () => {}
  listed = undefined
  isTidy = true
  now = 1000
  asked = { ok: true, value: undefined }
  store = createErasureStore(db)
  const eraser = createEraser(db)
  const parts: ErasureParts = {
    core: {
      home: () => home,
      openAlerts: () => alerts(1),
      now: () => now,
      fail(cause) {
        throw cause
      },
      take: async (input) => {
        const erasure = store.list().find(({ step }) => step === 'register')
        if (input.type !== 'home' || !erasure) throw new Error('not expected')
        eraseFromTables(db, erasure)
        home = input.home
        return { taken: true } as Awaited<ReturnType<ErasureParts['core']['take']>>
      },
    },
    registry: { personal: () => PERSONAL },
    eraser: {
      ...eraser,
      sensorsOf: (_, resident) => HOME.sensors.filter((one) => one.resident === resident).map(({ id }) => id),
      scrub: async (words) => {
        beforeScrub()
        return eraser.scrub(words)
      },
      emptyLog: async () => isTidy,
    },
    store: {
      ...store,
      list: () => {
        beforeList()
        return listed ?? store.list()
      },
    },
    gateways: { disconnect: () => 0 },
    audit: { write: async () => {} },
    inTurn: (work) => work(),
    remains: async () => [],
    onChange: async () => {},
    newest: () => 99,
    later: (call) => {
      later.push(call)
      return () => void (later = later.filter((one) => one !== call))
    },
    log: { info: () => {}, error: (_, message) => void said.push(message) },
  }
  erasures = createErasures(parts)
  withHistory = () => {
    erasures = createErasures({ ...parts, history: { erase: async () => asked, written: () => 99 } })
  }
})
afterEach(async () => {
  await erasures.stop()
  close()
})

function alerts(isOpen: 0 | 1): Alert[] {
  const rows = db.prepare('SELECT body FROM alert WHERE is_open = ? ORDER BY id').all(isOpen)
  return rows.map(({ body }) => JSON.parse(String(body)) as Alert)
}

/** An alert of the shipped rule for falls, whose scope is the home, raised by a sensor after the other. */
function fell(id: string, isOpen: 0 | 1, sensors: readonly string[], more: Partial<Alert> = {}): void {
  for (const [index, sensor] of sensors.entries()) {
    const { n } = db.prepare('SELECT coalesce(max(seq), 0) AS n FROM journal WHERE seq < 99').get() as {
      n: number
    }
    db.prepare("INSERT INTO journal VALUES (?, 1, 'reading', 'h-1', ?, 'fall', 1, '{}')").run(n + 1, sensor)
    db.prepare("INSERT INTO alert_event VALUES (?, ?, ?, '{}')").run(n + 1, id, index ? 'again' : 'raised')
  }
  const detail = { sensor: sensors.at(-1), value: 'detected' }
  const body = { id, home: 'h-1', rule: 'fall', scope: 'h-1', category: 'safety', detail, ...more }
  db.prepare('INSERT INTO alert VALUES (?, ?, ?, 1, ?)').run(
    id,
    'h-1',
    isOpen,
    JSON.stringify({ count: sensors.length, ...body }),
  )
}

const resolveAll = (): void => void db.prepare('UPDATE alert SET is_open = 0').run()
const steps = (): string[] =>
  store.list().map(({ resident, step, waitsFor }) => `${resident} ${step} ${waitsFor ?? ''}`.trim())

/** The next round, and the end of it. */
async function nextRound(): Promise<void> {
  const [call] = later.splice(0)
  call?.()
  await settled()
}

async function settled(): Promise<void> {
  // A round ends with the next one asked for, or with nothing left to do.
  await expect.poll(() => later.length > 0 || !steps().some((one) => !one.endsWith('done'))).toBe(true)
}

describe('createErasures', () => {
  it('refuses a second one in the same home until the first has left the register', async () => {
    const [first, second, again] = await Promise.allSettled([
      erasures.erase('h-1', 'r1', 'x'),
      erasures.erase('h-1', 'r2', 'x'),
      erasures.erase('h-1', 'r1', 'x'),
    ])
    expect(first).toMatchObject({ status: 'fulfilled', value: { id: 1, resident: 'r1' } })
    expect(second).toMatchObject({
      reason: { code: 'conflict', message: expect.stringContaining('r1 of home') },
    })
    expect(again).toMatchObject({ status: 'fulfilled', value: { id: 1, resident: 'r1' } })
    await settled()
    expect(steps()).toEqual(['r1 done'])
    // Who is left lives there alone: all of the home, which has to be closed before.
    await expect(erasures.erase('h-1', 'r2', 'x')).rejects.toThrow('Close it first')
  })

  it.each([
    ['the first fall of two in one alert was theirs', ['fall-1', 'fall-2'], {}, ['r1', 'r2']],
    ['all falls were theirs', ['fall-1', 'fall-1'], {}, ['r1']],
    ['nobody knows whose it is', ['motion-1'], {}, ['r1', 'r2']],
    ['a time of it is not in the journal yet', ['fall-2'], { count: 2 }, ['r1', 'r2']],
    ['it is by its scope the other one', ['motion-1'], { scope: 'h-1/r2' }, ['r2']],
    ['it is equipment of nobody', ['motion-1'], { category: 'technical' as const }, []],
  ])('refuses by an open alert: %s', async (_, sensors, more, refused) => {
    fell('a1', 1, sensors, more)
    const plans = await Promise.all(['r1', 'r2'].map((one) => erasures.plan('h-1', one)))
    expect(plans.filter((plan) => plan.refused.length > 0).map(({ resident }) => resident)).toEqual(refused)
  })

  it('waits for an alert that opens after it was asked for, and says why', async () => {
    beforeScrub = () => {
      beforeScrub = () => {}
      fell('a1', 1, ['fall-1'])
    }
    await erasures.erase('h-1', 'r1', 'x')
    await settled()
    expect(steps()).toEqual([expect.stringMatching(/^r1 register An alert is open: a1/)])
    expect(home).toBe(HOME)
    beforeScrub = () => void said.push('scrubbed')
    await nextRound()
    expect(steps()).toEqual([expect.stringContaining('a1')])
    // Nothing is taken out of texts while it waits.
    expect(said).toEqual([])
    await expect(erasures.erase('h-1', 'r2', 'x')).rejects.toThrow('which waits: An alert is open')
    resolveAll()
    await nextRound()
    expect(steps()).toEqual(['r1 done'])
    expect(home.residents).toEqual([{ id: 'r2' }])
  })

  it('is called off while it waits, also when its turn has come, and not once somebody has left', async () => {
    await expect(erasures.callOff('h-1', 'r1')).rejects.toThrow('no erasure there is waiting')
    beforeScrub = () => {
      beforeScrub = () => {}
      fell('a1', 1, ['fall-1'])
    }
    await erasures.erase('h-1', 'r1', 'x')
    await settled()
    await expect(erasures.callOff('h-1', 'r2')).rejects.toThrow('no erasure there is waiting')
    // The next round has read that it is to go on.
    const read = store.find(1)
    await erasures.callOff('h-1', 'r1')
    expect(steps()).toEqual([])
    resolveAll()
    listed = read ? [read] : []
    await nextRound()
    expect(home).toBe(HOME)
    listed = undefined
    await erasures.erase('h-1', 'r2', 'x')
    await settled()
    expect(steps()).toEqual(['r2 done'])
    await expect(erasures.callOff('h-1', 'r2')).rejects.toThrow('r2')
  })

  it('deletes alerts that are theirs alone, and keeps what is also of somebody else without their sensor', async () => {
    fell('a1', 0, ['fall-1', 'fall-1'])
    fell('a2', 0, ['fall-2', 'fall-1'])
    fell('a3', 0, ['fall-1', 'fall-2'])
    fell('a4', 0, ['fall-2'])
    await erasures.erase('h-1', 'r1', 'x')
    await settled()
    expect(steps()).toEqual(['r1 done'])
    expect(alerts(0).map(({ id, detail }) => `${id} ${detail.sensor ?? '-'}`)).toEqual([
      'a2 -',
      'a3 fall-2',
      'a4 fall-2',
    ])
    const sensors = db.prepare("SELECT DISTINCT sensor FROM journal WHERE type = 'reading'").all()
    expect(sensors.map(({ sensor }) => sensor)).toEqual(['fall-2'])
  })

  it('is not done while the log of the database has remnants, tries again, and asks InfluxDB meanwhile', async () => {
    withHistory()
    isTidy = false
    asked = { ok: false, message: 'it is away' }
    await erasures.erase('h-1', 'r1', 'x')
    await settled()
    expect(steps()).toEqual([expect.stringMatching(/^r1 tidy somebody is still reading/)])
    expect(store.find(1)).not.toHaveProperty('confirmedAt')
    asked = { ok: true, value: undefined }
    await nextRound()
    expect(store.find(1)).toMatchObject({ step: 'tidy', confirmedAt: now })
    isTidy = true
    await nextRound()
    expect(steps()).toEqual(['r1 again'])
    now += 16 * 60_000
    await nextRound()
    expect(steps()).toEqual(['r1 done'])
  })

  it('goes on after the list of erasures could not be read', async () => {
    store.add({ ...target('r1'), at: 1, step: 'register', by: 'x', counts: {}, upTo: 0 })
    beforeList = () => {
      beforeList = () => {}
      throw new Error('disk I/O error')
    }
    erasures.start()
    await settled()
    expect(said).toEqual([expect.stringContaining('Cannot go on erasing')])
    await nextRound()
    expect(steps()).toEqual(['r1 done'])
  })
})

const target = (resident: string) => ({ home: 'h-1', resident, sensors: ['fall-1'] })
