/** One row of what is kept about somebody; `part` says which file it belongs to. */
export interface CopyRow {
  readonly part: (typeof COPY_PARTS)[number]
  readonly [field: string]: unknown
}

/** What a copy has, in the order in which it comes. */
export const COPY_PARTS = [
  'register',
  'readings',
  'unreadable',
  'alerts',
  'messages',
  'changes',
  'certificates',
  'notes',
  'protection',
  'access',
] as const

export interface ResidentCopy {
  /** Of the resident; else of the home's contacts. */
  readonly language: 'nb' | 'en'
  /** Nobody else lives there: what is about the home is in it. */
  readonly isWhole: boolean
  /** A few rows at a time: others have their turn between. */
  rows(): AsyncGenerator<CopyRow>
}
