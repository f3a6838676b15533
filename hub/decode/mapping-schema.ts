import { z } from 'zod'
import { KINDS, whyNotValue } from '../model/kind.ts'
import type { Kind } from '../model/kind.ts'
import type { Value } from '../model/reading.ts'
import { hint } from '../source/parse-yaml.ts'
import { parseExpression } from './expression.ts'
import type { Expression } from './expression.ts'
import type { Conversion, Mapping } from './profile.ts'

/** CEL types that can become a kind's value; `dyn` is checked on each payload. */
const CEL_TYPES: Readonly<Record<Kind['value'], readonly string[]>> = {
  word: ['string', 'dyn'],
  boolean: ['bool', 'dyn'],
  number: ['int', 'uint', 'double', 'dyn'],
}

/** A message for a value of another sort than this. */
export const expected = (what: string) => ({
  error: (issue: { input?: unknown }) =>
    `is ${issue.input === undefined ? 'missing' : JSON.stringify(issue.input)}, expected ${what}`,
})
export const text = z.string(expected('a text')).trim().min(1, 'is empty, expected a text')
export const scalar = z.union([z.string(), z.number(), z.boolean()], {
  error: 'is no single value, expected a text, a number, true or false',
})

export const kindName = z.string(expected('a kind')).superRefine((name, context) => {
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

/** One entry under `readings` of a profile. */
export const mapping = z
  .strictObject({
    kind: kindName,
    topic: text.optional(),
    each: text.optional(),
    key: text.optional(),
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
    if (source.missing !== undefined && source.key === undefined) {
      complain(['missing'], 'stands without "key"')
    }
  })
  .transform((source): Mapping => ({
    kind: source.kind,
    // An unknown kind was complained of above; this text is never used.
    shape: KINDS.get(source.kind) ?? { sort: 'state', value: 'word' },
    ...(source.topic !== undefined && { form: source.topic }),
    ...(source.each !== undefined && { each: source.each.split('.') }),
    key: source.key === undefined ? [] : source.key.split('.'),
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
