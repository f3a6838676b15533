import { Buffer } from 'node:buffer'
import { isDeepStrictEqual } from 'node:util'
import { decode } from './decode.ts'
import type { Observation } from './observation.ts'
import { parseTime } from './parse-time.ts'
import type { Example, Profile } from './profile.ts'
import { createTopicIndex, matchTopic } from './topic-index.ts'

/**
 * Runs one example of a profile the way a packet goes: by its topic, then by its payload.
 * @returns what is not as the example says; empty when all is
 */
export function runExample(profile: Profile, example: Example): string[] {
  const name = nameIn(profile, example.topic)
  if (name === undefined) {
    const templates = profile.topics.map(({ template }) => template).join(' or ')
    return [`the topic is "${example.topic}", expected one like ${templates}`]
  }
  const sensor = {
    id: name,
    address: name,
    profile: profile.id,
    heardEvery: profile.heardEvery,
    kinds: profile.kinds,
  }
  const index = createTopicIndex({ id: 'example', sensors: [sensor] }, new Map([[profile.id, profile]]))
  const route = index.routes.get(example.topic)
  if (!route) return [...index.problems, `the topic "${example.topic}" leads to no sensor`]

  const { observations, undecoded } = decode(profile, route.form, payloadOf(example))
  const wrong: string[] = []
  const expected = example.readings.map((reading) => {
    const { at, ...rest } = reading
    return withoutUndefined({ ...rest, ...(at !== undefined && { at: parseTime(at) }) })
  })
  const given = observations.map((observation: Observation) => ({ ...observation }))
  if (!isDeepStrictEqual(given, expected)) {
    wrong.push(`expected ${listReadings(expected)}, got ${listReadings(given)}`)
  }
  const reasons = undecoded.map(({ reason }) => reason)
  if (
    example.undecoded === undefined
      ? reasons.length > 0
      : !reasons.some((r) => r.includes(example.undecoded ?? ''))
  ) {
    const wanted = example.undecoded === undefined ? 'nothing' : JSON.stringify(example.undecoded)
    const got = reasons.length === 0 ? 'nothing' : JSON.stringify(reasons.join('; '))
    wrong.push(`expected ${wanted} as what cannot be decoded, got ${got}`)
  }
  return wrong
}

/** The last topic first: that of availability is like one of the readings of `zigbee2mqtt/{address}`. */
function nameIn({ topics }: Profile, topic: string): string | undefined {
  return topics
    .toReversed()
    .map(({ template }) => matchTopic(template, topic))
    .find((name) => name !== undefined)
}

function listReadings(readings: readonly object[]): string {
  return readings.length === 0 ? 'no readings' : JSON.stringify(readings)
}

/** The bytes that the sensor of an example sends. */
export function payloadOf(example: Example): Uint8Array {
  return Buffer.from(typeof example.payload === 'string' ? example.payload : JSON.stringify(example.payload))
}

function withoutUndefined(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}
