import type { DatabaseSync } from 'node:sqlite'
import { createHistoryReads } from '../database/history-reads.ts'
import type { JournalSource } from '../history/history.ts'
import type { RoomOf } from '../history/points.ts'
import { createRooms } from '../history/rooms.ts'
import type { HomeInput } from '../model/input.ts'

/** The journal as points are made of it, over a connection of its own. */
export interface HistorySource {
  readonly source: JournalSource
  /** Of entries that were read. */
  readonly roomOf: RoomOf
}

/** @param db may be read-only */
export function openHistorySource(db: DatabaseSync): HistorySource {
  const journal = createHistoryReads(db)
  const rooms = createRooms()
  // The index of what is rare is used only where its own condition stands in the query.
  const homes = db.prepare(
    "SELECT seq, body FROM journal WHERE type = 'home' AND type <> 'reading' ORDER BY seq",
  )
  for (const row of homes.iterate()) {
    const { seq, body } = row as { seq: number; body: string }
    rooms.add(seq, (JSON.parse(body) as HomeInput).home)
  }
  return {
    source: {
      after(seq, limit) {
        const entries = journal.after(seq, limit)
        for (const { seq: at, input } of entries) if (input.type === 'home') rooms.add(at, input.home)
        return entries
      },
      newest: journal.newest,
    },
    roomOf: rooms.roomOf,
  }
}
