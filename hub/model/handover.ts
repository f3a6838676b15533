import type { Areas } from './person.ts'

/** What somebody tells the next shift, in their own words. Personal data: lives beside the registry, never in the journal. */
export interface HandoverNote {
  readonly id: number
  /** ms */
  readonly at: number
  /** The id of the person who wrote it. */
  readonly by: string
  /** Those that its writer sees: it may speak of any home in them. */
  readonly areas: Areas
  readonly text: string
  /** Who has read it, in that order. */
  readonly readBy: readonly { readonly person: string; readonly at: number }[]
}

export interface HandoverNotes {
  /** Newest first; those of the last 30 days. */
  list(limit: number): readonly HandoverNote[]
  find(id: number): HandoverNote | undefined
  write(note: Pick<HandoverNote, 'by' | 'areas' | 'text'>): HandoverNote
  /** Notes that this person has read it; the first time counts. */
  markRead(id: number, person: string): HandoverNote | undefined
}
