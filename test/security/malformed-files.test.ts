import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseConfig } from '../../hub/config.ts'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import { parseProfile } from '../../hub/decode/parse-profile.ts'
import { parsePolicies } from '../../hub/alerts/parse-policies.ts'
import { parseHomesCsv } from '../../hub/register/parse-csv.ts'
import { parseHomes } from '../../hub/register/parse-homes.ts'
import { parseStaff } from '../../hub/register/parse-staff.ts'
import { loadRuleFiles } from '../../hub/rules/load-rule-files.ts'
import { parseRules } from '../../hub/rules/parse-rules.ts'
import { registerHub } from '../http/register-hub.ts'
import type { Call, RegisterHub } from '../http/register-hub.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** A good text with some of it cut out, doubled, or written over. */
function spoilt(text: string): fc.Arbitrary<string> {
  const change = fc.tuple(fc.nat(text.length), fc.nat(40), fc.oneof(fc.string({ maxLength: 8 }), signs))
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    let spoiled = text
    for (const [at, length, put] of changes) spoiled = spoiled.slice(0, at) + put + spoiled.slice(at + length)
    return spoiled
  })
}
/** What YAML, CSV, CEL and numbers are made of. */
const signs = fc.constantFrom(
  '- ',
  ': ',
  '\n',
  '\t',
  '{',
  '}',
  '[',
  ']',
  '&a ',
  '*a',
  '!!js ',
  '|',
  '>',
  '"',
  "'",
  ';',
  ',',
  '%',
  '\0',
  '\uFEFF',
  '\uD800',
  '1e999',
  '-0',
  'NaN',
  '.inf',
  '2147483648',
  '99999999999999999999',
  '(((((',
  '__proto__: ',
  'constructor: ',
  '=1+1',
  '<<: ',
  '"\\u0000"',
  '?',
)

/** So many spoilt texts of each file; each is good still, or has errors with a place. */
const RUNS = { numRuns: 60 }

let own: RegisterHub
let siv: Call
let profiles: Awaited<ReturnType<typeof loadProfiles>>
beforeAll(async () => {
  own = await registerHub()
  siv = own.person('siv', ['operator', 'installer', 'admin'])
  profiles = await loadProfiles(join(ROOT, 'devices/profiles'))
})
afterAll(() => own.stop())

const shipped = parseRules(
  (await loadRuleFiles(join(ROOT, 'rules'))).filter(({ name }) => !name.startsWith('policies/')),
  ['default'],
)
if (!shipped.ok) throw new Error('The shipped rules have errors')

interface Outcome {
  readonly ok: boolean
  readonly problems?: readonly { readonly message: string; readonly line?: number }[]
}

it.each<[string, string, (text: string) => Outcome]>([
  ['rules', textOf('rules/falls.yaml'), (text) => parseRules([{ name: 'a.yaml', text }])],
  [
    'a profile',
    textOf('devices/profiles/zigbee2mqtt-contact.yaml'),
    (text) => parseProfile('zigbee2mqtt-contact.yaml', text),
  ],
  ['homes', textOf('docs/homes.example.yaml'), (text) => parseHomes('a.yaml', text, profiles, shipped.value)],
  [
    'a spreadsheet of homes',
    'Hjem;Tidssone;Område;Sensor;Profil;Sensoradresse\nh-2;Europe/Oslo;Alta;dør-1;zigbee2mqtt-contact;door-2\nh-3;Europe/Oslo;;;;\n'.replace(
      'dør',
      'door',
    ),
    (text) =>
      parseHomesCsv('a.csv', text, { profiles, rules: shipped.value, now: 0, known: () => undefined }),
  ],
  [
    'policies',
    textOf('rules/policies/standard.yaml'),
    (text) => parsePolicies([{ name: 'policies/standard.yaml', text }]),
  ],
  ['the staff', 'staff: [{ id: kai, name: Kai, phone: "+4790000007" }]', (text) => parseStaff('a', text)],
  ['hub.yaml', textOf('docs/hub.channels.example.yaml'), (text) => parseConfig('hub.yaml', text)],
])('a spoilt file of %s is taken or refused with a place, and throws never', (_, good, parse) => {
  expect(parse(good).ok).toBe(true)
  let refused = 0
  fc.assert(
    fc.property(spoilt(good), (text) => {
      const parsed = parse(text)
      if (parsed.ok) return
      refused++
      expect(parsed.problems?.length).toBeGreaterThan(0)
      for (const { message, line } of parsed.problems ?? []) {
        expect(message).not.toBe('')
        expect(line).toBeGreaterThan(0)
      }
    }),
    RUNS,
  )
  expect(refused).toBeGreaterThan(10)
})

it('whatever is asked of the API, nothing fails in the hub, and every refusal is a sentence', async () => {
  const values = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.record({
      text: fc.oneof(spoilt(textOf('docs/homes.example.yaml')), fc.string()),
      dryRun: fc.boolean(),
    }),
    fc.record({ id: fc.string(), timezone: fc.string(), label: fc.string() }),
  )
  const calls = fc.constantFrom<readonly ['POST' | 'PATCH' | 'PUT', string]>(
    ['POST', '/api/homes'],
    ['POST', '/api/register'],
    ['POST', '/api/people'],
    ['POST', '/api/tokens'],
    ['POST', '/api/rules/trials'],
    ['PUT', '/api/homes/h-1/modes/away'],
    ['PATCH', '/api/people/siv'],
    ['POST', '/api/session'],
  )
  await fc.assert(
    fc.asyncProperty(calls, values, async ([method, url], body) => {
      const { status, json } = await siv(method, url, { ...(body as object) })
      expect(status).toBeLessThan(500)
      if (status >= 400)
        expect(json).toMatchObject({ detail: expect.stringMatching(/^\p{Lu}\p{L}+ /u) as string })
    }),
    { numRuns: 150 },
  )
  // Bytes that are no JSON, too.
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (bytes) => {
      const answer = await own.app.inject({
        method: 'POST',
        url: '/api/session',
        headers: { 'x-aal': '1', 'content-type': 'application/json' },
        payload: Buffer.from(bytes),
      })
      expect([400, 401, 415, 429]).toContain(answer.statusCode)
    }),
    { numRuns: 50 },
  )
})
