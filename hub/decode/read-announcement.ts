import { z } from 'zod'
import type { Announced, Announcer } from '../model/seen.ts'
import { addressOf, belowHome } from './address-of.ts'
import { readHomeAssistant } from './read-home-assistant.ts'
import { clip } from './observation.ts'
import type { Profile } from './profile.ts'

/** What a gateway tells of its network's devices. */
export interface Announcement {
  readonly by: Announcer
  /** None where the message could not be read, or tells of none. */
  readonly devices: readonly Announced[]
  /** These are all that there are. */
  readonly isAll?: true
}

const MOST_DEVICES = 200
const MOST_KEYS = 40
/** The hub's own limit of a packet is smaller, unless somebody raised it for the list of a large network. */
const LARGEST = 2 * 1024 * 1024

/** Where devices are announced, below `homes/<homeId>/`. */
const WAYS: readonly {
  readonly by: Announcer
  readonly topic: RegExp
  readonly read: (json: unknown, found: RegExpExecArray, parts: Parts) => Omit<Announcement, 'by'>
}[] = [
  { by: 'zigbee2mqtt', topic: /^zigbee2mqtt\/bridge\/devices$/, read: readDevices },
  { by: 'zigbee2mqtt', topic: /^zigbee2mqtt\/bridge\/event$/, read: readEvent },
  {
    by: 'homeassistant',
    topic: /^homeassistant\/[^/]+\/(?:[^/]+\/)?[^/]+\/config$/,
    read: (json, _, { home, profiles }) => ({ devices: readHomeAssistant(json, home, profiles) }),
  },
  { by: 'tasmota', topic: /^tasmota\/discovery\/([^/]+)\/config$/, read: readTasmota },
  // What it has, beside what it is: told of in one of its own messages soon enough.
  { by: 'tasmota', topic: /^tasmota\/discovery\/[^/]+\/sensors$/, read: () => ({ devices: [] }) },
  { by: 'shelly', topic: /^shellies\/(?:[^/]+\/)?announce$/, read: readShelly },
]

interface Parts {
  readonly home: string
  readonly profiles: ReadonlyMap<string, Profile>
}

/**
 * Reads what a bridge or device says of names and models. It is neither a reading nor a fault: what of it cannot be
 * read is left out.
 * @param rest the topic after `homes/<homeId>/`
 * @returns undefined when nothing is announced under this topic
 */
export function readAnnouncement(
  home: string,
  rest: string,
  payload: Uint8Array,
  profiles: ReadonlyMap<string, Profile>,
): Announcement | undefined {
  for (const { by, topic, read } of WAYS) {
    const found = topic.exec(rest)
    if (!found) continue
    const json = payload.length > LARGEST ? undefined : jsonOf(payload)
    return { by, ...(json === undefined ? { devices: [] } : read(json, found, { home, profiles })) }
  }
  return undefined
}

/** Of any length from outside. */
export const shortText = z
  .string()
  .trim()
  .min(1)
  .transform((text) => clip(text, 120))
const optionalText = shortText.optional().catch(undefined)

const zigbeeDevice = z.object({
  ieee_address: shortText,
  friendly_name: z.string().min(1).max(256),
  type: z.string().optional().catch(undefined),
  disabled: z.boolean().optional().catch(undefined),
  power_source: z.string().nullish().catch(undefined),
  manufacturer: optionalText,
  model_id: optionalText,
  definition: z
    .object({
      model: optionalText,
      vendor: optionalText,
      description: optionalText,
      exposes: z.array(z.unknown()).catch([]).default([]),
    })
    .nullish()
    .catch(undefined),
})

function readDevices(json: unknown): Omit<Announcement, 'by'> {
  if (!Array.isArray(json)) return { devices: [] }
  return { devices: json.slice(0, MOST_DEVICES).flatMap(readDevice), isAll: true }
}

/** A device joins the network while somebody stands beside it: known before its first reading. */
function readEvent(json: unknown): Omit<Announcement, 'by'> {
  const event = z
    .object({ type: z.enum(['device_joined', 'device_announce', 'device_interview']), data: z.unknown() })
    .safeParse(json)
  return { devices: event.success ? readDevice(event.data.data) : [] }
}

function readDevice(given: unknown): Announced[] {
  const read = zigbeeDevice.safeParse(given)
  if (!read.success || read.data.type === 'Coordinator' || read.data.disabled === true) return []
  const { ieee_address, friendly_name, power_source, manufacturer, model_id, definition } = read.data
  const keys = [...new Set((definition?.exposes ?? []).flatMap((one) => keysOf(one, 0)))].slice(0, MOST_KEYS)
  const maker = definition?.vendor ?? manufacturer
  const model = definition?.model ?? model_id
  return [
    {
      address: friendly_name,
      hardware: ieee_address,
      ...(friendly_name !== ieee_address && { name: clip(friendly_name, 120) }),
      ...(maker !== undefined && { maker }),
      ...(model !== undefined && { model }),
      ...(definition?.description !== undefined && { what: definition.description }),
      ...(power_source && { power: power_source === 'Battery' ? 'battery' : 'mains' }),
      topics: [`zigbee2mqtt/${friendly_name}`],
      ...(keys.length > 0 && { keys }),
    },
  ]
}

/** The keys of payloads that a part of `exposes` tells of; a light or lock has its own below `features`. */
function keysOf(exposed: unknown, depth: number): string[] {
  const read = z
    .object({ property: z.string().max(60).optional(), features: z.array(z.unknown()).optional() })
    .safeParse(exposed)
  if (!read.success || depth > 2) return []
  const { property, features = [] } = read.data
  return property === undefined ? features.flatMap((one) => keysOf(one, depth + 1)) : [property]
}

const tasmotaConfig = z.object({
  t: z.string().min(1).max(200),
  ft: z.string().max(300).optional().catch(undefined),
  tp: z.array(z.string()).optional().catch(undefined),
  dn: optionalText,
  md: optionalText,
})

function readTasmota(
  json: unknown,
  found: RegExpExecArray,
  { home, profiles }: Parts,
): { devices: Announced[] } {
  const read = tasmotaConfig.safeParse(json)
  if (!read.success) return { devices: [] }
  const { t, ft = '%prefix%/%topic%/', tp = [], dn, md } = read.data
  const own = ft.replaceAll('%prefix%', tp[2] ?? 'tele').replaceAll('%topic%', t)
  const topic = belowHome(`${own.replace(/\/$/, '')}/SENSOR`, home)
  return {
    devices: [
      {
        address: addressOf(topic, profiles).address,
        ...(found[1] !== undefined && { hardware: clip(found[1], 60) }),
        ...(dn !== undefined && { name: dn }),
        maker: 'Tasmota',
        ...(md !== undefined && { model: md }),
        topics: [topic.slice(0, 256)],
      },
    ],
  }
}

const shellyAnnounce = z.object({
  id: z.string().min(1).max(200),
  model: optionalText,
  mac: optionalText,
})

/** Of the first generation; later ones tell of themselves under names of their own. */
function readShelly(json: unknown): { devices: Announced[] } {
  const read = shellyAnnounce.safeParse(json)
  if (!read.success) return { devices: [] }
  const { id, model, mac } = read.data
  return {
    devices: [
      {
        address: id,
        ...(mac !== undefined && { hardware: mac }),
        name: clip(id, 120),
        maker: 'Shelly',
        ...(model !== undefined && { model }),
        topics: [`shellies/${id}`],
      },
    ],
  }
}

function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)) as unknown
  } catch {
    return undefined
  }
}
