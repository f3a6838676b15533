import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { noteLastBackup } from '../../hub/backup/last-backup.ts'
import { formatDoctor } from '../../hub/cli/doctor.ts'
import { configSchema } from '../../hub/config.ts'
import { checkBackups } from '../../hub/doctor/check-backups.ts'
import { checkClock } from '../../hub/doctor/check-clock.ts'
import { checkConfig } from '../../hub/doctor/check-config.ts'
import { checkData } from '../../hub/doctor/check-data.ts'
import { checkHomes } from '../../hub/doctor/check-homes.ts'
import { checkPlain } from '../../hub/doctor/check-plain.ts'
import { checkPorts } from '../../hub/doctor/check-ports.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import { home } from '../core/bench.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const HOUR = 3_600_000

describe('checkHomes', () => {
  const told = { id: 'anne', language: 'nb', order: 1 }
  const look = (...homes: ReturnType<typeof home>[]) =>
    checkHomes({ homes, rules: undefined, staff: [] }, new Set(['native']), NOW)

  it('is content with homes of which somebody is told, and whose sensors can be read', () => {
    expect(look(home()).map(({ state }) => state)).toEqual(['ok', 'ok'])
  })

  it('names homes of which nobody is told: no contact, only an installer, no number', () => {
    const findings = look(
      home(),
      home({ id: 'h2', contacts: [] }),
      home({ id: 'h3', contacts: [{ ...told, role: 'installer' }] }),
      home({ id: 'h4', contacts: [{ ...told, lacks: ['sms', 'email', 'webhook'] }] }),
      home({ id: 'h5', contacts: [], state: { is: 'planned' } }),
    )
    expect(findings[0]).toMatchObject({
      state: 'fail',
      what: 'Nobody is told of alerts from 3 of 4: h2, h3, h4.',
    })
  })

  it('only warns of a rota without anybody as long as no home is watched', () => {
    const text = readFileSync(join(import.meta.dirname, '../../rules/policies/standard.yaml'), 'utf8')
    const onCall = (...homes: ReturnType<typeof home>[]) =>
      checkHomes({ homes, rules: [{ name: 'policies/standard.yaml', text }], staff: [] }, undefined, NOW).at(
        -1,
      )
    expect(onCall()).toMatchObject({ check: 'on call', state: 'warn' })
    expect(onCall(home())).toMatchObject({ check: 'on call', state: 'fail' })
  })

  it('names sensors whose profile is not there', () => {
    const [sensor] = home().sensors
    if (!sensor) throw new Error('The home has no sensor')
    expect(look(home({ sensors: [{ ...sensor, profile: 'gone' }] }))).toContainEqual(
      expect.objectContaining({
        check: 'sensors',
        state: 'fail',
        what: expect.stringContaining('h1/a (gone)'),
      }),
    )
  })
})

it('checkPlain says what listens without TLS where others reach it', () => {
  const look = (given: object) => checkPlain(configSchema.parse(given))
  expect(look({})).toMatchObject([{ state: 'ok' }])
  expect(look({ mqtt: { host: '10.0.0.2', plain: 'allowed' } })).toMatchObject([
    { state: 'warn', what: expect.stringContaining('mqtt listens on 10.0.0.2 without TLS') },
  ])
})

describe('checkPorts', () => {
  it('tells a port that is free from one that another program has, and knows the hub its own', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const config = configSchema.parse({ mqtt: { port: 0 }, http: { port } })
    expect(await checkPorts(config, false)).toMatchObject([{ state: 'fail', check: `port ${port}` }])
    expect(await checkPorts(config, true)).toMatchObject([{ state: 'ok' }])
    server.close()
    await once(server, 'close')
    expect(await checkPorts(config, false)).toMatchObject([{ state: 'ok' }])
    expect(await checkPorts(config, true)).toMatchObject([{ state: 'warn' }])
  })
})

it('checkClock compares with the clock of a server', async () => {
  const server = createServer((_request, response) => {
    response.setHeader('date', new Date(Date.now() - 10 * 60_000).toUTCString())
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const [finding] = await checkClock(`http://127.0.0.1:${port}`)
  server.close()
  expect(finding).toMatchObject({
    state: 'fail',
    what: expect.stringMatching(/^It is (599|600|601) s ahead of /),
  })
})

it('checkConfig names files with secrets that everybody can read', async () => {
  const folder = tempDir('doctor')
  const [file, secret] = [join(folder, 'hub.yaml'), join(folder, 'pass')]
  writeFileSync(secret, 'x', { mode: 0o600 })
  writeFileSync(file, `influxdb: { passwordFile: ${secret} }`, { mode: 0o640 })
  expect(await checkConfig(file)).toMatchObject([{ state: 'ok' }])
  chmodSync(secret, 0o644)
  expect(await checkConfig(file)).toMatchObject([{ state: 'warn', what: expect.stringContaining(secret) }])
})

it('checkData sees a folder that others can look into, and a process that has it', async () => {
  const folder = join(tempDir('doctor'), 'data')
  const { db, close } = openDatabase(folder)
  chmodSync(folder, 0o755)
  const findings = await checkData(folder, db, false, {})
  close()
  expect(findings.slice(0, 3)).toMatchObject([
    { check: 'data folder', state: 'warn', todo: `chmod o-rwx ${folder}` },
    { check: 'data folder', state: 'fail' },
    { check: 'database', state: 'ok' },
  ])
})

it('checkBackups judges the newest by its age, and whether it is encrypted', async () => {
  const folder = tempDir('doctor')
  mkdirSync(join(folder, 'backups'))
  const look = async (age: number, isEncrypted = true) => {
    await noteLastBackup(folder, { madeAt: NOW - age, file: '/mnt/a.age', bytes: 1, isEncrypted })
    return (await checkBackups(folder, NOW)).state
  }
  expect((await checkBackups(folder, NOW)).state).toBe('warn')
  expect(await look(HOUR)).toBe('ok')
  expect(await look(HOUR, false)).toBe('warn')
  expect(await look(51 * HOUR)).toBe('warn')
  expect(await look(9 * 24 * HOUR)).toBe('fail')
})

it('formatDoctor says what to do below what is wrong, and how much there is', () => {
  expect(
    formatDoctor([
      { check: 'disk', state: 'ok', what: 'Much is free.' },
      { check: 'clock', state: 'fail', what: 'It is wrong.', todo: 'Set it.' },
    ]),
  ).toBe(
    'ok    disk   Much is free.\nFAIL  clock  It is wrong.\n             → Set it.\n\n1 to mend now, 0 to look after.',
  )
})
