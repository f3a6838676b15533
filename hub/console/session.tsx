import { createContext, use } from 'react'
import type { Areas, Role } from '../model/person.ts'

/** As the hub has it. */
export interface SessionView {
  readonly person: string
  readonly name?: string
  /** Messages go to the phone simulator. */
  readonly phone: boolean
  readonly roles: readonly Role[]
  readonly areas: Areas
  readonly hasPassword: boolean
  /** Only the board answers, without names, until it is unlocked. */
  readonly locked: boolean
  /** If nobody does anything until then, by the hub's clock. Not given: nothing could unlock it. */
  readonly locksAt?: number
  /** So long without an act, ms. */
  readonly locksAfter: number
  /** Then they must sign in again, by the hub's clock. */
  readonly expiresAt: number
}

export interface Session extends SessionView {
  /** The hub said how it is now. */
  put(view: SessionView): void
  signOut(): void
  /** The hub does not know the session any more; or it was ended because of too many wrong passwords. */
  ended(why?: 'signed-out'): void
}

export const SessionContext = createContext<Session | undefined>(undefined)

/** Whether somebody takes and closes alerts: an admin who is nothing else only looks. */
export function mayAct({ roles }: Pick<Session, 'roles'>): boolean {
  return roles.includes('operator') || roles.includes('installer')
}

/** Who is signed in. */
export function useSession(): Session {
  const session = use(SessionContext)
  if (!session) throw new Error('useSession is outside of SessionContext')
  return session
}
