import type { Value } from '../model/reading.ts'
import { clip, describe, whyNotTaken } from './observation.ts'
import type { Observation } from './observation.ts'
import type { Mapping } from './profile.ts'

/**
 * Makes one reading of the value under a mapping's key.
 * @param item what the key was looked up in: an item of a list, else the payload
 * @returns undefined when the value says nothing about this kind
 */
export function takeReading(
  mapping: Mapping,
  raw: unknown,
  payload: unknown,
  item: unknown,
): Observation | { readonly why: string } | undefined {
  let value: unknown
  try {
    const when = mapping.when?.run(raw, payload, item) ?? true
    if (when === false) return undefined
    if (when !== true) return { why: `its condition gives ${describe(when)}, expected true or false` }
    value = convert(mapping, raw, payload, item)
  } catch (error) {
    return { why: clip(error instanceof Error ? firstLine(error.message) : 'it cannot be computed', 200) }
  }
  if (value === UNKNOWN) {
    const known = mapping.convert.by === 'words' ? [...mapping.convert.words.keys()] : []
    return { why: `it is ${describe(raw)}, expected one of ${known.map((word) => word || '""').join(', ')}` }
  }
  if (value === null && !mapping.onChange) return undefined
  if (value !== null) {
    const wrong = whyNotTaken(mapping.shape, value)
    if (wrong !== undefined) return { why: `it ${wrong}` }
  }
  const observation: Observation = { kind: mapping.kind, value: value as Value | null }
  if (!mapping.onChange) return observation
  if (typeof raw === 'object') return { why: `it is ${describe(raw)}, expected a status in one word` }
  return { ...observation, status: clip(String(raw), 100) }
}

const UNKNOWN = Symbol('a word that the profile does not know')

function convert(mapping: Mapping, raw: unknown, payload: unknown, item: unknown): unknown {
  const { convert: how } = mapping
  switch (how.by) {
    case 'same':
      return raw
    case 'expression':
      return how.expression.run(raw, payload, item)
    case 'words': {
      const value = typeof raw === 'object' ? undefined : how.words.get(String(raw))
      if (value !== undefined) return value
      return how.otherwise === undefined ? UNKNOWN : how.otherwise
    }
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text
}
