import { mkdirSync, writeFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Webhook } from 'standardwebhooks'
import type { Alert } from '../../hub/model/alert.ts'
import { startHubProcess } from '../helpers/hub-process.ts'
import { bodyOf, listen } from '../helpers/listen.ts'
import { freePort } from '../helpers/free-port.ts'
import { startMailServer } from '../helpers/mail-server.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login } from '../helpers/mqtt-client.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

const SECRET = `whsec_${Buffer.from('a secret of twenty-eight bytes').toString('base64')}`
const RULES = `rules:
  - { id: fall, title: { en: Possible fall, nb: Mulig fall }, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }
`
const POLICIES = `policies:
  - id: all-ways
    use: { category: [safety], severity: [high] }
    steps:
      - { to: { oncall: centre }, by: [sms, email, webhook], wait: 1m }
      - { to: { contacts: [family] }, wait: 2m }
    repeat: { every: 10m }
rotas:
  - id: centre
    timezone: Europe/Oslo
    shifts: [{ days: [daily], from: "00:00", to: "12:00", who: [siv] }, { days: [daily], from: "12:00", to: "00:00", who: [siv] }]
`
const HOMES = `homes:
  - id: h-1
    timezone: Europe/Oslo
    residents: [{ id: r1 }]
    sensors: [{ id: fall-1, profile: native, resident: r1 }]
    contacts: [{ id: anne, phone: "+4790000001", language: nb, order: 1 }]
`
const STAFF = `staff:
  - { id: siv, name: Siv Olsen, phone: "+4790000021", email: siv@example.org, language: nb }
`

interface Told {
  readonly body: string
  readonly headers: IncomingHttpHeaders
}

it('tells the person on call by SMS, e-mail and webhook at once', async () => {
  const mail = await startMailServer()
  const told: Told[] = []
  const hook = await listen((incoming, answer) => {
    void bodyOf(incoming).then((body) => {
      // The hub also looks now and then whether anybody is there.
      if (incoming.headers['webhook-id'] !== undefined) told.push({ body, headers: incoming.headers })
      answer.writeHead(204).end()
    })
  })
  const rules = tempDir('ways-rules')
  mkdirSync(join(rules, 'policies'))
  writeFileSync(join(rules, 'fall.yaml'), RULES)
  writeFileSync(join(rules, 'policies', 'all.yaml'), POLICIES)
  const ca = join(rules, 'ca.pem')
  writeFileSync(ca, mail.ca)
  const hub = await startHubProcess({
    config: `
rules: ${rules}
channels:
  - { name: mail, type: email, host: 127.0.0.1, port: ${mail.port}, tls: starttls, ca: ${ca}, username: ${mail.username}, password: ${mail.password}, from: hub@example.org }
  - { name: nurses, type: webhook, url: "${hook.url}/aal", secret: ${SECRET} }
`,
  })
  try {
    await hub.api('POST', '/api/homes', { file: 'homes.yaml', text: HOMES })
    await hub.api('POST', '/api/staff', { file: 'staff.yaml', text: STAFF })
    const login = await hub.api<{ username: string; password: string }>('POST', '/api/homes/h-1/gateways', {})
    const client = await connectRaw(hub.mqttPort, login)
    const fall = { kind: 'fall', value: 'detected' }
    client.send(publishPacket('homes/h-1/sensors/fall-1', fall, { qos: 1, messageId: 1 }))
    await client.waitFor('puback')

    await waitFor('the e-mail', () => mail.mails().length > 0)
    expect(mail.mails()).toMatchObject([
      {
        to: ['siv@example.org'],
        encrypted: true,
        headers: { subject: expect.stringMatching(/^VARSEL: Mulig fall/) },
        text: expect.stringContaining('Mulig fall'),
      },
    ])
    await waitFor('the webhook', () => told.length > 0)
    const { body, headers } = told[0] ?? { body: '', headers: {} }
    const said = new Webhook(SECRET).verify(body, headers as Record<string, string>)
    expect(JSON.stringify(said)).toContain('"rule":"fall"')
    expect(body).not.toMatch(/Siv|\+479/)
    const messages = await hub.api<{ messages: { channel: string; state: string }[] }>('GET', '/api/phone')
    expect(JSON.stringify(messages)).toContain('Mulig fall')
  } finally {
    await hub.kill('SIGTERM')
    await mail.stop()
    await hook.stop()
  }
})

it('raises a technical alert for a channel that does not work', async () => {
  const port = await freePort()
  const config = `
channels:
  - { name: mail, type: email, host: 127.0.0.1, port: ${port}, tls: none, from: hub@example.org }
`
  const hub = await startHubProcess({ config })
  try {
    const down = await waitFor('the alert about the channel', async () => {
      const { alerts } = await hub.api<{ alerts: Alert[] }>('GET', '/api/alerts')
      return alerts.find(({ rule }) => rule === 'hub-channel-down')
    })
    expect(down).toMatchObject({ category: 'technical', scope: 'hub/mail', condition: 'active' })
  } finally {
    await hub.kill('SIGTERM')
  }
})

it('tells whoever is on call by e-mail that SMS does not work', async () => {
  const mail = await startMailServer()
  const rules = tempDir('ways-down')
  mkdirSync(join(rules, 'policies'))
  writeFileSync(join(rules, 'fall.yaml'), RULES)
  writeFileSync(
    join(rules, 'policies', 'all.yaml'),
    `policies:
  - { id: technical, use: { category: [technical], severity: [medium] }, steps: [{ to: { group: technicians }, wait: 5m }], repeat: { every: 1h } }
groups: [{ id: technicians, who: [siv] }]
`,
  )
  const ca = join(rules, 'ca.pem')
  writeFileSync(ca, mail.ca)
  const hub = await startHubProcess({
    config: `
rules: ${rules}
channels:
  - { name: modem, type: gammu-sqlite, database: ${join(rules, 'smsd.db')} }
  - { name: mail, type: email, host: 127.0.0.1, port: ${mail.port}, tls: starttls, ca: ${ca}, username: ${mail.username}, password: ${mail.password}, from: hub@example.org }
`,
  })
  try {
    await hub.api('POST', '/api/staff', { file: 'staff.yaml', text: STAFF })
    // It waits for others for ten seconds, as what is technical does.
    await waitFor('the e-mail', () => mail.mails().length > 0, { timeout: 60_000 })
    expect(mail.mails()).toMatchObject([
      {
        to: ['siv@example.org'],
        headers: { subject: expect.stringMatching(/^TEKNISK VARSEL: En kanal for meldinger virker ikke/) },
        text: expect.stringContaining('i huben (modem) kl'),
      },
    ])
  } finally {
    await hub.kill('SIGTERM')
    await mail.stop()
  }
}, 90_000)

it('takes one SMS for several alerts at once', async () => {
  const hub = await startHubProcess()
  try {
    const home = (id: string): string =>
      `  - { id: ${id}, timezone: Europe/Oslo, sensors: [{ id: fall-1, profile: native }], contacts: [{ id: anne, phone: "+4790000001", language: nb, order: 1 }] }\n`
    await hub.api('POST', '/api/homes', { text: `homes:\n${home('h-1')}${home('h-2')}` })
    for (const id of ['h-1', 'h-2']) {
      const login = await hub.api<Login>('POST', `/api/homes/${id}/gateways`, {})
      const client = await connectRaw(hub.mqttPort, login)
      const fall = { kind: 'fall', value: 'detected' }
      client.send(publishPacket(`homes/${id}/sensors/fall-1`, fall, { qos: 1, messageId: 1 }))
      await client.waitFor('puback')
    }
    const falls = async (): Promise<Alert[]> =>
      (await hub.api<{ alerts: Alert[] }>('GET', '/api/alerts')).alerts.filter(({ rule }) => rule === 'fall')
    const [one, two] = await falls()
    await hub.api('POST', '/api/phone/h-1/anne', { text: `1 ${one?.code} ${two?.code}` })
    expect((await falls()).map(({ handling, handledBy }) => [handling, handledBy])).toEqual([
      ['acknowledged', 'contact:anne'],
      ['acknowledged', 'contact:anne'],
    ])
  } finally {
    await hub.kill('SIGTERM')
  }
})
