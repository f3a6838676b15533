import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import type { Profile } from '../../hub/decode/profile.ts'
import { parseHomes } from '../../hub/register/parse-homes.ts'
import { parseRules } from '../../hub/rules/parse-rules.ts'

const RULES = parseRules([
  {
    name: 'rules.yaml',
    text: `rules:
  - id: low-spo2
    title: Low
    category: health
    severity: medium
    scope: resident
    on: spo2
    when: value < params.limit
    for: params.hold
    params: { limit: { default: 90, unit: "%", min: 70, max: 99 }, hold: { default: 2m, max: 1h } }
`,
  },
])
/** As CONTRACT has it. */
const FILE = `homes:
  - id: h-0001
    timezone: Europe/Oslo
    label: Storgata 5, 2. etg
    area: Alta
    risk: 2
    params: { low-spo2: { hold: 5m } }
    gateways: [{ id: gw-0001 }]
    residents:
      - { id: r1, name: Kari Nordmann, language: nb, spo2Scale: 1, params: { low-spo2: { limit: 88 } } }
    sensors:
      - { id: hall-door, profile: zigbee2mqtt-contact, address: hall-door, room: hall, role: entrance }
      - { id: fall-1, profile: native, room: bathroom, resident: r1 }
    contacts:
      - { id: daughter, name: Anne, phone: "+4790000001", language: nb, alias: Mor, order: 1 }
`

let profiles: ReadonlyMap<string, Profile>
beforeAll(async () => {
  profiles = await loadProfiles(join(import.meta.dirname, '../../devices/profiles'))
})

function parse(text: string) {
  if (!RULES.ok) throw new Error('The rules of this test have an error')
  return parseHomes('homes.yaml', text, profiles, RULES.value)
}

function problems(text: string): string[] {
  const parsed = parse(text)
  return parsed.ok ? [] : parsed.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`)
}

describe('parseHomes', () => {
  it('takes what messages may say of the health, and nothing else about them', () => {
    const saying = (messages: string) => parse(FILE.replace('    risk: 2\n', `    messages: ${messages}\n`))
    const allowed = saying('{ health: title }')
    expect(allowed.ok && allowed.value[0]?.home.messages).toEqual({ health: 'title' })
    const none = parse(FILE)
    expect(none.ok && none.value[0]?.home).not.toHaveProperty('messages')
    for (const wrong of ['{ health: all }', '{ name: title }']) expect(saying(wrong).ok).toBe(false)
  })

  it('keeps where a home is and how to get in with what is personal', () => {
    const way = `    address: Storgata 5
    keySafe: { code: "0417", where: left of the door }
    access: |-
      The outer door sticks.
      The dog is friendly.
`
    const parsed = parse(FILE.replace('    area: Alta\n', `    area: Alta\n${way}`))
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    const [{ home, personal }] = parsed.value as [(typeof parsed.value)[number]]
    expect(personal.way).toEqual({
      address: 'Storgata 5',
      keySafe: { code: '0417', where: 'left of the door' },
      access: 'The outer door sticks.\nThe dog is friendly.',
    })
    expect(JSON.stringify(home)).not.toMatch(/Storgata|0417|dog/)
  })

  it('wants the code of a key safe as text: a number would lose the zero in front', () => {
    const [problem] = problems(FILE.replace('    area: Alta\n', '    keySafe: { code: 0417 }\n'))
    expect(problem).toMatch(/^5:\d+: .*in quotes/)
  })

  it('takes apart what the stream may know and what is personal', () => {
    const parsed = parse(FILE)
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    const [{ home, personal } = {}] = parsed.value
    expect(home).toMatchObject({
      id: 'h-0001',
      timezone: 'Europe/Oslo',
      area: 'Alta',
      gateways: [{ id: 'gw-0001' }],
      residents: [{ id: 'r1', language: 'nb', spo2Scale: 1, params: { 'low-spo2': { limit: 88 } } }],
      sensors: [
        { id: 'hall-door', address: 'hall-door', room: 'hall', role: 'entrance' },
        { id: 'fall-1', address: 'fall-1', room: 'bathroom', resident: 'r1', kinds: ['*'] },
      ],
      contacts: [{ id: 'daughter', language: 'nb', order: 1 }],
    })
    expect(home?.sensors.every(({ heardEvery }) => heardEvery > 0)).toBe(true)
    // The journal and InfluxDB see the home as it is here: no name, address or number may be in it.
    expect(JSON.stringify(home)).not.toMatch(/Kari|Nordmann|Storgata|Anne|Mor"|\+47/)
    expect(personal).toEqual({
      id: 'h-0001',
      label: 'Storgata 5, 2. etg',
      residents: [{ id: 'r1', name: 'Kari Nordmann' }],
      contacts: [{ id: 'daughter', name: 'Anne', phone: '+4790000001', alias: 'Mor' }],
    })
  })

  it('keeps the role of a contact where it has one', () => {
    const parsed = parse(FILE.replace('alias: Mor,', 'alias: Mor, role: installer,'))
    expect(parsed.ok && parsed.value[0]?.home.contacts).toEqual([
      { id: 'daughter', language: 'nb', lacks: ['email'], order: 1, role: 'installer' },
    ])
    expect(problems(FILE.replace('alias: Mor,', 'alias: Mor, role: plumber,'))).toEqual([
      expect.stringMatching(/^15:\d+: .*family.*neighbour.*nurse.*installer/),
    ])
  })

  it.each([
    [
      'an unknown profile',
      'profile: native',
      'profile: natve',
      /^13:\d+: .*no profile "natve"; did you mean "native"/,
    ],
    ['an unknown resident', 'resident: r1', 'resident: r7', /^13:\d+: .*no resident "r7"/],
    [
      'a rule that is not there',
      '{ low-spo2: { hold',
      '{ low-spo: { hold',
      /^7:\d+: .*no rule "low-spo"; did you mean "low-spo2"/,
    ],
    [
      'a parameter that is not there',
      'limit: 88',
      'limt: 88',
      /^10:\d+: .*no parameter "limt"; did you mean "limit"/,
    ],
    ['a limit below its minimum', 'limit: 88', 'limit: 60', /^10:\d+: Cannot set low-spo2\.limit: .*70/],
    ['a number where a duration belongs', 'hold: 5m', 'hold: 5', /^7:\d+: Cannot set low-spo2\.hold: /],
    [
      'a sensor with the id of a gateway',
      'id: fall-1',
      'id: gw-0001',
      /^13:\d+: Cannot use the id "gw-0001" twice/,
    ],
    ['an id that would be a wildcard', 'id: fall-1', 'id: "#"', /^13:\d+: .*letters, digits/],
    [
      'an address that would be a wildcard',
      'address: hall-door',
      'address: a+b',
      /^12:\d+: .*without \+ and #/,
    ],
    ['two sensors on one topic', 'address: hall-door', 'address: hall-door, role: x', /^12:\d+: /],
    ['a time zone by its offset', 'Europe/Oslo', 'Oslo', /^3:15: .*such as Europe\/Oslo/],
    ['a number without quotes', '"+4790000001"', '+4790000001', /^15:\d+: .*in quotes/],
    ['a national number', '+4790000001', '90000001', /^15:\d+: .*country code/],
    ['a language that nobody writes', 'language: nb, alias', 'language: de, alias', /^15:\d+: /],
    ['a risk out of range', 'risk: 2', 'risk: 4', /^6:11: /],
  ])('refuses %s with its place', (_, from, to, expected) => {
    expect(FILE).toContain(from)
    const found = problems(FILE.replace(from, to))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(expected)
  })

  it('says all errors at once', () => {
    const text = FILE.replace('native', 'natve').replace('limit: 88', 'limit: 60').replace('r1 }', 'r2 }')
    expect(problems(text)).toHaveLength(3)
  })
})
