import { useTranslation } from 'react-i18next'
import { useSession } from '../session.tsx'
import { useLock } from './lock.tsx'
import './lock.css'

/** Says calmly that the screen is locked, whose it is, and that the board goes on. */
export function LockBar() {
  const { t } = useTranslation('lock')
  const { person, name = person, locked } = useSession()
  const { unlocked } = useLock()
  return (
    <div role="status">
      {locked && (
        <div className="lock-bar">
          <LockIcon />
          <p>
            <b>{t('locked')}</b> {t('bar', { who: name })}
          </p>
          <button type="button" onClick={() => void unlocked()}>
            {t('unlock')}
          </button>
        </div>
      )}
    </div>
  )
}

/** A padlock, in lines as all icons. */
export function LockIcon() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className="lock-icon">
      <path d="M6 11h12v9H6ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3" />
    </svg>
  )
}
