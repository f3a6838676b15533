import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, ApiError } from '../api.ts'
import { Dialog } from '../parts/dialog.tsx'
import { useLanguage } from '../language.tsx'
import { useSession } from '../session.tsx'
import type { SessionView } from '../session.tsx'
import { refusalText } from './refusal-text.ts'
import { tellTabs } from './tabs.ts'
import { keepWayBack } from './way-back.ts'
import './lock.css'

/** Of a whole link, what stands after `#`. */
const LINK = /\/sign-in#([\w-]+)$/

/** Unlocks the screen: by password, by a new link of the same person, or at one's organisation. */
export function UnlockDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation(['lock', 'shared'])
  const { t: words } = useTranslation(['signIn', 'shared'])
  const { person, name = person, hasPassword, put, ended, signOut } = useSession()
  const { language } = useLanguage()
  const [given, setGiven] = useState('')
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)
  const [outside, setOutside] = useState<{ readonly name: string; readonly url: string }>()

  useEffect(() => {
    ask<{ oidc?: { name: string; url: string } }>('GET', '/api/sign-in-ways').then(
      ({ oidc }) => setOutside(oidc),
      () => {},
    )
  }, [])

  const unlock = async () => {
    const token = LINK.exec(given.trim())?.[1]
    if (given === '' || busy) return
    setBusy(true)
    try {
      const body = token === undefined ? { password: given } : { token }
      const view = await ask<SessionView>('POST', '/api/session/unlock', body)
      tellTabs()
      put(view)
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        ended(error.reason === 'signed-out' ? error.reason : undefined)
      }
      setGiven('')
      const isWrong = error instanceof ApiError && error.status === 403
      setProblem(
        isWrong ? t(token === undefined ? 'wrong' : 'wrongLink') : refusalText(error, words, language),
      )
    } finally {
      setBusy(false)
    }
  }

  return (
    <Dialog title={t('title')} description={t('whose', { who: name })} onClose={onClose}>
      <form
        className="unlock"
        onSubmit={(event) => {
          event.preventDefault()
          void unlock()
        }}
      >
        {problem !== undefined && (
          <p role="alert" className="problem">
            {problem}
          </p>
        )}
        <input type="text" name="username" autoComplete="username" value={person} readOnly hidden />
        <label className="field">
          {hasPassword ? t('passwordOrLink') : t('link')}
          <input
            type="password"
            name="password"
            autoComplete="current-password"
            value={given}
            onChange={(event) => setGiven(event.target.value)}
          />
        </label>
        <div className="buttons">
          <button type="button" className="quiet" onClick={signOut}>
            {t('somebodyElse', { who: name })}
          </button>
          <button type="button" className="large" onClick={onClose}>
            {t('shared:cancel')}
          </button>
          <button type="submit" className="primary large" disabled={busy || given === ''}>
            {t('unlock')}
          </button>
        </div>
        {outside && (
          <p className="outside">
            <a href={outside.url} onClick={keepWayBack}>
              {t('again', { name: outside.name })}
            </a>
          </p>
        )}
      </form>
    </Dialog>
  )
}
