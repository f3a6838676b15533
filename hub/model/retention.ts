/** The classes of data that have a time, as they stand below `keep` in `hub.yaml`. */
export const KEEP_CLASSES = [
  'readings',
  'undecoded',
  'alerts',
  'messages',
  'audit',
  'closedHomes',
  'certificates',
  'protectionMonths',
  'removedPeople',
] as const
export type KeepClass = (typeof KEEP_CLASSES)[number]

/** The newest time that old data was looked for. */
export interface RetentionRun {
  /** ms */
  readonly at: number
  /** What was removed then: rows, homes or people, class by class. */
  readonly removed: Readonly<Partial<Record<KeepClass, number>>>
  /** ms: times were counted from then, as the clock is days ahead of when the hub last ran. Not given: from `at`. */
  readonly countedFrom?: number
  /** Why it ended before it was through. */
  readonly failed?: string
}
