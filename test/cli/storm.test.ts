import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { AlertView } from '../../hub/http/alert-view.ts'
import { kannelInboundUrl } from '../../hub/notify/channels/kannel.ts'
import { freePort } from '../helpers/free-port.ts'
import { startHubProcess } from '../helpers/hub-process.ts'
import { startKannel } from '../helpers/kannel.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login } from '../helpers/mqtt-client.ts'
import { serverMissing } from '../helpers/servers.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

const PHONE = '+4790000021'
const TOKEN = 'a-token-of-this-test-0123456789'
const SENSORS = 30
const HOMES = `homes:
  - id: h-1
    timezone: Europe/Oslo
    sensors:
${Array.from({ length: SENSORS }, (_, index) => `      - { id: s-${index}, profile: native }`).join('\n')}
`
const STAFF = `staff: [{ id: siv, name: Siv Olsen, phone: "${PHONE}", language: en }]`
const RULES = `rules:
  - { id: weak, title: Weak link, category: technical, severity: medium, scope: sensor, on: link, when: value < 10, clear: manual }
`
const POLICIES = `policies:
  - id: technical
    use: { category: [technical], severity: [medium] }
    steps: [{ to: { group: technicians }, wait: 1h }]
    repeat: { every: 1h }
groups: [{ id: technicians, who: [siv] }]
limits: { digest: 1m }
`

it.skipIf(serverMissing('fakesmsc'))(
  '30 technical alerts over half a minute are two SMS by a real Kannel, and one answer takes all of the second',
  { timeout: 180_000 },
  async () => {
    await using stack = new AsyncDisposableStack()
    const httpPort = await freePort()
    const hubUrl = `http://127.0.0.1:${httpPort}`
    const kannel = await startKannel({ inboundUrl: kannelInboundUrl({ url: hubUrl, token: TOKEN }) })
    stack.defer(() => kannel.stop())
    const secrets = tempDir('secrets')
    writeFileSync(join(secrets, 'password'), `${kannel.password}\n`)
    writeFileSync(join(secrets, 'token'), `${TOKEN}\n`)
    const rules = tempDir('rules')
    writeFileSync(join(rules, 'rules.yaml'), RULES)
    mkdirSync(join(rules, 'policies'))
    writeFileSync(join(rules, 'policies', 'policies.yaml'), POLICIES)
    const config = `
rules: ${rules}
http: { url: "${hubUrl}" }
channels:
  - name: kannel
    type: kannel
    url: ${kannel.sendUrl}
    username: ${kannel.username}
    passwordFile: ${secrets}/password
    from: "${kannel.from}"
    secretFile: ${secrets}/token
`
    const hub = await startHubProcess({ config, httpPort })
    stack.defer(async () => void (await hub.kill('SIGTERM')))
    await hub.api('POST', '/api/staff', { file: 'staff.yaml', text: STAFF })
    await hub.api('POST', '/api/homes', { file: 'homes.yaml', text: HOMES })
    const login = await hub.api<Login>('POST', '/api/homes/h-1/gateways', {})
    const client = await connectRaw(hub.mqttPort, login)
    const fail = (from: number, to: number): void => {
      for (let index = from; index < to; index++) {
        const reading = { kind: 'link', value: 5 }
        client.send(publishPacket(`homes/h-1/sensors/s-${index}`, reading, { qos: 1, messageId: index + 1 }))
      }
    }
    const received = () => kannel.received().filter(({ to }) => to.endsWith(PHONE.slice(1)))

    fail(0, 12)
    const first = await kannel.waitForMessage(({ text }) => text.includes('(12)'), 40_000)
    expect(first.text).toMatch(
      new RegExp(
        String.raw`^TECHNICAL ALERTS \(12\): Weak link \(12\)\. Reply 1 \d{4} = I'll take them all, 2 \d{4} = cannot\. ${hubUrl}/\?technical$`,
      ),
    )
    fail(12, SENSORS)
    const second = await kannel.waitForMessage(({ text }) => text.includes('(18)'), 90_000)
    expect(received()).toHaveLength(2)

    const code = /Reply 1 (\d{4})/.exec(second.text)?.[1] ?? ''
    await kannel.answer(PHONE.slice(1), `1 ${code}`)
    await kannel.waitForMessage(({ text }) => text.includes('You take 18 technical alerts.'), 20_000)
    const { alerts } = await hub.api<{ alerts: AlertView[] }>('GET', '/api/alerts')
    const taken = alerts.filter(({ handledBy }) => handledBy === 'staff:siv')
    expect([alerts.length, taken.length]).toEqual([SENSORS, 18])
    await waitFor('the reports of both to be on every alert', async () => {
      const now = await hub.api<{ alerts: AlertView[] }>('GET', '/api/alerts')
      return now.alerts.every(({ escalation }) => escalation.messages[0]?.state === 'delivered')
    })
    expect(await (await fetch(`${hub.url}/metrics`)).text()).toContain('aal_digests_total 2')
  },
)
