import { expect, test } from 'vitest'
import { parseProfile } from '../../hub/decode/parse-profile.ts'
import { formatProblem } from '../../hub/source/problem.ts'

const GOOD = `id: door
title: A door
maker: any
model: any
power: battery
alarm: false
clock: untrusted
topics:
  readings: lora/{address}/up
readings:
  - { kind: door, key: object.open, missing: false, value: 'it ? "open" : "closed"' }
examples:
  - topic: lora/d1/up
    payload: { object: {} }
    readings: [{ kind: door, value: closed }]
`

function problems(text: string, file = 'profiles/door.yaml'): string[] {
  const parsed = parseProfile(file, text)
  return parsed.ok ? [] : parsed.problems.map(formatProblem)
}

test('parseProfile gives a profile with its defaults', () => {
  const parsed = parseProfile('profiles/door.yaml', GOOD)
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  expect(parsed.value).toMatchObject({
    id: 'door',
    heardEvery: 25 * 3_600_000,
    format: 'json',
    title: { en: 'A door', nb: 'A door' },
    topics: [{ form: 'readings', template: 'lora/{address}/up' }],
    kinds: ['door'],
    readings: [{ kind: 'door', key: ['object', 'open'], missing: false, onChange: false }],
  })
})

test('parseProfile expects a mains device within 10 minutes, unless the profile says otherwise', () => {
  const mains = GOOD.replace('battery', 'mains')
  expect(parseProfile('door.yaml', mains)).toMatchObject({ ok: true, value: { heardEvery: 600_000 } })
  expect(parseProfile('door.yaml', `${mains}heardEvery: 1h30m\n`)).toMatchObject({
    ok: true,
    value: { heardEvery: 5_400_000 },
  })
})

test('parseProfile says every error of a file at once, with its place', () => {
  const text = `id: portal
titel: A door
maker: any
model: any
power: wind
alarm: false
clock: untrusted
time: last_seen
heardEvery: 25
topics:
  readings: homes/{address}
  availability: lora/+/{sensor}/{address}
readings:
  - { kind: dor, key: contact, value: 'itt ? "a" : "b"' }
  - { kind: door, key: contact, value: it > 1 }
  - { kind: motion, key: m, event: on-change, words: { 'yes': true, 'no': nope }, else: 7 }
  - { kind: fall, key: f, when: '"x"', else: detected, extra: 1 }
  - { kind: spo2, key: s, value: 'it +' }
examples: []
`
  expect(problems(text)).toMatchInlineSnapshot(`
    [
      "profiles/door.yaml:1:1: Cannot take "title": is missing, expected a text, or one each for en and nb",
      "profiles/door.yaml:1:5: Cannot take "id": is "portal", expected the name of the file: "door"",
      "profiles/door.yaml:2:1: Cannot use the key "titel" here: it is not known; known are id, title, maker, model, models, power, alarm, heardEvery, clock, topics, availability, format, time, messageId, known, readings, prove, examples",
      "profiles/door.yaml:5:8: Cannot take "power": is "wind", expected battery or mains",
      "profiles/door.yaml:6:8: Cannot take "alarm": is false, but the profile gives fall, expected true",
      "profiles/door.yaml:8:7: Cannot take "time": stands beside "clock: untrusted", expected a trusted clock or no "time"",
      "profiles/door.yaml:9:13: Cannot take "heardEvery": is 25, expected a duration with its unit, such as 30s, 2m or 4h",
      "profiles/door.yaml:11:13: Cannot take "topics.readings": is "homes/{address}", expected the part of the topic after homes/<homeId>/",
      "profiles/door.yaml:12:17: Cannot take "topics.availability": is "lora/+/{sensor}/{address}", expected one placeholder, {address} or {sensor}",
      "profiles/door.yaml:12:17: Cannot take "topics.availability": is "lora/+/{sensor}/{address}", expected no wildcard",
      "profiles/door.yaml:14:13: Cannot take "readings.0.kind": is "dor", expected a kind; did you mean "door"?",
      "profiles/door.yaml:14:39: Cannot take "readings.0.value": is "itt ? \\"a\\" : \\"b\\"", expected a CEL expression over "it" and "payload": Unknown variable: itt (at character 1)",
      "profiles/door.yaml:15:40: Cannot take "readings.1.value": gives bool, but the kind door is a word",
      "profiles/door.yaml:16:36: Cannot take "readings.2.event": is "on-change", but motion is a state, expected no "event"",
      "profiles/door.yaml:16:75: Cannot take "readings.2.words.no": is "nope", expected true or false",
      "profiles/door.yaml:16:89: Cannot take "readings.2.else": is 7, expected true or false",
      "profiles/door.yaml:17:33: Cannot take "readings.3.when": gives string, expected bool",
      "profiles/door.yaml:17:46: Cannot take "readings.3.else": stands without "words"",
      "profiles/door.yaml:17:56: Cannot use the key "extra" here: it is not known; known are kind, topic, each, key, value, words, else, missing, when, event",
      "profiles/door.yaml:18:34: Cannot take "readings.4.value": is "it +", expected a CEL expression over "it" and "payload": Unexpected token: EOF (at character 5)",
      "profiles/door.yaml:19:11: Cannot take "examples": is empty, expected at least one example",
    ]
  `)
})

test.each([
  ['no examples', GOOD.replace(/examples:[^]*/, ''), 'expected at least one example'],
  [
    'an empty list of examples',
    GOOD.replace(/examples:[^]*/, 'examples: []\n'),
    'expected at least one example',
  ],
  [
    'an example without payload',
    GOOD.replace('    payload: { object: {} }\n', ''),
    'expected what the sensor sends',
  ],
  ['no readings', GOOD.replace(/readings:\n {2}- .*\n/, ''), 'expected at least one reading'],
  [
    'another name than its file',
    GOOD.replace('id: door', 'id: doors'),
    'is "doors", expected the name of the file',
  ],
  ['the same key twice', `${GOOD}title: again\n`, 'Cannot read this YAML'],
  [
    'a fall that is not alarm-class',
    GOOD.replace(/readings:\n {2}- .*\n/, 'readings: [{ kind: fall, key: f }]\n'),
    'is false, but the profile gives fall, expected true',
  ],
  ['a time of an untrusted clock', `${GOOD}time: at\n`, 'stands beside "clock: untrusted"'],
  ['readings beside the native format', `${GOOD}format: native\n`, 'stands beside "format: native"'],
  ['two ways to convert', GOOD.replace('missing: false', 'words: { a: open }'), 'stands beside "words"'],
])('parseProfile refuses %s', (_, text, message) => {
  expect(problems(text)).toEqual([expect.stringContaining(message)])
})

test('parseProfile lets whole numbers and decimals mix in an expression', () => {
  const text = GOOD.replace(
    /readings:\n {2}- .*\n/,
    `readings:\n  - { kind: power, key: w, value: 'round(it * 3 / 2 + 0.5) - 1 + 2 * 1.5 + it % 2' }\n`,
  )
  expect(problems(text)).toEqual([])
})
