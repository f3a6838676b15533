import type { DatabaseSync } from 'node:sqlite'
import type { Input } from '../model/input.ts'
import type { Notification } from '../model/notification.ts'

/** What is read once, at the start. */
export interface UndeliveredReads {
  /** Messages to contacts that failed since then, oldest first. */
  failedSince(from: number): Iterable<Notification>
  /** Messages to contacts that came through, or were taken for good, since then. */
  deliveredSince(from: number): Iterable<Notification>
  /** What people changed of the register of a home since then, by name: `contacts/anne`. */
  changedSince(home: string, from: number): readonly { readonly at: number; readonly what: string }[]
}

export function createUndeliveredReads(db: DatabaseSync): UndeliveredReads {
  const failed = db.prepare(
    "SELECT body FROM notification WHERE state = 'failed' AND queued_at >= ? ORDER BY queued_at",
  )
  const delivered = db.prepare(
    "SELECT body FROM notification WHERE queued_at >= ? AND state IN ('delivered', 'accepted')",
  )
  // The index of what is rare is used only where its own condition stands in the query.
  const changes = db.prepare(
    "SELECT now, body FROM journal WHERE type = 'home' AND type <> 'reading' AND home = ? AND now >= ? ORDER BY seq",
  )
  function* parsed(rows: Iterable<unknown>): Generator<Notification> {
    for (const { body } of rows as Iterable<{ body: string }>) yield JSON.parse(body) as Notification
  }
  return {
    failedSince: (from) => parsed(failed.iterate(from)),
    deliveredSince: (from) => parsed(delivered.iterate(from)),
    changedSince: (home, from) =>
      (changes.all(home, from) as { now: number; body: string }[]).flatMap(({ now: at, body }) => {
        const input = JSON.parse(body) as Input
        return input.type === 'home' ? (input.change?.register ?? []).map((what) => ({ at, what })) : []
      }),
  }
}
