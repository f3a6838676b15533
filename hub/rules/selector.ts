import type { SensorFacts } from '../model/home.ts'
import { KINDS } from '../model/kind.ts'
import type { Kind } from '../model/kind.ts'
import type { Value } from '../model/reading.ts'
import { hint } from '../source/parse-yaml.ts'

/** Which readings a function on the past is about: `motion`, `door=open`, `motion@bathroom`, `door=open@entrance`. */
export interface Selector {
  readonly text: string
  readonly kind: string
  /** Only this value of the kind. */
  readonly value?: Value
  /** Only sensors with this room or role. */
  readonly place?: string
}

/** @returns the selector, or for people what is wrong with it */
export function parseSelector(text: string): Selector | { readonly why: string } {
  const match = /^([a-z0-9_]+)(?:=(\w+))?(?:@([A-Za-z0-9][\w.-]*))?$/.exec(text)
  if (!match) {
    return {
      why: `"${text}" is no choice of readings, expected such as "motion", "door=open" or "motion@bathroom"`,
    }
  }
  const [, name = '', word, place] = match
  const kind = KINDS.get(name)
  if (!kind) return { why: `"${name}" is no kind of reading${hint(name, [...KINDS.keys()])}` }
  if (name === 'availability') return { why: '"availability" has no past: write a rule on it' }
  const at = place === undefined ? {} : { place }
  if (word === undefined) return { text, kind: name, ...at }
  const value = valueOf(kind, word)
  if (value === undefined) {
    if (kind.value === 'number') return { why: `"${name}" is a number: leave "=${word}" out` }
    const words = kind.value === 'boolean' ? ['true', 'false'] : (kind.words ?? [])
    return { why: `${name} is never "${word}"${hint(word, words)}` }
  }
  return { text, kind: name, value, ...at }
}

function valueOf(kind: Kind, word: string): Value | undefined {
  if (kind.value === 'boolean') return word === 'true' ? true : word === 'false' ? false : undefined
  return kind.value === 'word' && kind.words?.includes(word) ? word : undefined
}

/** Whether the selector is about this sensor. */
export function isOf({ place }: Selector, { room, role }: SensorFacts): boolean {
  return place === undefined || place === room || place === role
}

/** Whether a reading is a happening that counts: an event; a state that became so; each reading of a number. */
export function isHappening(
  { kind: name, value: wanted }: Selector,
  value: Value,
  previous?: Value,
): boolean {
  const kind = KINDS.get(name)
  if (kind?.sort === 'event') return wanted === undefined || value === wanted
  switch (kind?.value) {
    case 'boolean':
      return value === (wanted ?? true) && previous !== value
    case 'word':
      // What a sensor says first is how things are, not that something happened.
      return previous !== undefined && previous !== value && (wanted === undefined || value === wanted)
    default:
      return true
  }
}
