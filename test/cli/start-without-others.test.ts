import { expect, it } from 'vitest'
import type { AlertView } from '../../hub/http/alert-view.ts'
import { kannelInboundUrl } from '../../hub/notify/channels/kannel.ts'
import { freePort } from '../helpers/free-port.ts'
import { startHubProcess } from '../helpers/hub-process.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import { startKannel } from '../helpers/kannel.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login } from '../helpers/mqtt-client.ts'
import { serverMissing } from '../helpers/servers.ts'
import { waitFor } from '../helpers/wait-for.ts'

const PHONE = '+4790000001'
const SECRET = 'a-secret-of-this-test-0123456789'
const HOMES = `homes:
  - id: h-1
    timezone: Europe/Oslo
    sensors: [{ id: fall-1, profile: native, room: bathroom }, { id: belt, profile: native }]
    contacts: [{ id: daughter, phone: "${PHONE}", language: en, alias: Mum }]
`
const READINGS = 50

it.skipIf(serverMissing('influxd', 'bearerbox', 'smsbox', 'fakesmsc'))(
  'a hub that starts while InfluxDB and Kannel are down takes readings, raises alerts, and delivers all of it later',
  { timeout: 120_000 },
  async () => {
    await using stack = new AsyncDisposableStack()
    const [influxPort, kannelPort, httpPort] = [await freePort(), await freePort(), await freePort()]
    const config = `
influxdb: { url: "http://127.0.0.1:${influxPort}" }
sms:
  kannel:
    url: http://127.0.0.1:${kannelPort}/cgi-bin/sendsms
    username: hub
    password: kannel-password
    from: "2000"
    secret: ${SECRET}
`
    const hub = await startHubProcess({ config, httpPort })
    stack.defer(async () => void (await hub.kill('SIGTERM')))
    await hub.api('POST', '/api/homes', { text: HOMES })
    const login = await hub.api<Login>('POST', '/api/homes/h-1/gateways', {})
    const client = await connectRaw(hub.mqttPort, login)
    for (let index = 1; index <= READINGS; index++) {
      const reading = { kind: 'weight', value: index }
      client.send(publishPacket('homes/h-1/sensors/belt', reading, { qos: 1, messageId: index }))
    }
    const fall = { kind: 'fall', value: 'detected' }
    client.send(publishPacket('homes/h-1/sensors/fall-1', fall, { qos: 1, messageId: READINGS + 1 }))
    await client.waitFor('puback', ({ messageId }) => messageId === READINGS + 1)

    // That no SMS goes out is an alert of its own, about the hub.
    const openAlerts = async () =>
      (await hub.api<{ alerts: AlertView[] }>('GET', '/api/alerts')).alerts.filter(
        ({ home }) => home === 'h-1',
      )
    expect(await openAlerts()).toMatchObject([{ rule: 'fall', handling: 'new' }])
    // The log says what is not delivered, to where and why; the board shows the message that waits.
    await waitFor('both to be said', () => {
      const lines = hub.stderr().split('\n')
      const about = (port: number) =>
        lines.some((line) => line.includes(`127.0.0.1:${port}`) && /ECONNREFUSED/.test(line))
      return about(influxPort) && about(kannelPort)
    })
    expect(hub.stderr()).not.toMatch(/"stack"|^\s+at |kannel-password|4790000001/m)
    await waitFor('the board to show why the message waits', async () => {
      const [message] = (await openAlerts())[0]?.escalation.messages ?? []
      return message?.state === 'queued' && message.error?.includes('ECONNREFUSED')
    })
    const metrics = await (await fetch(`${hub.url}/metrics`)).text()
    expect(Number(/^aal_history_lag_entries (\d+)/m.exec(metrics)?.[1])).toBeGreaterThan(READINGS)
    expect(Number(/^aal_samples_waiting (\d+)/m.exec(metrics)?.[1])).toBeGreaterThan(0)
    expect(metrics).toMatch(/^aal_samples_total\{what="dropped"\} 0$/m)
    expect(Number(/^aal_commit_seconds_count (\d+)/m.exec(metrics)?.[1])).toBeGreaterThan(0)
    expect((await fetch(`${hub.url}/readyz`)).status).toBe(200)

    const influxd = await startInfluxd({ port: influxPort })
    stack.defer(() => influxd.stop())
    const inboundUrl = kannelInboundUrl({ url: hub.url, token: SECRET })
    const kannel = await startKannel({ port: kannelPort, inboundUrl })
    stack.defer(() => kannel.stop())
    const sms = await kannel.waitForMessage(({ to }) => to === PHONE, 60_000)
    expect(sms.text).toMatch(/^ALERT: Possible fall at Mum's, /)
    await waitFor(
      'everything to be in InfluxDB',
      async () => {
        const [weight] = await influxd.query('aal', 'SELECT count(value), sum(value) FROM weight')
        const [falls] = await influxd.query('aal', 'SELECT count(value) FROM fall')
        const [alerts] = await influxd.query(
          'aal',
          "SELECT count(value) FROM alert WHERE what = 'raised' AND home = 'h-1'",
        )
        return (
          weight?.values[0]?.[1] === READINGS &&
          weight.values[0][2] === (READINGS * (READINGS + 1)) / 2 &&
          falls?.values[0]?.[1] === 1 &&
          alerts?.values[0]?.[1] === 1
        )
      },
      { timeout: 60_000 },
    )
    await waitFor('the delivery', async () => {
      const [message] = (await openAlerts())[0]?.escalation.messages ?? []
      return message?.state === 'delivered'
    })
    expect(kannel.received().filter(({ to }) => to === PHONE)).toHaveLength(1)
  },
)
