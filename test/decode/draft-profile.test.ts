import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkProfile } from '../../hub/decode/check-profile.ts'
import { draftProfile } from '../../hub/decode/draft-profile.ts'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import { readCapture } from '../../hub/decode/read-capture.ts'
import { payloadOf } from '../../hub/decode/run-example.ts'

const profiles = await loadProfiles('devices/profiles')

function draft(capture: string, flipped: readonly string[] = [], address?: string) {
  const { messages, problems } = readCapture(capture)
  expect(problems).toEqual([])
  const made = draftProfile(messages, profiles, {
    id: 'mine',
    flipped: new Set(flipped),
    ...(address !== undefined && { address }),
  })
  if (!made.ok) throw new Error(made.reason)
  const { profile, problems: wrong } = checkProfile('mine.yaml', made.text)
  expect(wrong).toEqual([])
  if (!profile) throw new Error('there is no profile')
  return { ...made, profile }
}

describe('readCapture', () => {
  test('takes what mosquitto_sub writes with -v and -F %J, and NDJSON with the payload as JSON', () => {
    const text = `homes/h-0001/zigbee2mqtt/hall door {"contact":true}
esphome/x/status online

{"tst":"2026-11-21T22:00:00.000Z","topic":"homes/h-0001/json/x","qos":1,"retain":0,"payloadlen":8,"payload":"{\\"a\\":1}"}
{"topic":"json/y","payload":{"a":2}}
{"topic":"json/z"}
nothing of it
{"topic":`
    expect(readCapture(text)).toEqual({
      messages: [
        { topic: 'zigbee2mqtt/hall door', payload: '{"contact":true}' },
        { topic: 'esphome/x/status', payload: 'online' },
        { topic: 'json/x', payload: '{"a":1}' },
        { topic: 'json/y', payload: '{"a":2}' },
      ],
      problems: [6, 7, 8].map((line) => expect.stringContaining(`Cannot read line ${line}: expected`)),
    })
  })
})

describe('draftProfile', () => {
  test('takes the polarity of contact from Zigbee2MQTT, and turns it round where a person says so', () => {
    const capture = 'zigbee2mqtt/d1 {"contact":true,"battery":90}\nzigbee2mqtt/d1 {"contact":false}'
    const made = draft(capture)
    expect(made.questions).toEqual([{ key: 'contact', kind: 'door', isTrue: 'closed', isFalse: 'open' }])
    expect(made.text).toContain('# CHECK: true is taken for closed')
    expect(made.profile.examples.map(({ readings }) => readings[0])).toEqual([
      { kind: 'door', value: 'closed' },
      { kind: 'door', value: 'open' },
    ])
    expect(draft(capture, ['contact']).profile.examples[0]?.readings[0]).toEqual({
      kind: 'door',
      value: 'open',
    })
  })

  test('finds keys in objects, several topics, words of availability, and what is nearly a known key', () => {
    const made = draft(`tasmota/t1/stat/RESULT {"Switch1":{"Action":"ON"}}
tasmota/t1/tele/SENSOR {"Time":"2026-11-21T22:00:00","AM2301":{"Temperature":21.5,"Humidity":40},"Batery":80}
tasmota/t1/tele/LWT Online`)
    expect(made.profile.topics).toEqual([
      { form: 'result', template: 'tasmota/{address}/stat/RESULT' },
      { form: 'sensor', template: 'tasmota/{address}/tele/SENSOR' },
      { form: 'availability', template: 'tasmota/{address}/tele/LWT' },
    ])
    expect(made.profile.kinds).toEqual(['sos', 'room_temperature', 'humidity', 'battery', 'availability'])
    expect(made.text).toContain('"Batery" is taken for battery, because it is nearly "battery"')
    expect(made.text).toContain('Time ("2026-11-21T22:00:00")')
    // An action could be a call for help: it is alarm-class until somebody says otherwise.
    expect(made.profile.alarm).toBe(true)
  })

  test('takes bare words, by the name of their topic', () => {
    const made = draft(`esphome/e1/binary_sensor/motion/state ON
esphome/e1/binary_sensor/motion/state OFF
esphome/e1/sensor/humidity/state 41.5
esphome/e1/status offline`)
    expect(made.profile.format).toBe('text')
    expect(made.profile.examples.flatMap(({ readings }) => readings)).toEqual([
      { kind: 'motion', value: true },
      { kind: 'motion', value: false },
      { kind: 'humidity', value: 41.5 },
      { kind: 'availability', value: 'offline' },
    ])
  })

  test('asks for the unit where a value cannot be one of the kind', () => {
    const made = draft('json/x {"temperature":705,"weight":70}')
    expect(made.text).toContain('# CHECK: 705 was seen: is the unit °C? Convert it with "value"')
    expect(made.text).toContain('# CHECK: is the unit kg?')
    expect(made.profile.examples[0]?.undecoded).toContain('it is 705, expected a number from -60 to 100 °C')
  })

  test.each([
    ['no message', '', undefined, 'there is no message'],
    [
      'two devices',
      'zigbee2mqtt/a {"contact":true}\nzigbee2mqtt/b {"contact":true}',
      undefined,
      'of 2 devices (a, b)',
    ],
    ['an address that is in no topic', 'zigbee2mqtt/a {"contact":true}', 'c', 'no address was found'],
    ['nothing that it knows', 'json/x {"foo":1}', undefined, 'no key of it looks like a kind of reading'],
    [
      'only its availability',
      'zigbee2mqtt/a/availability online',
      undefined,
      'only whether the device is connected',
    ],
  ])('refuses a capture with %s', (_, capture, address, reason) => {
    const made = draftProfile(readCapture(capture).messages, profiles, {
      id: 'mine',
      ...(address !== undefined && { address }),
    })
    expect(made).toEqual({ ok: false, reason: expect.stringContaining(reason) })
  })

  test.each(
    [...profiles.values()].filter(({ format }) => format !== 'native').map((one) => [one.id, one] as const),
  )('from what %s reads, writes a profile that its check accepts', (_, { examples }) => {
    const messages = examples
      .filter(({ undecoded }) => undecoded === undefined)
      .map((example) => ({ topic: example.topic, payload: Buffer.from(payloadOf(example)).toString('utf8') }))
    const topic = messages[0]?.topic ?? ''
    const same = messages.filter((message) => message.topic === topic)
    const made = draftProfile(same, profiles, { id: 'mine' })
    if (made.ok) expect(checkProfile('mine.yaml', made.text).problems).toEqual([])
    // Lists of measurements and of events are beyond it: it says so, and guesses nothing.
    else expect(made.reason).toMatch(/^no key of it/)
  })

  test('never throws, and what it writes is a profile whose examples run', () => {
    const payload = fc.oneof(
      fc.dictionary(
        fc.oneof(fc.constantFrom('contact', 'battery', 'temp', 'action'), fc.string()),
        fc.jsonValue(),
      ),
      fc.string(),
    )
    const topic = fc.oneof(fc.constantFrom('zigbee2mqtt/a', 'json/x', 'a/b/c'), fc.string({ minLength: 1 }))
    fc.assert(
      fc.property(fc.array(fc.tuple(topic, payload), { maxLength: 4 }), (sent) => {
        const messages = sent.map(([one, body]) => ({
          topic: one,
          payload: typeof body === 'string' ? body : JSON.stringify(body),
        }))
        const made = draftProfile(messages, profiles, { id: 'mine' })
        if (made.ok) expect(checkProfile('mine.yaml', made.text).problems).toEqual([])
        else expect(made.reason).not.toBe('')
      }),
      { numRuns: 150 },
    )
  })
})
