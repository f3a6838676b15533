import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeAll, describe, expect, it } from 'vitest'
import { homesYaml, hubYaml, register } from '../faults/homes.ts'
import { createLoad, seeded } from '../faults/load.ts'
import type { Load } from '../faults/load.ts'
import { runAal, startHubProcess, writeConfig } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

const HOMES = 4
/** Of the data that was: everything but what happened after the backup. */
const SAME = [
  'home',
  'gateway',
  'gateway_next',
  'gateway_certificate',
  'person',
  'access_token',
  'alert',
  'link',
  'staff',
]

interface Verdict {
  readonly whole: boolean
  readonly rows: number
  readonly head: string
}

interface Made {
  readonly file: string
  readonly madeAt: number
  readonly counts: { readonly journal: number; readonly openAlerts: number; readonly auditRows: number }
}

const dir = tempDir('backup')
const data = join(dir, 'data')
/** The disk that broke, kept so that what was restored can be compared with it. */
const lost = join(dir, 'lost')
const config = hubYaml()
/** Keys, not passphrases: those take more than a second each, on purpose. */
const keyFile = join(dir, 'key')
let homes: Awaited<ReturnType<typeof register>>
let load: Load
let made: Made
let ofConfig: string

const json = <T>(text: string): T => JSON.parse(text) as T

/** A hub with falls nobody answered takes readings without a pause, is backed up, killed, and its disk is gone. */
beforeAll(async () => {
  const key = await runAal(['backup', 'key', keyFile])
  expect(key.stdout).toMatch(/^age1/)
  ofConfig = writeConfig(config)
  const hub = await startHubProcess({ data, config })
  homes = await register(hub, HOMES, 2)
  await hub.api('POST', '/api/people', { id: 'siv', roles: ['operator'], areas: 'all' })
  for (const home of homes) await fall(hub, home)
  load = createLoad({ homes, random: seeded(8), window: 16, falls: 0, fallSensors: 0 })
  const running = load.run(hub.mqttPort)
  await waitFor('readings', () => load.acknowledged() > 500)
  const before = load.acknowledged()
  const backup = await runAal([
    'backup',
    dir,
    '--data',
    data,
    '--config',
    ofConfig,
    '--recipient',
    key.stdout.trim(),
    '--keep',
    '3',
    '--json',
  ])
  expect(backup.stderr).toBe('')
  made = json<Made>(backup.stdout)
  // They came while it was made.
  expect(load.acknowledged()).toBeGreaterThan(before + 200)
  await hub.kill('SIGKILL')
  await running
  renameSync(data, lost)
})

async function fall(hub: HubProcess, home: (typeof homes)[number]): Promise<void> {
  const gateway = await connectRaw(hub.mqttPort, home, { clientId: 'fall' })
  const payload = { kind: 'fall', value: 'detected' }
  gateway.send(publishPacket(`homes/${home.home}/sensors/fall-0`, payload, { qos: 1, messageId: 1 }))
  await gateway.waitFor('puback')
  gateway.destroy()
}

const rows = (folder: string, sql: string): unknown[] => {
  const db = new DatabaseSync(join(folder, 'hub.db'))
  try {
    return db.prepare(sql).all()
  } finally {
    db.close()
  }
}

const restore = (...more: string[]) => runAal(['restore', made.file, '--data', data, ...more, '--json'])

describe('aal backup and restore', () => {
  it('brings back homes, people, gateways, alerts, audit log and journal as they were, after the data is gone', async () => {
    const wrong = join(dir, 'wrong')
    await runAal(['backup', 'key', wrong])
    const refused = await restore('--identity', wrong)
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('the key is another one')])

    const restored = await restore('--identity', keyFile)
    expect(restored.code, restored.stderr).toBe(0)
    expect(json(restored.stdout)).toMatchObject({ madeAt: made.madeAt, counts: made.counts })
    expect(made.counts.openAlerts).toBeGreaterThanOrEqual(HOMES)
    for (const table of SAME) {
      const sql = `SELECT * FROM ${table} ORDER BY 1, 2`
      expect(rows(data, sql), table).toEqual(rows(lost, sql))
    }
    // Of what goes on, all until then, to the row.
    const { journal, auditRows } = made.counts
    const entries = `SELECT * FROM journal WHERE seq <= ${journal} ORDER BY seq`
    expect(rows(data, entries)).toHaveLength(journal)
    expect(rows(data, entries)).toEqual(rows(lost, entries))
    expect(rows(data, 'SELECT max(seq) AS seq FROM journal')).toEqual([{ seq: journal }])
    const audit = `SELECT * FROM audit WHERE seq <= ${auditRows} ORDER BY seq`
    expect(rows(data, audit)).toEqual(rows(lost, audit))
    expect(readFileSync(join(data, 'link.key'), 'utf8')).toBe(readFileSync(join(lost, 'link.key'), 'utf8'))
    expect(readFileSync(join(data, 'restored', 'hub.yaml'), 'utf8')).toBe(config)
  })

  it('after which the hub goes on: gateways sign in, the audit log is whole, and nobody is told blindly', async () => {
    const hub = await startHubProcess({ data, config })
    await load.finish(hub.mqttPort)
    const verdict = await runAal(['audit', 'verify', '--data', data, '--json'])
    expect(json<Verdict>(verdict.stdout)).toMatchObject({ whole: true, rows: made.counts.auditRows + 1 })
    const { alerts } = await hub.api<{ alerts: { rule: string; home?: string }[] }>('GET', '/api/alerts')
    expect(alerts.filter(({ home }) => home !== undefined)).toHaveLength(made.counts.openAlerts)
    expect(alerts.filter(({ rule }) => rule === 'hub-restored')).toHaveLength(1)
    // The same homes as were registered: nothing of them changed.
    const same = await hub.api('POST', '/api/homes', { text: homesYaml(HOMES, 2) })
    expect(same).toMatchObject({ homes: HOMES, changed: 0 })
    const { code } = await hub.kill('SIGTERM')
    expect(code).toBe(0)
    const told = rows(
      data,
      "SELECT id FROM notification WHERE state = 'queued' AND json_extract(body, '$.home') IS NOT NULL",
    )
    expect(told).toEqual([])
    expect(rows(data, "SELECT value FROM note WHERE key = 'restored'")).toEqual([])
  })

  it('leaves one backup in its folder, and a check of it that ends with 0, or with 1', async () => {
    expect(readdirSync(dir).filter((name) => name.startsWith('aal-'))).toHaveLength(1)
    const good = await runAal(['backup', 'check', made.file, '--identity', keyFile])
    expect([good.code, good.stdout]).toEqual([0, expect.stringContaining('Whole: ')])
    const cut = join(dir, 'cut')
    writeFileSync(cut, readFileSync(made.file).subarray(0, -100))
    const bad = await runAal(['backup', 'check', cut, '--identity', keyFile])
    expect([bad.code, bad.stderr]).toEqual([1, expect.stringMatching(/^The backup is not whole: /)])
    rmSync(cut)
  })
})

describe('aal doctor', () => {
  it('looks at a hub that runs and at one that does not, and ends with 1 where something fails', async () => {
    interface Report {
      readonly ok: boolean
      readonly findings: readonly { readonly check: string; readonly state: string; readonly what: string }[]
    }
    const look = async (...args: string[]) => {
      const { code, stdout, stderr } = await runAal(['doctor', '--data', data, '--json', ...args])
      expect(stderr).toBe('')
      const report = json<Report>(stdout)
      expect(code).toBe(report.ok ? 0 : 1)
      return Object.fromEntries(report.findings.map(({ check, state }) => [check, state]))
    }
    const hub = await startHubProcess({ data, config })
    const running = await look('--config', ofConfig)
    expect(running).toMatchObject({
      'data folder': 'ok',
      database: 'ok',
      hub: 'ok',
      rules: 'ok',
      versions: 'ok',
    })
    await hub.kill('SIGTERM')
    const taken = writeConfig(`mqtt: { port: 0 }\nhttp: { port: ${new URL(hub.url).port} }`)
    const stopped = await look('--config', taken)
    expect(stopped).toMatchObject({ 'data folder': 'ok', database: 'ok', hub: 'unknown', backups: 'warn' })
    const unknown = await look('--config', writeConfig('mqtt: { prot: 1 }'))
    expect(unknown).toEqual({ configuration: 'fail' })
  })
})
