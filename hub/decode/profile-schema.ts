import { z } from 'zod'
import { ALARM_KINDS, KINDS, whyNotValue } from '../model/kind.ts'
import { duration } from '../source/duration.ts'
import { hint } from '../source/parse-yaml.ts'
import { expected, kindName, mapping, scalar, text } from './mapping-schema.ts'
import { parseTime } from './parse-time.ts'
import type { Expected } from '../model/visit.ts'
import type { Form, Mapping, Profile, Proof, Topic, Words } from './profile.ts'

/** Battery devices need not check in more often; mains devices do (Zigbee2MQTT's own limits of availability). */
const HEARD_EVERY = { battery: 25 * 3_600_000, mains: 10 * 60_000 } as const

const NO_EXAMPLE = 'is empty, expected at least one example'

const topic = z.string(expected('a topic such as zigbee2mqtt/{address}')).superRefine((template, context) => {
  const complain = (expected: string): void =>
    context.addIssue({ code: 'custom', message: `is "${template}", expected ${expected}` })
  const names = [...template.matchAll(/\{([^{}]*)\}/g)].map((found) => found[1] ?? '')
  if (names.length !== 1 || !['address', 'sensor'].includes(names[0] ?? '')) {
    complain('one placeholder, {address} or {sensor}')
  }
  if (/[+#\0]/.test(template)) complain('no wildcard')
  if (/^(homes)?\//.test(template)) complain('the part of the topic after homes/<homeId>/')
})

/** A text in each language; one text alone stands for both. */
const words = z
  .union([text, z.strictObject({ en: text, nb: text })], expected('a text, or one each for en and nb'))
  .transform((source): Words => (typeof source === 'string' ? { en: source, nb: source } : source))

/** The names of topics are the forms of `decode`: `availability` is spoken for. */
const topics = z
  .strictObject({
    readings: z.union([topic, z.record(text, topic)], expected('a topic, or a name for each of several')),
    availability: topic.optional(),
  })
  .superRefine(({ readings }, context) => {
    if (typeof readings === 'string') return
    const complain = (path: string[], message: string): void =>
      context.addIssue({ code: 'custom', path: ['readings', ...path], message })
    if (Object.keys(readings).length === 0) complain([], 'is empty, expected at least one topic')
    if ('availability' in readings) complain(['availability'], 'is a name taken by "topics.availability"')
    const templates = Object.values(readings)
    if (new Set(templates).size < templates.length) complain([], 'has a topic twice, expected each once')
  })
  .transform(({ readings, availability }): Topic[] => [
    ...Object.entries(typeof readings === 'string' ? { readings } : readings).map(([form, template]) => ({
      form,
      template,
    })),
    ...(availability === undefined ? [] : [{ form: 'availability', template: availability }]),
  ])

const expectedReading = z
  .strictObject({
    kind: kindName,
    value: scalar.optional(),
    above: z.number().optional(),
    below: z.number().optional(),
  })
  .superRefine((source, context) => {
    const kind = KINDS.get(source.kind)
    const complain = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message })
    const wrong = kind && source.value !== undefined && whyNotValue(kind, source.value)
    if (wrong) complain('value', wrong)
    for (const bound of ['above', 'below'] as const) {
      if (kind && kind.value !== 'number' && source[bound] !== undefined) {
        complain(bound, `stands for ${source.kind}, which is no number`)
      }
    }
  })
  .transform(({ kind, value, above, below }): Expected => ({
    kind,
    ...(value !== undefined && { value }),
    ...(above !== undefined && { above }),
    ...(below !== undefined && { below }),
  }))

const step = z.strictObject({ ask: words, expect: expectedReading })

const prove = z
  .union(
    [z.strictObject({ nothing: words }), step, z.array(step).min(1, 'is empty, expected at least one step')],
    expected('steps with "ask" and "expect", or "nothing" with the reason'),
  )
  .transform((source): Proof => {
    if (Array.isArray(source)) return { steps: source }
    return 'nothing' in source ? { steps: [], nothing: source.nothing } : { steps: [source] }
  })

const example = z.strictObject({
  topic: text,
  payload: z
    .unknown()
    .refine((payload) => payload !== undefined, 'is missing, expected what the sensor sends'),
  readings: z
    .array(
      z.strictObject({
        kind: kindName,
        value: scalar.nullable(),
        at: z
          .string()
          .refine((at) => parseTime(at) !== undefined, 'is no time with its zone')
          .optional(),
        id: z.string().optional(),
        status: z.string().optional(),
      }),
    )
    .default([]),
  undecoded: text.optional(),
})

/** A profile as it is written in the file `<name>.yaml`. */
export function profileSchema(name: string) {
  return z
    .strictObject({
      id: text.refine((id) => id === name, {
        error: (issue) => `is "${String(issue.input)}", expected the name of the file: "${name}"`,
      }),
      title: words,
      maker: text,
      model: text,
      models: z.record(text, z.array(text).min(1)).default({}),
      power: z.enum(['battery', 'mains'], expected('battery or mains')),
      alarm: z.boolean(expected('true or false')),
      heardEvery: duration.optional(),
      clock: z.enum(['trusted', 'untrusted'], expected('trusted or untrusted')),
      topics,
      availability: z.record(text, z.enum(['online', 'offline'], expected('online or offline'))).optional(),
      format: z.enum(['json', 'native', 'text'], expected('json, native or text')).default('json'),
      time: text.optional(),
      messageId: text.optional(),
      known: z.array(text).default([]),
      readings: z.array(mapping).optional(),
      prove: prove.optional(),
      examples: z.array(example, 'is missing, expected at least one example').min(1, NO_EXAMPLE),
    })
    .superRefine(
      (source, context) => {
        const complain = (key: string, message: string): void =>
          context.addIssue({ code: 'custom', path: [key], message })
        // Never less than alarm-class: a message of theirs that cannot be read could be a call for help.
        const readings: readonly (Partial<Mapping> | null)[] = Array.isArray(source.readings)
          ? source.readings
          : []
        const alarming = readings.find((reading) => ALARM_KINDS.has(reading?.kind ?? ''))
        if (alarming && source.alarm === false) {
          complain('alarm', `is false, but the profile gives ${alarming?.kind}, expected true`)
        }
        if (source.format === 'native') {
          if (source.readings) complain('readings', 'stands beside "format: native", which needs none')
          if (source.time) complain('time', 'stands beside "format: native", which has its own')
          if (source.messageId) complain('messageId', 'stands beside "format: native", which has its own')
        } else {
          if (readings.length === 0) complain('readings', 'is empty, expected at least one reading')
          const forms = Array.isArray(source.topics)
            ? source.topics.map((one: Partial<Topic> | null) => one?.form ?? '')
            : undefined
          readings.forEach((reading, index) => {
            for (const [key, message] of checkPlace(reading, source.format, forms)) {
              context.addIssue({ code: 'custom', path: ['readings', index, key], message })
            }
          })
          if (source.time && source.clock === 'untrusted') {
            complain('time', 'stands beside "clock: untrusted", expected a trusted clock or no "time"')
          }
        }
      },
      // Beside errors elsewhere in the file too: all of them are wanted at once.
      { when: ({ value }) => typeof value === 'object' && value !== null },
    )
    .transform(
      ({ time, messageId, known, readings = [], heardEvery, availability, prove, ...source }): Profile => ({
        ...source,
        heardEvery: heardEvery ?? HEARD_EVERY[source.power],
        ...(time && { time: time.split('.') }),
        ...(messageId && { messageId: messageId.split('.') }),
        known: known.map((key) => key.split('.')),
        availability: new Map(Object.entries(availability ?? { online: 'online', offline: 'offline' })),
        readings,
        ...(prove && { prove }),
        kinds: kindsOf(source.format, readings, source.topics),
      }),
    )
}

/** Where a reading is found: on a topic that there is, and under a key where a payload has keys. */
function* checkPlace(
  reading: Partial<Mapping> | null,
  format: Profile['format'],
  forms: readonly Form[] | undefined,
): Generator<readonly [key: string, message: string]> {
  const { form, key, each } = reading ?? {}
  // Refused above: then it is as it stands in the file.
  if (!Array.isArray(key)) return
  const named = forms?.filter((one) => one !== 'availability') ?? []
  if (form !== undefined && forms && !named.includes(form)) {
    yield ['topic', `is "${form}", expected the name of a topic of readings${hint(form, named)}`]
  }
  if (format === 'text' && (key.length > 0 || each)) {
    yield [each ? 'each' : 'key', 'stands beside "format: text", where the whole payload is the value']
  }
  if (format === 'json' && key.length === 0) yield ['key', 'is missing, expected a text']
}

function kindsOf(
  format: Profile['format'],
  readings: readonly Mapping[],
  topics: readonly Topic[],
): string[] {
  if (format === 'native') return ['*']
  const kinds = readings.map((reading) => reading.kind)
  return [...new Set(topics.some(({ form }) => form === 'availability') ? [...kinds, 'availability'] : kinds)]
}
