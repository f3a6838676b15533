import { request } from 'node:http'
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { connectAsync } from 'mqtt'
import { describe, expect, it } from 'vitest'
import { adminSocket } from '../../hub/admin-socket.ts'
import { freePort } from '../helpers/free-port.ts'
import { launchAal, startHubProcess, runAal, writeConfig } from '../helpers/hub-process.ts'
import type { AalProcess, HubProcess } from '../helpers/hub-process.ts'
import { bodyOf, listen } from '../helpers/listen.ts'
import { startMailServer } from '../helpers/mail-server.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

/** A real hub and a real watchdog process: the hub is killed and frozen. */

interface Heard {
  readonly url: string
  readonly method: string
  readonly body: string
}

/** An HTTP server that takes what comes: an SMS gateway, or a dead-man service. */
async function listener(status = () => 200) {
  const heard: Heard[] = []
  const server = await listen((incoming, outgoing) => {
    void bodyOf(incoming).then((body) => {
      heard.push({ url: incoming.url ?? '', method: incoming.method ?? '', body })
      outgoing.writeHead(status()).end('{}')
    })
  })
  return {
    ...server,
    heard,
    // Whether it is there at all is asked too, in other ways.
    texts: () =>
      heard
        .filter(({ method }) => method === 'POST')
        .map(({ body }) => (JSON.parse(body) as { text: string }).text),
  }
}

const smsTo = (url: string) =>
  `{ name: sms, type: http, request: { url: "${url}/sms", json: { to: "{to}", text: "{text}" } } }`

function startWatchdog(hub: string, settings: string): AalProcess {
  return launchAal(['watchdog', '--hub', hub, '--config', writeConfig(settings)])
}

const watchdogYaml = (dir: string, ...lines: string[]) =>
  ['every: 1s', 'late: 2', 'back: 2', 'name: Alta', `state: ${join(dir, 'state.json')}`, ...lines].join('\n')

const GEIR = 'people: [{ name: geir, phone: "+4790000001", language: nb }]'
const TIME = String.raw`\d\d:\d\d`

describe('aal watchdog', () => {
  it(
    'texts when the hub is killed, not again after its own restart, and when the hub is back',
    { timeout: 90_000 },
    async () => {
      await using stack = new AsyncDisposableStack()
      const sms = await listener()
      stack.defer(() => sms.stop())
      const httpPort = await freePort()
      const hub = await startHubProcess({ httpPort })
      stack.defer(async () => void (await hub.kill()))
      const settings = watchdogYaml(tempDir('watchdog'), 'repeat: 1h', GEIR, `channels: [${smsTo(sms.url)}]`)
      const first = startWatchdog(hub.url, settings)
      stack.defer(async () => void (await first.kill()))
      await waitFor('the watchdog to say that it watches', () => first.stderr().includes('Watching the hub'))
      await hub.kill('SIGKILL')
      await waitFor('the text', () => sms.texts().length > 0, { timeout: 20_000 })
      expect(sms.texts()).toEqual([
        expect.stringMatching(`^AAL-huben Alta er taus siden ${TIME}. Alarmer kommer ikke fram.`),
      ])
      await waitFor('it to be noted', () => first.stderr().includes('"Told"'))

      // The watchdog itself is killed as well, and goes on from what it kept.
      await first.kill('SIGKILL')
      const second = startWatchdog(hub.url, settings)
      stack.defer(async () => void (await second.kill()))
      await waitFor('the second to look', () => second.stderr().includes('The hub may be in trouble'))
      const again = await startHubProcess({ httpPort, data: hub.data })
      stack.defer(async () => void (await again.kill()))
      await waitFor('the second text', () => sms.texts().length > 1, { timeout: 20_000 })
      expect(sms.texts().slice(1)).toEqual([
        expect.stringMatching(`^AAL-huben Alta er tilbake ${TIME}. Den var taus fra ${TIME}.`),
      ])
      expect(second.stderr()).not.toContain('+4790000001')
      expect(await second.kill('SIGTERM')).toMatchObject({ code: 0 })
    },
  )

  it(
    'mails when the hub is frozen, again while it is, and when it goes on; the board says when',
    { timeout: 120_000 },
    async () => {
      await using stack = new AsyncDisposableStack()
      const mail = await startMailServer()
      stack.defer(() => mail.stop())
      const dir = tempDir('watchdog')
      writeFileSync(join(dir, 'ca.pem'), mail.ca)
      const channel = `{ name: mail, type: email, host: 127.0.0.1, port: ${mail.port}, ca: ${join(dir, 'ca.pem')}, username: ${mail.username}, password: ${mail.password}, from: hub@example.org }`
      const hub = await startHubProcess()
      stack.defer(async () => void (await hub.kill()))
      const settings = watchdogYaml(
        dir,
        'repeat: 2s',
        'people: [{ name: siv, email: siv@example.org, language: en }]',
        `channels: [${channel}]`,
      )
      const watchdog = startWatchdog(hub.url, settings)
      stack.defer(async () => void (await watchdog.kill()))
      await waitFor('the watchdog to say that it watches', () =>
        watchdog.stderr().includes('Watching the hub'),
      )
      const frozenAt = Date.now()
      process.kill(hub.pid, 'SIGSTOP')
      const texts = () => mail.mails().map(({ text }) => text)
      await waitFor('two mails', () => texts().length > 1, { timeout: 30_000 })
      for (const text of texts())
        expect(text).toMatch(new RegExp(`The AAL hub Alta is silent since ${TIME}.`))
      // A pause is one from 25 s on.
      await waitFor('the hub to have been frozen for long', () => Date.now() - frozenAt > 27_000, {
        timeout: 40_000,
      })
      process.kill(hub.pid, 'SIGCONT')
      await waitFor('the last mail', () => texts().at(-1)?.includes('is back at'), { timeout: 20_000 })
      const [away] = await waitFor('the board to say it', async () => (await snapshot(hub)).away)
      // What it noted last is at most 10 s old.
      expect(away?.from).toBeGreaterThan(frozenAt - 11_000)
      expect(away?.from).toBeLessThanOrEqual(frozenAt + 1_000)
      expect(away?.until).toBeGreaterThan(frozenAt + 26_000)
    },
  )

  it('tells everybody with --test, and says whom it cannot reach', async () => {
    await using stack = new AsyncDisposableStack()
    let status = 200
    const sms = await listener(() => status)
    stack.defer(() => sms.stop())
    const config = writeConfig(watchdogYaml(tempDir('watchdog'), GEIR, `channels: [${smsTo(sms.url)}]`))
    const good = await runAal(['watchdog', '--test', '--config', config])
    expect(good).toMatchObject({ code: 0, stdout: 'geir: the channel took the text\n' })
    expect(sms.texts()).toEqual(['Test: vakthunden til AAL-huben Alta når deg. Ingenting er galt.'])
    status = 500
    const bad = await runAal(['watchdog', '--test', '--config', config])
    expect(bad).toMatchObject({ code: 1, stdout: expect.stringContaining('geir: cannot be told') })
  })

  it('refuses a configuration that would tell nobody', async () => {
    const none = await runAal(['watchdog'])
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('--config FILE') })
    const config = writeConfig(`hub: http://127.0.0.1:1\n${GEIR}\n`)
    const noChannel = await runAal(['watchdog', '--config', config])
    expect(noChannel.code).toBe(1)
    expect(noChannel.stderr).toContain('there is no channel for SMS: nothing would reach geir')
  })
})

describe('watch.ping', () => {
  it(
    'is called while the hub is well, not while it is frozen, and again after it',
    { timeout: 60_000 },
    async () => {
      await using stack = new AsyncDisposableStack()
      const service = await listener()
      stack.defer(() => service.stop())
      const hub = await startHubProcess({ config: `watch: { ping: "${service.url}/ping/uuid", every: 1s }` })
      stack.defer(async () => void (await hub.kill()))
      await waitFor('three calls', () => service.heard.length >= 3)
      expect(service.heard[0]).toEqual({ url: '/ping/uuid', method: 'GET', body: '' })
      process.kill(hub.pid, 'SIGSTOP')
      const sms = await listener()
      stack.defer(() => sms.stop())
      const settings = watchdogYaml(tempDir('watchdog'), GEIR, `channels: [${smsTo(sms.url)}]`)
      const watchdog = startWatchdog(hub.url, settings)
      stack.defer(async () => void (await watchdog.kill()))
      // By then a hub that runs would have called several times.
      const before = service.heard.length
      await waitFor('the watchdog to tell of it', () => sms.texts().length > 0, { timeout: 20_000 })
      expect(service.heard.length).toBeLessThanOrEqual(before + 1)
      process.kill(hub.pid, 'SIGCONT')
      const frozen = service.heard.length
      await waitFor('two more calls', () => service.heard.length > frozen + 1)
    },
  )

  it(
    'says /fail with the reason when messages do not leave; the heartbeat and the watchdog say it too',
    { timeout: 90_000 },
    async () => {
      await using stack = new AsyncDisposableStack()
      const service = await listener()
      const provider = await listener(() => 503)
      const sms = await listener()
      for (const one of [service, provider, sms]) stack.defer(() => one.stop())
      const config = `
watch: { ping: "${service.url}/ping", every: 1s, outbox: 2s }
channels: [${smsTo(provider.url)}]
`
      const hub = await startHubProcess({ config })
      stack.defer(async () => void (await hub.kill()))
      const settings = watchdogYaml(
        tempDir('watchdog'),
        'limits: { outbox: 2s }',
        GEIR,
        `channels: [${smsTo(sms.url)}]`,
      )
      const watchdog = startWatchdog(hub.url, settings)
      stack.defer(async () => void (await watchdog.kill()))
      await waitFor('a call while all is well', () => service.heard.some(({ url }) => url === '/ping'))
      await fall(hub)
      const failed = await waitFor(
        'a call to /fail',
        () => service.heard.find(({ url }) => url === '/ping/fail'),
        {
          timeout: 20_000,
        },
      )
      expect(failed).toMatchObject({
        method: 'POST',
        body: expect.stringMatching(/^a message to a person has not left for \d+s$/),
      })
      const beat = (await (await fetch(`${hub.url}/api/heartbeat`)).json()) as Record<string, number>
      expect(beat).toMatchObject({ writtenAgo: expect.any(Number), timerLate: 0 })
      expect(beat['outboxAge']).toBeGreaterThan(2000)
      expect(beat['writtenAgo']).toBeLessThan(15_000)
      await waitFor('the text', () => sms.texts().length > 0, { timeout: 20_000 })
      expect(sms.texts()[0]).toMatch(new RegExp(`^AAL-huben Alta får ikke sendt meldinger siden ${TIME}.`))
      expect(hub.stderr().match(/The hub is not well/g)).toHaveLength(1)
    },
  )

  it('says once that the service cannot be reached, and goes on', async () => {
    const port = await freePort()
    const hub = await startHubProcess({
      config: `watch: { ping: "http://127.0.0.1:${port}/secret", every: 1s }`,
    })
    await using stack = new AsyncDisposableStack()
    stack.defer(async () => void (await hub.kill()))
    await waitFor('the log to say it', () => hub.stderr().includes('cannot be told'))
    const late = await listenOn(port)
    stack.defer(() => late.stop())
    await waitFor('a call', () => late.heard.length > 0)
    await waitFor('the log to say that too', () => hub.stderr().includes('can be told again'))
    expect(hub.stderr().match(/cannot be told/g)).toHaveLength(1)
    expect(hub.stderr()).not.toContain('secret')
  })
})

async function listenOn(port: number) {
  const heard: string[] = []
  const server = await listen((incoming, outgoing) => {
    heard.push(incoming.url ?? '')
    outgoing.end('OK')
  }, port)
  return { ...server, heard }
}

const HOMES = `homes:
  - id: h-0001
    timezone: Europe/Oslo
    residents: [{ id: r1, name: Kari Nordmann, language: nb }]
    sensors: [{ id: fall-1, profile: native, room: bathroom, resident: r1 }]
    contacts: [{ id: daughter, name: Anne, phone: "+4790000009", language: nb, order: 1 }]
`

async function fall(hub: HubProcess): Promise<void> {
  expect(await runAal(['import', writeConfig(HOMES), '--data', hub.data])).toMatchObject({ code: 0 })
  const added = await runAal(['gateway', 'add', 'h-0001', '--id', 'gw-1', '--json', '--data', hub.data])
  const { username, password } = JSON.parse(added.stdout) as { username: string; password: string }
  const client = await connectAsync(`mqtt://127.0.0.1:${hub.mqttPort}`, { username, password })
  const reading = JSON.stringify({ kind: 'fall', value: 'detected' })
  await client.publishAsync('homes/h-0001/sensors/fall-1', reading, { qos: 1 })
  await client.endAsync()
}

/** What a board gets first. */
function snapshot(hub: HubProcess): Promise<{ away?: { from: number; until: number }[] }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: adminSocket(hub.data), path: '/api/live' }, (incoming) => {
      incoming.setEncoding('utf8').once('data', (text: string) => {
        asked.destroy()
        resolve(JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '{}') as object)
      })
    })
    asked.once('error', reject).end()
  })
}
