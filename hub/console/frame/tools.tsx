import { useTranslation } from 'react-i18next'
import { useContact, useHub } from '../hub-state.tsx'
import { LockIcon } from '../lock/lock-bar.tsx'
import { useLock } from '../lock/lock.tsx'
import { useNeed } from '../need.ts'
import { useSession } from '../session.tsx'
import { clock, clockSeconds } from '../time.ts'
import { HelpDialog } from './help-dialog.tsx'
import { useSound } from './sound.ts'

/** At the right of every page's first line: the time, the sound, keys and settings. */
export function Tools() {
  const { t } = useTranslation(['shared', 'lock'])
  const { alerts } = useHub()
  const { now, cutOffSince } = useContact()
  const { unanswered } = useNeed()
  const { locked, locksAt } = useSession()
  const { lockNow } = useLock()
  const urgent = unanswered.filter((one) => one.severity === 'high').length
  const sound = useSound(urgent, cutOffSince !== undefined)
  const zones = new Set([...(alerts?.values() ?? [])].map((one) => one.timezone))
  // The times of some home are not those of this clock.
  const isElsewhere = [...zones].some((zone) => clock(now, zone) !== clock(now))
  return (
    <div className="tools">
      <time className="clock">
        {clockSeconds(now)}
        {isElsewhere && <span className="here"> {t('here')}</span>}
      </time>
      <button
        type="button"
        className="quiet sound"
        data-sound={sound.state}
        aria-pressed={sound.state !== 'off'}
        title={t(`sound.${sound.state}`)}
        onClick={sound.toggle}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5Z" className="body" />
          {sound.state === 'on' ? (
            <path d="M15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11" />
          ) : (
            <path d="m15.5 9.5 5 5m0-5-5 5" />
          )}
        </svg>
        <span className="label">{t(`sound.${sound.state}`)}</span>
      </button>
      {locksAt !== undefined && !locked && (
        <button
          type="button"
          className="quiet icon lock-now"
          aria-label={t('lock:lockNow')}
          title={t('lock:lockNow')}
          onClick={lockNow}
        >
          <LockIcon />
        </button>
      )}
      <HelpDialog />
    </div>
  )
}
