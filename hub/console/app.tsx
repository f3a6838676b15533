import { useEffect, useState } from 'react'
import { ask, ApiError } from './api.ts'
import { Board } from './board/board.tsx'
import { PhonePage } from './phone/phone-page.tsx'
import { SignIn } from './sign-in.tsx'

type Session = { readonly person: string; readonly phone: boolean } | 'asking' | 'none'

const page = location.pathname
const wall = new URLSearchParams(location.search).has('wall')

/** Which page it is, once it is known who looks. */
export function App() {
  const [session, setSession] = useState<Session>('asking')

  useEffect(() => {
    document.documentElement.dataset['theme'] = page === '/' ? 'dark' : 'light'
    if (wall) document.documentElement.dataset['wall'] = ''
  }, [])

  useEffect(() => {
    if (page === '/sign-in' || session !== 'asking') return
    let again: ReturnType<typeof setTimeout> | undefined
    const look = async () => {
      try {
        setSession(await ask<{ person: string; phone: boolean }>('GET', '/api/session'))
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) setSession('none')
        else again = setTimeout(look, 2000)
      }
    }
    void look()
    return () => clearTimeout(again)
  }, [session])

  const signOut = async () => {
    await ask('DELETE', '/api/session').catch(() => {})
    setSession('none')
  }

  if (page === '/sign-in' || session === 'none') return <SignIn />
  if (session === 'asking') return null
  const props = { ...session, onSignOut: signOut, onSignedOut: () => setSession('none') }
  return page === '/phone' ? <PhonePage {...props} /> : <Board {...props} />
}
