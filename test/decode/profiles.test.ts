import { expect, test } from 'vitest'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import { runExample } from '../../hub/decode/run-example.ts'

const profiles = await loadProfiles('devices/profiles')

test.each(
  [...profiles.values()].flatMap((profile) =>
    profile.examples.map((example, index) => ({
      name: `${profile.id}, example ${index + 1}`,
      profile,
      example,
    })),
  ),
)('$name', ({ profile, example }) => {
  expect(runExample(profile, example)).toEqual([])
})

test('every shipped profile is there', () => {
  expect([...profiles.keys()]).toEqual([
    'native',
    'zigbee2mqtt-contact',
    'zigbee2mqtt-fall-radar-owon-fds315',
    'zigbee2mqtt-motion',
    'zigbee2mqtt-sos-button',
  ])
})

test('each kind that a profile can give is shown by one of its examples', () => {
  for (const { id, kinds, examples } of profiles.values()) {
    const shown = new Set(examples.flatMap(({ readings }) => readings.map(({ kind }) => kind)))
    expect({ id, unseen: kinds.filter((kind) => kind !== '*' && !shown.has(kind)) }).toEqual({
      id,
      unseen: [],
    })
  }
})
