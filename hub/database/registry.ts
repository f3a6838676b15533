import type { DatabaseSync } from 'node:sqlite'
import type { HomePersonal } from '../model/home.ts'
import type { StaffPersonal } from '../model/staff.ts'

/** What is kept about homes beside the stream: the personal part, gateways' passwords, the follower's place. */
export interface Registry {
  personal(home: string): HomePersonal | undefined
  /** Contacts with this phone number, in all homes. */
  contactsWithPhone(phone: string): { home: string; contact: string }[]
  /** Numbers that wrote STOP and stand with no contact of their home any more, since when (ms); only one, when given. */
  stopsLeft(phone?: string): ReadonlyMap<string, number>
  staff(): readonly StaffPersonal[]
  staffMember(id: string): StaffPersonal | undefined
  /** Ids of staff with this phone number. */
  staffWithPhone(phone: string): string[]
  gateway(id: string): KnownGateway | undefined
  /** @returns false when the id is taken */
  addGateway(gateway: { id: string; home: string; passwordHash: string; createdAt: number }): boolean
  /** When its credentials were made, and when a new password that it has not come with yet; ms. */
  gatewayTimes(id: string): { readonly createdAt: number; readonly rotatedAt?: number } | undefined
  /** Another password: the one before is good until the gateway comes with it, or no more. */
  rotateGateway(id: string, passwordHash: string, at: number, keepsOld: boolean): void
  /** The gateway came with its new password: the one before is good no more. */
  useNextPassword(id: string): void
  /** Its credentials are gone. */
  removeGateway(id: string): void
  historyCursor: { get(): number; set(seq: number): void }
  /** Notes of other parts, by key. */
  note(key: string): string | undefined
  keepNote(key: string, value: string): void
}

export interface KnownGateway {
  readonly id: string
  readonly home: string
  readonly passwordHash: string
  /** It was given another password, and has not come with it yet: either is good. */
  readonly nextHash?: string
}

export function createRegistry(db: DatabaseSync): Registry {
  const personal = db.prepare('SELECT personal FROM home WHERE id = ?')
  const allPersonal = db.prepare('SELECT id, personal FROM home WHERE personal LIKE ?')
  const staff = db.prepare('SELECT id, personal FROM staff ORDER BY id')
  const staffMember = db.prepare('SELECT id, personal FROM staff WHERE id = ?')
  const gateway = db.prepare(
    `SELECT g.id, g.home, g.password_hash AS passwordHash, n.password_hash AS nextHash FROM gateway AS g
      LEFT JOIN gateway_next AS n ON n.id = g.id WHERE g.id = ?`,
  )
  const gatewayTimes = db.prepare(
    `SELECT g.created_at AS createdAt, n.made_at AS rotatedAt FROM gateway AS g
      LEFT JOIN gateway_next AS n ON n.id = g.id WHERE g.id = ?`,
  )
  const putPassword = db.prepare('UPDATE gateway SET password_hash = ? WHERE id = ?')
  const putNext = db.prepare(
    `INSERT INTO gateway_next (id, password_hash, made_at) VALUES (?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET password_hash = excluded.password_hash, made_at = excluded.made_at`,
  )
  const takeNext = db.prepare(
    'UPDATE gateway SET password_hash = (SELECT password_hash FROM gateway_next WHERE id = gateway.id) WHERE id = ? AND id IN (SELECT id FROM gateway_next)',
  )
  const dropNext = db.prepare('DELETE FROM gateway_next WHERE id = ?')
  const removeGateway = db.prepare('DELETE FROM gateway WHERE id = ?')
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
    stopsLeft(phone) {
      const rows = allPersonal.all('%"stops":{%') as { id: string; personal: string }[]
      const all = rows.flatMap(({ personal: text }) =>
        Object.entries((JSON.parse(text) as HomePersonal).stops ?? {}),
      )
      return new Map(all.filter(([one]) => phone === undefined || one === phone))
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
    gateway(id) {
      const row = gateway.get(id) as (KnownGateway & { nextHash: string | null }) | undefined
      if (!row) return undefined
      const { nextHash, ...known } = row
      return { ...known, ...(nextHash !== null && { nextHash }) }
    },
    gatewayTimes(id) {
      const row = gatewayTimes.get(id) as { createdAt: number; rotatedAt: number | null } | undefined
      return row && { createdAt: row.createdAt, ...(row.rotatedAt !== null && { rotatedAt: row.rotatedAt }) }
    },
    rotateGateway(id, passwordHash, at, keepsOld) {
      if (keepsOld) putNext.run(id, passwordHash, at)
      else {
        putPassword.run(passwordHash, id)
        dropNext.run(id)
      }
    },
    useNextPassword(id) {
      takeNext.run(id)
      dropNext.run(id)
    },
    removeGateway(id) {
      dropNext.run(id)
      removeGateway.run(id)
    },
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
