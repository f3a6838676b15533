import { useCallback, useEffect, useMemo, useState } from 'react'
import { ask, ApiError } from './api.ts'
import { Frame } from './frame/frame.tsx'
import { HubProvider } from './hub-state.tsx'
import { forgetAct } from './lock/kept-act.ts'
import { isLeaving, leave } from './lock/leave.ts'
import { Leaving } from './lock/leaving.tsx'
import { LockProvider } from './lock/lock.tsx'
import { ToastProvider } from './parts/toast.tsx'
import { SessionContext } from './session.tsx'
import type { Session, SessionView } from './session.tsx'
import { SignIn } from './sign-in.tsx'
import type { Over } from './sign-in.tsx'
import { forgetKept, openKept } from './visit/kept.ts'

type Asked =
  | { readonly is: 'asking' }
  | { readonly is: 'in'; readonly view: SessionView }
  /** They want to sign out, and the hub has not said that they are. */
  | { readonly is: 'leaving' }
  | { readonly is: 'out'; readonly over?: Over }

/** The frame and the page in it, once it is known who looks. */
export function App() {
  const [asked, setAsked] = useState<Asked>(() => ({ is: isLeaving() ? 'leaving' : 'asking' }))
  const signsIn = location.pathname === '/sign-in'
  const { is } = asked

  useEffect(() => {
    if (signsIn || (is !== 'asking' && is !== 'leaving')) return
    let again: ReturnType<typeof setTimeout> | undefined
    const look = async () => {
      try {
        if (is === 'leaving') {
          const elsewhere = await leave()
          if (elsewhere === undefined) setAsked({ is: 'out' })
          else location.assign(elsewhere)
        } else {
          const view = await ask<SessionView>('GET', '/api/session')
          openKept(view.person, Date.now())
          setAsked({ is: 'in', view })
        }
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) setAsked({ is: 'out' })
        else again = setTimeout(look, 2000)
      }
    }
    void look()
    return () => clearTimeout(again)
  }, [is, signsIn])

  const ended = useCallback(
    (why?: 'signed-out') => setAsked((old) => (old.is === 'in' ? { is: 'out', over: why ?? 'over' } : old)),
    [],
  )
  // An answer that was on its way when they were signed out brings nobody back.
  const put = useCallback(
    (view: SessionView) => setAsked((old) => (old.is === 'in' ? { is: 'in', view } : old)),
    [],
  )
  const session = useMemo(
    (): Session | undefined =>
      asked.is === 'in'
        ? {
            ...asked.view,
            ended,
            put,
            signOut() {
              forgetAct()
              forgetKept()
              setAsked({ is: 'leaving' })
            },
          }
        : undefined,
    [asked, ended, put],
  )

  if (signsIn || asked.is === 'out') return <SignIn {...(asked.is === 'out' && { over: asked.over })} />
  if (asked.is === 'leaving') return <Leaving />
  if (!session) return null
  return (
    <SessionContext value={session}>
      {/* Who is somebody else sees something else: nothing of before stays. */}
      <HubProvider key={session.person}>
        <ToastProvider>
          <LockProvider>
            <Frame />
          </LockProvider>
        </ToastProvider>
      </HubProvider>
    </SessionContext>
  )
}
