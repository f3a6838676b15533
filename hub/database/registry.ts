import type { DatabaseSync } from 'node:sqlite'
import type { HomePersonal } from '../model/home.ts'
import type { StaffPersonal } from '../model/staff.ts'

/** What is kept about homes beside the stream: the personal part, gateways' passwords, the follower's place. */
export interface Registry {
  personal(home: string): HomePersonal | undefined
  /** Contacts with this phone number, in all homes. */
  contactsWithPhone(phone: string): { home: string; contact: string }[]
  staff(): readonly StaffPersonal[]
  staffMember(id: string): StaffPersonal | undefined
  /** Ids of staff with this phone number. */
  staffWithPhone(phone: string): string[]
  gateway(id: string): { id: string; home: string; passwordHash: string } | undefined
  /** @returns false when the id is taken */
  addGateway(gateway: { id: string; home: string; passwordHash: string; createdAt: number }): boolean
  historyCursor: { get(): number; set(seq: number): void }
  /** Notes of other parts, by key. */
  note(key: string): string | undefined
  keepNote(key: string, value: string): void
}

export function createRegistry(db: DatabaseSync): Registry {
  const personal = db.prepare('SELECT personal FROM home WHERE id = ?')
  const allPersonal = db.prepare('SELECT id, personal FROM home WHERE personal LIKE ?')
  const staff = db.prepare('SELECT id, personal FROM staff ORDER BY id')
  const staffMember = db.prepare('SELECT id, personal FROM staff WHERE id = ?')
  const gateway = db.prepare('SELECT id, home, password_hash AS passwordHash FROM gateway WHERE id = ?')
  const addGateway = db.prepare(
    'INSERT OR IGNORE INTO gateway (id, home, password_hash, created_at) VALUES (?, ?, ?, ?)',
  )
  const getNote = db.prepare("SELECT value FROM note WHERE key = 'history-cursor'")
  const putNote = db.prepare(
    "INSERT INTO note (key, value) VALUES ('history-cursor', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  )
  const anyNote = db.prepare('SELECT value FROM note WHERE key = ?')
  const putAnyNote = db.prepare(
    'INSERT INTO note (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  return {
    personal(home) {
      const row = personal.get(home) as { personal: string | null } | undefined
      return row?.personal ? (JSON.parse(row.personal) as HomePersonal) : undefined
    },
    contactsWithPhone(phone) {
      // A number is digits after a plus sign: nothing in it that LIKE or JSON would read in another way.
      if (!/^\+\d{4,15}$/.test(phone)) return []
      const rows = allPersonal.all(`%"${phone}"%`) as { id: string; personal: string }[]
      return rows.flatMap(({ id, personal: text }) =>
        (JSON.parse(text) as HomePersonal).contacts
          .filter((contact) => contact.phone === phone)
          .map((contact) => ({ home: id, contact: contact.id })),
      )
    },
    staff: () => (staff.all() as unknown as StaffRow[]).map(readStaff),
    staffMember(id) {
      const row = staffMember.get(id) as StaffRow | undefined
      return row && readStaff(row)
    },
    staffWithPhone: (phone) =>
      (staff.all() as unknown as StaffRow[])
        .map(readStaff)
        .filter((one) => one.phone === phone)
        .map(({ id }) => id),
    gateway: (id) => gateway.get(id) as { id: string; home: string; passwordHash: string } | undefined,
    addGateway: ({ id, home, passwordHash, createdAt }) =>
      addGateway.run(id, home, passwordHash, createdAt).changes === 1,
    historyCursor: {
      get() {
        const row = getNote.get() as { value: string } | undefined
        return row ? Number(row.value) : 0
      },
      set(seq) {
        putNote.run(String(seq))
      },
    },
    note: (key) => (anyNote.get(key) as { value: string } | undefined)?.value,
    keepNote: (key, value) => void putAnyNote.run(key, value),
  }
}

interface StaffRow {
  readonly id: string
  readonly personal: string | null
}

function readStaff({ id, personal }: StaffRow): StaffPersonal {
  return personal === null ? { id } : (JSON.parse(personal) as StaffPersonal)
}
