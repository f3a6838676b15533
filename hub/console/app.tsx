import { useCallback, useEffect, useMemo, useState } from 'react'
import { ask, ApiError } from './api.ts'
import { Frame } from './frame/frame.tsx'
import { HubProvider } from './hub-state.tsx'
import { LockProvider } from './lock/lock.tsx'
import { ToastProvider } from './parts/toast.tsx'
import { SessionContext } from './session.tsx'
import type { Session, SessionView } from './session.tsx'
import { SignIn } from './sign-in.tsx'

type Asked = SessionView | 'asking' | 'none'

/** The frame and the page in it, once it is known who looks. */
export function App() {
  const [asked, setAsked] = useState<Asked>('asking')
  const signsIn = location.pathname === '/sign-in'

  useEffect(() => {
    if (signsIn || asked !== 'asking') return
    let again: ReturnType<typeof setTimeout> | undefined
    const look = async () => {
      try {
        setAsked(await ask<SessionView>('GET', '/api/session'))
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) setAsked('none')
        else again = setTimeout(look, 2000)
      }
    }
    void look()
    return () => clearTimeout(again)
  }, [asked, signsIn])

  const ended = useCallback(() => setAsked('none'), [])
  const session = useMemo(
    (): Session | undefined =>
      typeof asked === 'string'
        ? undefined
        : {
            ...asked,
            ended,
            put: setAsked,
            signOut: () =>
              void ask<{ signOut: string } | undefined>('DELETE', '/api/session').then((answer) => {
                if (answer) location.assign(answer.signOut)
                else ended()
              }, ended),
          },
    [asked, ended],
  )

  if (signsIn || asked === 'none') return <SignIn />
  if (!session) return null
  return (
    <SessionContext value={session}>
      <HubProvider>
        <ToastProvider>
          <LockProvider>
            <Frame />
          </LockProvider>
        </ToastProvider>
      </HubProvider>
    </SessionContext>
  )
}
