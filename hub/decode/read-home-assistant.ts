import { z } from 'zod'
import type { Announced } from '../model/seen.ts'
import { addressOf, belowHome } from './address-of.ts'
import { clip } from './observation.ts'
import type { Profile } from './profile.ts'

/** Names that may be shortened, and how [home-assistant.io, MQTT discovery: supported abbreviations]. */
const SHORT: Readonly<Record<string, string>> = {
  dev: 'device',
  cmps: 'components',
  stat_t: 'state_topic',
  json_attr_t: 'json_attributes_topic',
  val_tpl: 'value_template',
}
const SHORT_OF_DEVICE: Readonly<Record<string, string>> = {
  ids: 'identifiers',
  mf: 'manufacturer',
  mdl: 'model',
  mdl_id: 'model_id',
  cns: 'connections',
}

const text = z
  .string()
  .trim()
  .min(1)
  .transform((given) => clip(given, 120))
  .optional()
  .catch(undefined)
const topic = z.string().min(1).max(300).optional().catch(undefined)

const deviceSchema = z
  .preprocess(
    (given) => longNames(given, SHORT_OF_DEVICE),
    z.object({
      name: text,
      manufacturer: text,
      model: text,
      model_id: text,
      identifiers: z
        .union([z.string().transform((one) => [one]), z.array(z.string())])
        .catch([])
        .default([]),
    }),
  )
  .optional()
  .catch(undefined)

const entitySchema = z.preprocess(
  (given) => longNames(given, SHORT),
  z.object({
    '~': z.string().optional().catch(undefined),
    state_topic: topic,
    json_attributes_topic: topic,
    value_template: z.string().optional().catch(undefined),
  }),
)

const configSchema = z.preprocess(
  (given) => longNames(given, SHORT),
  z.object({ device: deviceSchema, components: z.record(z.string(), z.unknown()).catch({}).default({}) }),
)

/**
 * Reads a discovery message as it is made for Home Assistant, of one entity or a whole device: what the device is called,
 * where it speaks, and which key of its payload the entity is.
 */
export function readHomeAssistant(
  json: unknown,
  home: string,
  profiles: ReadonlyMap<string, Profile>,
): Announced[] {
  const config = configSchema.safeParse(json)
  if (!config.success) return []
  const { device, components } = config.data
  const entities = [json, ...Object.values(components).slice(0, 60)].flatMap((one) => {
    const read = entitySchema.safeParse(one)
    return read.success ? [read.data] : []
  })
  // A component without a topic of its own has that of the device.
  const base = entities[0]?.['~']
  const whole = entities[0]?.state_topic ?? entities[0]?.json_attributes_topic
  const byAddress = new Map<string, { topics: Set<string>; keys: Set<string> }>()
  for (const entity of entities) {
    const given = entity.state_topic ?? entity.json_attributes_topic ?? whole
    if (given === undefined) continue
    const full = given.replace(/^~|~$/g, () => entity['~'] ?? base ?? '')
    const rest = belowHome(full, home)
    // Its bridge is a device, too, for Home Assistant.
    if (rest.startsWith('zigbee2mqtt/bridge/')) continue
    const { address } = addressOf(rest, profiles)
    const known = byAddress.get(address) ?? { topics: new Set(), keys: new Set() }
    byAddress.set(address, known)
    known.topics.add(rest)
    const key = /value_json\.([A-Za-z_]\w{0,59})/.exec(entity.value_template ?? '')?.[1]
    if (key !== undefined) known.keys.add(key)
  }
  // "Aqara Door sensor (MCCGQ11LM)" of Zigbee2MQTT before 2.0: the model stands in brackets.
  const model = device?.model_id ?? /\(([^()]+)\)$/.exec(device?.model ?? '')?.[1] ?? device?.model
  return [...byAddress].map(([address, { topics, keys }]) => ({
    address,
    ...(device?.identifiers[0] !== undefined && { hardware: clip(device.identifiers[0], 120) }),
    ...(device?.name !== undefined && { name: device.name }),
    ...(device?.manufacturer !== undefined && { maker: device.manufacturer }),
    ...(model !== undefined && { model }),
    ...(device?.model !== undefined && device.model !== model && { what: device.model }),
    topics: [...topics],
    ...(keys.size > 0 && { keys: [...keys] }),
  }))
}

function longNames(given: unknown, names: Readonly<Record<string, string>>): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [Object.hasOwn(names, key) ? names[key] : key, value]),
  )
}
