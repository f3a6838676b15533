import { expect, test } from 'vitest'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import { createTopicIndex, matchTopic } from '../../hub/decode/topic-index.ts'

const profiles = await loadProfiles('devices/profiles')
const sensor = (id: string, profile: string, address = id) => ({
  id,
  profile,
  address,
  heardEvery: 1,
  kinds: [],
})
const index = (...sensors: ReturnType<typeof sensor>[]) =>
  createTopicIndex({ id: 'h-0001', sensors }, profiles)

test('createTopicIndex leads each topic of a home to its sensor, profile and form', () => {
  const door = sensor('hall-door', 'zigbee2mqtt-contact', 'hall/door')
  const fall = sensor('fall-1', 'native', 'ignored')
  const { routes, problems } = index(door, fall)
  expect(problems).toEqual([])
  expect([...routes].map(([topic, route]) => [topic, route.sensor.id, route.profile.id, route.form])).toEqual(
    [
      ['zigbee2mqtt/hall/door', 'hall-door', 'zigbee2mqtt-contact', 'readings'],
      ['zigbee2mqtt/hall/door/availability', 'hall-door', 'zigbee2mqtt-contact', 'availability'],
      ['sensors/fall-1', 'fall-1', 'native', 'readings'],
    ],
  )
})

test('createTopicIndex says which sensors it cannot hear, and hears the others', () => {
  const { routes, problems } = index(
    sensor('a', 'zigbee2mqtt-contact', 'door'),
    sensor('b', 'zigbee2mqtt-motion', 'door'),
    sensor('c', 'zigbee2mqtt-moton'),
    sensor('d', 'zigbee2mqtt-motion', '+'),
    sensor('e', 'zigbee2mqtt-motion', 'hall//x'),
    sensor('f', 'native'),
  )
  expect([...routes.values()].map((route) => route.sensor.id)).toEqual(['a', 'a', 'f'])
  expect(problems.filter((problem) => !problem.includes('/availability'))).toEqual([
    'Cannot hear sensor b of home h-0001: its topic "zigbee2mqtt/door" is taken by sensor a',
    expect.stringMatching(
      /^Cannot hear sensor c of home h-0001: its profile "zigbee2mqtt-moton" does not exist/,
    ),
    'Cannot hear sensor d of home h-0001: its topic "zigbee2mqtt/+" has a wildcard, expected none [MQTT-3.3.2-2]',
    expect.stringMatching(
      /^Cannot hear sensor e of home h-0001: its topic "zigbee2mqtt\/hall\/\/x" has an empty level/,
    ),
  ])
})

test('createTopicIndex keeps an address that looks like a pattern of replacement', () => {
  expect([...index(sensor('a', 'zigbee2mqtt-motion', '$&$1')).routes.keys()]).toContain('zigbee2mqtt/$&$1')
})

test('matchTopic finds what stands for the placeholder', () => {
  expect(matchTopic('x/{address}/up', 'x/a/b/up')).toBe('a/b')
  expect(matchTopic('x/{address}', 'x/')).toBeUndefined()
  expect(matchTopic('x/{address}/x', 'x/x')).toBeUndefined()
  expect(matchTopic('x/{sensor}', 'y/a')).toBeUndefined()
})
