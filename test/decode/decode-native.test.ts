import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { decodeNative, MAX_READINGS } from '../../hub/decode/decode-native.ts'
import { MAX_PAYLOAD } from '../../hub/decode/observation.ts'

const OPTIONS = { alarm: true, clock: 'trusted' } as const
const bytes = (text: string): Uint8Array => Buffer.from(text)
const native = (text: string) => decodeNative(OPTIONS, bytes(text))
const json = (value: unknown) => native(JSON.stringify(value))

/** The one reason for which nothing of a payload was decoded. */
function reason(text: string): string {
  const { observations, undecoded } = native(text)
  expect(observations).toEqual([])
  expect(undecoded).toHaveLength(1)
  expect(undecoded[0]?.alarm).toBe(true)
  return undecoded[0]?.reason ?? ''
}

test('decodeNative takes one reading, with its time in milliseconds and its id', () => {
  expect(json({ kind: 'fall', value: 'detected', at: '2026-11-21T22:00:00.000Z', id: 'boot7-1234' })).toEqual(
    {
      observations: [{ kind: 'fall', value: 'detected', at: Date.UTC(2026, 10, 21, 22), id: 'boot7-1234' }],
      undecoded: [],
    },
  )
})

test('decodeNative leaves the time out when it is not trusted, but still checks it', () => {
  const untrusted = { alarm: false, clock: 'untrusted' } as const
  const good = bytes('{"kind":"motion","value":true,"at":"2026-11-21T22:00:00Z"}')
  expect(decodeNative(untrusted, good).observations).toEqual([{ kind: 'motion', value: true }])
  const bad = bytes('{"kind":"motion","value":true,"at":"yesterday"}')
  expect(decodeNative(untrusted, bad).undecoded).toMatchObject([{ alarm: false }])
})

test('decodeNative takes the good readings of an array and numbers the bad ones from 1', () => {
  const { observations, undecoded } = json([
    { kind: 'spo2', value: 96 },
    { kind: 'spo2', value: 300 },
    { kind: 'foll', value: 'detected' },
    'fall',
    { kind: 'door', value: 'open' },
  ])
  expect(observations).toEqual([
    { kind: 'spo2', value: 96 },
    { kind: 'door', value: 'open' },
  ])
  expect(undecoded).toEqual([
    {
      reason: 'Cannot take reading 2: value is 300, expected a number from 0 to 100 %',
      alarm: true,
      kind: 'spo2',
    },
    {
      reason:
        'Cannot take reading 3: kind is "foll", expected a kind of reading such as fall, door or motion',
      alarm: true,
    },
    {
      reason:
        'Cannot take reading 4: it is "fall", expected an object such as {"kind":"fall","value":"detected"}',
      alarm: true,
    },
  ])
})

test.each([
  ['an empty payload', '', 'it is empty'],
  ['JSON cut off', '{"kind":"fall","val', 'as JSON'],
  ['text', 'fall', 'as JSON'],
  ['null', 'null', 'it is null'],
  ['a number', '1', 'it is 1'],
  ['an empty list', '[]', 'the list is empty'],
  ['a list in a list', '[[{"kind":"fall","value":"detected"}]]', 'it is a list'],
  ['no kind', '{"value":true}', 'kind is missing'],
  ['no value', '{"kind":"motion"}', 'value is missing, expected true or false'],
  ['a value of null', '{"kind":"motion","value":null}', 'value is null, expected true or false'],
  ['a number as text', '{"kind":"spo2","value":"96"}', 'value is "96", expected a number'],
  ['an object as value', '{"kind":"door","value":{"is":"open"}}', 'value is an object, expected one of'],
  ['a number too large for JSON', '{"kind":"power","value":1e999}', 'value is too large a number, expected'],
  ['a kind named as an inherited property', '{"kind":"constructor","value":1}', 'kind is "constructor"'],
  [
    'a key of the prototype',
    '{"kind":"fall","value":"detected","__proto__":{}}',
    'key "__proto__" is not known',
  ],
  ['kind and value in the prototype', '{"__proto__":{"kind":"fall","value":"detected"}}', 'kind is missing'],
  ['a key it does not know', '{"kind":"fall","value":"detected","time":1}', 'key "time" is not known'],
  ['a time without zone', '{"kind":"motion","value":true,"at":"2026-11-21T22:00:00"}', 'time with its zone'],
  ['a day that is none', '{"kind":"motion","value":true,"at":"2026-02-30T22:00:00Z"}', 'time with its zone'],
  ['a time of null', '{"kind":"motion","value":true,"at":null}', 'at is null'],
  ['an id that is a number', '{"kind":"motion","value":true,"id":7}', 'id is 7, expected a text'],
  ['an empty id', '{"kind":"motion","value":true,"id":""}', 'id is ""'],
  ['half a character as id', '{"kind":"motion","value":true,"id":"\\ud800"}', 'expected a text of 1 to 128'],
])('decodeNative refuses %s and says why', (_, text, message) => {
  expect(reason(text)).toContain(message)
})

test('decodeNative refuses bytes that are no UTF-8, and takes a byte order mark', () => {
  const garbage = decodeNative(OPTIONS, new Uint8Array([0x7b, 0xff, 0xfe, 0x22]))
  expect(garbage.undecoded).toEqual([
    { reason: 'Cannot read the payload: it is not UTF-8 text', alarm: true },
  ])
  expect(native('\uFEFF{"kind":"motion","value":true}').observations).toHaveLength(1)
})

test('decodeNative reads only its part of a larger buffer', () => {
  const whole = bytes('xx{"kind":"motion","value":true}yy')
  expect(decodeNative(OPTIONS, whole.subarray(2, -2)).observations).toEqual([{ kind: 'motion', value: true }])
})

test('decodeNative takes as many readings and bytes as it says, and no more', () => {
  const readings = Array.from({ length: MAX_READINGS }, () => ({ kind: 'motion', value: true }))
  expect(json(readings).observations).toHaveLength(MAX_READINGS)
  expect(reason(JSON.stringify([...readings, readings[0]]))).toContain('there are 501, expected at most 500')
  const reading = '{"kind":"motion","value":true}'
  expect(native(reading.padEnd(MAX_PAYLOAD)).observations).toHaveLength(1)
  expect(reason(reading.padEnd(MAX_PAYLOAD + 1))).toContain('expected at most 262144')
})

test('decodeNative keeps its reasons short, however large the payload', () => {
  const long = 'x'.repeat(200_000)
  for (const item of [
    { kind: long, value: 1 },
    { kind: 'fall', value: long },
    { kind: 'fall', value: 'detected', [long]: 1 },
    { kind: 'fall', value: 'detected', id: long },
    { kind: 'fall', value: 'detected', at: long },
  ]) {
    expect(reason(JSON.stringify(item)).length).toBeLessThan(300)
  }
  expect(reason(long).length).toBeLessThan(300)
})

test('decodeNative bears any depth', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  expect(reason(deep)).toContain('reading 1')
  expect(reason(`{"kind":"fall","value":${deep}}`)).toContain('value is a list')
})
