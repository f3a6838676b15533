/** What is erased: a home with all that is in it, or one of its residents with the sensors that were theirs. */
export interface EraseTarget {
  readonly home: string
  /** Not given: the whole home. */
  readonly resident?: string
  /** Of the resident: now, or once and nobody else's since. */
  readonly sensors: readonly string[]
}

/** The classes of what is counted, in the order in which they are shown. */
export const ERASE_CLASSES = [
  'readings',
  'undecoded',
  'entries',
  'alerts',
  'alertEvents',
  'messages',
  'readingIds',
  'links',
  'gateways',
  'certificates',
  'homeNotes',
  'handoverNotes',
  'comments',
  'protectionMonths',
  'ruleState',
] as const
export type EraseClass = (typeof ERASE_CLASSES)[number]
export type EraseCounts = Readonly<Partial<Record<EraseClass, number>>>

/** How far an erasure is. Each step can be done again, and is, when the hub was stopped in it. */
export const ERASE_STEPS = ['register', 'database', 'tidy', 'history', 'again', 'done'] as const
/**
 * `register`: it is asked for. `database`: nobody sees it any more, and rows are being deleted. `tidy`: they are, but free
 * pages and the log of writes may have remnants. `history`: InfluxDB has not confirmed it yet. `again`: it has, and is
 * asked once more for what was on its way then. `done`.
 */
export type EraseStep = (typeof ERASE_STEPS)[number]

export interface Erasure extends EraseTarget {
  readonly id: number
  readonly at: number
  readonly step: EraseStep
  readonly by: string
  readonly counts: EraseCounts
  /** The newest entry of the journal when it was asked for: InfluxDB has to have those before. */
  readonly upTo: number
  /** When InfluxDB confirmed it, ms. */
  readonly confirmedAt?: number
  /** Why its step is not done yet. */
  readonly waitsFor?: string
  /** A backup brought it back: it was erased again. */
  readonly restored?: true
}

/** What is left of somebody who was erased, and where: for whoever has to answer for it. */
export interface Remains {
  readonly where: string
  readonly what: string
}
