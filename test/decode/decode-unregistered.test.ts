import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { decodeUnregistered } from '../../hub/decode/decode-unregistered.ts'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'

const profiles = await loadProfiles('devices/profiles')
const judge = (rest: string, payload: string) =>
  decodeUnregistered('h-0001', rest, Buffer.from(payload), profiles)

test('decodeUnregistered says what to do about it', () => {
  expect(judge('sensors/new', '{"kind":"motion","value":true}')).toEqual({
    reason: 'no sensor of home h-0001 is registered under sensors/new; register it with `aal import`',
    alarm: false,
    keep: true,
  })
})

test.each([
  ['a native fall', 'sensors/new', '{"kind":"fall","value":"detected"}'],
  ['a native fall on any topic', 'somewhere', '{"kind":"fall","value":"suspected"}'],
  [
    'a native SOS in a list',
    'sensors/new',
    '[{"kind":"motion","value":true},{"kind":"sos","value":"pressed"}]',
  ],
  ['a native fall with an error', 'sensors/new', '{"kind":"fall","value":"fell"}'],
  ['smoke', 'sensors/new', '{"kind":"smoke","value":true}'],
  ['a Zigbee2MQTT button', 'zigbee2mqtt/new', '{"action":"emergency"}'],
  ['a Zigbee2MQTT radar', 'zigbee2mqtt/hall/new', '{"status":"falling"}'],
])('decodeUnregistered raises the alarm for %s', (_, rest, payload) => {
  expect(judge(rest, payload)).toMatchObject({ alarm: true, keep: true })
})

test.each([
  ['no smoke', 'sensors/new', '{"kind":"smoke","value":false}'],
  ['garbage', 'sensors/new', '{"kind":'],
  ['a radar that sees nobody', 'zigbee2mqtt/new', '{"status":"unoccupied"}'],
  ['an action outside the topics of its profile', 'other/new', '{"action":"emergency"}'],
])('decodeUnregistered keeps quiet for %s, but keeps it', (_, rest, payload) => {
  expect(judge(rest, payload)).toMatchObject({ alarm: false, keep: true })
})

test.each([
  'zigbee2mqtt/bridge/state',
  'zigbee2mqtt/bridge/devices',
  'zigbee2mqtt/lamp/set',
  'zigbee2mqtt/a/b/get',
])('decodeUnregistered does not keep what Zigbee2MQTT says of itself under %s', (rest) => {
  expect(judge(rest, '{"state":"online"}')).toMatchObject({ alarm: false, keep: false })
})
