import type { AccessTokenStore } from '../database/access-tokens.ts'
import type { PersonStore } from '../database/people.ts'
import type { SessionRow, SessionStore } from '../database/sessions.ts'
import { OfficeError } from '../http/office.ts'
import type { People, PersonOrder, SignedIn } from '../http/people.ts'
import { addressKey } from '../model/address-key.ts'
import { ROLES } from '../model/person.ts'
import type { Person } from '../model/person.ts'
import { hashPassword, verifyPassword } from './password-hash.ts'
import { whyNotPassword } from './password-rules.ts'
import { createThrottle } from './throttle.ts'

const MINUTE = 60_000
const LINK_VALID = 24 * 60 * MINUTE
/** A session ends after a shift and a bit, whatever was done in it. */
const SESSION_VALID = 14 * 60 * MINUTE
/** When somebody was last active is known so exactly: not every request writes to the disk. */
const ACTIVE_EVERY = 30_000
/** Somebody at the board types it wrong so often; then the session ends, and with it the guessing. */
const MOST_UNLOCKS = 10

const MOST_PLACES = 20

/** A person's limit is mild: a stranger must not be able to keep a nurse out for long. */
const PERSON_LIMITS = { free: 5, first: 30_000, longest: 5 * MINUTE }
const ADDRESS_LIMITS = { free: 10, first: MINUTE, longest: 15 * MINUTE }

export interface PeopleParts {
  readonly persons: PersonStore
  readonly sessions: SessionStore
  readonly accessTokens: AccessTokenStore
  /** ms since 1970 */
  readonly now: () => number
  /** A session is locked after so long without an act of the person, ms. */
  readonly idle: number
}

export function createPeople({ persons, sessions, accessTokens, now, idle }: PeopleParts): People {
  const byPerson = createThrottle(PERSON_LIMITS)
  const byAddress = createThrottle(ADDRESS_LIMITS)
  const unlocks = new Map<string, number>()
  /** Where people have signed in from: there a stranger's guesses do not make them wait. */
  const places = new Map<string, Set<string>>()

  function known(id: string): Person {
    const person = persons.find(id)
    if (person?.state === 'active') return person
    throw new OfficeError('not-found', `Cannot find the person "${id}": aal person list shows all`)
  }

  function add({ id, name, subject, roles, areas }: PersonOrder): Person {
    const before = persons.find(id)
    if (before) {
      throw new OfficeError(
        'conflict',
        `Cannot add "${id}": ${before.state === 'active' ? 'there is somebody with this id' : 'somebody had this id, and what they did carries it. Choose another'}`,
      )
    }
    persons.put({
      id,
      ...(name !== undefined && { name }),
      ...(subject !== undefined && { subject }),
      roles,
      areas,
      state: 'active',
      createdAt: now(),
    })
    return known(id)
  }

  /** Without an admin nobody could add people any more, but at the hub's own command line. */
  function refuseLastAdmin(id: string): void {
    const others = persons
      .list()
      .filter((one) => one.id !== id && one.state === 'active' && one.roles.includes('admin'))
    if (others.length === 0) {
      throw new OfficeError('conflict', `Cannot do this: "${id}" is the only admin. Make another one first`)
    }
  }

  /** What could unlock it: a link alone, which was used up, could not. */
  function canLock(person: Person, { how }: SessionRow): boolean {
    return person.hasPassword || how === 'oidc'
  }

  function readSession(session: string): SignedIn | undefined {
    const row = sessions.session(session)
    const person = row && persons.find(row.person)
    if (!row || person?.state !== 'active') return undefined
    const locks = canLock(person, row)
    const locksAt = row.activeAt + idle
    return {
      person,
      how: row.how,
      since: row.expiresAt - SESSION_VALID,
      expiresAt: row.expiresAt,
      isLocked: locks && now() >= locksAt,
      ...(locks && { locksAt }),
      locksAfter: idle,
    }
  }

  function signOut(session: string): void {
    unlocks.delete(session)
    sessions.drop(session)
  }

  return {
    list: persons.list,
    find: persons.find,
    add,
    change(id, order) {
      const person = known(id)
      if (person.roles.includes('admin') && order.roles?.includes('admin') === false) refuseLastAdmin(id)
      const { hasPassword: _, ...before } = person
      persons.put({ ...before, ...order })
      return known(id)
    },
    remove(id) {
      const { hasPassword: _, ...person } = known(id)
      if (person.roles.includes('admin')) refuseLastAdmin(id)
      persons.put({ ...person, state: 'removed' })
      persons.setPasswordHash(id, undefined)
      sessions.dropAllOf(id)
    },
    async setPassword(id, password, but) {
      const { name = '' } = known(id)
      const reason = password === undefined ? undefined : await whyNotPassword(password, [id, name])
      if (reason) throw new OfficeError('invalid', `Cannot take this password: ${reason}`)
      const hash = password === undefined ? undefined : await hashPassword(password)
      known(id)
      persons.setPasswordHash(id, hash)
      sessions.dropAllOf(id, but)
    },

    createSignInToken(id) {
      const person = persons.find(id)
      if (person?.state === 'removed') {
        throw new OfficeError('conflict', `Cannot make a link for "${id}": this person was removed`)
      }
      if (!person) {
        const isFirst = persons.list().every(({ state }) => state === 'removed')
        add({ id, roles: isFirst ? ROLES : ['operator'], areas: 'all' })
      }
      return sessions.createLink(id, LINK_VALID)
    },
    signIn(token) {
      const person = sessions.takeLink(token)
      if (person === undefined || persons.find(person)?.state !== 'active') return undefined
      return { person, session: sessions.createSession(person, 'link', SESSION_VALID) }
    },
    async signInWithPassword({ person: id, password, from }) {
      const address = addressKey(from)
      const isKnownPlace = places.get(id)?.has(address) === true
      const keys = { address, person: isKnownPlace ? `${id}@${address}` : id.toLowerCase() }
      const addressWaits = byAddress.begin(keys.address, now())
      if (addressWaits > 0) return { ok: false, why: 'wait', what: 'address', ms: addressWaits }
      const nameWaits = byPerson.begin(keys.person, now())
      if (nameWaits > 0) return { ok: false, why: 'wait', what: 'name', ms: nameWaits }
      const hash = persons.passwordHash(id)
      const isRight = await verifyPassword(password, hash)
      // They may have been removed, or got another password, while it was computed.
      if (!isRight || persons.passwordHash(id) !== hash || persons.find(id)?.state !== 'active') {
        return { ok: false, why: 'wrong' }
      }
      byAddress.passed(keys.address)
      byPerson.forget(keys.person)
      places.set(id, new Set([...(places.get(id) ?? []), address].slice(-MOST_PLACES)))
      return { ok: true, person: id, session: sessions.createSession(id, 'password', SESSION_VALID) }
    },
    signInFrom({ subject, id, ...order }) {
      const known = persons.findSubject(subject)
      if (known?.state === 'removed') {
        return { ok: false, why: 'removed', reason: `${known.id} was removed` }
      }
      if (!known && persons.find(id)) {
        // Names can be changed at some providers: whoever takes a colleague's must not become them.
        const reason = `"${id}" is known here and not as ${subject}: aal person change ${id} --subject "${subject}"`
        return { ok: false, why: 'taken', reason }
      }
      const { hasPassword: _, ...before } = known ?? add({ id, subject, ...order })
      persons.put({ ...before, ...order })
      const session = sessions.createSession(before.id, 'oidc', SESSION_VALID)
      return { ok: true, person: before.id, session }
    },
    tryFrom(from) {
      const key = addressKey(from)
      const wait = byAddress.begin(key, now())
      return { wait, passed: () => byAddress.passed(key) }
    },

    session: readSession,
    act(session) {
      const row = sessions.session(session)
      if (row && now() - row.activeAt >= ACTIVE_EVERY && !readSession(session)?.isLocked) {
        sessions.setActive(session, now())
      }
    },
    lock(session) {
      if (readSession(session)?.locksAt === undefined) return false
      sessions.setActive(session, now() - idle)
      return true
    },
    async unlock(session, given) {
      const { person } = readSession(session) ?? {}
      if (!person) return { ok: false, why: 'signed-out' }
      // Counted before it is known to be wrong: else many at once would all be tried.
      const tries = (unlocks.get(session) ?? 0) + 1
      unlocks.set(session, tries)
      const isRight =
        tries <= MOST_UNLOCKS &&
        ('token' in given
          ? sessions.takeLink(given.token) === person.id
          : await verifyPassword(given.password, persons.passwordHash(person.id)))
      // It may have ended while the password was looked at.
      if (!readSession(session)) return { ok: false, why: 'signed-out' }
      if (isRight) {
        unlocks.delete(session)
        sessions.setActive(session, now())
        return { ok: true }
      }
      if (tries < MOST_UNLOCKS) return { ok: false, why: 'wrong' }
      signOut(session)
      return { ok: false, why: 'signed-out' }
    },
    signOut,

    accessTokens: accessTokens.list,
    createAccessToken({ name, scopes, areas, by }) {
      const token = accessTokens.create({ name, scopes, areas, createdAt: now(), createdBy: by })
      if (token === undefined) {
        throw new OfficeError(
          'conflict',
          `Cannot add the token "${name}": there is, or was, one with this name. Names are not used again: take another, such as ${name}-2`,
        )
      }
      return token
    },
    revokeAccessToken(name) {
      if (!accessTokens.revoke(name)) {
        throw new OfficeError(
          'not-found',
          `Cannot revoke the token "${name}": aal token list shows those in force`,
        )
      }
    },
    findAccessToken: accessTokens.find,
  }
}
