import { distance } from 'fastest-levenshtein'
import { KINDS, whyNotValue } from '../model/kind.ts'
import type { Kind } from '../model/kind.ts'

/** What a key of a payload may be, as it is written in a draft. */
export interface Proposal {
  readonly kind: string
  /** The rest of the mapping after its key, as YAML: `, value: 'it == 1'`. */
  readonly how: string
  /** What a person must look at. */
  readonly check?: string
  /** True could be either: what it is taken for, and the other. */
  readonly polarity?: { readonly isTrue: string; readonly isFalse: string }
}

/** What makers call it. The last level of a key, in small letters without `_`, `-` and spaces. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  door: [
    'contact',
    'open',
    'window',
    'isopen',
    'opened',
    'doorstate',
    'magnetstatus',
    'doorstatus',
    'doorsensor',
  ],
  lock: ['lockstate', 'locked'],
  motion: ['occupancy', 'pir', 'motiondetected', 'movement'],
  presence: ['hastarget', 'someone', 'persondetected', 'presencestate'],
  bed: ['inbed', 'bedoccupied', 'bedstatus'],
  chair: ['seat', 'pressurestate', 'seated'],
  smoke: ['smokedetected', 'smokealarm'],
  gas: ['gasdetected'],
  carbon_monoxide: ['co', 'coalarm'],
  water_leak: ['leak', 'flood', 'water', 'waterleakage', 'leakage'],
  tamper: ['tampered', 'tamperstatus', 'tamperalarm'],
  fall: ['falldetected', 'fallstatus', 'fallalarm', 'falldownstatus', 'detectionstatus'],
  sos: ['action', 'press', 'button', 'buttonevent', 'panic', 'emergency', 'event'],
  medication: ['dose', 'pill'],
  heart_rate: ['bpm', 'actbpm', 'pulse', 'hr', 'heartbeat'],
  respiration_rate: ['breathingrate', 'breath', 'respiration', 'resprate'],
  spo2: ['oxygensaturation', 'sao2', 'bloodoxygen'],
  systolic: ['sys', 'sbp'],
  diastolic: ['dia', 'dbp'],
  room_temperature: ['temperature', 'temp', 'tempc', 'tc', 'airtemperature'],
  body_temperature: ['bodytemp'],
  humidity: ['hum', 'rh', 'relativehumidity'],
  weight: ['kg', 'mass'],
  glucose: ['bloodglucose', 'bg'],
  power: ['apower', 'watts', 'activepower'],
  illuminance: ['lux', 'illuminancelux', 'light'],
  battery: ['batt', 'batterylevel', 'batterypercent', 'percent', 'soc', 'bat'],
  link: ['linkquality', 'rssi', 'lqi', 'signal', 'wifirssi'],
}
const KIND_OF = new Map(
  Object.entries(NAMES).flatMap(([kind, names]) =>
    [...names, flat(kind)].map((name) => [name, kind] as const),
  ),
)
for (const kind of KINDS.keys()) KIND_OF.set(flat(kind), kind)

function flat(key: string): string {
  return key.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

/**
 * Says which kind a key may be, from its name and the values that were seen.
 * @param key its last level, or where a payload is one word the last level of its topic
 * @param isFlipped a person said that true means the other
 * @returns undefined when nothing is near
 */
export function proposeMapping(
  key: string,
  values: readonly unknown[],
  isFlipped = false,
): Proposal | undefined {
  const name = flat(key)
  const known = KIND_OF.get(name)
  const near = known ? undefined : nearest(name)
  const kind = known ?? near?.kind
  const shape = kind === undefined ? undefined : KINDS.get(kind)
  if (kind === undefined || !shape) return undefined
  const proposal = propose(kind, shape, name, values, isFlipped)
  if (!proposal || !near) return proposal
  const guess = `"${key}" is taken for ${kind}, because it is nearly "${near.name}"`
  return { ...proposal, check: proposal.check ? `${guess}; ${proposal.check}` : guess }
}

function nearest(name: string): { name: string; kind: string } | undefined {
  // Of short names everything is near.
  if (name.length < 4) return undefined
  const [found] = [...KIND_OF].toSorted(([a], [b]) => distance(name, a) - distance(name, b))
  if (!found || distance(name, found[0]) > Math.floor(name.length / 4)) return undefined
  return { name: found[0], kind: found[1] }
}

function propose(
  kind: string,
  shape: Kind,
  name: string,
  values: readonly unknown[],
  isFlipped: boolean,
): Proposal | undefined {
  const seen = values.filter((value) => value !== null)
  if (seen.length === 0) return undefined
  if (shape.value === 'number') return proposeNumber(kind, shape, name, seen)
  if (seen.some((value) => typeof value === 'object')) return undefined
  const [low = '', high = ''] =
    shape.value === 'boolean' ? ['false', 'true'] : (shape.words ?? []).slice(0, 2).map(String)
  // Zigbee2MQTT's `contact: true` is a magnet that is near.
  const isTrueLow = (name === 'contact' || name === 'locked') !== isFlipped
  const [isTrue, isFalse] = isTrueLow ? [low, high] : [high, low]
  if (shape.sort === 'event') return proposeEvent(kind, shape, seen)
  if (seen.every((value) => typeof value === 'boolean')) {
    if (shape.value === 'boolean' && !isFlipped) return { kind, how: '' }
    const how = shape.value === 'boolean' ? `, value: '!it'` : `, value: 'it ? "${isTrue}" : "${isFalse}"'`
    return {
      kind,
      how,
      polarity: { isTrue, isFalse },
      check: `true is taken for ${isTrue}: try it, and look`,
    }
  }
  return proposeWords(kind, shape, seen.map(String), isTrue, isFalse)
}

const YES = new Set(['on', 'true', '1', 'yes', 'trigger', 'triggered', 'alarm', 'active', 'detected'])
const NO = new Set(['off', 'false', '0', 'no', 'normal', 'clear', 'none', 'inactive', 'idle', 'installed'])

function proposeWords(
  kind: string,
  shape: Kind,
  words: readonly string[],
  isTrue: string,
  isFalse: string,
): Proposal {
  const meanings = [...new Set(words)].map((word) => {
    const small = word.toLowerCase()
    const own = shape.words?.find((one) => one === small || distance(one, small) <= 1)
    const meaning = own ?? (YES.has(small) ? isTrue : NO.has(small) ? isFalse : '~')
    return `'${word.replaceAll("'", "''")}': ${meaning}`
  })
  const isUnsure = meanings.some((one) => one.endsWith(': ~'))
  return {
    kind,
    how: `, words: { ${meanings.join(', ')} }`,
    polarity: { isTrue, isFalse },
    check: isUnsure
      ? 'a word with ~ says nothing: write what it means; add the words that were not captured'
      : 'are these the meanings? Add the words that were not captured',
  }
}

/** A call that is not understood is worse than one too many: of a button, every word is a press. */
function proposeEvent(kind: string, shape: Kind, seen: readonly unknown[]): Proposal {
  const first = shape.words?.[0] ?? ''
  const meanings = [...new Set(seen.map(String))].map((word) => {
    const small = word.toLowerCase()
    const own = shape.words?.find((one) => one === small)
    const isQuiet = small === '' || NO.has(small) || small === 'release' || small === 'vacant'
    const means =
      own ?? (isQuiet ? '~' : kind === 'sos' || YES.has(small) || /fall/.test(small) ? first : '~')
    return `'${word.replaceAll("'", "''")}': ${means}`
  })
  return {
    kind,
    how: `, words: { ${meanings.join(', ')} }`,
    check:
      'are these the meanings? A device that repeats its status needs "event: on-change", ' +
      'a word that is not here raises an alert',
  }
}

function proposeNumber(
  kind: string,
  shape: Kind,
  name: string,
  seen: readonly unknown[],
): Proposal | undefined {
  const numbers = seen.map((value) =>
    typeof value === 'string' && value.trim() !== '' ? Number(value) : value,
  )
  if (numbers.some((value) => typeof value !== 'number' || Number.isNaN(value))) return undefined
  const it = seen.some((value) => typeof value === 'string') ? 'double(it)' : 'it'
  const unit = shape.unit ?? ''
  if (kind === 'link') {
    if (name === 'linkquality' || name === 'lqi') return { kind, how: `, value: 'round(${it} * 100 / 255)'` }
    if (numbers.every((value) => Number(value) < 0)) {
      return {
        kind,
        how: `, value: 'percent(${it}, -100, -50)'`,
        check: 'in dBm, of Wi-Fi or Bluetooth; LoRaWAN has -120 to -70',
      }
    }
  }
  const how = it === 'it' ? '' : `, value: ${it}`
  const wrong = numbers.find((value) => whyNotValue(shape, value) !== undefined)
  if (wrong !== undefined) {
    return { kind, how, check: `${String(wrong)} was seen: is the unit ${unit}? Convert it with "value"` }
  }
  const isSure = ['battery', 'humidity', 'spo2'].includes(kind)
  return isSure ? { kind, how } : { kind, how, check: `is the unit ${unit}?` }
}
