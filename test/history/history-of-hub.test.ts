import { expect, it } from 'vitest'
import type { AlertView } from '../../hub/http/alert-view.ts'
import type { SystemView } from '../../hub/http/system-routes.ts'
import { startGrafanaLive } from '../helpers/grafana-live.ts'
import { startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import type { InfluxSeries } from '../helpers/influxd.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import { serverMissing } from '../helpers/servers.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { byAlert, OPEN_ALERTS, pick } from './open-alerts.ts'

const HOMES = `homes:
  - id: h-1
    area: Vardø
    timezone: Europe/Oslo
    residents: [{ id: r1, language: nb }, { id: r2, language: nb }]
    sensors:
      - { id: fall-1, profile: native, room: bathroom }
      - { id: ox-1, profile: native, resident: r1 }
      - { id: ox-2, profile: native, resident: r2 }
    contacts: [{ id: daughter, phone: "+4790000001", language: en }]
`

it.skipIf(serverMissing('influxd'))(
  'of a hub over MQTT, a real InfluxDB says which alerts are open and how, and how hub, homes and sensors are',
  { timeout: 120_000 },
  async () => {
    await using stack = new AsyncDisposableStack()
    const influxd = await startInfluxd()
    stack.defer(() => influxd.stop())
    const grafana = await startGrafanaLive('glsa_of_this_test')
    stack.defer(grafana.close)
    const config = `
influxdb: { url: "${influxd.url}" }
grafana: { url: "${grafana.url}", live: true, token: glsa_of_this_test }
`
    const first = await startHubProcess({ config })
    stack.defer(async () => void (await first.kill('SIGTERM')))
    await first.api('POST', '/api/homes', { text: HOMES })
    const login = await first.api<{ username: string; password: string }>('POST', '/api/homes/h-1/gateways', {
      id: 'gw-1',
    })

    const gateway = await connectRaw(first.mqttPort, login)
    let packet = 0
    const say = async (sensor: string, body: object) => {
      const messageId = ++packet
      gateway.send(publishPacket(`homes/h-1/sensors/${sensor}`, body, { qos: 1, messageId }))
      await gateway.waitFor('puback', (ack) => ack.messageId === messageId)
    }
    await say('fall-1', { kind: 'fall', value: 'detected' })
    await say('fall-1', { kind: 'battery', value: 4 })
    await say('ox-1', { kind: 'sos', value: 'pressed' })
    await say('ox-2', { kind: 'smoke', value: true })
    const alerts = await openAlerts(first)
    const [taken, over] = ['fall', 'sos'].map((rule) => alerts.find((alert) => alert.rule === rule)?.id ?? '')
    await first.api('POST', `/api/alerts/${taken}/acknowledge`, {})
    await first.api('POST', `/api/alerts/${over}/resolve`, { cause: 'false' })

    const rows = async (query: string) => (await influxd.query('aal', query)).flatMap(rowsOf)
    const wanted = byAlert(
      (await openAlerts(first)).map(({ id, handling, condition, severity, raisedAt }) => ({
        alert: id,
        handling,
        condition,
        level: severity,
        raised: raisedAt,
      })),
    )
    expect(wanted.map(({ handling }) => handling)).toContain('acknowledged')
    expect(wanted.map(({ handling }) => handling)).toContain('new')
    const written = await waitFor('the alerts in InfluxDB', async () => {
      const found = await rows('SELECT what, alert FROM alert')
      return found.some(({ what, alert }) => what === 'resolved' && alert === over) ? found : undefined
    })
    expect(written.length).toBeGreaterThanOrEqual(wanted.length + 3)
    expect(byAlert((await rows(OPEN_ALERTS)).map(pick))).toEqual(wanted)

    // Grafana Live was told the same, each change once and in its order.
    await waitFor('all of it', () => grafana.lines.length >= written.length)
    const pushed = grafana.lines
      .slice(0, written.length)
      .map(({ fields }) => [fields['alert'], fields['what']])
    expect(pushed).toEqual(written.map(({ alert, what }) => [alert, what]))
    expect((await first.api<SystemView>('GET', '/api/system')).live).toMatchObject({ dropped: 0 })

    // A hub says how it is as soon as it runs; of what it knows already, too.
    await first.kill('SIGTERM')
    const hub = await startHubProcess({ config, data: first.data })
    stack.defer(async () => void (await hub.kill('SIGTERM')))
    const [home] = await waitFor('the samples of the home', async () => {
      const found = await rows('SELECT * FROM home')
      return found.length > 0 && found
    })
    expect(home).toMatchObject({ home: 'h-1', area: 'Vardø', sensors: 3, online: 0 })
    expect(home).toMatchObject({ state: 'not', protection: 0, open_alerts: (await openAlerts(hub)).length })
    const sensors = await rows('SELECT * FROM sensor')
    // InfluxDB has no order within one time.
    const byName = sensors.toSorted((a, b) => (String(a['sensor']) < String(b['sensor']) ? -1 : 1))
    expect(byName.map(({ sensor, battery, room }) => [sensor, battery, room])).toEqual([
      ['fall-1', 4, 'bathroom'],
      ['ox-1', null, null],
      ['ox-2', null, null],
    ])
    const [sample] = await rows('SELECT * FROM hub ORDER BY time DESC LIMIT 1')
    expect(sample).toMatchObject({ homes: 1, connections: 0 })
    // What is a number is a float everywhere: a field of another type would refuse every point after it.
    const types = await influxd.query('aal', 'SHOW FIELD KEYS')
    expect(new Set(types.flatMap(({ values }) => values.map(([, type]) => type)))).toEqual(
      new Set(['float', 'string']),
    )
  },
)

async function openAlerts(hub: HubProcess): Promise<AlertView[]> {
  return (await hub.api<{ alerts: AlertView[] }>('GET', '/api/alerts')).alerts
}

function rowsOf({ columns, values, tags }: InfluxSeries): Record<string, unknown>[] {
  return values.map((row) => ({
    ...tags,
    ...Object.fromEntries(columns.map((name, index) => [name, row[index]])),
  }))
}
