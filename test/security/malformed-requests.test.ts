import * as fc from 'fast-check'
import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { registerHub } from '../http/register-hub.ts'
import type { RegisterHub } from '../http/register-hub.ts'

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly minItems?: number
}
interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

/** More, and others, for whoever looks for faults: FUZZ_RUNS=50 FUZZ_SEED=7. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 5)
const SEED = Number(process.env['FUZZ_SEED'] ?? 8)

/** Words that lead somewhere: ids that there are, and what opens doors elsewhere. */
const WORDS = fc.constantFrom(
  'h-1',
  'h-2',
  'siv',
  'door',
  'anne',
  'r1',
  'fall',
  'away',
  'gw-1',
  'a1',
  'all',
  '',
  ' ',
  '0',
  '-1',
  '1e400',
  '../../etc/passwd',
  '..%2f..',
  '%00',
  '\u0000',
  '\u202E',
  '__proto__',
  'constructor',
  "' OR 1=1 --",
  '=1+1',
  'a'.repeat(3000),
  '2026-11-22',
  '2026-02-30',
  'Europe/Oslo',
  '99999999999999999999',
  '{}',
  '\r\nSet-Cookie: x=1',
)
const ANYTHING = fc.oneof(
  WORDS,
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(-1, 0, 2 ** 53, 1e308, null, []),
)

let own: RegisterHub
let api: OpenApi
let cookie: string

beforeAll(async () => {
  own = await registerHub()
  await own.hub.office.importHomes(
    'homes.yaml',
    `homes:
  - id: h-1
    timezone: Europe/Oslo
    area: Alta
    residents: [{ id: r1, name: Kari }]
    sensors: [{ id: door, profile: native }]
    contacts: [{ id: anne, name: Anne, phone: "+4790000001", language: nb }]
`,
  )
  const { people } = own.hub.office
  people.add({ id: 'siv', roles: ['operator'], areas: ['Alta'] })
  // No word above names whoever asks: they stay who they are.
  people.add({ id: 'asker', roles: ['operator', 'installer', 'admin'], areas: 'all' })
  cookie = `aal_session=${people.signIn(people.createSignInToken('asker'))?.session}`
  api = (await own.app.inject({ url: '/api/openapi.json', headers: { cookie } })).json<OpenApi>()
})
afterAll(() => own.stop())

/** What a schema asks for, mostly; in some places something else. */
function valueOf(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const { $ref, enum: words, const: only, anyOf, oneOf, allOf, properties, items } = schema
  if ($ref !== undefined) return valueOf(api.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {}, depth)
  if (depth > 4) return ANYTHING
  const spoil = (good: fc.Arbitrary<unknown>) =>
    fc.oneof({ weight: 7, arbitrary: good }, { weight: 1, arbitrary: ANYTHING })
  if (words) return spoil(fc.constantFrom(...words))
  if (only !== undefined) return spoil(fc.constant(only))
  const some = anyOf ?? oneOf ?? allOf
  if (some) return fc.oneof(...some.map((one) => valueOf(one, depth)))
  if (properties) {
    const fields = Object.entries(properties).map(([name, one]) => [name, valueOf(one, depth + 1)] as const)
    return spoil(fc.record(Object.fromEntries(fields), { requiredKeys: [] }))
  }
  if (items) return spoil(fc.array(valueOf(items, depth + 1), { maxLength: 3 }))
  switch ([schema.type].flat()[0]) {
    case 'string':
      return spoil(fc.oneof(WORDS, fc.string({ unit: 'binary', maxLength: 40 })))
    case 'integer':
      return spoil(fc.oneof(fc.integer(), fc.maxSafeInteger()))
    case 'number':
      return spoil(fc.double())
    case 'boolean':
      return spoil(fc.boolean())
    default:
      return ANYTHING
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
const CHANGES = new Set(['get', 'post', 'put', 'patch', 'delete'])

/** A request to one of the routes, made by its own description. */
function requestTo(path: string, method: string, operation: Operation): fc.Arbitrary<InjectOptions> {
  const { parameters = [], requestBody } = operation
  const body = Object.values(requestBody?.content ?? {})[0]?.schema
  return fc
    .record({
      given: fc.tuple(...parameters.map(({ schema }) => valueOf(schema))),
      payload: body ? valueOf(body) : fc.constant(undefined),
    })
    .map(({ given, payload }) => {
      let url = path
      const query = new URLSearchParams()
      for (const [index, { name, in: place }] of parameters.entries()) {
        const value = text(given[index]).slice(0, 200)
        // A lone surrogate is in no address.
        if (place === 'path') url = url.replace(`{${name}}`, () => encodeURIComponent(value.toWellFormed()))
        else if (place === 'query') query.set(name, value)
      }
      return {
        method: method.toUpperCase() as 'GET',
        url: `${url}?${query.toString()}`,
        headers: {
          cookie,
          'x-aal': '1',
          'if-match': '*',
          'x-reason': 'fuzz',
          'content-type': 'application/json',
        },
        ...(payload !== undefined && { payload: JSON.stringify(payload) }),
      }
    })
}

it('whatever is sent to any route, by its own schema, nothing fails in the hub, and memory stays bounded', async () => {
  const routes = Object.entries(api.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method]) => CHANGES.has(method))
      // Streams end when their reader leaves, and the session of this test has to last.
      .filter(
        ([method]) => !path.startsWith('/api/live') && !(path.startsWith('/api/session') && method !== 'get'),
      )
      .map(([method, operation]) => ({ path, method, operation })),
  )
  expect(routes.length).toBeGreaterThan(80)
  const failed: string[] = []
  const statuses = new Map<number, number>()
  const before = process.memoryUsage().rss
  for (const { path, method, operation } of routes) {
    for (const request of fc.sample(requestTo(path, method, operation), { numRuns: RUNS, seed: SEED })) {
      const { statusCode, body } = await own.app.inject(request)
      statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1)
      if (statusCode >= 500)
        failed.push(`${method} ${request.url as string} ${text(request.payload)}: ${body}`)
    }
  }
  expect(failed).toEqual([])
  expect(statuses.get(401)).toBeUndefined()
  // It did get somewhere.
  for (const status of [200, 400, 404, 422]) expect(statuses.get(status) ?? 0, `${status}`).toBeGreaterThan(2)
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024)
})
