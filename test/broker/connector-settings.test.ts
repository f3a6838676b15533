import { expect, it } from 'vitest'
import { parseConfig } from '../../hub/config.ts'

const TTN = `
connectors:
  - id: ttn
    url: mqtts://eu1.cloud.thethings.network:8883
    username: care@ttn
    passwordFile: /etc/aal/ttn
    protocol: 3.1.1
    subscriptions:
      - { topic: "v3/{app}/devices/{device}/up", as: "lorawan/{device}" }
`

it('connectors have what is not said', () => {
  const parsed = parseConfig('hub.yaml', TTN)
  expect(parsed.ok && parsed.value.connectors).toEqual([
    {
      id: 'ttn',
      url: 'mqtts://eu1.cloud.thethings.network:8883',
      username: 'care@ttn',
      passwordFile: '/etc/aal/ttn',
      protocol: '3.1.1',
      keepalive: 30_000,
      session: 7 * 86_400_000,
      inFlight: 100,
      subscriptions: [{ topic: 'v3/{app}/devices/{device}/up', as: 'lorawan/{device}' }],
    },
  ])
  expect(parseConfig('hub.yaml', '').ok).toBe(true)
})

it.each([
  ['mqtts://eu1.cloud', 'http://eu1.cloud', 'expected mqtts://host:8883'],
  ['mqtts://eu1.', 'mqtts://me:secret@eu1.', 'expected username and passwordFile'],
  ['username: care@ttn', 'clientId: a', 'is missing, expected one with the password'],
  ['protocol: 3.1.1', 'ca: a\n    cert: b', 'expected cert and key together'],
  [', as: "lorawan/{device}"', '', 'expected the topic below homes/<homeId>/'],
  ['as: "lorawan/{device}"', 'as: "lorawan/{name}"', 'names {name}, which is no part of the topic'],
  ['devices/{device}/up", as: "lorawan/{device}"', 'up", as: "x/{app}"', 'names neither {home} nor {device}'],
  ['v3/{app}', 'v3/+', 'has a wildcard'],
  ['url: mqtts:', 'ca: x\n    url: mqtt:', 'expected mqtts:// or wss://'],
  ['protocol: 3.1.1', 'protokoll: 5', 'protokoll'],
])('connectors are refused with %s made %s', (from, to, why) => {
  const parsed = parseConfig('hub.yaml', TTN.replace(from, to))
  expect(parsed.ok ? [] : parsed.problems.map(({ message }) => message).join('\n')).toContain(why)
})

it('two connectors are two', () => {
  const parsed = parseConfig('hub.yaml', TTN + TTN.split('\n').slice(2).join('\n'))
  expect(parsed.ok ? [] : parsed.problems.map(({ message }) => message).join('\n')).toContain(
    'is "ttn" twice',
  )
})
