import { z } from 'zod'
import { ALARM_KINDS, KINDS, whyNotValue } from '../model/kind.ts'
import type { Kind } from '../model/kind.ts'
import type { Value } from '../model/reading.ts'
import { duration } from '../source/duration.ts'
import { hint } from '../source/parse-yaml.ts'
import { parseExpression } from './expression.ts'
import { parseTime } from './parse-time.ts'
import type { Expression } from './expression.ts'
import type { Conversion, Mapping, Profile } from './profile.ts'

/** Battery devices need not check in more often; mains devices do (Zigbee2MQTT's own limits of availability). */
const HEARD_EVERY = { battery: 25 * 3_600_000, mains: 10 * 60_000 } as const

/** CEL types that can become a kind's value; `dyn` is checked on each payload. */
const CEL_TYPES: Readonly<Record<Kind['value'], readonly string[]>> = {
  word: ['string', 'dyn'],
  boolean: ['bool', 'dyn'],
  number: ['int', 'uint', 'double', 'dyn'],
}

const NO_EXAMPLE = 'is empty, expected at least one example'

const expected = (what: string) => ({
  error: (issue: { input?: unknown }) =>
    `is ${issue.input === undefined ? 'missing' : JSON.stringify(issue.input)}, expected ${what}`,
})
const text = z.string(expected('a text')).trim().min(1, 'is empty, expected a text')
const scalar = z.union([z.string(), z.number(), z.boolean()], {
  error: 'is no single value, expected a text, a number, true or false',
})

const kindName = z.string(expected('a kind')).superRefine((name, context) => {
  if (!KINDS.has(name)) {
    context.addIssue({
      code: 'custom',
      message: `is "${name}", expected a kind${hint(name, [...KINDS.keys()])}`,
    })
  }
})

const expression = z
  .string(expected('a CEL expression in quotes'))
  .transform((source, context): Expression => {
    const parsed = parseExpression(source)
    if (parsed.ok) return parsed.expression
    context.issues.push({
      code: 'custom',
      input: source,
      message: `is ${JSON.stringify(source)}, expected a CEL expression over "it" and "payload": ${parsed.reason}`,
    })
    return z.NEVER
  })

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

const mapping = z
  .strictObject({
    kind: kindName,
    key: text,
    value: expression.optional(),
    words: z.record(z.string(), scalar.nullable()).optional(),
    else: scalar.nullable().optional(),
    missing: scalar.optional(),
    when: expression.optional(),
    event: z.enum(['each', 'on-change'], expected('each or on-change')).optional(),
  })
  .superRefine((source, context) => {
    const complain = (path: string[], message: string): void =>
      context.addIssue({ code: 'custom', path, message })
    if (source.words && source.value) complain(['value'], 'stands beside "words", expected one of them')
    if (source.else !== undefined && !source.words) complain(['else'], 'stands without "words"')
    if (source.when && !CEL_TYPES.boolean.includes(source.when.type)) {
      complain(['when'], `gives ${source.when.type}, expected bool`)
    }
    const kind = KINDS.get(source.kind)
    if (!kind) return
    if (source.event && kind.sort !== 'event') {
      complain(['event'], `is "${source.event}", but ${source.kind} is a state, expected no "event"`)
    }
    if (source.value && !CEL_TYPES[kind.value].includes(source.value.type)) {
      complain(['value'], `gives ${source.value.type}, but the kind ${source.kind} is a ${kind.value}`)
    }
    const check = (path: string[], value: Value | null | undefined): void => {
      const reason = value === null || value === undefined ? undefined : whyNotValue(kind, value)
      if (reason) complain(path, reason)
    }
    for (const [word, value] of Object.entries(source.words ?? {})) check(['words', word], value)
    check(['else'], source.else)
  })
  .transform((source): Mapping => ({
    kind: source.kind,
    // An unknown kind was complained of above; this text is never used.
    shape: KINDS.get(source.kind) ?? { sort: 'state', value: 'word' },
    key: source.key.split('.'),
    ...(source.missing !== undefined && { missing: source.missing }),
    ...(source.when && { when: source.when }),
    convert: conversion(source),
    onChange: source.event === 'on-change',
  }))

function conversion(source: {
  value?: Expression | undefined
  words?: Record<string, Value | null> | undefined
  else?: Value | null | undefined
}): Conversion {
  if (source.value) return { by: 'expression', expression: source.value }
  if (!source.words) return { by: 'same' }
  const words = new Map(Object.entries(source.words))
  return { by: 'words', words, ...(source.else !== undefined && { otherwise: source.else }) }
}

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
      title: text,
      maker: text,
      model: text,
      power: z.enum(['battery', 'mains'], expected('battery or mains')),
      alarm: z.boolean(expected('true or false')),
      heardEvery: duration.optional(),
      clock: z.enum(['trusted', 'untrusted'], expected('trusted or untrusted')),
      topics: z.strictObject({ readings: topic, availability: topic.optional() }),
      format: z.enum(['json', 'native'], expected('json or native')).default('json'),
      time: text.optional(),
      readings: z.array(mapping).optional(),
      examples: z.array(example, 'is missing, expected at least one example').min(1, NO_EXAMPLE),
    })
    .superRefine(
      (source, context) => {
        const complain = (key: string, message: string): void =>
          context.addIssue({ code: 'custom', path: [key], message })
        // Never less than alarm-class: a message of theirs that cannot be read could be a call for help.
        const readings: readonly Partial<Mapping>[] = Array.isArray(source.readings) ? source.readings : []
        const alarming = readings.find((reading) => ALARM_KINDS.has(reading?.kind ?? ''))
        if (alarming && source.alarm === false) {
          complain('alarm', `is false, but the profile gives ${alarming.kind}, expected true`)
        }
        if (source.format === 'native') {
          if (source.readings) complain('readings', 'stands beside "format: native", which needs none')
          if (source.time) complain('time', 'stands beside "format: native", which has its own')
        } else {
          if (readings.length === 0) complain('readings', 'is empty, expected at least one reading')
          if (source.time && source.clock === 'untrusted') {
            complain('time', 'stands beside "clock: untrusted", expected a trusted clock or no "time"')
          }
        }
      },
      // Beside errors elsewhere in the file too: all of them are wanted at once.
      { when: ({ value }) => typeof value === 'object' && value !== null },
    )
    .transform(({ time, readings = [], heardEvery, topics, ...source }): Profile => ({
      ...source,
      heardEvery: heardEvery ?? HEARD_EVERY[source.power],
      topics: {
        readings: topics.readings,
        ...(topics.availability && { availability: topics.availability }),
      },
      ...(time && { time: time.split('.') }),
      readings,
      kinds: kindsOf(source.format, readings, topics.availability !== undefined),
    }))
}

function kindsOf(format: Profile['format'], readings: readonly Mapping[], availability: boolean): string[] {
  if (format === 'native') return ['*']
  const kinds = readings.map((reading) => reading.kind)
  return [...new Set(availability ? [...kinds, 'availability'] : kinds)]
}
