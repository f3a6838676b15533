import { createContext, use } from 'react'

/** What somebody may be; without roles the hub shows everything to everybody who signed in. */
export type Role = 'operator' | 'installer' | 'admin'

export interface Session {
  readonly person: string
  /** Messages go to the phone simulator. */
  readonly phone: boolean
  readonly roles?: readonly Role[]
  signOut(): void
  /** The hub does not know the session any more. */
  ended(): void
}

export const SessionContext = createContext<Session | undefined>(undefined)

/** Who is signed in. */
export function useSession(): Session {
  const session = use(SessionContext)
  if (!session) throw new Error('useSession is outside of SessionContext')
  return session
}
