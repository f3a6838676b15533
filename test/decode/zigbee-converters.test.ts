import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import { showPath } from '../../hub/decode/json-path.ts'
import type { Mapping, Profile } from '../../hub/decode/profile.ts'

// CommonJS, and only the files of the models that are asked for: the whole of it is 27 MB.
const require = createRequire(import.meta.url)
const indexFile = require.resolve('zigbee-herdsman-converters').replace(/index\.js$/, 'models-index.json')
const fileSchema = z.record(z.string(), z.array(z.tuple([z.string(), z.number()])))
const files = fileSchema.parse(JSON.parse(readFileSync(indexFile, 'utf8')))

const exposeSchema = z.object({
  type: z.string(),
  property: z.string().optional(),
  values: z.array(z.union([z.string(), z.number()])).optional(),
  value_on: z.union([z.string(), z.boolean()]).optional(),
  value_off: z.union([z.string(), z.boolean()]).optional(),
  get features() {
    return z.array(exposeSchema).optional()
  },
})
type Expose = z.output<typeof exposeSchema>
const definitionSchema = z.looseObject({ model: z.string(), vendor: z.string() })
const preparedSchema = z.object({
  exposes: z.union([
    z.array(exposeSchema),
    z.custom<(device: object, options: object) => unknown>((value) => typeof value === 'function'),
  ]),
})

/** What Zigbee2MQTT says of a model, by key. */
function exposesOf(maker: string, model: string): ReadonlyMap<string, Expose> {
  const { prepareDefinition } = require('zigbee-herdsman-converters') as {
    prepareDefinition: (definition: unknown) => unknown
  }
  const names = new Set(Object.values(files).flatMap((entries) => entries.map(([file]) => file)))
  const wanted = [...names].filter((file) => fileMayHave(file, maker))
  for (const file of wanted) {
    const { definitions } = require(`zigbee-herdsman-converters/devices/${file.replace(/\.js$/, '')}`) as {
      definitions: unknown[]
    }
    for (const definition of definitions) {
      const { model: found, vendor } = definitionSchema.parse(definition)
      if (found !== model || vendor !== maker) continue
      const prepared = preparedSchema.parse(prepareDefinition(definition))
      const exposes =
        typeof prepared.exposes === 'function'
          ? z.array(exposeSchema).parse(prepared.exposes({ isDummyDevice: true }, {}))
          : prepared.exposes
      return new Map(exposes.flatMap(flatten).map((expose) => [expose.property ?? '', expose]))
    }
  }
  throw new Error(`zigbee-herdsman-converters has no ${maker} ${model} any more`)
}

/** Most files are named for their maker. */
const FILES: Readonly<Record<string, string>> = {
  Aqara: 'lumi.js',
  Xiaomi: 'lumi.js',
  HOBEIAN: 'tuya.js',
}

function fileMayHave(file: string, maker: string): boolean {
  return file === (FILES[maker] ?? `${maker.toLowerCase().replaceAll(' ', '_')}.js`)
}

function flatten(expose: Expose): Expose[] {
  return expose.features && expose.property === undefined ? expose.features.flatMap(flatten) : [expose]
}

/** Says what a mapping cannot read of what the model says under its key. */
function whyNotRead(mapping: Mapping, expose: Expose): string | undefined {
  const { convert, shape } = mapping
  switch (expose.type) {
    case 'numeric':
      return shape.value === 'number' ? undefined : `it is a number, and ${mapping.kind} is none`
    case 'binary': {
      const values = [expose.value_on, expose.value_off]
      if (convert.by === 'words') return unknownWords(convert.words, values)
      return values.every((value) => typeof value === 'boolean')
        ? undefined
        : `it is ${values.join(' or ')}, expected true or false`
    }
    case 'enum':
      if (convert.by !== 'words') return 'it has words, and the profile none'
      // What the profile passes over, it has said elsewhere.
      return convert.otherwise === undefined ? unknownWords(convert.words, expose.values ?? []) : undefined
    default:
      return `it is ${expose.type}`
  }
}

function unknownWords(words: ReadonlyMap<string, unknown>, values: readonly unknown[]): string | undefined {
  const unknown = values.filter((value) => !words.has(String(value)))
  return unknown.length === 0 ? undefined : `the profile does not know ${unknown.join(', ')}`
}

/** Of every model, beside what it exposes. */
const OF_THE_GATEWAY = new Set(['linkquality'])
/** Words of a model that its profile leaves undecoded on purpose, as its comment says. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'Heiman HS2FD-EF1-3.0 fall_status: the profile does not know unknown',
  'Datek 0402946 door_state: the profile does not know error_jammed, error_forced_open, error_unspecified, undefined',
  'Aqara WXKG11LM action: the profile does not know quadruple',
])

const profiles: Profile[] = [...(await loadProfiles('devices/profiles')).values()].filter(({ id }) =>
  id.startsWith('zigbee2mqtt-'),
)

test.each(profiles.map((profile) => [profile.id, profile] as const))(
  '%s reads keys that its models have, with their values',
  (_, { models, readings, prove }) => {
    expect(Object.keys(models)).not.toEqual([])
    const unseen = new Set(readings.map(({ key }) => showPath(key)).filter((key) => !OF_THE_GATEWAY.has(key)))
    const wrong: string[] = []
    for (const [maker, list] of Object.entries(models)) {
      for (const model of list) {
        const exposes = exposesOf(maker, model)
        const proved = new Set<string>()
        for (const mapping of readings) {
          const key = showPath(mapping.key)
          const expose = exposes.get(key)
          if (!expose) continue
          unseen.delete(key)
          proved.add(mapping.kind)
          const why = whyNotRead(mapping, expose)
          const said = `${maker} ${model} ${key}: ${why}`
          if (why !== undefined && !LEFT_OUT.has(said)) wrong.push(said)
        }
        for (const step of prove?.steps ?? []) {
          if (!proved.has(step.expect.kind)) wrong.push(`${maker} ${model} has no ${step.expect.kind}`)
        }
      }
    }
    expect({ wrong, unseen: [...unseen] }).toEqual({ wrong: [], unseen: [] })
  },
)

test('a renamed key, a new word and another type are noticed', () => {
  const contact = profiles.find(({ id }) => id === 'zigbee2mqtt-contact')
  const door = contact?.readings[0]
  const radar = profiles.find(({ id }) => id === 'zigbee2mqtt-fall-radar-owon-fds315')
  const fall = radar?.readings[0]
  if (!door || !fall) throw new Error('the profiles are not there')
  expect(whyNotRead(door, { type: 'binary', value_on: 'ON', value_off: 'OFF' })).toBe(
    'it is ON or OFF, expected true or false',
  )
  expect(whyNotRead(door, { type: 'numeric' })).toBe('it is a number, and door is none')
  expect(whyNotRead(fall, { type: 'enum', values: ['falling', 'crawling'] })).toBe(
    'the profile does not know crawling',
  )
  expect(exposesOf('Aqara', 'MCCGQ11LM').has('contact')).toBe(true)
  expect(() => exposesOf('Aqara', 'MCCGQ99LM')).toThrow('has no Aqara MCCGQ99LM any more')
})
