import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Unprotected } from '../../hub/alerts/protection.ts'
import { createAuditStore } from '../../hub/database/audit.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { OpenDatabase } from '../../hub/database/open-database.ts'
import { createProtectionMonths } from '../../hub/database/protection-months.ts'
import { createProtectionAudit, sayMonth } from '../../hub/office/protection-audit.ts'
import { createAudit } from '../../hub/people/create-audit.ts'
import type { Span } from '../../hub/time/spans.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const MINUTE = 60_000

let database: OpenDatabase
let now: number
let asked: Span[]
let byHome: readonly (readonly [string, Unprotected])[] | undefined
let warned: object[]

beforeEach(() => {
  database = openDatabase(tempDir('protection-audit'))
  // 00:30 in Oslo, and still October in UTC.
  now = Date.UTC(2026, 9, 31, 23, 30)
  asked = []
  byHome = [
    ['h2', { ms: 0, of: 600 * MINUTE }],
    ['h1', { ms: 61 * MINUTE, of: 600 * MINUTE }],
  ]
  warned = []
})
afterEach(() => database.close())

/** As after a start. */
function start(failing = false) {
  const months = createProtectionMonths(database.db)
  const audit = createAudit(createAuditStore(database.db), () => now)
  const job = createProtectionAudit({
    unprotected: async (period) => {
      asked.push(period)
      return period.from === Date.UTC(2026, 8, 30, 22) ? byHome : undefined
    },
    months,
    audit: failing ? { ...audit, write: () => Promise.reject(new Error('full')) } : audit,
    now: () => now,
    timezone: () => 'Europe/Oslo',
    repeat: () => () => {},
    log: { warn: (fields) => warned.push(fields) },
  })
  return { job, months, audit }
}

it('keeps the minutes of each home of the month that is over, and writes one row with their digest', async () => {
  const { job, months, audit } = start()
  await job.look()
  expect(asked.at(-1)).toMatchObject({ from: Date.UTC(2026, 8, 30, 22), to: Date.UTC(2026, 9, 31, 23) })
  expect(months.ofHome('h1', 9)).toEqual([{ month: '2026-10', minutes: 61, of: 600 }])
  const rows = audit.list({ limit: 9 })
  expect(rows).toMatchObject([{ who: 'hub', what: 'protection.month', whose: 'month:2026-10' }])
  expect(rows[0]?.why).toMatch(/^1 of 2 homes, 61 of 1200 minutes not protected, sha256 [0-9a-f]{64}$/)
  // What is kept is what the log says.
  expect(sayMonth(months.of('2026-10'))).toBe(rows[0]?.why)
  expect(sayMonth([{ home: 'h1', minutes: 60, of: 600 }])).not.toContain(rows[0]?.why?.split(' ').at(-1))
})

it('writes no month twice, in this run or after a restart, whatever it would be now', async () => {
  const first = start()
  await first.job.look()
  await first.job.look()
  byHome = [['h1', { ms: 0, of: MINUTE }]]
  const second = start()
  await second.job.look()
  expect(second.audit.list({ limit: 9 })).toHaveLength(1)
  expect(second.months.ofHome('h1', 9)).toEqual([{ month: '2026-10', minutes: 61, of: 600 }])
  expect(await second.audit.verify()).toMatchObject({ whole: true })
})

it('begins again what it could not finish: only what the log has is kept for good', async () => {
  const broken = start(true)
  await broken.job.look()
  await broken.job.look()
  expect(warned).toEqual([{ error: 'full' }])
  expect(broken.audit.list({ limit: 9 })).toEqual([])
  const mended = start()
  await mended.job.look()
  expect(mended.audit.list({ limit: 9 })).toHaveLength(1)
  expect(mended.months.of('2026-10').map(({ home }) => home)).toEqual(['h1', 'h2'])
})

it('waits for the end of the month by the clock of the hub', async () => {
  now = Date.UTC(2026, 9, 31, 22, 30)
  const { job, months } = start()
  await job.look()
  expect(months.ofHome('h1', 9)).toEqual([])
})
