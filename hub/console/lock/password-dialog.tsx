import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, ApiError } from '../api.ts'
import { Dialog } from '../parts/dialog.tsx'
import { useToast } from '../parts/toast.tsx'
import { useSession } from '../session.tsx'
import type { SessionView } from '../session.tsx'
import { tellTabs } from './tabs.ts'
import { useLock } from './lock.tsx'
import './lock.css'

/** Sets one's own password. */
export function PasswordDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation(['lock', 'shared'])
  const { person, hasPassword, put, ended } = useSession()
  const { lockSeen } = useLock()
  const toast = useToast()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const [shown, setShown] = useState(false)
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)

  const set = async () => {
    setBusy(true)
    try {
      const body = { password, ...(hasPassword && { current }) }
      put(await ask<SessionView>('PUT', '/api/session/password', body))
      tellTabs()
      toast(t('passwordSet'))
      onClose()
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0
      if (status === 401) {
        ended(error instanceof ApiError && error.reason === 'signed-out' ? error.reason : undefined)
      }
      if (status === 423) lockSeen()
      setProblem(
        status === 403
          ? t('wrongCurrent')
          : (error instanceof ApiError && error.message) || t('shared:failed'),
      )
    } finally {
      setBusy(false)
    }
  }

  return (
    <Dialog
      title={hasPassword ? t('changePassword') : t('setPassword')}
      description={t('passwordHow')}
      onClose={onClose}
    >
      <form
        className="unlock"
        onSubmit={(event) => {
          event.preventDefault()
          void set()
        }}
      >
        {problem !== undefined && (
          <p role="alert" className="problem">
            {problem}
          </p>
        )}
        <input type="text" name="username" autoComplete="username" value={person} readOnly hidden />
        {hasPassword && (
          <label className="field">
            {t('current')}
            <input
              type="password"
              autoComplete="current-password"
              value={current}
              onChange={(event) => setCurrent(event.target.value)}
            />
          </label>
        )}
        <label className="field">
          {t('newPassword')}
          <input
            type={shown ? 'text' : 'password'}
            autoComplete="new-password"
            spellCheck={false}
            autoCapitalize="none"
            maxLength={1000}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        <label className="check">
          <input type="checkbox" checked={shown} onChange={(event) => setShown(event.target.checked)} />
          {t('show')}
        </label>
        <div className="buttons">
          <button type="button" className="large" onClick={onClose}>
            {t('shared:cancel')}
          </button>
          <button
            type="submit"
            className="primary large"
            disabled={busy || password === '' || (hasPassword && current === '')}
          >
            {t('savePassword')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
