import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, ApiError } from './api.ts'
import { LanguageButton } from './language.tsx'

/** The token of a link stands after `#`: no server and no log ever sees it. */
const tokenOf = (text: string): string => (text.includes('#') ? (text.split('#').at(-1) ?? '') : text).trim()

const given = tokenOf(location.hash)
/** Why somebody was sent back from their organisation's sign-in. */
const refused = location.pathname === '/sign-in' && new URLSearchParams(location.search).get('refused')
// Out of the address bar and the history before anything else: others may look at the screen.
if (location.pathname === '/sign-in' && (given !== '' || refused)) history.replaceState(null, '', '/sign-in')

type Credentials = { readonly token: string } | { readonly person: string; readonly password: string }

/** Signs in with a name and password, with a link's token, or with one that is pasted. */
export function SignIn() {
  const { t } = useTranslation(['signIn', 'shared'])
  const [state, setState] = useState<'waiting' | 'asking' | { readonly problem: string }>(
    refused ? { problem: t(refused === 'away' ? 'outsideAway' : 'outsideRefused') } : 'waiting',
  )
  const [outside, setOutside] = useState<{ readonly name: string; readonly url: string }>()
  const begun = useRef(false)

  const signIn = async (credentials: Credentials) => {
    setState('asking')
    try {
      await ask('POST', '/api/session', credentials)
      location.replace(location.pathname === '/sign-in' ? '/' : location.href)
    } catch (error) {
      setState({ problem: (error instanceof ApiError && error.message) || t('shared:failed') })
    }
  }

  useEffect(() => {
    if (given === '' || begun.current) return
    begun.current = true
    void signIn({ token: given })
  })

  useEffect(() => {
    // Without an answer the other ways are there all the same.
    ask<{ oidc?: { name: string; url: string } }>('GET', '/api/sign-in-ways').then(
      ({ oidc }) => setOutside(oidc),
      () => {},
    )
  }, [])

  return (
    <main className="sign-in">
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault()
          const fields = new FormData(event.currentTarget)
          const field = (name: string): string => String(fields.get(name) ?? '')
          const token = tokenOf(field('link'))
          if (token !== '') void signIn({ token })
          else if (field('person') !== '' && field('password') !== '') {
            void signIn({ person: field('person').trim(), password: field('password') })
          }
        }}
      >
        <h1>{t('shared:product')}</h1>
        {state === 'asking' ? (
          <p role="status">{t('signingIn')}</p>
        ) : (
          <>
            {typeof state === 'object' && (
              <p role="alert" className="problem">
                {state.problem}
              </p>
            )}
            <label>
              {t('person')}
              <input name="person" autoComplete="username" autoCapitalize="none" spellCheck={false} />
            </label>
            <label>
              {t('password')}
              <input name="password" type="password" autoComplete="current-password" />
            </label>
            <p className="muted">{t('signInHow')}</p>
            <label>
              {t('signInLink')}
              <input name="link" type="password" autoComplete="off" spellCheck={false} />
            </label>
            <button type="submit" className="primary large">
              {t('signIn')}
            </button>
            {outside && <a href={outside.url}>{t('signInWith', { name: outside.name })}</a>}
          </>
        )}
        <LanguageButton />
      </form>
    </main>
  )
}
