/**
 * What the centre knows of a home that no sensor tells, in its own words. Personal data: lives beside the registry, never
 * in the journal.
 */
export interface HomeNote {
  readonly id: number
  /** ms */
  readonly at: number
  /** The id of the person who wrote it. */
  readonly by: string
  readonly text: string
}

export interface HomeNotes {
  /** Newest first. */
  list(home: string): readonly HomeNote[]
  write(note: { readonly home: string; readonly by: string; readonly text: string }): void
  /** Its words are gone then. @returns false when the home has no such note */
  remove(home: string, id: number): boolean
}
