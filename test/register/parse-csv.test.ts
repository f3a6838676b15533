import { join } from 'node:path'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import type { Profile } from '../../hub/decode/profile.ts'
import { diffHome } from '../../hub/register/diff-homes.ts'
import { readSource } from '../../hub/register/edit-home.ts'
import { sourceOf } from '../../hub/register/home-source.ts'
import type { HomeText } from '../../hub/register/homes-schema.ts'
import { parseHomesCsv, readHomesCsv } from '../../hub/register/parse-csv.ts'
import { parseHomes } from '../../hub/register/parse-homes.ts'
import { homesCsv } from '../../hub/register/write-csv.ts'
import { createRuleSet } from '../../hub/rules/rule.ts'
import { formatProblem } from '../../hub/source/problem.ts'
import { textOf } from '../../hub/source/text-of.ts'
import { stringify } from 'yaml'

const RULES = createRuleSet([])
let profiles: ReadonlyMap<string, Profile>
beforeAll(async () => {
  profiles = await loadProfiles(join(import.meta.dirname, '../../devices/profiles'))
})

function read(text: string, known?: HomeText): HomeText[] {
  const parsed = parseHomesCsv('homes.csv', text, {
    profiles,
    rules: RULES,
    now: Infinity,
    known: () => known,
  })
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  return parsed.value.map((one) => ({ ...sourceOf(one) }))
}

const problems = (text: string) => {
  const parsed = parseHomesCsv('homes.csv', text, {
    profiles,
    rules: RULES,
    now: Infinity,
    known: () => undefined,
  })
  return parsed.ok ? [] : parsed.problems.map(formatProblem)
}

const SHEET = `Hjem;Tidssone;Navn på hjemmet;Område;Risiko;Sensor;Profil;Enhetskode;Rom;Kontakt;Telefon;Adkomst
h-1;Europe/Oslo;Bjørkøya 3;Vardø;2,0;hall-door;zigbee2mqtt-contact;hall;gang;anne;+47 900 00 001;"Porten
binder"
`

const EXPECTED = {
  id: 'h-1',
  timezone: 'Europe/Oslo',
  label: 'Bjørkøya 3',
  area: 'Vardø',
  risk: 2,
  access: 'Porten\nbinder',
  sensors: [{ id: 'hall-door', profile: 'zigbee2mqtt-contact', address: 'hall', room: 'gang' }],
  contacts: [{ id: 'anne', phone: '+4790000001', language: 'nb', order: 1 }],
}

const cp1252 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'))

describe('a spreadsheet of homes', () => {
  it.each([
    ['UTF-8', Buffer.from(SHEET)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${SHEET}`)],
    ['Windows-1252, as Excel in Norway writes it', cp1252(SHEET)],
    ['UTF-16 with a byte order mark', Buffer.from(`\uFEFF${SHEET}`, 'utf16le')],
    ['UTF-16 without one', Buffer.from(SHEET, 'utf16le')],
    ['Windows line ends', Buffer.from(SHEET.replaceAll('\n', '\r\n').replace('Porten\r\n', 'Porten\n'))],
    ['tabs', Buffer.from(SHEET.replaceAll(';', '\t'))],
    ['commas', Buffer.from(SHEET.replace('2,0', '"2,0"').replaceAll(';', ','))],
    ["Excel's own hint", Buffer.from(`sep=;\r\n${SHEET}`)],
    [
      'English headers',
      Buffer.from(
        SHEET.replace(
          /^.*/,
          'home;TIME ZONE;label;area;risk;sensor;profile;device code;room;contact;phone;access',
        ),
      ),
    ],
  ])('is read from %s', (_, bytes) => {
    expect(read(textOf(bytes))).toEqual([expect.objectContaining(EXPECTED)])
  })

  it('is read with its columns in any order, and without remarks', () => {
    const text = 'Sensor,# note,Profile,Home,Time zone\nfall-1,new,native,h-1,UTC\n'
    expect(read(text)).toMatchObject([{ id: 'h-1', sensors: [{ id: 'fall-1', profile: 'native' }] }])
  })

  it('says every error with its line and column, and what was probably meant', () => {
    const text = `Hjem;Tidssone;Sensor;Profil;Kontakt;Telefon;Adkomst
h-1;Europe/Olso;a;nativ;anne;900 00 001;"to
linjer"
h-1;Europe/Oslo;a;native;per;4790000002;
;UTC;;;;;
`
    expect(problems(text)).toEqual([
      expect.stringMatching(/^homes\.csv:2:2: "Tidssone": .*did you mean "Europe\/Oslo"\?$/),
      expect.stringMatching(/^homes\.csv:2:6: "Telefon": .*is it "\+47 900 00 001"\?$/),
      expect.stringMatching(
        /^homes\.csv:4:2: "Tidssone": Cannot take "Europe\/Oslo": line 2 says "Europe\/Olso" of this home$/,
      ),
      expect.stringMatching(/^homes\.csv:4:3: "Sensor": Cannot use the id "a" twice in this home$/),
      expect.stringMatching(/^homes\.csv:4:6: "Telefon": .*is it "\+4790000002"\?$/),
      expect.stringMatching(/^homes\.csv:5:1: "Hjem": Cannot read this row: it does not say which home/),
    ])
    expect(problems('Hjem;Tidssone;Sensor;Profil\nh-1;UTC;a;nativ')).toEqual([
      expect.stringMatching(/^homes\.csv:2:4: "Profil": .*did you mean "native"\?$/),
    ])
  })

  it('is read home by home, so that readings need not wait for all of it', () => {
    const text = 'Hjem;Tidssone\nh-1;UTC\nh-2;UTC\nh-3;UTC\n'
    const options = { profiles, rules: RULES, now: Infinity, known: () => undefined }
    expect([...readHomesCsv('homes.csv', text, options)]).toHaveLength(3)
  })

  it.each([
    ['', /:1:1: Cannot read this file: it is empty/],
    ['Navn;Telefon\n', /:1:1: "Navn": Cannot use this column: it is not known/],
    ['Sensor;Profil\na;native\n', /no column says the home/],
    ['Hjem;Home\n', /it is there twice/],
    ['Hjem\n', /no row beside its headers/],
    ['Hjem;Telefon\nh-1;"90', /Cannot read this table/],
    [
      'Hjem;Tidssone;Kontakt;Telefon\nh-1;UTC;anne;4,79E+09',
      /:2:4: "Telefon": .*a spreadsheet has rounded this one: make the column text/,
    ],
    [`Hjem\n${'h-1\n'.repeat(600_000)}`, /:1:1: Cannot read so much at once: expected at most 2 MB/],
    [
      `Hjem;Sensor\n${Array.from({ length: 1001 }, (_, index) => `h-1;s${index}\n`).join('')}`,
      /:1002:1: "Hjem": Cannot take so many rows of home "h-1": expected at most 1000/,
    ],
    [
      'Hjem;Tidssone;Kontakt;Telefon\nh-1;UTC;;+4790000001',
      /:2:4: "Telefon": .*the row does not say whose it is, in "Kontakt"/,
    ],
  ])('is refused: %.40j', (text, message) => {
    expect(problems(text)).toEqual([expect.stringMatching(message)])
  })

  it('leaves what it has no column for as it is, and is all of the lists that it has', () => {
    const known: HomeText = {
      id: 'h-1',
      timezone: 'UTC',
      label: 'Storgata',
      sensors: [
        { id: 'a', profile: 'native' },
        { id: 'b', profile: 'native', role: 'entrance' },
      ],
      contacts: [{ id: 'anne', quiet: { from: '22:00', to: '07:00' }, language: 'nb', order: 1 }],
    }
    const [after] = read('Home;Sensor;Profile;Room\nh-1;b;native;hall\n', known)
    expect(after).toMatchObject({ ...known, sensors: [{ id: 'b', role: 'entrance', room: 'hall' }] })
    expect(diffHome(known, after!)).toMatchObject({
      what: 'changed',
      differences: [
        { path: 'sensors/a', before: 'there' },
        { path: 'sensors/a/profile', before: 'native' },
        { path: 'sensors/b/room', after: 'hall' },
      ],
    })
  })
})

const word = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,8}$/)
/** What people type, and what spreadsheets make formulas of. */
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom('=1+1', '0417', "'=x", '-5', '+47', '@a', 'a;b,c', 'a "b" c', 'Ærlig Øst'),
  )
  .map((value) => value.replace(/[\p{C}\p{Z}|]+/gu, ' ').trim())
  .filter((value) => value !== '' && !value.startsWith('="'))
const optional = <T>(key: string, value: fc.Arbitrary<T>) =>
  fc.option(value, { nil: undefined }).map((one) => (one === undefined ? {} : { [key]: one }))
const fields = (...parts: fc.Arbitrary<object>[]) =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all) as object)
const list = (entry: fc.Arbitrary<object>) =>
  fc
    .uniqueArray(fc.tuple(word, entry), { selector: ([id]) => id, maxLength: 3 })
    .map((all) => all.map(([id, rest]) => ({ id, ...rest })))

const homeText = fields(
  word.map((id) => ({ id: `h${id}`, timezone: 'Europe/Oslo' })),
  optional('label', text),
  optional(
    'area',
    text.map((value) => value.slice(0, 50).trim()),
  ),
  optional('risk', fc.integer({ min: 1, max: 3 })),
  optional('tags', fc.array(word, { minLength: 1, maxLength: 3 })),
  optional('address', text),
  optional(
    'keySafe',
    fields(
      text.map((code) => ({ code: code.slice(0, 40).trim() })),
      optional('where', text),
    ),
  ),
  optional('access', text),
  optional('state', fc.constantFrom('planned', 'commissioning', 'closed')),
  optional(
    'rooms',
    list(optional('name', text)).filter((all) => all.length > 0),
  ),
  list(
    fields(
      optional('name', text),
      optional('language', fc.constantFrom('nb', 'en')),
      optional('spo2Scale', fc.constantFrom(1, 2)),
    ),
  ).map((residents) => ({ residents })),
  list(fields(fc.constant({ profile: 'native' }), optional('room', word), optional('role', word))).map(
    (sensors) => ({ sensors }),
  ),
  list(
    fields(
      fc.constant({ language: 'nb' }),
      optional('name', text),
      optional('phone', fc.constantFrom('+4790000001', '+46701234567')),
      optional('alias', text),
      fc.integer({ min: 1, max: 9 }).map((order) => ({ order })),
      optional('role', fc.constantFrom('nurse', 'installer')),
    ),
  ).map((contacts) => ({ contacts })),
) as fc.Arbitrary<HomeText>

describe('an exported home', () => {
  it.each(['=1+1', '\t=1+1', '\n@a', " '+1", '\uFF1D1+1'])('has %j as text, no formula', (label) => {
    const exported = homesCsv([{ id: 'h-1', timezone: 'UTC', label }], 'nb')
    expect(exported).toMatch(/^h-1;"?'/m)
    expect(read(exported)).toMatchObject([{ label: label.trim() }])
  })

  /** As it is registered: what was read of a text, said anew. */
  function registeredAs(source: HomeText): HomeText {
    const parsed = readSource(source, profiles, RULES, Infinity)
    if (!parsed.ok) return fc.pre(false) as never
    const { home, personal, state } = parsed.parsed
    return sourceOf({
      home: state && state.is !== 'active' ? { ...home, state: state as never } : home,
      personal,
    })
  }

  it('is the same when it is imported again, as YAML and as a spreadsheet', () => {
    fc.assert(
      fc.property(homeText, fc.constantFrom('nb' as const, 'en' as const), (source, language) => {
        const home = registeredAs(source)
        const yaml = parseHomes('homes.yaml', stringify({ homes: [home] }), profiles, RULES)
        if (!yaml.ok) throw new Error(yaml.problems.map(formatProblem).join('\n'))
        const csv = parseHomesCsv('homes.csv', textOf(Buffer.from(homesCsv([home], language))), {
          profiles,
          rules: RULES,
          now: Infinity,
          known: () => undefined,
        })
        if (!csv.ok) throw new Error(csv.problems.map(formatProblem).join('\n'))
        for (const read of [yaml, csv]) {
          const [one] = read.value
          const { state, ...rest } = home
          expect(one && sourceOf(one)).toEqual(rest)
          expect(one?.state?.is).toBe(state)
        }
      }),
      { numRuns: 150 },
    )
  })
})

it('refuses one device twice in a file, whichever way its code is written, but not one name in two homes', () => {
  const sheet = (first: string, second: string) =>
    `Hjem;Tidssone;Sensor;Profil;Sensoradresse
h-1;Europe/Oslo;door;zigbee2mqtt-contact;${first}
h-2;Europe/Oslo;front;zigbee2mqtt-contact;${second}
`
  expect(problems(sheet('0x00158d0001a2b3c4', '00-15-8D-00-01-A2-B3-C4'))).toEqual([
    'homes.csv:3:5: "Sensoradresse": Cannot use the address "00-15-8D-00-01-A2-B3-C4": this device is sensor "door" of home h-1. Remove it there first',
  ])
  expect(problems(sheet('hall-door', 'hall-door'))).toEqual([])
})
