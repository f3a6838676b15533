import { useCallback, useEffect, useRef } from 'react'
import { ask, ApiError } from '../api.ts'
import { useContact } from '../hub-state.tsx'
import { useSession } from '../session.tsx'
import type { SessionView } from '../session.tsx'
import { useLock } from './lock.tsx'
import { listenToTabs } from './tabs.ts'

/** The hub counts no closer. */
const TELL_EVERY_MS = 30_000
/** So long the hub may take to say whether it is locked. */
const ANSWER_MS = 3000
const ACTS = ['pointerdown', 'keydown', 'wheel'] as const

/**
 * Tells the hub that somebody is at the screen, and asks it whether the time has come to lock; where it does not answer,
 * the screen is locked all the same. `L` locks at once.
 */
export function LockWatch() {
  const session = useSession()
  const { locked, locksAt, expiresAt, put, ended } = session
  const { now, cutOffSince } = useContact()
  const { lockNow, lockSeen, isLocking } = useLock()
  const newest = useRef({ session, now })
  const canLock = locksAt !== undefined
  const cutOff = cutOffSince !== undefined
  useEffect(() => {
    newest.current = { session, now }
  })

  /** @returns whether the hub has said how it is */
  const look = useCallback(
    () =>
      ask<SessionView>('GET', '/api/session').then(
        (view) => {
          if (view.locked || !isLocking()) put(view)
          return true
        },
        (error: unknown) => {
          const isOver = error instanceof ApiError && error.status === 401
          if (isOver) ended()
          return isOver
        },
      ),
    [put, ended, isLocking],
  )
  useEffect(() => listenToTabs(() => void look()), [look])

  useEffect(() => {
    // It may have been locked here without the hub, and somebody may have acted in another tab.
    if (!cutOff && newest.current.session.locked) void look()
  }, [cutOff, look])

  const isDue = !locked && (now >= expiresAt || (locksAt !== undefined && now >= locksAt))
  useEffect(() => {
    if (!isDue) return
    if (cutOff) return lockSeen()
    const timer = setTimeout(lockSeen, ANSWER_MS)
    // Somebody may have acted in another tab.
    void look().then((answered) => {
      if (answered) clearTimeout(timer)
    })
    return () => clearTimeout(timer)
  }, [isDue, cutOff, look, lockSeen])

  useEffect(() => {
    if (locked || !canLock) return
    let told = 0
    const tell = () => {
      if (Date.now() - told < TELL_EVERY_MS) return
      told = Date.now()
      ask<SessionView>('POST', '/api/session/act').then(
        (view) => {
          // It may have been locked while the answer was on its way.
          if (!newest.current.session.locked) put(view)
        },
        (error: unknown) => {
          if (!(error instanceof ApiError)) return
          if (error.status === 423) lockSeen()
          // Whoever reads an old board, to telephone by it, is not idle because the hub is away.
          const { session: known, now: at } = newest.current
          if (error.status === 0 && !known.locked) put({ ...known, locksAt: at + known.locksAfter })
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
