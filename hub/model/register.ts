/** The lists of a home that are changed one entry at a time. */
export const PARTS = ['residents', 'contacts', 'rooms', 'sensors'] as const
export type Part = (typeof PARTS)[number]

/** How one entry is called where people read it. */
export const PART_NAMES: { readonly [P in Part]: string } = {
  residents: 'resident',
  contacts: 'contact',
  rooms: 'room',
  sensors: 'sensor',
}

/** Fields by name, as the import file has them; null: it goes. */
export type Fields = Readonly<Record<string, unknown>>

/** One change of a registered home. */
export type Edit =
  | { readonly type: 'fields'; readonly fields: Fields }
  | { readonly type: 'add'; readonly part: Part; readonly entry: Fields & { readonly id: string } }
  | { readonly type: 'change'; readonly part: Part; readonly id: string; readonly fields: Fields }
  | { readonly type: 'remove'; readonly part: Part; readonly id: string }

/** One thing that is wrong with what a person typed, and where: a form shows it at that field. */
export interface FieldProblem {
  /** A JSON pointer into what was sent [RFC 6901]: `/phone`; empty: the whole of it. */
  readonly pointer: string
  readonly message: string
  /** What was probably meant. */
  readonly suggestion?: string
}

/** One difference of a home: `sensors/hall-door/room`. Values as the import file has them, in one line. */
export interface Difference {
  readonly path: string
  readonly before?: string
  readonly after?: string
}

export interface HomeDifference {
  readonly home: string
  readonly what: 'new' | 'changed' | 'same'
  readonly differences: readonly Difference[]
}
