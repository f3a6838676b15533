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
  const { availability, readings } = profile.topics
  const name =
    (availability === undefined ? undefined : matchTopic(availability, example.topic)) ??
    matchTopic(readings, example.topic)
  if (name === undefined) return [`the topic is "${example.topic}", expected one like ${readings}`]
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
    wrong.push(`the readings are ${JSON.stringify(given)}, expected ${JSON.stringify(expected)}`)
  }
  const reasons = undecoded.map(({ reason }) => reason)
  if (
    example.undecoded === undefined
      ? reasons.length > 0
      : !reasons.some((r) => r.includes(example.undecoded ?? ''))
  ) {
    wrong.push(`undecoded is ${JSON.stringify(reasons)}, expected ${JSON.stringify(example.undecoded ?? [])}`)
  }
  return wrong
}

/** The bytes that the sensor of an example sends. */
export function payloadOf(example: Example): Uint8Array {
  return Buffer.from(typeof example.payload === 'string' ? example.payload : JSON.stringify(example.payload))
}

function withoutUndefined(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}
