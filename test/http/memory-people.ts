import { DatabaseSync } from 'node:sqlite'
import { createAccessTokenStore } from '../../hub/database/access-tokens.ts'
import { createAuditStore } from '../../hub/database/audit.ts'
import { createHandoverNotes } from '../../hub/database/handover.ts'
import { createHomeNotes } from '../../hub/database/home-notes.ts'
import { createPersonStore } from '../../hub/database/people.ts'
import { MIGRATIONS } from '../../hub/database/schema.ts'
import { createSessionStore } from '../../hub/database/sessions.ts'
import type { Audit, People } from '../../hub/http/people.ts'
import type { HandoverNotes } from '../../hub/model/handover.ts'
import type { HomeNotes } from '../../hub/model/home-note.ts'
import { createAudit } from '../../hub/people/create-audit.ts'
import { createPeople } from '../../hub/people/create-people.ts'

export interface MemoryPeople {
  readonly people: People
  readonly audit: Audit
  readonly handover: HandoverNotes
  readonly notes: HomeNotes
}

/** The real ones, on a database in memory; the first who signs in may do everything. */
export function memoryPeople(now: () => number, idle?: number): MemoryPeople & { readonly db: DatabaseSync } {
  const db = new DatabaseSync(':memory:')
  for (const step of MIGRATIONS) db.exec(step)
  return { db, ...peopleOn(db, now, idle) }
}

export function peopleOn(db: DatabaseSync, now: () => number, idle = 30 * 60_000): MemoryPeople {
  return {
    people: createPeople({
      persons: createPersonStore(db),
      sessions: createSessionStore(db, now),
      accessTokens: createAccessTokenStore(db, now),
      now,
      idle,
    }),
    audit: createAudit(createAuditStore(db), now),
    handover: createHandoverNotes(db, now),
    notes: createHomeNotes(db, now),
  }
}
