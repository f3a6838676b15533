import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { AlertView } from '../../hub/http/alert-view.ts'
import { startElksApi } from '../helpers/elks-api.ts'
import { freePort } from '../helpers/free-port.ts'
import { startGammu } from '../helpers/gammu.ts'
import { runAal, startHubProcess } from '../helpers/hub-process.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login } from '../helpers/mqtt-client.ts'
import { serverMissing } from '../helpers/servers.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

const PHONE = '+4790000001'
/** Other tests may have the machine. */
const SLOW = { timeout: 60_000 }
const TOKEN = 'a-token-of-this-test-0123456789'
const HOMES = `homes:
  - id: h-1
    timezone: Europe/Oslo
    sensors: [{ id: fall-1, profile: native, room: bathroom }]
    contacts: [{ id: daughter, phone: "${PHONE}", language: en, alias: Mum }]
`

it.skipIf(serverMissing('gammu-smsd'))(
  'a hub whose first provider is down sends by the next and by the modem, hears reports and answers, and shows no secret',
  { timeout: 90_000 },
  async () => {
    await using stack = new AsyncDisposableStack()
    const gammu = await startGammu()
    stack.defer(() => gammu.stop())
    const elks = await startElksApi()
    stack.defer(() => elks.stop())
    const [httpPort, kannelPort] = [await freePort(), await freePort()]
    const secrets = tempDir('secrets')
    writeFileSync(join(secrets, 'elks'), `${elks.password}\n`)
    writeFileSync(join(secrets, 'token'), `${TOKEN}\n`)
    const config = `
channels:
  - name: kannel
    type: kannel
    url: http://127.0.0.1:${kannelPort}/cgi-bin/sendsms
    username: hub
    password: kannel-password
    secretFile: ${secrets}/token
  - name: elks
    type: http
    request:
      url: ${elks.url}/a1/sms
      basic: { username: ${elks.username}, passwordFile: ${secrets}/elks }
      form: { from: AAL, to: "{to}", message: "{text}", whendelivered: "{delivery}" }
    success: { at: /status, matches: ^created$ }
    tokenFile: ${secrets}/token
    reports: { status: status, delivered: [delivered], failed: [failed] }
  - name: modem
    type: gammu
    spool: ${gammu.inbox}/..
routes: { sms: [kannel, elks, modem] }
`
    const hub = await startHubProcess({ config, httpPort })
    stack.defer(async () => void (await hub.kill('SIGTERM')))
    await hub.api('POST', '/api/homes', { text: HOMES })
    const login = await hub.api<Login>('POST', '/api/homes/h-1/gateways', {})
    const client = await connectRaw(hub.mqttPort, login)
    const fall = { kind: 'fall', value: 'detected' }
    client.send(publishPacket('homes/h-1/sensors/fall-1', fall, { qos: 1, messageId: 1 }))

    const alert = async () => {
      const { alerts } = await hub.api<{ alerts: AlertView[] }>('GET', '/api/alerts?all=true')
      return alerts.find(({ rule }) => rule === 'fall')
    }
    const first = await waitFor('the message by the second provider', () =>
      elks.messages().find(({ to }) => to === PHONE),
    )
    const { id } = (await alert()) ?? { id: '' }
    // 46elks repeats the address that the hub gave, the id of the notification in it.
    expect((await elks.report(`${id}.1.daughter.sms`, 'delivered')).status).toBe(200)

    // From now on only the modem is left: the answer comes by it, and the receipt goes by it.
    await elks.stop()
    const code = /\b\d{4}\b/.exec(first.text.replace(/\d\d:\d\d/g, ''))?.[0] ?? ''
    gammu.answer(PHONE, `1 ${code}`)
    await waitFor('the alert to be taken', async () => (await alert())?.handling === 'acknowledged', {
      timeout: 20_000,
    })
    await waitFor(
      'the receipt to go by the modem',
      () => gammu.transmitted().some(({ to }) => to === PHONE),
      {
        timeout: 20_000,
      },
    )
    const strange = `${hub.url}/hooks/elks/delivery?id=x&token=wrong`
    expect((await fetch(strange, { method: 'POST' })).status).toBe(403)
    const metrics = await (await fetch(`${hub.url}/metrics`)).text()
    expect(metrics).toContain('aal_hook_refusals_total{channel="elks"} 1')
    expect(metrics).toContain('aal_channel_up{channel="kannel"} 0')
    expect(metrics).toContain('aal_channel_up{channel="modem"} 1')
    const log = hub.stderr()
    expect(log).toMatch(/kannel.*does not work|A channel for messages does not work/)
    expect(log).not.toMatch(new RegExp(`kannel-password|${elks.password}|${TOKEN}|4790000001`))
  },
)

it.skipIf(serverMissing('gammu-smsd', 'libdbd-sqlite3'))(
  'a hub whose provider says OK and delivers nothing sends the same text by the modem, once, and says so',
  { timeout: 180_000 },
  async () => {
    await using stack = new AsyncDisposableStack()
    const gammu = await startGammu('sqlite')
    stack.defer(() => gammu.stop())
    const elks = await startElksApi()
    stack.defer(() => elks.stop())
    const hub = await startHubProcess({
      config: `
channels:
  - name: elks
    type: http
    request:
      url: ${elks.url}/a1/sms
      basic: { username: ${elks.username}, password: ${elks.password} }
      form: { from: AAL, to: "{to}", message: "{text}", whendelivered: "{delivery}" }
    success: { at: /status, matches: ^created$ }
    token: ${TOKEN}
    reports: { status: status, delivered: [delivered], failed: [failed] }
  - { name: modem, type: gammu-sqlite, database: ${gammu.database}, reports: false }
routes: { sms: { channels: [elks, modem], reportWithin: 10s } }
`,
    })
    stack.defer(async () => void (await hub.kill('SIGTERM')))
    await hub.api('POST', '/api/homes', { text: HOMES })
    const login = await hub.api<Login>('POST', '/api/homes/h-1/gateways', {})
    const client = await connectRaw(hub.mqttPort, login)
    client.send(
      publishPacket(
        'homes/h-1/sensors/fall-1',
        { kind: 'fall', value: 'detected' },
        { qos: 1, messageId: 1 },
      ),
    )
    await waitFor('the message by the provider', () => elks.messages().length > 0, SLOW)
    await waitFor('the message by the modem', () => gammu.transmitted().length > 0, SLOW)
    const [{ text, to } = { text: '', to: '' }] = elks.messages()
    expect(gammu.transmitted()).toEqual([{ to, text }])

    const find = async () => {
      const { alerts } = await hub.api<{ alerts: AlertView[] }>('GET', '/api/alerts')
      return alerts.find(({ rule }) => rule === 'fall')
    }
    const alert = await waitFor(
      'the modem to tell that it is sent',
      async () => {
        const found = await find()
        const [message] = found?.escalation.messages ?? []
        return message?.state === 'accepted' && message.via === 'modem' && found
      },
      SLOW,
    )
    expect(alert.escalation.messages).toMatchObject([{ via: 'modem', notBy: ['elks'] }])
    const { events } = await hub.api<{ events: { what: string; text?: string }[] }>(
      'GET',
      `/api/alerts/${alert.id}`,
    )
    expect(events.filter(({ what }) => what === 'rerouted')).toMatchObject([
      { text: 'elks: no report of its delivery came in time' },
    ])

    // Reports that come late, twice and in any order change nothing; a number of nobody's is no answer.
    for (const status of ['failed', 'sent', 'failed'] as const) {
      expect((await elks.report(`${alert.id}.1.daughter.sms`, status)).status).toBe(200)
    }
    gammu.answer('+4790000099', `1 ${alert.code}`)
    const metrics = () => fetch(`${hub.url}/metrics`).then((answer) => answer.text())
    await waitFor(
      'the stranger to be counted',
      async () => (await metrics()).includes('aal_unknown_answers_total 1'),
      SLOW,
    )
    expect(await metrics()).toContain('aal_messages_rerouted_total{channel="elks"} 1')
    expect(await find()).toMatchObject({
      handling: 'new',
      escalation: { messages: [{ state: 'accepted', via: 'modem' }] },
    })
    expect(hub.stderr()).toContain('An SMS came that is no answer')
    expect(hub.stderr()).not.toMatch(/4790000099|4790000001/)
    expect(elks.messages()).toHaveLength(1)
  },
)

it('a hub whose secret cannot be read says which, and does not start', async () => {
  const config = join(tempDir('config'), 'hub.yaml')
  const secretFile = join(tempDir('secrets'), 'missing')
  writeFileSync(
    config,
    `channels: [{ name: ops, type: webhook, url: "http://127.0.0.1:1", secretFile: ${secretFile} }]\n`,
  )
  const args = [
    'start',
    '--config',
    config,
    '--data',
    tempDir('data'),
    '--mqtt-port',
    '0',
    '--http-port',
    '0',
  ]
  const missing = await runAal(args)
  expect([missing.code, missing.stderr]).toEqual([
    1,
    expect.stringContaining('Cannot use the channel "ops": cannot read its secretFile'),
  ])
  writeFileSync(secretFile, 'not-a-webhook-secret\n')
  const wrong = await runAal(args)
  expect([wrong.code, wrong.stderr]).toEqual([
    1,
    expect.stringMatching(/channel "ops": its secret is no secret.*openssl rand/),
  ])
  expect(wrong.stderr).not.toContain('not-a-webhook-secret')
})
