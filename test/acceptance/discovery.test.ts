import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HomeDetail } from '../../hub/http/home-view.ts'
import type { UndecodedRow } from '../../hub/http/office.ts'
import type { SeenView } from '../../hub/http/seen-routes.ts'
import { runAal, startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { mosquittoPub } from '../helpers/mosquitto.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const BASE = 'homes/h-0001/zigbee2mqtt'
const HOME = `homes:
  - id: h-0001
    timezone: Europe/Oslo
    gateways: [{ id: gw-0001 }]
`
const SENSORS = `    sensors:
      - { id: front-door, profile: zigbee2mqtt-contact, address: "0x00158d0001a2b3c4", room: hall, role: entrance }
`
/** What Zigbee2MQTT has retained about a contact and a lamp. */
const DEVICES = [
  { ieee_address: '0x0', type: 'Coordinator', friendly_name: 'Coordinator', definition: null },
  {
    ieee_address: '0x00158d0001a2b3c4',
    friendly_name: '0x00158d0001a2b3c4',
    type: 'EndDevice',
    power_source: 'Battery',
    definition: {
      model: 'MCCGQ11LM',
      vendor: 'Aqara',
      description: 'Door and window sensor',
      exposes: [{ property: 'contact' }, { property: 'battery' }, { property: 'linkquality' }],
    },
  },
  {
    ieee_address: '0xaa',
    friendly_name: 'kitchen lamp',
    type: 'Router',
    power_source: 'Mains (single phase)',
    definition: { model: 'LED1836G9', vendor: 'IKEA', exposes: [{ features: [{ property: 'state' }] }] },
  },
]

let hub: HubProcess
let password: string

beforeAll(async () => {
  hub = await startHubProcess()
  await hub.api('POST', '/api/homes', { text: HOME })
  const made = await hub.api<{ password: string }>('POST', '/api/homes/h-0001/gateways', { id: 'gw-0001' })
  password = made.password
})
afterAll(() => hub.kill())

async function publish(topic: string, payload: unknown, ...more: string[]): Promise<void> {
  const message = typeof payload === 'string' ? payload : JSON.stringify(payload)
  const login = ['-h', '127.0.0.1', '-p', String(hub.mqttPort), '-u', 'gw-0001', '-P', password]
  const { code, stderr } = await mosquittoPub([...login, '-t', topic, '-m', message, '-q', '1', ...more])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
}

const seen = () => hub.api<SeenView>('GET', '/api/homes/h-0001/seen')

describe('a device of a foreign client', () => {
  it('is discovered, registered, and proven', async () => {
    // Announced: known before it speaks.
    await publish(`${BASE}/bridge/devices`, DEVICES, '-r')
    await publish('homes/h-0001/homeassistant/status', 'online')
    await publish('homes/h-0001/homeassistant/binary_sensor/0x00158d0001a2b3c4/contact/config', {
      state_topic: `${BASE}/0x00158d0001a2b3c4`,
      value_template: '{{ value_json.contact }}',
      device: { identifiers: ['zigbee2mqtt_0x00158d0001a2b3c4'], name: '0x00158d0001a2b3c4' },
    })
    const announced = (await seen()).seen
    expect(announced).toMatchObject([
      {
        address: '0x00158d0001a2b3c4',
        announcedBy: ['zigbee2mqtt', 'homeassistant'],
        count: 0,
        maker: 'Aqara',
        model: 'MCCGQ11LM',
        power: 'battery',
      },
      { address: 'kitchen lamp', model: 'LED1836G9', likely: [] },
    ])
    expect(announced[0]?.likely[0]?.profile).toBe('zigbee2mqtt-contact')
    // None of that is a fault.
    expect(await hub.api('GET', '/api/undecoded')).toEqual({ undecoded: [] })

    // It speaks, and the lamp is none of the hub.
    await publish(`${BASE}/0x00158d0001a2b3c4`, { contact: true, battery: 97, linkquality: 200 })
    const args = ['--data', hub.data, 'home', 'seen', 'h-0001', '--ignore', 'kitchen lamp']
    const table = await runAal(args)
    expect(table).toMatchObject({ code: 0, stderr: '' })
    expect(table.stdout).toMatch(
      /0x00158d0001a2b3c4 +Aqara MCCGQ11LM +\d+ s ago +1 +zigbee2mqtt-contact \(\d+ %\) +it sends contact/,
    )
    expect(table.stdout).toMatch(/1 hidden/)
    expect(table.stdout).not.toMatch(/kitchen lamp/)

    // Registered: it leaves the list.
    const file = join(tempDir('discovery'), 'homes.yaml')
    writeFileSync(file, HOME + SENSORS)
    expect(await runAal(['--data', hub.data, 'import', file])).toMatchObject({ code: 0 })
    expect(await seen()).toMatchObject({ seen: [], ignored: 1 })

    // Proven: its next message is a reading.
    await publish(`${BASE}/0x00158d0001a2b3c4`, { contact: false, battery: 97 })
    const { sensors } = await hub.api<HomeDetail>('GET', '/api/homes/h-0001')
    expect(sensors).toMatchObject([{ id: 'front-door', heardAt: expect.any(Number) as number }])
    expect(sensors[0]?.last).toContainEqual(expect.objectContaining({ kind: 'door', value: 'open' }))
    await publish(`${BASE}/bridge/devices`, DEVICES, '-r')
    expect(await seen()).toMatchObject({ seen: [], ignored: 1 })
  }, 60_000)

  it('that nobody registered is known after a crash, and raises its alarm as before', async () => {
    await publish(`${BASE}/new-button`, { action: 'emergency' })
    const before = await seen()
    expect(before.seen).toMatchObject([
      { address: 'new-button', count: 1, likely: [{ profile: 'zigbee2mqtt-sos-button' }] },
    ])
    const alerts = await hub.api<{ alerts: { rule: string }[] }>('GET', '/api/alerts')
    expect(alerts.alerts).toMatchObject([{ rule: 'hub-undecoded' }])
    await hub.kill('SIGKILL')
    hub = await startHubProcess({ data: hub.data })
    expect((await seen()).seen).toEqual(before.seen)
    const { undecoded } = await hub.api<{ undecoded: UndecodedRow[] }>('GET', '/api/undecoded')
    expect(undecoded.map(({ topic }) => topic)).toEqual([`${BASE}/new-button`, `${BASE}/0x00158d0001a2b3c4`])
  }, 60_000)
})
