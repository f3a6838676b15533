import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, ApiError } from './api.ts'
import { LanguageButton } from './language.tsx'

/** The token of a link stands after `#`: no server and no log ever sees it. */
const tokenOf = (text: string): string => (text.includes('#') ? (text.split('#').at(-1) ?? '') : text).trim()

const given = tokenOf(location.hash)
// Out of the address bar and the history before anything else: others may look at the screen.
if (location.pathname === '/sign-in' && given !== '') history.replaceState(null, '', '/sign-in')

/** Signs in with the link's token, or with one that is pasted. */
export function SignIn() {
  const { t } = useTranslation(['signIn', 'shared'])
  const [state, setState] = useState<'waiting' | 'asking' | { readonly problem: string }>('waiting')
  const begun = useRef(false)

  const signIn = async (token: string) => {
    setState('asking')
    try {
      await ask('POST', '/api/session', { token })
      location.replace(location.pathname === '/sign-in' ? '/' : location.href)
    } catch (error) {
      setState({ problem: (error instanceof ApiError && error.message) || t('shared:failed') })
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
        <h1>{t('shared:product')}</h1>
        {state === 'asking' ? (
          <p role="status">{t('signingIn')}</p>
        ) : (
          <>
            <p className="muted">{t('signInHow')}</p>
            {typeof state === 'object' && (
              <p role="alert" className="problem">
                {state.problem}
              </p>
            )}
            <label>
              {t('signInLink')}
              <input name="link" type="password" autoComplete="off" required spellCheck={false} />
            </label>
            <button type="submit" className="primary large">
              {t('signIn')}
            </button>
          </>
        )}
        <LanguageButton />
      </form>
    </main>
  )
}
