import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../hub/config.ts'
import { connectInflux1 } from '../../hub/history/influx1-client.ts'
import { createInflux1Writer } from '../../hub/history/influx1.ts'
import { startHub } from '../../hub/hub.ts'
import type { RunningHub } from '../../hub/hub.ts'
import type { AlertView } from '../../hub/http/alert-view.ts'
import { writeConfig, writeRules } from '../helpers/hub-process.ts'
import { loadRuleFiles } from '../../hub/rules/load-rule-files.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import type { Influxd, InfluxSeries } from '../helpers/influxd.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import { serverMissing } from '../helpers/servers.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { askAll } from './ask-panels.ts'
import type { Asked } from './ask-panels.ts'
import { madeDashboards } from './made.ts'
import { sampleNow } from './sample-hub.ts'

/** The second has neither an area nor a gateway that ever connects. */
const HOMES = `homes:
  - id: h-0001
    area: Vardø
    timezone: Europe/Oslo
    gateways: [{ id: gw-0001 }]
    residents: [{ id: r1, language: nb }]
    sensors:
      - { id: fall-1, profile: native, room: bathroom, resident: r1 }
      - { id: belt-1, profile: native, room: bedroom, resident: r1 }
      - { id: front-door, profile: native, room: hall }
    contacts:
      - { id: daughter, phone: "+4790000001", language: nb, order: 1 }
  - id: h-0002
    timezone: Europe/Oslo
    gateways: [{ id: gw-0002 }]
    residents: [{ id: r1, language: nb }]
    sensors:
      - { id: button-1, profile: native, room: hall }
`

/** One of each severity that the rules of the hub do not give at once. */
const MORE_RULES = `rules:
  - id: test-medium
    title: { en: Door opened, nb: Dør åpnet }
    why: For this test.
    category: routine
    severity: medium
    scope: home
    on: door
    when: value == "open"
  - id: test-info
    title: { en: Somebody sat down, nb: Noen satte seg }
    why: For this test.
    category: routine
    severity: info
    scope: home
    on: chair
    when: value == "occupied"
`

type Method = 'GET' | 'POST' | 'PUT'
type Call = <T>(method: Method, url: string, payload?: object) => Promise<T>

let influxd: Influxd
let hub: RunningHub
let call: Call
const asked: Asked[] = []
const stack = new AsyncDisposableStack()

describe.skipIf(serverMissing('influxd'))(
  'every query, on a real InfluxDB, of a hub that hears by MQTT',
  () => {
    beforeAll(async () => {
      influxd = await startInfluxd()
      stack.defer(() => influxd.stop())
      const folder = join(tempDir('dashboards'), 'data')
      const shipped = await loadRuleFiles('rules')
      const rules = writeRules({
        ...Object.fromEntries(shipped.map(({ name, text }) => [name, text])),
        'of-this-test.yaml': MORE_RULES,
      })
      const file = writeConfig(
        `influxdb: { url: "${influxd.url}" }\nrules: ${rules}\nmqtt: { port: 0 }\nhttp: { port: 0 }`,
      )
      const config = { ...(await loadConfig(file)), data: folder }
      const failures: Error[] = []
      hub = await startHub({
        config,
        log: pino({ level: 'silent' }),
        onFailure: (error) => failures.push(error),
      })
      stack.defer(() => hub.stop())
      call = async <T>(method: Method, url: string, payload?: object): Promise<T> => {
        const answer = await hub.admin.inject({
          method,
          url,
          headers: { 'x-aal': '1' },
          ...(payload && { payload }),
        })
        if (answer.statusCode >= 400) throw new Error(`${method} ${url}: ${answer.body}`)
        return answer.json() as T
      }
      await call('POST', '/api/homes', { text: HOMES })
      const login = await call<{ username: string; password: string }>('POST', '/api/homes/h-0001/gateways', {
        id: 'gw-0001',
      })
      const gateway = await connectRaw(hub.mqttPort ?? 0, login)
      stack.defer(() => gateway.destroy())
      let packets = 0
      const say = async (sensor: string, ...readings: readonly object[]) => {
        const messageId = ++packets
        gateway.send(publishPacket(`homes/h-0001/sensors/${sensor}`, readings, { qos: 1, messageId }))
        await gateway.waitFor('puback', (ack) => ack.messageId === messageId)
      }
      await say('front-door', { kind: 'door', value: 'open' }, { kind: 'battery', value: 4 })
      await say('front-door', { kind: 'link', value: 10 }, { kind: 'availability', value: 'offline' })
      await say('belt-1', ...VITALS)
      await say('fall-1', { kind: 'fall', value: 'detected' })
      const alertOf = async (rule: string) => {
        const { alerts } = await call<{ alerts: AlertView[] }>('GET', '/api/alerts?all=true')
        return alerts.find((alert) => alert.rule === rule)
      }
      const fall = await alertOf('fall')
      await call('POST', `/api/alerts/${fall?.id}/acknowledge`, {})
      await call('POST', `/api/alerts/${fall?.id}/resolve`, { cause: 'false' })
      await say('belt-1', { kind: 'sos', value: 'pressed' }, { kind: 'smoke', value: true })
      await call('PUT', '/api/homes/h-0001/modes/maintenance', { by: 'operator:siv', why: 'for this test' })
      await say('belt-1', { kind: 'gas', value: true })
      await waitFor(
        'history to be written',
        async () => (await hub.office.system()).facts.history?.waiting === 0,
      )
      const client = connectInflux1({ url: influxd.url })
      stack.defer(() => client.close())
      await sampleNow(hub, createInflux1Writer(client))
      expect(failures).toEqual([])
      const english = (await madeDashboards()).filter(({ language }) => language === 'en')
      const now = hub.core.now() + 1
      const options = { influxd, database: 'aal', now, variables: { home: ['h-0001'], area: '.*' } }
      for (const { dashboard } of english) asked.push(...(await askAll(dashboard, options)))
    })
    afterAll(() => stack.disposeAsync())

    it('gives rows, and a value in every column', () => {
      expect(asked.length).toBeGreaterThan(80)
      const faults = asked.flatMap(({ dashboard, what, refId, rows, empty, sent }) => {
        const place = `${dashboard}, ${what} ${refId}`
        if (rows === 0) return [`${place}: no rows: ${sent}`]
        return empty.length === 0 ? [] : [`${place}: nothing in ${empty.join(', ')}: ${sent}`]
      })
      expect(faults).toEqual([])
    })

    it('lists on the alert board exactly what is open, and counts it', async () => {
      const { alerts } = await call<{ alerts: AlertView[] }>('GET', '/api/alerts')
      const board = asked.filter(({ dashboard }) => dashboard === 'Alert board')
      const table = board.filter(({ what }) => what === 'Open alerts').flatMap(({ series }) => rowsOf(series))
      const shown = table.map(({ alert, urgency, handling, test }) => [alert, urgency, handling, test])
      const urgency = { high: 4, medium: 3, low: 2, info: 1 }
      const open = alerts.map(({ id, severity, handling, test }) => [
        id,
        urgency[severity],
        handling,
        test === true ? 1 : 0,
      ])
      expect(shown.toSorted()).toEqual(open.toSorted())
      expect(new Set(alerts.map(({ severity }) => severity))).toEqual(
        new Set(['high', 'medium', 'low', 'info']),
      )
      expect(table.some(({ test }) => test === 1)).toBe(true)
      const counted = board
        .filter(({ what }) => what.startsWith('Open: '))
        .flatMap(({ series }) => rowsOf(series))
      expect(counted.map((row) => Object.values(row)[1])).toEqual(
        (['high', 'medium', 'low', 'info'] as const).map(
          (severity) => alerts.filter((alert) => alert.severity === severity).length,
        ),
      )
    })

    it('tells homes apart: protected, and how the hub sees them', () => {
      const rows = asked
        .filter(({ dashboard, what }) => dashboard === 'Area overview' && what === 'Homes, the worst first')
        .flatMap(({ series }) => rowsOf(series))
      expect(rows.map(({ home, area, online }) => [home, area, online]).toSorted()).toEqual([
        ['h-0001', 'Vardø', 1],
        ['h-0002', '', 0],
      ])
      const figure = (what: string, column: string) =>
        asked
          .filter((one) => one.dashboard === 'Area overview' && one.what === what)
          .flatMap(({ series }) => rowsOf(series))[0]?.[column]
      expect(figure('Homes in service', 'homes')).toBe(2)
      expect(figure('Protected', 'share')).toBe(0)
      expect(Number(figure('Not protected', 'not')) + Number(figure('Partly protected', 'partly'))).toBe(2)
    })

    it('offers the homes and areas that there are', () => {
      const offered = (variable: string) =>
        asked
          .filter(({ sort, what }) => sort === 'variable' && what === variable)
          .map(({ series }) => rowsOf(series).map(({ value }) => value))
      expect(offered('home')).toEqual([['h-0001', 'h-0002']])
      expect(offered('area')).toEqual([['Vardø'], ['Vardø']])
    })
  },
)

const VITALS = [
  { kind: 'motion', value: true },
  { kind: 'presence', value: true },
  { kind: 'bed', value: 'occupied' },
  { kind: 'chair', value: 'occupied' },
  { kind: 'spo2', value: 95 },
  { kind: 'heart_rate', value: 62 },
  { kind: 'respiration_rate', value: 14 },
  { kind: 'body_temperature', value: 36.8 },
  { kind: 'systolic', value: 130 },
  { kind: 'diastolic', value: 80 },
  { kind: 'room_temperature', value: 21 },
]

function rowsOf(series: readonly InfluxSeries[]): Readonly<Record<string, unknown>>[] {
  return series.flatMap(({ columns, values, tags }) =>
    values.map((row) => ({
      ...tags,
      ...Object.fromEntries(columns.map((name, index) => [name, row[index]])),
    })),
  )
}
