import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { decode } from '../../hub/decode/decode.ts'
import { parseProfile } from '../../hub/decode/parse-profile.ts'
import type { Profile } from '../../hub/decode/profile.ts'
import { formatProblem } from '../../hub/source/problem.ts'

function profileOf(readings: string, more = 'clock: untrusted'): Profile {
  const text = `id: x\ntitle: x\nmaker: x\nmodel: x\npower: mains\nalarm: true\n${more}
topics: { readings: 'x/{address}', availability: 'x/{address}/state' }
examples: [{ topic: x/1, payload: {} }]
readings:\n${readings.replace(/^/gm, '  - ')}\n`
  const parsed = parseProfile('x.yaml', text)
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  return parsed.value
}

function send(profile: Profile, payload: unknown) {
  const { observations, undecoded } = decode(profile, 'readings', Buffer.from(JSON.stringify(payload)))
  return { observations, reasons: undecoded.map(({ reason }) => reason) }
}

test('decode takes what a missing key means, where the decoder of the device leaves out false and 0', () => {
  const profile = profileOf(
    [
      `{ kind: door, key: object.open, missing: false, value: 'it ? "open" : "closed"' }`,
      `{ kind: power, key: object.watts, missing: 0 }`,
      `{ kind: battery, key: object.battery }`,
    ].join('\n'),
  )
  expect(send(profile, { object: {} })).toEqual({
    observations: [
      { kind: 'door', value: 'closed' },
      { kind: 'power', value: 0 },
    ],
    reasons: [],
  })
  expect(send(profile, { object: { open: true, watts: 12.5, battery: 80 } }).observations).toEqual([
    { kind: 'door', value: 'open' },
    { kind: 'power', value: 12.5 },
    { kind: 'battery', value: 80 },
  ])
  // Null is what the device has not said; it is not false.
  expect(send(profile, { object: { open: null, watts: null } })).toEqual({ observations: [], reasons: [] })
})

test('decode tells every status of a device that repeats it, and a value only for the event', () => {
  const profile = profileOf(
    `{ kind: fall, key: status, event: on-change, words: { falling: detected, lying: suspected, up: ~ } }`,
  )
  expect(send(profile, { status: 'falling' }).observations).toEqual([
    { kind: 'fall', value: 'detected', status: 'falling' },
  ])
  expect(send(profile, { status: 'up' }).observations).toEqual([{ kind: 'fall', value: null, status: 'up' }])
  expect(send(profile, { status: 'flying' })).toEqual({
    observations: [],
    reasons: ['Cannot take fall from "status": it is "flying", expected one of falling, lying, up'],
  })
  expect(send(profile, { status: ['falling'] }).reasons).toEqual([
    'Cannot take fall from "status": it is a list, expected one of falling, lying, up',
  ])
})

test('decode says of a word that means nothing for an each-time kind nothing', () => {
  const profile = profileOf(`{ kind: sos, key: action, words: { press: pressed, '': ~ } }`)
  expect(send(profile, { action: '' })).toEqual({ observations: [], reasons: [] })
})

test('decode computes with whole numbers and decimals', () => {
  const profile = profileOf(
    [
      `{ kind: room_temperature, key: t, value: it / 10 - 0.5 }`,
      `{ kind: link, key: lqi, value: round(it * 100 / 255) }`,
      `{ kind: heart_rate, key: hr, when: it > 0 && payload.valid }`,
    ].join('\n'),
  )
  expect(send(profile, { t: 215, lqi: 100, hr: 60, valid: true })).toEqual({
    observations: [
      { kind: 'room_temperature', value: 21 },
      { kind: 'link', value: 39 },
      { kind: 'heart_rate', value: 60 },
    ],
    reasons: [],
  })
  expect(send(profile, { hr: 60, valid: false })).toEqual({ observations: [], reasons: [] })
  const plain = profileOf(`{ kind: heart_rate, key: hr, when: payload.valid }`)
  expect(send(plain, { hr: 60, valid: 1 }).reasons).toEqual([
    'Cannot take heart_rate from "hr": its condition gives 1, expected true or false',
  ])
})

test('decode keeps the other readings of a payload when an expression cannot be computed', () => {
  const profile = profileOf(
    [`{ kind: room_temperature, key: t, value: it / 10 }`, `{ kind: motion, key: m }`].join('\n'),
  )
  const { observations, reasons } = send(profile, { t: 'warm', m: true })
  expect(observations).toEqual([{ kind: 'motion', value: true }])
  expect(reasons).toEqual([expect.stringMatching(/^Cannot take room_temperature from "t": no such overload/)])
})

test('decode refuses a value that the kind cannot have, whatever the expression gives', () => {
  const profile = profileOf(`{ kind: door, key: c, value: 'it == 1 ? "open" : "ajar"' }`)
  expect(send(profile, { c: 2 }).reasons).toEqual([
    'Cannot take door from "c": it is "ajar", expected one of closed, open',
  ])
  expect(send(profileOf(`{ kind: power, key: w, value: 1 / it }`), { w: 0 }).reasons).toEqual([
    'Cannot take power from "w": it is too large a number, expected a number from -100000 to 100000 W',
  ])
})

test('decode sees own keys of a payload only', () => {
  const profile = profileOf(`{ kind: motion, key: constructor }\n{ kind: presence, key: __proto__.polluted }`)
  expect(send(profile, {}).reasons).toEqual([expect.stringContaining('has none of the keys')])
  const payload = Buffer.from('{"__proto__":{"polluted":true}}')
  expect(decode(profile, 'readings', payload).observations).toEqual([{ kind: 'presence', value: true }])
  expect({}).not.toHaveProperty('polluted')
})

test("decode takes the sensor's time where its clock is trusted, and the reading without it where it is none", () => {
  const profile = profileOf(`{ kind: motion, key: m }`, 'clock: trusted\ntime: seen')
  const at = Date.UTC(2026, 10, 21, 22)
  for (const seen of ['2026-11-21T23:00:00+01:00', at]) {
    expect(send(profile, { m: true, seen })).toEqual({
      observations: [{ kind: 'motion', value: true, at }],
      reasons: [],
    })
  }
  expect(send(profile, { m: true, seen: 'noon' })).toEqual({
    observations: [{ kind: 'motion', value: true }],
    reasons: ['Cannot take the time: "seen" is "noon", expected a time with its zone, or milliseconds'],
  })
})

test('decode marks what it cannot decode as alarm-class only where the profile is', () => {
  const profile = profileOf(`{ kind: motion, key: m }`)
  const garbage = Buffer.from('[1')
  expect(decode(profile, 'readings', garbage).undecoded).toMatchObject([{ alarm: true }])
  expect(decode({ ...profile, alarm: false }, 'readings', garbage).undecoded).toMatchObject([
    { alarm: false },
  ])
})

test.each(['online', ' offline\n', '"online"', '{"state":"offline"}'])(
  'decode takes the availability %j',
  (text) => {
    const { observations } = decode(profileOf(`{ kind: motion, key: m }`), 'availability', Buffer.from(text))
    expect(observations).toEqual([
      { kind: 'availability', value: text.includes('online') ? 'online' : 'offline' },
    ])
  },
)

test.each(['', 'Online', '1', '{"state":"dead"}', '{}', '[]', '{'])(
  'decode refuses the availability %j',
  (text) => {
    const { observations, undecoded } = decode(
      profileOf(`{ kind: motion, key: m }`),
      'availability',
      Buffer.from(text),
    )
    expect(observations).toEqual([])
    expect(undecoded).toMatchObject([{ reason: expect.stringMatching(/^Cannot /), alarm: false }])
  },
)
