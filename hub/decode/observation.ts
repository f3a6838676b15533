import { Buffer, isUtf8 } from 'node:buffer'
import { whyNotValue } from '../model/kind.ts'
import type { Kind } from '../model/kind.ts'
import type { Value } from '../model/reading.ts'

/** One value found in a payload: a reading that does not yet know whose it is. */
export interface Observation {
  readonly kind: string
  /** `null`: a repeated status that is no event of this kind (only with `status`). */
  readonly value: Value | null
  /** Milliseconds since 1970; only if the payload said it and the profile trusts it. */
  readonly at?: number
  readonly id?: string
  readonly status?: string
}

/** Something in a payload that gave no observation. */
export interface Undecoded {
  /** For people: `Cannot take reading 2: value is 300, expected a number from 0 to 100 %`. */
  readonly reason: string
  /** The sensor's profile is alarm-class: it raises an alert all the same. */
  readonly alarm: boolean
  /** The kind that it would have been, where the payload says so. */
  readonly kind?: string
}

export interface Decoded {
  readonly observations: readonly Observation[]
  readonly undecoded: readonly Undecoded[]
}

/** Larger payloads are not read: no sensor needs them, and reading them would delay other homes. */
export const MAX_PAYLOAD = 256 * 1024

/** Reads a payload as text; `reason` says why it is none. */
export function readText(payload: Uint8Array): { text: string } | { text?: never; reason: string } {
  if (payload.length === 0) return { reason: 'Cannot read the payload: it is empty' }
  if (payload.length > MAX_PAYLOAD) {
    return {
      reason: `Cannot read the payload: it has ${payload.length} bytes, expected at most ${MAX_PAYLOAD}`,
    }
  }
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  if (!isUtf8(bytes)) return { reason: 'Cannot read the payload: it is not UTF-8 text' }
  const text = bytes.toString('utf8')
  // JSON.parse takes no byte order mark; some senders put one [RFC 8259, 8.1].
  return { text: text.startsWith('\uFEFF') ? text.slice(1) : text }
}

/** Reads a payload as JSON; `reason` says why it is none. */
export function readJson(payload: Uint8Array): { json: unknown } | { json?: never; reason: string } {
  const read = readText(payload)
  if (read.text === undefined) return { reason: read.reason }
  try {
    return { json: JSON.parse(read.text) as unknown }
  } catch (error) {
    const why = error instanceof Error ? clip(error.message, 120) : 'unknown'
    return { reason: `Cannot read the payload as JSON: ${why}` }
  }
}

/** As `whyNotValue`, for values from outside: of any size and depth. */
export function whyNotTaken(kind: Kind, value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return whyNotValue(kind, clip(value, 60))
    case 'object':
    case 'undefined':
      return value === null ? whyNotValue(kind, null) : said(kind, describe(value))
    case 'number':
      // JSON has no Infinity, but 1e999 becomes one.
      return Number.isFinite(value) ? whyNotValue(kind, value) : said(kind, 'too large a number')
    case 'boolean':
      return whyNotValue(kind, value)
    default:
      return said(kind, describe(value))
  }
}

function said(kind: Kind, what: string): string | undefined {
  return whyNotValue(kind, null)?.replace('is null', `is ${what}`)
}

/** What a value is, for people, without the whole of it: `"falling"`, `a list`. */
export function describe(value: unknown): string {
  if (value === undefined) return 'missing'
  if (typeof value === 'string') return JSON.stringify(clip(value, 60))
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

/** Cuts a text that came from outside; it ends up in the journal and on screens. */
export function clip(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}…`
}
