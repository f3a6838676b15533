import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Alert } from '../../hub/model/alert.ts'
import { launchHub, runAal, startHubProcess, writeConfig, writeRules } from '../helpers/hub-process.ts'
import type { Ended, HubOptions } from '../helpers/hub-process.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login } from '../helpers/mqtt-client.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const HOMES = 'homes: [{ id: h-1, timezone: Europe/Oslo, sensors: [{ id: fall-1, profile: native }] }]'
const RULE = `rules:
  - id: fall
    title: { en: Possible fall }
    category: safety
    severity: high
    on: fall
    when: value == "detected"
    clear: manual
`

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

/** Starts a hub that should not start, and returns how it ended. */
async function failToStart(options: HubOptions): Promise<Ended> {
  const hub = launchHub(options)
  stops.push(() => hub.kill('SIGKILL'))
  expect(await hub.started).toBeUndefined()
  const ended = await hub.ended
  expect(ended).toMatchObject({ code: 1, stdout: '' })
  expect(ended.stderr).not.toMatch(/^\s+at |node:internal/m)
  return ended
}

async function start(options: HubOptions = {}) {
  const hub = await startHubProcess(options)
  stops.push(() => hub.kill('SIGKILL'))
  return hub
}

/** A port of this machine that somebody else has. */
async function takenPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((fulfil) => server.listen(0, '127.0.0.1', fulfil))
  stops.push(() => new Promise((fulfil) => server.close(fulfil)))
  return (server.address() as AddressInfo).port
}

describe('aal start', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('prints one JSON value, and ends with 0 at %s', async (signal) => {
    const hub = await start()
    const { code, stdout } = await hub.kill(signal)
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(JSON.parse(stdout)).toEqual({
      mqttPort: hub.mqttPort,
      url: hub.url,
      signIn: expect.stringMatching(new RegExp(`^${hub.url}/sign-in#[\\w-]{43}$`)) as string,
      pid: hub.pid,
    })
  })

  it('answers /healthz and /readyz', async () => {
    const hub = await start()
    for (const path of ['/healthz', '/readyz']) {
      expect((await fetch(`${hub.url}${path}`)).status).toBe(200)
    }
  })

  it.each([
    ['mqtt', 'mqttPort'],
    ['http', 'httpPort'],
  ] as const)('names the %s port that is in use, and the option to choose another', async (name, option) => {
    const port = await takenPort()
    const { stderr } = await failToStart({ [option]: port })
    expect(stderr).toContain(
      `Cannot listen on 127.0.0.1:${port} (${name}): the port is in use. Choose another with --${name}-port N`,
    )
  })

  it('says so when the data folder cannot be written', async () => {
    // A file in the way: root may write anywhere else.
    const file = join(tempDir('data'), 'file')
    writeFileSync(file, 'not a folder')
    for (const data of [file, join(file, 'data')]) {
      const { stderr } = await failToStart({ data })
      expect(stderr).toMatch(/^Cannot write to the data folder .*file.*: (?:EEXIST|ENOTDIR).*--data DIR/)
    }
  })

  it('says so when the data folder belongs to another hub, which goes on', async () => {
    const first = await start()
    const { stderr } = await failToStart({ data: first.data })
    expect(stderr).toContain(`Cannot use the data folder ${first.data}: another hub is using it.`)
    expect(await first.api('GET', '/api/alerts')).toMatchObject({ alerts: [] })
    await first.kill('SIGKILL')
    // The lock goes with its process, however it ends.
    await start({ data: first.data })
  })

  it('says so when the database is no database', async () => {
    const data = join(tempDir('data'), 'data')
    mkdirSync(data)
    writeFileSync(join(data, 'hub.db'), 'This is a shopping list, and not a short one.'.repeat(100), {
      mode: 0o600,
    })
    const { stderr } = await failToStart({ data })
    expect(stderr).toBe(`Cannot open the database in ${data}: file is not a database\n`)
  })

  it('refuses a hub.yaml with every error and its place', async () => {
    const config = `mqtt:
  prot: 1884
  maxKeepalive: 5
influxdb: { url: localhost }
colour: red
`
    const { stderr } = await failToStart({ config })
    const lines = stderr.split('\n').filter((line) => line.startsWith('  '))
    expect(stderr).toMatch(/^Cannot use the configuration .*hub\.yaml: 4 errors\n/)
    expect(lines).toHaveLength(4)
    expect(lines[0]).toMatch(/hub\.yaml:2:3: Cannot use the key "prot" here.*known are host, port, /)
    expect(lines[1]).toMatch(/hub\.yaml:3:17: /)
    expect(lines[2]).toMatch(/hub\.yaml:4:18: /)
    expect(lines[3]).toMatch(/hub\.yaml:5:1: Cannot use the key "colour" here/)
  })

  it('says so when hub.yaml is not there', async () => {
    const { code, stderr } = await runAal(['start', '--config', '/nowhere/hub.yaml'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Cannot read the configuration \/nowhere\/hub\.yaml: no such file or directory/)
  })

  it('refuses broken rule files at its first start, with every error of every file', async () => {
    const rules = writeRules({
      'fall.yaml': RULE.replace('severity', 'severty').replace('detected"', 'detected'),
      'other.yaml': RULE.replace('id: fall', 'id: other').replace('on: fall', 'on: fal'),
    })
    const { stderr } = await failToStart({ config: `rules: ${rules}` })
    expect(stderr).toMatch(/^Cannot use the rules in .*errors\n/)
    expect(stderr).toMatch(/fall\.yaml:5:5: Cannot use the key "severty" here.*did you mean "severity"/)
    expect(stderr).toMatch(/other\.yaml:6:9: .*did you mean "fall"/)
  })

  it('says so when there is no rule file', async () => {
    const { stderr } = await failToStart({ config: `rules: ${tempDir('rules')}` })
    expect(stderr).toMatch(/^Cannot .*rules/)
  })
})

describe('aal start with a rule file that has become broken', () => {
  it('keeps the rules of before in force, and says so', async () => {
    const rules = writeRules({ 'fall.yaml': RULE })
    const config = `rules: ${rules}`
    const first = await start({ config })
    await first.api('POST', '/api/homes', { text: HOMES })
    const login = await first.api<Login>('POST', '/api/homes/h-1/gateways', {})
    await first.kill('SIGTERM')

    writeFileSync(join(rules, 'fall.yaml'), RULE.replace('when: value', 'wen: value'))
    const second = await start({ data: first.data, config })
    expect(second.stderr()).toMatch(
      /fall\.yaml:7:5: Cannot use the key \\"wen\\" here.*did you mean \\"when\\"/,
    )
    expect(second.stderr()).toContain('The rules of before stay in force.')
    const client = await connectRaw(second.mqttPort, login)
    const fall = { kind: 'fall', value: 'detected' }
    client.send(publishPacket('homes/h-1/sensors/fall-1', fall, { qos: 1, messageId: 1 }))
    await client.waitFor('puback')
    const { alerts } = await second.api<{ alerts: Alert[] }>('GET', '/api/alerts')
    expect(alerts.map(({ rule, handling }) => `${rule} ${handling}`).toSorted()).toEqual([
      'fall new',
      'hub-rules-refused new',
    ])

    // Commands on the folder are not held up by it either.
    await second.kill('SIGTERM')
    const list = ['alerts', 'list', '--json', '--data', first.data, '--config', writeConfig(config)]
    const { code, stdout } = await runAal(list)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toHaveLength(2)
  })
})

describe('aal start with a device profile that is broken', () => {
  it('refuses it with its place', async () => {
    const profiles = tempDir('profiles')
    cpSync(join(import.meta.dirname, '../../devices/profiles'), profiles, { recursive: true })
    const native = join(profiles, 'native.yaml')
    writeFileSync(native, readFileSync(native, 'utf8').replace('alarm: true', 'alarms: true'))
    const { stderr } = await failToStart({ config: `profiles: ${profiles}` })
    expect(stderr).toMatch(/native\.yaml:\d+:1: Cannot use the key "alarms" here.*did you mean "alarm"/)
  })
})
