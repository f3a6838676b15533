import type { Kind } from '../model/kind.ts'
import type { Value } from '../model/reading.ts'
import type { Expression } from './expression.ts'

/** How the payloads of one sensor model become readings. */
export interface Profile {
  /** The name of its file, without `.yaml`. */
  readonly id: string
  readonly title: string
  readonly maker: string
  readonly model: string
  readonly power: 'battery' | 'mains'
  /** Alarm-class: a payload that cannot be decoded raises an alert all the same. */
  readonly alarm: boolean
  /** The longest time between two messages of a working sensor, ms. */
  readonly heardEvery: number
  /** Is the sensor's own time believed? */
  readonly clock: 'trusted' | 'untrusted'
  /** Below `homes/<homeId>/`, each with one placeholder: `{address}` or `{sensor}`. */
  readonly topics: { readonly readings: string; readonly availability?: string }
  readonly format: 'json' | 'native'
  /** Where a payload says its time; only with a trusted clock. */
  readonly time?: readonly string[]
  readonly readings: readonly Mapping[]
  /** The kinds it can give; `*` is any. */
  readonly kinds: readonly string[]
  readonly examples: readonly Example[]
}

/** How one reading is found in a payload. */
export interface Mapping {
  readonly kind: string
  /** What values the kind can have. */
  readonly shape: Kind
  /** The key in the payload, and below it for `a.b`. */
  readonly key: readonly string[]
  /** What a payload without the key means. */
  readonly missing?: Value
  /** Holds for values that say something; others give no reading. */
  readonly when?: Expression
  readonly convert: Conversion
  /** The device repeats its status: only a changed one is an event. */
  readonly onChange: boolean
}

export type Conversion =
  | { readonly by: 'same' }
  | { readonly by: 'expression'; readonly expression: Expression }
  /** A word that means `null` says nothing about this kind. */
  | {
      readonly by: 'words'
      readonly words: ReadonlyMap<string, Value | null>
      readonly otherwise?: Value | null
    }

/** One message of the sensor, and what must become of it. */
export interface Example {
  readonly topic: string
  /** A text is the payload itself; anything else is sent as JSON. */
  readonly payload: unknown
  /** Exactly these. */
  readonly readings: readonly ExampleReading[]
  /** Part of the reason for which something of it is not decoded; without it, everything must be. */
  readonly undecoded?: string | undefined
}

export interface ExampleReading {
  readonly kind: string
  readonly value: Value | null
  readonly at?: string | undefined
  readonly id?: string | undefined
  readonly status?: string | undefined
}
