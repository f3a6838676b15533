import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Role } from '../model/person.ts'
import type { OutsideRefusal } from '../model/refusal.ts'
import { ask } from './api.ts'
import { LanguageButton, useLanguage } from './language.tsx'
import { actWaits } from './lock/kept-act.ts'
import { stay } from './lock/leave.ts'
import { refusalText } from './lock/refusal-text.ts'
import { tellTabs } from './lock/tabs.ts'
import { keepWayBack } from './lock/way-back.ts'
import { signIn as words } from './words/en/sign-in.ts'

/** What waits is forgotten though nobody signs in. */
const LOOK_MS = 10_000

/** The token of a link stands after `#`: no server and no log ever sees it. */
const tokenOf = (text: string): string => (text.includes('#') ? (text.split('#').at(-1) ?? '') : text).trim()

const given = tokenOf(location.hash)
/** Why somebody was sent back from their organisation's sign-in. */
const refused = location.pathname === '/sign-in' && new URLSearchParams(location.search).get('refused')
// Out of the address bar and the history before anything else: others may look at the screen.
if (location.pathname === '/sign-in' && (given !== '' || refused)) history.replaceState(null, '', '/sign-in')

const isKnown = (why: string): why is OutsideRefusal => Object.hasOwn(words.outside, why)

type Credentials = { readonly token: string } | { readonly person: string; readonly password: string }

/** Why somebody who was signed in is asked again: it was too long, or they had too many wrong passwords at the lock. */
export type Over = 'over' | 'signed-out'

/** Who is only an installer comes to visit a home; for all others it is the board. */
function firstPage(roles: readonly Role[] = []): string {
  return roles.length > 0 && roles.every((one) => one === 'installer') ? '/visit' : '/'
}

/** Signs in with a name and password, with a link's token, or with one that is pasted. */
export function SignIn({ over }: { readonly over?: Over | undefined }) {
  const { t } = useTranslation(['signIn', 'shared'])
  const { language } = useLanguage()
  const [state, setState] = useState<'waiting' | 'asking' | { readonly problem: string }>(
    refused
      ? { problem: t(`outside.${isKnown(refused) ? refused : 'failed'}`) }
      : over
        ? { problem: t(over === 'over' ? 'over' : 'signedOut') }
        : 'waiting',
  )
  const [waits, setWaits] = useState(() => actWaits(Date.now()))
  const [outside, setOutside] = useState<{ readonly name: string; readonly url: string }>()
  const begun = useRef(false)

  const signIn = async (credentials: Credentials) => {
    setState('asking')
    try {
      const { roles } = await ask<{ roles?: readonly Role[] }>('POST', '/api/session', credentials)
      stay()
      tellTabs()
      if (location.pathname === '/sign-in') location.replace(firstPage(roles))
      else location.reload()
    } catch (error) {
      setState({ problem: refusalText(error, t, language) })
    }
  }

  useEffect(() => {
    if (given === '' || begun.current) return
    begun.current = true
    void signIn({ token: given })
  })

  useEffect(() => {
    if (!waits) return
    const timer = setInterval(() => setWaits(actWaits(Date.now())), LOOK_MS)
    return () => clearInterval(timer)
  }, [waits])

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
            {waits && <p role="status">{t('waits')}</p>}
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
            {outside && (
              <a
                href={outside.url}
                onClick={() => {
                  stay()
                  keepWayBack()
                }}
              >
                {t('signInWith', { name: outside.name })}
              </a>
            )}
          </>
        )}
        <LanguageButton />
      </form>
    </main>
  )
}
