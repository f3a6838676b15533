import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parseConfig } from '../../hub/config.ts'
import { createAuditStore } from '../../hub/database/audit.ts'
import { createErasureStore } from '../../hub/database/erasures.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import { startHub } from '../../hub/hub.ts'
import type { RunningHub } from '../../hub/hub.ts'
import { createAudit } from '../../hub/people/create-audit.ts'
import { runAal } from '../helpers/hub-process.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const HOMES = `homes:
  - id: h-1
    timezone: Europe/Oslo
    label: Lerkeveien 5
    address: Lerkegata 17
    residents: [{ id: r1, name: Kari Lerke, language: nb }]
    sensors: [{ id: fall-1, profile: native, room: bathroom, resident: r1 }]
    contacts:
      - { id: daughter, name: Anne Datter, phone: "+4790012345", language: nb, alias: Mor }
  - id: h-2
    timezone: Europe/Oslo
    label: Bokfinkveien 2
    residents: [{ id: r1, name: Per Bokfink, language: en }, { id: r2, name: Ola Spurv }]
    sensors:
      - { id: fall-1, profile: native, resident: r1 }
      - { id: fall-2, profile: native, resident: r2 }
      - { id: motion-1, profile: native }
`
const data = join(tempDir('resident'), 'data')
/** Commands talk to it, which is faster than to open the folder for each. */
let hub: RunningHub

const aal = (...args: string[]) => runAal([...args, '--data', data])

beforeAll(async () => {
  const config = parseConfig('hub.yaml', `data: ${data}\nmqtt: { port: 0 }\nhttp: { port: 0 }\n`)
  if (!config.ok) throw new Error(JSON.stringify(config.problems))
  hub = await startHub({ config: config.value, log: pino({ level: 'silent' }), onFailure: () => {} })
  const { core, admin, office } = hub
  await office.importHomes('homes.yaml', HOMES)
  const say = async (home: string, sensor: string, kind: string, value: string | number, ago: number) => {
    const at = core.now() - ago
    await core.take({ type: 'reading', reading: { home, sensor, kind, value, at, receivedAt: at } })
  }
  // More than one page.
  await Promise.all(
    Array.from({ length: 300 }, (_, n) => say('h-1', 'fall-1', 'heart_rate', 60 + (n % 7), 1000 * (300 - n))),
  )
  await say('h-2', 'fall-1', 'heart_rate', 71, 0)
  await say('h-2', 'fall-2', 'heart_rate', 72, 0)
  await say('h-2', 'motion-1', 'motion', 'yes', 0)
  for (const [home, sensor] of [
    ['h-1', 'fall-1'],
    ['h-2', 'fall-1'],
    ['h-2', 'fall-2'],
  ] as const) {
    await say(home, sensor, 'fall', 'detected', 0)
    const [alert] = core.openAlerts()
    const by = { by: 'operator:siv', via: 'cli' }
    const post = (what: string, payload: object) =>
      admin.inject({
        method: 'POST',
        url: `/api/alerts/${alert?.id}/${what}`,
        payload: { ...by, ...payload },
      })
    await post('comment', { text: `sett av operator:siv, ${sensor}` })
    expect((await post('resolve', { cause: 'false' })).statusCode).toBe(200)
  }
  await admin.inject({ method: 'POST', url: '/api/homes/h-1/notes', payload: { text: 'Hunden biter' } })
  await admin.inject({ method: 'GET', url: '/api/homes/h-1/service' })
}, 60_000)
afterAll(() => hub.stop())

const lines = (folder: string, name: string): string[] =>
  readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')

describe('aal resident export', () => {
  it('writes all that is kept of them in files that people and programs read, and nobody else', async () => {
    const out = join(tempDir('out'), 'kari')
    const { code, stdout, stderr } = await aal('resident', 'export', 'h-1', 'r1', '--out', out, '--by', 'ola')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('readings 301')
    expect(readdirSync(out)).toContain('LESMEG.txt')
    const readings = lines(out, 'readings.csv')
    expect(readings).toHaveLength(302)
    expect(readings.slice(0, 2)).toEqual([
      'at,sensor,kind,value',
      expect.stringMatching(/^20\d\d-\d\d-\d\dT[\d:.]+Z,fall-1,fall,detected$/),
    ])
    const register = JSON.parse(lines(out, 'register.ndjson')[0] ?? '')
    expect(register).toMatchObject({
      label: 'Lerkeveien 5',
      address: { address: 'Lerkegata 17' },
      residents: [{ id: 'r1', name: 'Kari Lerke' }],
      contacts: [{ id: 'daughter', callsYou: 'Mor' }],
    })
    const [alert] = lines(out, 'alerts.ndjson').map((line) => JSON.parse(line))
    expect(alert).toMatchObject({ rule: 'fall', handledBy: 'staff-1' })
    expect(alert.events.map(({ what }: { what: string }) => what)).toContain('commented')
    expect(lines(out, 'notes.ndjson')).toEqual([expect.stringContaining('Hunden biter')])
    expect(lines(out, 'access.ndjson').some((line) => line.includes('service.read'))).toBe(true)
    const all = readdirSync(out).map((name) => readFileSync(join(out, name), 'utf8'))
    // Staff, contacts, neighbours and other homes are not in it.
    for (const other of ['siv', '90012345', 'Anne Datter', 'Bokfink', 'h-2']) {
      expect(
        all.filter((text) => text.includes(other)),
        other,
      ).toEqual([])
    }
    expect(all.find((text) => text.includes('Datatilsynet'))).toContain('readings.csv (301)')
    const log = hub.office.audit.list({ limit: 99, whose: 'home:h-1' })
    expect(log).toContainEqual(
      expect.objectContaining({
        who: 'operator:ola',
        what: 'resident.export',
        why: 'r1: asked for by the resident',
      }),
    )
    const again = await aal('resident', 'export', 'h-1', 'r1', '--out', out)
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('must not be there yet')])
  })

  it('of one of two residents has what is theirs alone', async () => {
    const out = join(tempDir('out'), 'per')
    expect((await aal('resident', 'export', 'h-2', 'r1', '--out', out)).code).toBe(0)
    expect(
      lines(out, 'readings.csv')
        .slice(1)
        .map((line) => line.split(',').slice(1, 3).join(' ')),
    ).toEqual(['fall-1 fall', 'fall-1 heart_rate'])
    expect(lines(out, 'alerts.ndjson')).toHaveLength(1)
    expect(readFileSync(join(out, 'README.txt'), 'utf8')).toContain('You do not live alone')
    expect(readdirSync(out).some((name) => readFileSync(join(out, name), 'utf8').includes('Spurv'))).toBe(
      false,
    )
    const nobody = await aal('resident', 'export', 'h-2', 'r9', '--out', join(out, 'x'))
    expect([nobody.code, nobody.stderr]).toEqual([
      1,
      expect.stringContaining('Cannot find the resident "r9" in home "h-2". There is: r1, r2'),
    ])
    expect(existsSync(join(out, 'x'))).toBe(false)
  })
})

describe('aal resident erase', () => {
  it('says what would go, wants --yes and a reason, and erases on a stopped hub', async () => {
    const plan = await aal('resident', 'erase', 'h-2', 'r2', '--dry-run')
    expect(plan.stdout).toMatch(/Would erase r2 of home h-2:\nROWS +OF\n2 +readings\n/)
    expect(plan.stdout).toContain('Their sensors go too: fall-2.')
    expect(plan.stdout).toContain('What is left, and where:')
    expect((await aal('resident', 'erase', 'h-2', 'r2', '--yes')).code).toBe(2)
    expect((await aal('resident', 'erase', 'h-2', 'r2', '--why', 'case 1')).code).toBe(2)
    expect((await aal('resident', 'erasures')).stdout).toBe('Nobody was erased.\n')
    const other = {
      id: 1,
      home: 'h-2',
      resident: 'r1',
      at: 1,
      step: 'register',
      by: 'x',
      counts: {},
    } as const
    const answer = vi
      .spyOn(hub.office.erasures, 'erase')
      .mockResolvedValue({ ...other, sensors: [], upTo: 1 })
    const mistaken = await aal('resident', 'erase', 'h-2', 'r2', '--why', 'case 1', '--yes')
    expect([mistaken.code, mistaken.stdout]).toEqual([1, ''])
    expect(mistaken.stderr).toContain(
      'Nobody was erased: the hub answered with the erasure of r1 of home h-2',
    )
    answer.mockRestore()
    // Asked for, and an alert of theirs opened before their turn came.
    const erasure = { ...other, resident: 'r2', sensors: [], upTo: 1, waitsFor: 'An alert is open: a1.' }
    const asked = vi.spyOn(hub.office.erasures, 'erase').mockResolvedValue(erasure)
    const found = vi.spyOn(hub.office.erasures, 'find').mockReturnValue(erasure)
    const waiting = await aal('resident', 'erase', 'h-2', 'r2', '--why', 'case 1', '--yes')
    expect([waiting.code, waiting.stdout]).toEqual([1, ''])
    expect(waiting.stderr).toContain('Not erased yet: An alert is open: a1. The hub asks again each minute')
    asked.mockRestore()
    found.mockRestore()
    await hub.stop()
    const done = await aal('resident', 'erase', 'h-2', 'r2', '--why', 'case 1', '--yes')
    expect([done.code, done.stderr]).toEqual([0, ''])
    expect(done.stdout).toMatch(/^Erased r2 of home h-2:\nROWS +OF\n2 +readings\n/)
    for (const name of readdirSync(data).filter((one) => one.startsWith('hub.db'))) {
      expect(readFileSync(join(data, name)).includes('Ola Spurv')).toBe(false)
    }
    const { db, close } = openDatabase(data)
    expect(createErasureStore(db).list()).toMatchObject([{ home: 'h-2', resident: 'r2', step: 'done' }])
    const audit = createAudit(createAuditStore(db), Date.now)
    expect(await audit.verify()).toMatchObject({ whole: true })
    close()
  })
})
