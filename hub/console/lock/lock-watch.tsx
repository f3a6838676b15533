import { useCallback, useEffect, useRef } from 'react'
import { ask, ApiError } from '../api.ts'
import { useContact } from '../hub-state.tsx'
import { useSession } from '../session.tsx'
import type { SessionView } from '../session.tsx'
import { useLock } from './lock.tsx'
import { listenToTabs } from './tabs.ts'

/** The hub counts no closer. */
const TELL_EVERY_MS = 30_000
const ACTS = ['pointerdown', 'keydown', 'wheel'] as const

/** Tells the hub that somebody is at the screen, and asks it whether the time has come to lock. `L` locks at once. */
export function LockWatch() {
  const { locked, locksAt, put, ended } = useSession()
  const { now, cutOffSince } = useContact()
  const { lockNow, lockSeen } = useLock()
  const isLocked = useRef(locked)
  const canLock = locksAt !== undefined
  useEffect(() => {
    isLocked.current = locked
  })

  const look = useCallback(() => {
    ask<SessionView>('GET', '/api/session').then(put, (error: unknown) => {
      if (error instanceof ApiError && error.status === 401) ended()
    })
  }, [put, ended])
  useEffect(() => listenToTabs(look), [look])

  const isDue = !locked && locksAt !== undefined && now >= locksAt && cutOffSince === undefined
  useEffect(() => {
    // Somebody may have acted in another tab.
    if (isDue) look()
  }, [isDue, look])

  useEffect(() => {
    if (locked || !canLock) return
    let told = 0
    const tell = () => {
      if (Date.now() - told < TELL_EVERY_MS) return
      told = Date.now()
      ask<SessionView>('POST', '/api/session/act').then(
        (view) => {
          // It may have been locked while the answer was on its way.
          if (!isLocked.current) put(view)
        },
        (error: unknown) => {
          if (error instanceof ApiError && error.status === 423) lockSeen()
        },
      )
    }
    for (const act of ACTS) window.addEventListener(act, tell, { passive: true })
    return () => {
      for (const act of ACTS) window.removeEventListener(act, tell)
    }
  }, [locked, canLock, put, lockSeen])

  useEffect(() => {
    if (locked || !canLock) return
    const press = (event: KeyboardEvent) => {
      if (!event.shiftKey || event.key.toLowerCase() !== 'l') return
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const target = event.target instanceof Element ? event.target : undefined
      if (target?.closest('input, textarea, select, [role=dialog]')) return
      event.preventDefault()
      lockNow()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [locked, canLock, lockNow])
  return null
}
