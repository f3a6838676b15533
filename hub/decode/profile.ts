import type { Kind } from '../model/kind.ts'
import type { Value } from '../model/reading.ts'
import type { Expected } from '../model/visit.ts'
import type { Expression } from './expression.ts'

/** A text for people, in each language that installers read. */
export interface Words {
  readonly en: string
  readonly nb: string
}

/** How the payloads of one sensor model become readings. */
export interface Profile {
  /** The name of its file, without `.yaml`. */
  readonly id: string
  readonly title: Words
  readonly maker: string
  readonly model: string
  /** Models that it is written for, by maker, as the maker or the gateway's software names them. */
  readonly models: Readonly<Record<string, readonly string[]>>
  readonly power: 'battery' | 'mains'
  /** Alarm-class: a payload that cannot be decoded raises an alert all the same. */
  readonly alarm: boolean
  /** The longest time between two messages of a working sensor, ms. */
  readonly heardEvery: number
  /** Is the sensor's own time believed? */
  readonly clock: 'trusted' | 'untrusted'
  readonly topics: readonly Topic[]
  /** `text`: the whole payload is one word or number, without JSON. */
  readonly format: 'json' | 'native' | 'text'
  /** Where a payload says its time; only with a trusted clock. */
  readonly time?: readonly string[]
  /** What tells one message from another: sent again, it is the same readings. */
  readonly messageId?: readonly string[]
  /** Keys that say nothing about any kind: a payload that has only these is no fault. */
  readonly known: readonly (readonly string[])[]
  readonly readings: readonly Mapping[]
  /** What its topic of availability says, and what that means. */
  readonly availability: ReadonlyMap<string, 'online' | 'offline'>
  /** The kinds it can give; `*` is any. */
  readonly kinds: readonly string[]
  /** How the installer sees that it works; absent: nobody has said yet. */
  readonly prove?: Proof
  readonly examples: readonly Example[]
}

/** What is sent to a topic of a sensor: `readings`, `availability`, or the name of one of several topics. */
export type Form = string

export interface Topic {
  readonly form: Form
  /** Below `homes/<homeId>/`, with one placeholder: `{address}` or `{sensor}`. */
  readonly template: string
}

/** What is done at the installer's visit, and what must then be heard. */
export interface Proof {
  /** One after the other; none where there is nothing to do. */
  readonly steps: readonly ProofStep[]
  /** Why there is nothing to do. */
  readonly nothing?: Words
}

export interface ProofStep {
  /** What the installer does: "Open the door". */
  readonly ask: Words
  readonly expect: Expected
}

/** How one reading is found in a payload. */
export interface Mapping {
  /** The topic it comes on; absent: every topic of readings. */
  readonly form?: Form
  readonly kind: string
  /** What values the kind can have. */
  readonly shape: Kind
  /** The list in the payload of which each item may give a reading; lists in lists count as one. */
  readonly each?: readonly string[]
  /** The key in the payload (with `each`: in the item), and below it for `a.b`; empty: all of it. */
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
