import { useEffect, useRef, useState } from 'react'
import { ask, ApiError } from './api.ts'
import { LanguageButton, useLanguage } from './language.tsx'

/** The token of a link stands after `#`: no server and no log ever sees it. */
const tokenOf = (text: string): string => (text.includes('#') ? (text.split('#').at(-1) ?? '') : text).trim()

const given = tokenOf(location.hash)
// Out of the address bar and the history before anything else: others may look at the screen.
if (location.pathname === '/sign-in' && given !== '') history.replaceState(null, '', '/sign-in')

/** Signs in with the link's token, or with one that is pasted. */
export function SignIn() {
  const { words } = useLanguage()
  const [state, setState] = useState<'waiting' | 'asking' | { readonly problem: string }>('waiting')
  const begun = useRef(false)

  const signIn = async (token: string) => {
    setState('asking')
    try {
      await ask('POST', '/api/session', { token })
      location.replace(location.pathname === '/sign-in' ? '/' : location.href)
    } catch (error) {
      setState({ problem: (error instanceof ApiError && error.message) || words.failed })
    }
  }

  useEffect(() => {
    if (given === '' || begun.current) return
    begun.current = true
    void signIn(given)
  })

  return (
    <main className="sign-in">
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault()
          const token = tokenOf(String(new FormData(event.currentTarget).get('link') ?? ''))
          if (token !== '') void signIn(token)
        }}
      >
        <h1>AAL hub</h1>
        {state === 'asking' ? (
          <p role="status">{words.signingIn}</p>
        ) : (
          <>
            <p className="muted">{words.signInHow}</p>
            {typeof state === 'object' && (
              <p role="alert" className="problem">
                {state.problem}
              </p>
            )}
            <label>
              {words.signInLink}
              <input name="link" type="password" autoComplete="off" required spellCheck={false} />
            </label>
            <button type="submit" className="primary large">
              {words.signIn}
            </button>
          </>
        )}
        <LanguageButton />
      </form>
    </main>
  )
}
