import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Alert } from '../../hub/model/alert.ts'
import { makeKeys } from '../../hub/backup/cipher.ts'
import { freePort } from '../helpers/free-port.ts'
import { askAdmin } from '../helpers/hub-process.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login } from '../helpers/mqtt-client.ts'
import { requireServer, serverMissing } from '../helpers/servers.ts'
import { AAL_UID, startSystemd, whyNoSystemd } from '../helpers/small-systemd.ts'
import type { SmallSystemd } from '../helpers/small-systemd.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

const ROOT = join(import.meta.dirname, '../..')
const FOLDER = join(ROOT, 'deploy/systemd')
const UNITS = readdirSync(FOLDER)
const SERVICES = UNITS.filter((name) => name.endsWith('.service'))
const readUnit = (name: string): string => readFileSync(join(FOLDER, name), 'utf8')

function analyze(...args: readonly string[]): { code: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(requireServer('systemd-analyze'), args, { encoding: 'utf8' })
  return { code: status, text: `${stdout}${stderr}` }
}

describe.skipIf(serverMissing('systemd-analyze'))('the units in deploy/systemd', () => {
  /** As they are where the code is in /opt/aal. */
  function unitsHere(spoil: (text: string) => string = (text) => text): string[] {
    const folder = tempDir('units')
    return UNITS.map((name) => {
      const file = join(folder, name)
      writeFileSync(file, spoil(readUnit(name)).replaceAll('/opt/aal/', `${ROOT}/`))
      return file
    })
  }

  it('have no directive that systemd refuses', () => {
    expect(analyze('verify', ...unitsHere())).toEqual({ code: 0, text: '' })
    const { text } = analyze('verify', ...unitsHere((unit) => unit.replace('ProtectHome', 'ProtectHouse')))
    expect(text).toContain("'ProtectHouse'")
  })

  it.each([
    ['aal.service', 1.4],
    ['aal-backup.service', 0.6],
  ])('%s exposes no more than %f by "systemd-analyze security"', (name, most) => {
    const { text } = analyze('security', '--offline=yes', join(FOLDER, name))
    const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(text)?.[1])
    expect(exposure).toBeGreaterThan(0)
    expect(exposure, text).toBeLessThanOrEqual(most)
  })

  it.each(SERVICES)('%s runs as its own user, with no core that would hold names', (name) => {
    expect(readUnit(name)).toMatch(/^User=aal$/m)
    expect(readUnit(name)).toMatch(/^LimitCORE=0$/m)
  })
})

const whyNot = whyNoSystemd()
if (whyNot !== undefined) console.warn(`No systemd can run here: ${whyNot}. Its tests are skipped.`)

/** One hub under one systemd for all of them, in their order. */
describe.skipIf(whyNot !== undefined)('the hub under systemd', () => {
  const data = tempDir('data')
  const backups = tempDir('backups')
  const etc = tempDir('etc')
  let systemd: SmallSystemd
  let mqttPort: number
  let login: Login
  let packet = 0

  const api = <T>(method: string, path: string, body?: unknown) =>
    askAdmin(join(data, 'admin.sock'), method, path, body) as Promise<T>
  const isReady = () => api('GET', '/readyz').then(() => true)
  const restarts = (): number => Number(systemd.property('aal', 'NRestarts'))
  const log = (): string => readFileSync(join(etc, 'log'), 'utf8')

  /** Resolves with the PUBACK. */
  async function fall(sensor: string): Promise<void> {
    const client = await connectRaw(mqttPort, login)
    const messageId = ++packet
    client.send(
      publishPacket(
        `homes/h-1/sensors/${sensor}`,
        { kind: 'fall', value: 'detected' },
        { qos: 1, messageId },
      ),
    )
    await client.waitFor('puback', (one) => one.messageId === messageId)
    client.destroy()
  }

  async function fallsOf(): Promise<string[]> {
    const { alerts } = await api<{ alerts: Alert[] }>('GET', '/api/alerts')
    return alerts.map(({ scope }) => scope).toSorted()
  }

  beforeAll(async () => {
    mqttPort = await freePort()
    const rules = `rules:
  - { id: fall, title: { en: Possible fall }, category: safety, severity: high, scope: sensor, on: fall, when: value == "detected", clear: manual }
`
    const { recipient } = await makeKeys()
    writeFileSync(join(etc, 'backup.pub'), `${recipient}\n`)
    mkdirSync(join(etc, 'rules'))
    writeFileSync(join(etc, 'rules/fall.yaml'), rules)
    writeFileSync(
      join(etc, 'hub.yaml'),
      `data: /var/lib/aal\nrules: /etc/aal/rules\nmqtt: { port: ${mqttPort} }\nhttp: { port: ${await freePort()} }\n`,
    )
    writeFileSync(join(etc, 'log'), '')
    for (const folder of [data, backups, etc]) chownSync(folder, AAL_UID, AAL_UID)
    systemd = await startSystemd({
      units: {
        ...Object.fromEntries(UNITS.map((name) => [name, readUnit(name)])),
        // There is no journald; and nobody waits for 90 s.
        'aal.service.d/test.conf':
          '[Service]\nStandardOutput=append:/etc/aal/log\nStandardError=append:/etc/aal/log\nWatchdogSec=6\nRestartSec=100ms\n',
        'aal-backup.service.d/test.conf':
          '[Service]\nStandardOutput=append:/etc/aal/log\nStandardError=append:/etc/aal/log\n',
      },
      folders: { '/opt/aal': ROOT, '/etc/aal': etc, '/var/lib/aal': data, '/mnt/backup': backups },
    })
  })
  afterAll(async () => await systemd?.stop())

  it(
    'has started when it takes readings: not before, and as its own user',
    { timeout: 120_000 },
    async () => {
      const { code, text } = systemd.systemctl('start', 'aal')
      expect(code, text + log()).toBe(0)
      expect(await isReady()).toBe(true)
      expect(systemd.property('aal', 'StatusText')).toBe('Takes and keeps readings')
      expect(statSync(join(data, 'hub.db')).uid).toBe(AAL_UID)
      await api('POST', '/api/homes', {
        file: 'homes.yaml',
        text: `homes: [{ id: h-1, timezone: Europe/Oslo, sensors: [${['a', 'b', 'c'].map((id) => `{ id: ${id}, profile: native }`).join(', ')}] }]`,
      })
      login = await api<Login>('POST', '/api/homes/h-1/gateways', {})
      await fall('a')
    },
  )

  it('is there again after kill -9, with all that was acknowledged', { timeout: 120_000 }, async () => {
    await fall('b')
    process.kill(systemd.hostPid('aal'), 'SIGKILL')
    await waitFor('another start', () => restarts() === 1)
    await waitFor('the hub to be ready', isReady)
    expect(await fallsOf()).toEqual(['h-1/a', 'h-1/b'])
  })

  it('that hangs is ended by the watchdog, and is there again', { timeout: 120_000 }, async () => {
    // It was told of the beats in time until now: else there would have been more starts.
    expect(restarts()).toBe(1)
    process.kill(systemd.hostPid('aal'), 'SIGSTOP')
    await waitFor('another start', () => restarts() === 2)
    await waitFor('the hub to be ready', isReady)
    await fall('c')
    expect(await fallsOf()).toEqual(['h-1/a', 'h-1/b', 'h-1/c'])
  })

  it('is backed up by the unit of the timer, beside it at work', { timeout: 120_000 }, async () => {
    expect(systemd.systemctl('start', 'aal-backup.timer').code).toBe(0)
    const { code, text } = systemd.systemctl('start', 'aal-backup.service')
    expect(code, text + log()).toBe(0)
    expect(readdirSync(backups)).toEqual([expect.stringMatching(/^aal-\d{8}T\d{6}Z\.tar\.zst\.age$/)])
    expect(readdirSync(join(data, 'backups'))).toEqual(['last.json'])
  })

  it('ends in time when it is stopped, and is not started again', { timeout: 120_000 }, async () => {
    const began = Date.now()
    expect(systemd.systemctl('stop', 'aal').code).toBe(0)
    expect(Date.now() - began).toBeLessThan(15_000)
    expect(systemd.property('aal', 'Result')).toBe('success')
    expect(systemd.property('aal', 'ExecMainStatus')).toBe('0')
    expect(systemd.property('aal', 'ActiveState')).toBe('inactive')
  })

  it('is never given up, however often it could not start', () => {
    expect(systemd.property('aal', 'StartLimitIntervalUSec')).toBe('0')
    expect(systemd.property('aal', 'Restart')).toBe('always')
    // A database that is brought up to date must not be cut off.
    expect(systemd.property('aal', 'TimeoutStartUSec')).toBe('infinity')
  })
})
