import type { AuditFact, AuditRow, AuditVerdict } from '../model/audit.ts'
import type { ProviderRefusal } from '../model/refusal.ts'
import type { AccessToken, Areas, Person, Role, Scope } from '../model/person.ts'

/** A session in force. */
export interface SignedIn {
  readonly person: Person
  readonly how: 'link' | 'password' | 'oidc'
  /** When they signed in, ms. */
  readonly since: number
  /** ms */
  readonly expiresAt: number
  /** Nobody did anything for a while: the board stays, all else needs the password again. */
  readonly isLocked: boolean
  /** When it is locked if nobody does anything, ms; not given where nothing could unlock it. */
  readonly locksAt?: number
  /** So long without an act of the person, ms. */
  readonly locksAfter: number
}

/** What a try to sign in came to. */
export type SignInOutcome =
  | { readonly ok: true; readonly session: string; readonly person: string }
  | { readonly ok: false; readonly why: 'wrong' }
  /** This name, or from this address, too often: nothing was looked at. */
  | { readonly ok: false; readonly why: 'wait'; readonly what: 'name' | 'address'; readonly ms: number }

export interface PersonOrder {
  readonly id: string
  /** Whom an OpenID Connect provider says this is: `ISSUER SUB`. */
  readonly subject?: string
  readonly name?: string
  readonly roles: readonly Role[]
  readonly areas: Areas
}

export interface AccessTokenOrder {
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly areas: Areas
  readonly by: string
}

/** Whom an OpenID Connect provider says somebody is. */
export interface OutsideIdentity extends PersonOrder {
  /** Issuer and `sub`: the one thing about them that never changes and is never given to another. */
  readonly subject: string
}

/** A sign-in by somebody else: an OpenID Connect provider. */
export interface SignInProvider {
  /** "Sign in with …" */
  readonly name: string
  /** Where to send the browser; `pending` is what it must bring back. */
  begin(): Promise<{ readonly url: string; readonly pending: string }>
  /** @param path where the browser came back to, with its query */
  finish(
    path: string,
    pending: string | undefined,
  ): Promise<
    | { readonly ok: true; readonly identity: OutsideIdentity; readonly idToken: string | undefined }
    | { readonly ok: false; readonly why: ProviderRefusal; readonly reason: string }
  >
  /** Remembers what signing out of the provider needs. */
  keep?(session: string, idToken: string | undefined): void
  /** Where to send the browser to sign out of the provider too; undefined where it has no such place. */
  end(session: string): Promise<string | undefined>
}

/** Who may sign in, who has, and with which programs. Tokens are random, ≥128 bits, and kept as hashes. */
export interface People {
  list(): readonly Person[]
  find(id: string): Person | undefined
  /** @throws OfficeError */
  add(order: PersonOrder): Person
  /** @throws OfficeError */
  change(id: string, order: Partial<Omit<PersonOrder, 'id'>>): Person
  /** Ends their sessions and links too. @throws OfficeError */
  remove(id: string): void
  /**
   * Sets a password, or takes it away; their other sessions and links end.
   * @param but the session that goes on
   * @throws OfficeError with what is wrong with the password
   */
  setPassword(id: string, password: string | undefined, but?: string): Promise<void>

  /**
   * A token that signs one person in, once, within 24 h. Somebody who is not known becomes an operator, and the very
   * first one everything.
   * @throws OfficeError for somebody who was removed
   */
  createSignInToken(person: string): string
  /** @returns the session's token, or undefined for a wrong, used or old token */
  signIn(token: string): { session: string; person: string } | undefined
  /** @param from the address, which may not try for ever */
  signInWithPassword(given: { person: string; password: string; from: string }): Promise<SignInOutcome>
  /** For who has proven elsewhere who they are: they are added, or have the name, roles and areas that it says now. */
  signInFrom(
    identity: OutsideIdentity,
  ):
    | { readonly ok: true; readonly session: string; readonly person: string }
    | { readonly ok: false; readonly why: 'unknown' | 'taken' | 'removed'; readonly reason: string }
  /** How long an address must wait before it may try again, ms; counts as a try that failed until `passed`. */
  tryFrom(from: string): { readonly wait: number; passed(): void }
  /** Whom this session belongs to; undefined after sign-out, or when it is too old. */
  session(session: string): SignedIn | undefined
  /** The person did something: the session is not locked for a while. */
  act(session: string): void
  /** Locks at once; false where nothing could unlock it. */
  lock(session: string): boolean
  /** The password, or a link of the same person. After some wrong ones the session ends. */
  unlock(
    session: string,
    given: { password: string } | { token: string },
  ): Promise<{ readonly ok: true } | { readonly ok: false; readonly why: 'wrong' | 'signed-out' }>
  signOut(session: string): void

  accessTokens(): readonly AccessToken[]
  /** @returns the token, which is shown this once. @throws OfficeError */
  createAccessToken(order: AccessTokenOrder): string
  /** @throws OfficeError */
  revokeAccessToken(name: string): void
  findAccessToken(token: string): AccessToken | undefined
}

/** The log of who saw or changed what: append-only, each row bound to the one before. */
export interface Audit {
  /** Resolves when it is on the disk. */
  write(fact: AuditFact): Promise<void>
  /** Newest first, those before `seq`. */
  list(query: { before?: number; limit: number; whose?: string; who?: string }): readonly AuditRow[]
  /**
   * Writes down that rows of before have had their time, a few thousand at most.
   * @returns the last of them: up to that one they may be deleted; undefined: there is none
   */
  cutBefore(time: number): Promise<number | undefined>
  /** Computes the whole chain anew, a bit at a time. */
  verify(): Promise<AuditVerdict>
}
