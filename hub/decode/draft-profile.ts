import { Buffer } from 'node:buffer'
import { stringify } from 'yaml'
import { ALARM_KINDS } from '../model/kind.ts'
import { decode } from './decode.ts'
import { isObject, showPath } from './json-path.ts'
import { readJson } from './observation.ts'
import { parseProfile } from './parse-profile.ts'
import type { Form, Profile } from './profile.ts'
import { proposeMapping } from './propose-mapping.ts'
import type { Proposal } from './propose-mapping.ts'
import type { Captured } from './read-capture.ts'
import { matchTopic } from './topic-index.ts'

const MOST_EXAMPLES = 12
const DEEPEST = 5

export interface DraftOptions {
  readonly id: string
  /** Of the device in the topics; else it is looked for. */
  readonly address?: string
  /** Keys of which a person said that true means the other. */
  readonly flipped?: ReadonlySet<string>
}

/** A value that could be either, for a person to settle. */
export interface Question {
  readonly key: string
  readonly kind: string
  readonly isTrue: string
  readonly isFalse: string
}

export type Draft =
  | {
      readonly ok: true
      /** The YAML of a profile that `checkProfile` accepts, with `# CHECK:` where a person must look. */
      readonly text: string
      readonly questions: readonly Question[]
      readonly examples: number
      readonly kinds: readonly string[]
    }
  | { readonly ok: false; readonly reason: string }

interface Found {
  readonly form: Form
  readonly key: readonly string[]
  readonly proposal: Proposal
}

/** Writes a profile from what a device was heard to send: a start, of which a person settles the rest. */
export function draftProfile(
  captured: readonly Captured[],
  profiles: ReadonlyMap<string, Profile>,
  options: DraftOptions,
): Draft {
  if (captured.length === 0) return { ok: false, reason: 'there is no message' }
  const addresses = new Map(captured.map(({ topic }) => [topic, addressIn(topic, profiles, options.address)]))
  const found = [...new Set(addresses.values())]
  const [address] = found
  if (found.length > 1) {
    const names = found.map((one) => one ?? 'none').join(', ')
    return {
      ok: false,
      reason: `it has messages of ${found.length} devices (${names}): name one by its address`,
    }
  }
  if (address === undefined) {
    return { ok: false, reason: `no address was found in the topic ${captured[0]?.topic}: name it` }
  }

  const topics = [...addresses.keys()]
  const availability = topics.find((topic) =>
    captured.every((one) => one.topic !== topic || availabilityOf(one.payload) !== undefined),
  )
  const spoken = captured.filter(({ topic }) => topic !== availability)
  if (spoken.length === 0) return { ok: false, reason: 'it says only whether the device is connected' }
  const bodies = spoken.map(({ topic, payload }) => ({ topic, ...readJson(Buffer.from(payload)) }))
  const isJson = bodies.every(({ json }) => isObject(json))
  const forms = formsOf([...new Set(spoken.map(({ topic }) => topic))])

  const mappings: Found[] = []
  const unread: string[] = []
  for (const [topic, form] of forms) {
    const payloads = isJson
      ? bodies.filter((one) => one.topic === topic).map(({ json }) => json)
      : spoken.filter((one) => one.topic === topic).map(({ payload }) => payload.trim())
    const seen = isJson ? keysOf(payloads) : new Map([['', { key: [], values: payloads }]])
    for (const { key, values } of seen.values()) {
      const name = key.at(-1) ?? nameOf(topic)
      const id = isJson ? showPath(key) : nameOf(topic)
      const proposal = proposeMapping(name, values, options.flipped?.has(id))
      if (proposal) mappings.push({ form, key, proposal })
      else unread.push(`${id} (${JSON.stringify(values.at(-1))?.slice(0, 40)})`)
    }
  }
  if (mappings.length === 0) {
    const keys = unread.join(', ')
    return { ok: false, reason: `no key of it looks like a kind of reading that the hub knows: ${keys}` }
  }
  const parts = { options, address, availability, captured, forms, isJson, mappings, unread }
  return finish(parts)
}

interface Parts {
  readonly options: DraftOptions
  readonly address: string
  readonly availability: string | undefined
  readonly captured: readonly Captured[]
  /** The form of each topic of readings. */
  readonly forms: ReadonlyMap<string, Form>
  readonly isJson: boolean
  readonly mappings: readonly Found[]
  readonly unread: readonly string[]
}

/** Reads the draft with an example that says nothing, and writes it again with what its mappings make of them. */
function finish(parts: Parts): Draft {
  const { options, captured, availability, forms, isJson, mappings } = parts
  const file = `${options.id}.yaml`
  const first = captured[0]
  const parsed = parseProfile(file, write(parts, [{ topic: first?.topic ?? '', payload: '' }]))
  if (!parsed.ok) {
    return {
      ok: false,
      reason: parsed.problems.map(({ line, message }) => `line ${line}: ${message}`).join('; '),
    }
  }
  const profile = parsed.value
  const examples = new Map<string, object>()
  for (const { topic, payload } of captured) {
    const form = topic === availability ? 'availability' : (forms.get(topic) ?? '')
    const { observations, undecoded } = decode(profile, form, Buffer.from(payload))
    // One of each sort: numbers differ all the time, words and true or false are what matters.
    const sort = observations.map(({ kind, value }) => `${kind}=${typeof value === 'number' ? '' : value}`)
    const key = [topic, ...sort, ...undecoded.map(({ reason }) => reason)].join('|')
    if (examples.has(key) || examples.size >= MOST_EXAMPLES) continue
    const json = readJson(Buffer.from(payload)).json
    examples.set(key, {
      topic,
      payload: isObject(json) ? json : payload,
      readings: observations.map((one) => ({ ...one })),
      ...(undecoded[0] && { undecoded: undecoded[0].reason }),
    })
  }
  const questions = mappings.flatMap(({ form, key, proposal: { kind, polarity } }) =>
    polarity ? [{ key: isJson ? showPath(key) : nameOf(topicOf(forms, form)), kind, ...polarity }] : [],
  )
  return {
    ok: true,
    text: write(parts, [...examples.values()]),
    questions,
    examples: examples.size,
    kinds: profile.kinds,
  }
}

function write(parts: Parts, examples: readonly object[]): string {
  const { options, address, availability, forms, isJson, mappings, unread, captured } = parts
  const template = (topic: string): string => topic.replace(address, () => '{address}')
  const [only] = forms.keys()
  const readings =
    forms.size === 1
      ? [`  readings: ${quote(template(only ?? ''))}`]
      : ['  readings:', ...[...forms].map(([topic, form]) => `    ${form}: ${quote(template(topic))}`)]
  const isAlarm = mappings.some(({ proposal }) => ALARM_KINDS.has(proposal.kind))
  const words = captured.filter(({ topic }) => topic === availability).map(({ payload }) => payload.trim())
  const lines = [
    '# A draft, from what was captured. Settle every CHECK, then: aal profile check THIS-FILE',
    `id: ${quote(options.id)}`,
    '# CHECK: what people call it, in both languages',
    `title: { en: ${quote(options.id)}, nb: ${quote(options.id)} }`,
    'maker: any # CHECK',
    'model: any # CHECK',
    'power: battery # CHECK: battery or mains',
    'heardEvery: 25h # CHECK: the longest time between two messages of a working one, from its documentation',
    `alarm: ${isAlarm} # an unreadable message of it ${isAlarm ? 'raises an alert' : 'raises none'}`,
    'clock: untrusted # CHECK: its own time is not read; with "clock: trusted" and "time" it is',
    ...(isJson ? [] : ['format: text']),
    'topics:',
    ...readings,
    ...(availability === undefined ? [] : [`  availability: ${quote(template(availability))}`]),
    ...(words.some((word) => !/^(online|offline|\{.*\})$/.test(word))
      ? [
          `availability: { ${[...AVAILABILITY]
            .filter(([word]) => sameFamily(word, words))
            .map(([word, means]) => `${quote(word)}: ${means}`)
            .join(', ')} }`,
        ]
      : []),
    'readings:',
    ...mappings.flatMap(({ form, key, proposal: { kind, how, check } }) => [
      ...(check === undefined ? [] : [`  # CHECK: ${check}`]),
      `  - { kind: ${kind}${forms.size > 1 ? `, topic: ${form}` : ''}${key.length > 0 ? `, key: ${quote(showPath(key))}` : ''}${how} }`,
    ]),
    ...(unread.length === 0 ? [] : ['  # Not read:', ...unread.map((one) => `  #   ${oneLine(one)}`)]),
    '# CHECK: what the installer does, and what must then be heard',
    'prove:',
    `  - ask: { en: 'Try it', nb: 'Prøv den' }`,
    `    expect: { kind: ${mainKind(mappings)} }`,
    '# CHECK: is each of these what really happened? Add a low battery, and what the device must never mean.',
    stringify({ examples }, { lineWidth: 0 }).trimEnd(),
  ]
  return `${lines.join('\n')}\n`
}

/** What the device is for: not how it fares. */
function mainKind(mappings: readonly Found[]): string {
  const kinds = mappings.map(({ proposal }) => proposal.kind)
  return kinds.find((kind) => !['battery', 'link', 'tamper'].includes(kind)) ?? kinds[0] ?? ''
}

/** What devices say of themselves, and which word goes with which. */
const AVAILABILITY: ReadonlyMap<string, 'online' | 'offline'> = new Map([
  ['online', 'online'],
  ['offline', 'offline'],
  ['Online', 'online'],
  ['Offline', 'offline'],
  ['true', 'online'],
  ['false', 'offline'],
])
const FAMILIES = [
  ['online', 'offline'],
  ['Online', 'Offline'],
  ['true', 'false'],
]

function sameFamily(word: string, said: readonly string[]): boolean {
  return FAMILIES.some((family) => family.includes(word) && said.some((one) => family.includes(one)))
}

function availabilityOf(payload: string): 'online' | 'offline' | undefined {
  const json = readJson(Buffer.from(payload)).json
  const state = isObject(json) && Object.keys(json).length === 1 ? json['state'] : payload.trim()
  return typeof state === 'string' ? AVAILABILITY.get(state) : undefined
}

/** By a template that there is already; else what comes after the name of the way. */
function addressIn(
  topic: string,
  profiles: ReadonlyMap<string, Profile>,
  given: string | undefined,
): string | undefined {
  if (given !== undefined) return topic.includes(given) ? given : undefined
  const names = [...profiles.values()].flatMap(({ topics }) =>
    topics.flatMap(({ template }) => matchTopic(template, topic) ?? []),
  )
  // The shortest: `x` of `zigbee2mqtt/x/availability`, not `x/availability`.
  const [known] = names.toSorted((a, b) => a.length - b.length)
  return known ?? topic.split('/')[1]
}

/** Names for topics: `readings` for one, else the last level that tells it from the others. */
function formsOf(topics: readonly string[]): ReadonlyMap<string, Form> {
  if (topics.length === 1) return new Map([[topics[0] ?? '', 'readings']])
  const taken = new Set<string>(['availability'])
  return new Map(
    topics.map((topic) => {
      const name = nameOf(topic)
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
      let form = name
      for (let count = 2; taken.has(form); count++) form = `${name}-${count}`
      taken.add(form)
      return [topic, form]
    }),
  )
}

const EMPTY_WORDS = new Set(['state', 'status', 'value', 'up', 'rpc'])

/** The last level of a topic that says something. */
function nameOf(topic: string): string {
  const levels = topic.split('/')
  return levels.findLast((level) => !EMPTY_WORDS.has(level.toLowerCase())) ?? topic
}

function topicOf(forms: ReadonlyMap<string, Form>, form: Form): string {
  return [...forms].find(([, one]) => one === form)?.[0] ?? form
}

/** Every key of some payloads, and of objects in them; with what stood under it. */
function keysOf(payloads: readonly unknown[]): ReadonlyMap<string, { key: string[]; values: unknown[] }> {
  const seen = new Map<string, { key: string[]; values: unknown[] }>()
  const walk = (value: unknown, key: string[]): void => {
    if (isObject(value) && key.length < DEEPEST) {
      // A dot in a key cannot be told from one between two.
      for (const name of Object.keys(value)) if (!name.includes('.')) walk(value[name], [...key, name])
    } else if (key.length > 0) {
      const entry = seen.get(key.join('.')) ?? { key, values: [] }
      entry.values.push(value)
      seen.set(key.join('.'), entry)
    }
  }
  for (const payload of payloads) walk(payload, [])
  return seen
}

function quote(text: string): string {
  return `'${oneLine(text).replaceAll("'", "''")}'`
}

function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ')
}
