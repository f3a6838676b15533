import { Buffer } from 'node:buffer'
import { describe, expect, it, test } from 'vitest'
import { addressOf } from '../../hub/decode/address-of.ts'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import { readAnnouncement } from '../../hub/decode/read-announcement.ts'

const profiles = await loadProfiles('devices/profiles')
const read = (rest: string, payload: unknown) =>
  readAnnouncement(
    'h-0001',
    rest,
    Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
    profiles,
  )

/** As Zigbee2MQTT 2.x publishes it, shortened. */
const CONTACT = {
  disabled: false,
  friendly_name: 'hall-door',
  ieee_address: '0x00158d0001a2b3c4',
  interview_completed: true,
  interviewing: false,
  manufacturer: 'LUMI',
  model_id: 'lumi.sensor_magnet.aq2',
  network_address: 4711,
  power_source: 'Battery',
  supported: true,
  type: 'EndDevice',
  definition: {
    description: 'Door and window sensor',
    model: 'MCCGQ11LM',
    vendor: 'Aqara',
    exposes: [
      { type: 'binary', name: 'contact', property: 'contact', value_on: false, value_off: true },
      { type: 'numeric', name: 'battery', property: 'battery', unit: '%' },
      { type: 'light', features: [{ type: 'binary', name: 'state', property: 'state' }] },
    ],
  },
}

describe('readAnnouncement', () => {
  it('reads the devices of Zigbee2MQTT, without its coordinator and what it cannot read', () => {
    const coordinator = { ...CONTACT, type: 'Coordinator', friendly_name: 'Coordinator' }
    const unknown = {
      ieee_address: '0x1',
      friendly_name: '0x1',
      type: 'Router',
      definition: null,
      power_source: 'Mains (single phase)',
    }
    expect(
      read('zigbee2mqtt/bridge/devices', [
        coordinator,
        CONTACT,
        { friendly_name: 7 },
        { ...CONTACT, disabled: true },
        unknown,
      ]),
    ).toEqual({
      by: 'zigbee2mqtt',
      isAll: true,
      devices: [
        {
          address: 'hall-door',
          hardware: '0x00158d0001a2b3c4',
          name: 'hall-door',
          maker: 'Aqara',
          model: 'MCCGQ11LM',
          what: 'Door and window sensor',
          power: 'battery',
          topics: ['zigbee2mqtt/hall-door'],
          keys: ['contact', 'battery', 'state'],
        },
        { address: '0x1', hardware: '0x1', power: 'mains', topics: ['zigbee2mqtt/0x1'] },
      ],
    })
  })

  it('reads of a device that joins, while somebody stands beside it', () => {
    const { friendly_name, ieee_address, definition } = CONTACT
    const event = {
      type: 'device_interview',
      data: { friendly_name, ieee_address, status: 'successful', supported: true, definition },
    }
    expect(read('zigbee2mqtt/bridge/event', event)).toMatchObject({
      by: 'zigbee2mqtt',
      devices: [{ address: 'hall-door', model: 'MCCGQ11LM' }],
    })
    expect(read('zigbee2mqtt/bridge/event', { type: 'device_leave', data: { friendly_name } })).toEqual({
      by: 'zigbee2mqtt',
      devices: [],
    })
  })

  it.each([
    [
      'as Zigbee2MQTT writes it',
      {
        state_topic: 'homes/h-0001/zigbee2mqtt/hall-door',
        value_template: '{{ value_json.contact }}',
        device: {
          identifiers: ['zigbee2mqtt_0x00158d0001a2b3c4'],
          manufacturer: 'Aqara',
          model: 'Door and window sensor',
          model_id: 'MCCGQ11LM',
          name: 'hall-door',
        },
      },
    ],
    [
      'of a broker that is bridged, shortened, with ~ and the model in brackets',
      {
        '~': 'zigbee2mqtt/hall-door',
        stat_t: '~',
        val_tpl: '{{ value_json.contact }}',
        dev: {
          ids: 'zigbee2mqtt_0x00158d0001a2b3c4',
          mf: 'Aqara',
          mdl: 'Door and window sensor (MCCGQ11LM)',
          name: 'hall-door',
        },
      },
    ],
    [
      'of a whole device',
      {
        dev: {
          ids: ['zigbee2mqtt_0x00158d0001a2b3c4'],
          mf: 'Aqara',
          mdl: 'Door and window sensor',
          mdl_id: 'MCCGQ11LM',
          name: 'hall-door',
        },
        stat_t: 'zigbee2mqtt/hall-door',
        cmps: { one: { p: 'binary_sensor', val_tpl: '{{ value_json.contact }}' } },
      },
    ],
  ])('reads a discovery message for Home Assistant %s', (_, payload) => {
    const model = { maker: 'Aqara', model: 'MCCGQ11LM' }
    expect(read('homeassistant/binary_sensor/0x00158d0001a2b3c4/contact/config', payload)).toEqual({
      by: 'homeassistant',
      devices: [
        {
          address: 'hall-door',
          hardware: 'zigbee2mqtt_0x00158d0001a2b3c4',
          name: 'hall-door',
          ...model,
          what: expect.stringMatching('Door and window sensor') as string,
          topics: ['zigbee2mqtt/hall-door'],
          keys: ['contact'],
        },
      ],
    })
  })

  it('reads what Tasmota and Shelly tell of themselves', () => {
    expect(
      read('tasmota/discovery/DC4F22AABBCC/config', {
        ip: '10.0.0.7',
        dn: 'Stove',
        fn: ['Stove'],
        hn: 'stove-1',
        mac: 'DC4F22AABBCC',
        md: 'Sonoff POW',
        t: 'stove',
        ft: 'homes/h-0001/%prefix%/%topic%/',
        tp: ['cmnd', 'stat', 'tele'],
      }),
    ).toMatchObject({
      by: 'tasmota',
      devices: [
        { hardware: 'DC4F22AABBCC', name: 'Stove', model: 'Sonoff POW', topics: ['tele/stove/SENSOR'] },
      ],
    })
    expect(
      read('shellies/announce', { id: 'shellydw2-AABBCC', model: 'SHDW-2', mac: 'E8DB84AABBCC' }),
    ).toMatchObject({
      by: 'shelly',
      devices: [{ address: 'shellydw2-AABBCC', model: 'SHDW-2', hardware: 'E8DB84AABBCC' }],
    })
  })

  it.each([
    ['zigbee2mqtt/bridge/devices', '[{"friendly'],
    ['zigbee2mqtt/bridge/devices', { devices: 1 }],
    ['homeassistant/sensor/x/config', 'online'],
    ['homeassistant/sensor/x/config', { device: 'none', components: 7 }],
    ['tasmota/discovery/AA/config', { md: 'no topic' }],
    ['tasmota/discovery/AA/sensors', { sn: {} }],
    ['shellies/x/announce', '{"id":""}'],
  ])('finds no device in what it cannot read: %s', (rest, payload) => {
    expect(read(rest, payload)).toMatchObject({ devices: [] })
  })

  it.each(['zigbee2mqtt/hall-door', 'homeassistant/status', 'homeassistant/sensor/config', 'sensors/config'])(
    'is not asked about %s',
    (rest) => expect(read(rest, CONTACT)).toBeUndefined(),
  )
})

test.each([
  ['zigbee2mqtt/hall-door', { address: 'hall-door', form: 'readings' }],
  ['zigbee2mqtt/kitchen/fridge', { address: 'kitchen/fridge', form: 'readings' }],
  ['zigbee2mqtt/hall-door/availability', { address: 'hall-door', form: 'availability' }],
  ['sensors/fall-1', { address: 'fall-1', form: 'readings' }],
  ['some/where', { address: 'some/where', form: 'readings' }],
])('addressOf %s', (rest, expected) => {
  expect(addressOf(rest, profiles)).toEqual(expected)
})
