import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { checkProfile } from '../../hub/decode/check-profile.ts'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import type { Profile } from '../../hub/decode/profile.ts'
import { proves } from '../../hub/decode/proves.ts'
import { runExample } from '../../hub/decode/run-example.ts'
import { matchTopic } from '../../hub/decode/topic-index.ts'
import { ALARM_KINDS } from '../../hub/model/kind.ts'
import { formatProblem } from '../../hub/source/problem.ts'
import { PROFILES_DOC, withProfileTable } from './write-profile-table.ts'

const profiles = await loadProfiles('devices/profiles')
const all = [...profiles.values()]

test.each(all.map((profile) => [profile.id, profile] as const))('every example of %s runs', (_, profile) => {
  expect(profile.examples.flatMap((example) => runExample(profile, example))).toEqual([])
  // What it says when all is well, when it repeats itself or leaves something out, and what is no answer.
  expect(profile.examples.length).toBeGreaterThanOrEqual(5)
  expect(profile.examples.some(({ undecoded }) => undecoded !== undefined)).toBe(true)
})

test.each(all.map(({ id }) => id))('%s lacks nothing', async (id) => {
  const file = `devices/profiles/${id}.yaml`
  const text = await readFile(file, 'utf8')
  const { problems, advice } = checkProfile(file, text)
  expect([...problems, ...advice].map(formatProblem)).toEqual([])
  // The default is for others' profiles: of the shipped ones it is known how often they speak.
  expect(text).toMatch(/^heardEvery: /m)
  expect(text).toMatch(/^# yaml-language-server: \$schema=/)
})

test('there is a profile for each way into the hub', () => {
  const ways = new Map<string, string[]>()
  for (const { id, topics } of all) {
    const way = topics[0]?.template.split('/')[0] ?? ''
    ways.set(way, [...(ways.get(way) ?? []), id.replace(/^[^-]*-/, '')])
  }
  expect(Object.fromEntries(ways)).toEqual({
    sensors: ['native'],
    zigbee2mqtt: [
      'bed',
      'contact',
      'fall-radar-heiman-hs2fd',
      'fall-radar-owon-fds315',
      'lock',
      'motion',
      'plug',
      'presence',
      'seat',
      'smoke',
      'sos-button',
      'temperature',
      'water-leak',
    ],
    tasmota: ['contact', 'motion', 'plug', 'temperature'],
    shelly: ['flood', 'plug', 'smoke', 'sos-cord', 'temperature'],
    esphome: ['bed', 'contact', 'motion', 'presence', 'temperature'],
    ttn: [
      'button-milesight-ws101',
      'door-milesight-em300-mcs',
      'door-milesight-ws301',
      'fall-radar-milesight-vs373',
      'motion-milesight-ws202',
      'tracker-sensecap-t1000',
    ],
    theengs: ['contact', 'gateway', 'heart-rate', 'scale', 'thermometer'],
    json: ['blood-pressure', 'generic', 'oximeter'],
  })
})

test('what proves a sensor at the visit is shown by one of its examples, step by step', () => {
  for (const { id, prove, examples, kinds } of all) {
    const readings = examples.flatMap((example) => example.readings)
    for (const { expect: expected } of prove?.steps ?? []) {
      expect([id, expected, readings.some((reading) => proves(expected, reading))]).toEqual([
        id,
        expected,
        true,
      ])
    }
    // Where there is nothing to do, that is said; a call for help is always tried.
    if (prove?.steps.length === 0) expect(prove.nothing?.nb).not.toBe('')
    else
      for (const alarm of kinds.filter((kind) => ALARM_KINDS.has(kind)))
        expect(provedKinds(prove)).toContain(alarm)
  }
})

const provedKinds = (prove: Profile['prove']): string[] =>
  prove?.steps.map(({ expect: expected }) => expected.kind) ?? []

test('low battery, where the payload has it, is in an example; and so is every word of availability', () => {
  for (const { id, kinds, examples, availability } of all) {
    const readings = examples.flatMap((example) => example.readings)
    if (kinds.includes('battery')) {
      expect([id, readings.some(({ kind, value }) => kind === 'battery' && Number(value) < 10)]).toEqual([
        id,
        true,
      ])
    }
    if (!kinds.includes('availability')) continue
    const said = readings.filter(({ kind }) => kind === 'availability').map(({ value }) => value)
    expect([id, [...availability.values()]]).toEqual([id, expect.arrayContaining(said)])
    expect([id, said.length]).not.toEqual([id, 0])
  }
})

test('a topic belongs to one way only, and to one form of each of its profiles', () => {
  for (const one of all) {
    for (const { topic } of one.examples) {
      const own = one.topics.filter(({ template }) => matchTopic(template, topic) !== undefined)
      // Of two, the later and narrower one: `zigbee2mqtt/{address}/availability` is like `zigbee2mqtt/{address}`.
      expect([one.id, topic, own.length > 0]).toEqual([one.id, topic, true])
      for (const wider of own.slice(0, -1)) {
        expect(own.at(-1)?.template.startsWith(wider.template)).toBe(true)
      }
      for (const other of all) {
        const taken = other.topics.some(({ template }) => matchTopic(template, topic) !== undefined)
        if (taken) expect([topic, other.id, way(other)]).toEqual([topic, other.id, way(one)])
        if (taken) expect([other.id, other.format]).toEqual([other.id, one.format])
      }
    }
  }
})

const way = ({ topics }: Profile): string => topics[0]?.template.split('/')[0] ?? ''

test('checkProfile says of an example that fails its line, what was expected and what came out', () => {
  const text = `id: x
title: { en: A door, nb: En dør }
maker: any
model: any
power: battery
alarm: false
clock: untrusted
topics: { readings: 'x/{address}' }
readings:
  - { kind: door, key: open, value: 'it ? "open" : "closed"' }
prove: { ask: { en: Open it, nb: Åpne den }, expect: { kind: door, value: open } }
examples:
  - topic: x/1
    payload: { open: true }
    readings: [{ kind: door, value: open }]
  - topic: x/1
    payload: { open: false }
    readings: [{ kind: door, value: open }]
  - topic: x/1
    payload: { shut: true }
  - topic: y/1
    payload: { open: true }
`
  expect(checkProfile('p/x.yaml', text).problems.map(formatProblem)).toEqual([
    'p/x.yaml:16:5: Example 2 (x/1) fails: expected [{"kind":"door","value":"open"}], got [{"kind":"door","value":"closed"}]',
    'p/x.yaml:19:5: Example 3 (x/1) fails: expected nothing as what cannot be decoded, got "Cannot take the payload: it has none of the keys open of the profile x"',
    'p/x.yaml:21:5: Example 4 (y/1) fails: the topic is "y/1", expected one like x/{address}',
  ])
  expect(checkProfile('p/x.yaml', text).advice.map(({ message }) => message)).toEqual([
    'No example shows what cannot be decoded: add one with "undecoded"',
  ])
})

test.each([
  ['a word', { kind: 'door', value: 'open' }, { kind: 'door', value: 'open' }, true],
  ['another word', { kind: 'door', value: 'open' }, { kind: 'door', value: 'closed' }, false],
  ['another kind', { kind: 'door', value: 'open' }, { kind: 'lock', value: 'open' }, false],
  ['any value', { kind: 'spo2' }, { kind: 'spo2', value: 94 }, true],
  ['a repeated status', { kind: 'fall' }, { kind: 'fall', value: null }, false],
  ['more', { kind: 'power', above: 5 }, { kind: 'power', value: 5.1 }, true],
  ['not more', { kind: 'power', above: 5 }, { kind: 'power', value: 5 }, false],
  ['not less', { kind: 'power', below: 5 }, { kind: 'power', value: 5 }, false],
] as const)('proves: %s', (_, expected, reading, answer) => {
  expect(proves(expected, reading)).toBe(answer)
})

test('docs/profiles.md has the table of all profiles; `npm run -s profiles` writes it', async () => {
  const page = await readFile(PROFILES_DOC, 'utf8')
  expect(page).toBe(withProfileTable(page, all))
})
