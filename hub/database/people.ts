import type { DatabaseSync } from 'node:sqlite'
import type { Areas, Person, Role } from '../model/person.ts'

/** The people who may sign in. */
export interface PersonStore {
  /** By their ids; those who were removed too. */
  list(): readonly Person[]
  find(id: string): Person | undefined
  findSubject(subject: string): Person | undefined
  /** Adds a person, or writes all of one anew but the password. */
  put(person: Omit<Person, 'hasPassword'>): void
  passwordHash(id: string): string | undefined
  setPasswordHash(id: string, hash: string | undefined): void
}

interface Row {
  readonly id: string
  readonly name: string | null
  readonly roles: string
  readonly areas: string
  readonly state: 'active' | 'removed'
  readonly createdAt: number
  readonly hasPassword: number
  readonly subject: string | null
}

const COLUMNS =
  'id, name, roles, areas, state, created_at AS createdAt, password_hash IS NOT NULL AS hasPassword, subject'

export function createPersonStore(db: DatabaseSync): PersonStore {
  const all = db.prepare(`SELECT ${COLUMNS} FROM person ORDER BY id`)
  const one = db.prepare(`SELECT ${COLUMNS} FROM person WHERE id = ?`)
  const bySubject = db.prepare(`SELECT ${COLUMNS} FROM person WHERE subject = ?`)
  const put = db.prepare(
    `INSERT INTO person (id, name, roles, areas, state, created_at, subject) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, roles = excluded.roles, areas = excluded.areas,
       state = excluded.state, created_at = excluded.created_at, subject = excluded.subject`,
  )
  const getHash = db.prepare('SELECT password_hash AS hash FROM person WHERE id = ?')
  const setHash = db.prepare('UPDATE person SET password_hash = ? WHERE id = ?')
  return {
    list: () => (all.all() as unknown as Row[]).map(readRow),
    find(id) {
      const row = one.get(id) as unknown as Row | undefined
      return row && readRow(row)
    },
    findSubject(subject) {
      const row = bySubject.get(subject) as unknown as Row | undefined
      return row && readRow(row)
    },
    put({ id, name, roles, areas, state, createdAt, subject }) {
      const given = [JSON.stringify(roles), JSON.stringify(areas), state, createdAt, subject ?? null] as const
      put.run(id, name ?? null, ...given)
    },
    passwordHash: (id) => (getHash.get(id) as { hash: string | null } | undefined)?.hash ?? undefined,
    setPasswordHash: (id, hash) => void setHash.run(hash ?? null, id),
  }
}

function readRow({ name, roles, areas, hasPassword, subject, ...row }: Row): Person {
  return {
    ...row,
    ...(name !== null && { name }),
    roles: JSON.parse(roles) as Role[],
    areas: JSON.parse(areas) as Areas,
    hasPassword: hasPassword === 1,
    ...(subject !== null && { subject }),
  }
}
