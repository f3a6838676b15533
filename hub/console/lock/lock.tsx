import { createContext, Fragment, use, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, ApiError } from '../api.ts'
import { useToast } from '../parts/toast.tsx'
import { useSession } from '../session.tsx'
import type { SessionView } from '../session.tsx'
import { LockWatch } from './lock-watch.tsx'
import { OfferedAct } from './offered-act.tsx'
import { tellTabs } from './tabs.ts'
import { UnlockDialog } from './unlock-dialog.tsx'

interface Lock {
  /** The hub refused something because of the lock. */
  lockSeen(): void
  lockNow(): void
  /** Somebody has locked, and the hub has not heard it yet. */
  isLocking(): boolean
  /** Asks for the password. @returns whether the screen is unlocked */
  unlocked(): Promise<boolean>
  /**
   * Calls; where the hub says that the screen is locked, the password is asked for, and it is called once more.
   * @param waits around the time in which the password is asked for
   * @returns undefined when it was not given
   */
  whenUnlocked<T>(
    call: () => Promise<T>,
    waits?: { readonly begin: () => void; readonly end: () => void },
  ): Promise<T | undefined>
}

const AGAIN_MS = 2000

const LockContext = createContext<Lock | undefined>(undefined)

/** The lock of the screen: notices it, and asks for the password when somebody wants to do something. */
export function LockProvider({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation()
  const session = useSession()
  const { locked, ended, put } = session
  const toast = useToast()
  const [asking, setAsking] = useState(false)
  const [tried, setTried] = useState(0)
  const wanted = useRef(false)
  const waiting = useRef<((unlocked: boolean) => void)[]>([])
  const newest = useRef(session)
  useEffect(() => {
    newest.current = session
  })

  const answer = useCallback((unlocked: boolean) => {
    for (const go of waiting.current.splice(0)) go(unlocked)
  }, [])
  // In another tab, too.
  useEffect(() => {
    if (locked) return
    wanted.current = false
    answer(true)
  }, [locked, answer])

  const lock = useMemo((): Lock => {
    const lockSeen = () => put({ ...newest.current, locked: true })
    const lockNow = () => {
      wanted.current = true
      ask<SessionView>('POST', '/api/session/lock').then(
        (view) => {
          wanted.current = false
          put(view)
          tellTabs()
        },
        (error: unknown) => {
          const status = error instanceof ApiError ? error.status : 0
          // Whoever turns away from the screen must not need the hub for it.
          if (status === 0) {
            lockSeen()
            setTimeout(() => wanted.current && lockNow(), AGAIN_MS)
            return
          }
          wanted.current = false
          if (status === 401) ended()
          else toast((error instanceof ApiError && error.message) || t('failed'), 'problem')
        },
      )
    }
    const unlocked = () => {
      lockSeen()
      setAsking(true)
      return new Promise<boolean>((go) => waiting.current.push(go)).finally(() => setAsking(false))
    }
    return {
      lockSeen,
      lockNow,
      isLocking: () => wanted.current,
      unlocked,
      async whenUnlocked(call, waits) {
        try {
          return await call()
        } catch (error) {
          if (!(error instanceof ApiError && error.status === 423)) throw error
          waits?.begin()
          const isUnlocked = await unlocked()
          waits?.end()
          return isUnlocked ? await call() : undefined
        }
      },
    }
  }, [put, ended, toast, t])

  return (
    <LockContext value={lock}>
      <LockWatch />
      <Fragment key={tried}>{children}</Fragment>
      <OfferedAct onTried={() => setTried((times) => times + 1)} />
      {asking && locked && <UnlockDialog onClose={() => answer(false)} />}
    </LockContext>
  )
}

/** The lock of the screen. Whether it is locked stands in the session. */
export function useLock(): Lock {
  const lock = use(LockContext)
  if (!lock) throw new Error('useLock is outside of LockProvider')
  return lock
}
