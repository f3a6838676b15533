import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HomeDetail } from '../api-types.ts'
import { useContact } from '../hub-state.tsx'
import { useLanguage } from '../language.tsx'
import { useSession } from '../session.tsx'
import { clockOrDay } from '../time.ts'
import { useAct } from '../use-act.ts'
import { HoldDialog } from './hold-dialog.tsx'
import { ModeDialog } from './mode-dialog.tsx'

interface HomeModesProps {
  readonly home: HomeDetail
  readonly name: string
  onChanged(): Promise<void>
}

/** What people have said about the home for a while, and the way to say it or take it back. */
export function HomeModes({ home, name, onChanged }: HomeModesProps) {
  const { t } = useTranslation(['home', 'shared'])
  const { now } = useContact()
  const { roles } = useSession()
  const { act, busy } = useAct()
  const { language } = useLanguage()
  const [setting, setSetting] = useState<'mode' | 'hold'>()
  const path = `/api/homes/${encodeURIComponent(home.home)}`
  const until = (at: number) => t('shared:until', { time: clockOrDay(at, now, home.timezone) })
  const maySet = roles.includes('operator') || roles.includes('installer')
  const dialog = {
    home: home.home,
    name,
    onClose: () => setSetting(undefined),
    onDone: () => {
      setSetting(undefined)
      void onChanged()
    },
  }
  const end = async (what: string) => {
    await act('DELETE', `${path}/${what}`)
    await onChanged()
  }

  return (
    <section aria-labelledby="modes">
      <div className="section-line">
        <h2 id="modes">{t('modes')}</h2>
        <div className="buttons">
          {maySet && (
            <button type="button" onClick={() => setSetting('mode')}>
              {t('setMode')}
            </button>
          )}
          {roles.includes('operator') && (
            <button type="button" onClick={() => setSetting('hold')}>
              {t('holdOne')}
            </button>
          )}
        </div>
      </div>
      {home.modes.length + home.holds.length === 0 && <p className="muted">{t('nothingSet')}</p>}
      <ul className="in-force">
        {home.modes.map((one) => (
          <li key={one.mode}>
            <span>
              <b>{t(`modeWhat.${one.mode}`)}</b>{' '}
              {one.until !== undefined && <span className="muted">{until(one.until)}</span>}
            </span>
            {maySet && (
              <button type="button" disabled={busy} onClick={() => void end(`modes/${one.mode}`)}>
                {t('endMode')}
              </button>
            )}
          </li>
        ))}
        {home.holds.map((one) => (
          <li key={one.rule}>
            <span>
              <b>{t('heldRule', { rule: one.title?.[language] ?? one.title?.['en'] ?? one.rule })}</b>{' '}
              <span className="muted">{until(one.until)}</span>
              {one.unanswered > 0 && (
                <span className="muted"> · {t('heldWaits', { count: one.unanswered })}</span>
              )}
            </span>
            {roles.includes('operator') && (
              <button
                type="button"
                disabled={busy}
                onClick={() => void end(`holds/${encodeURIComponent(one.rule)}`)}
              >
                {t('lift')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {setting === 'mode' && <ModeDialog {...dialog} />}
      {setting === 'hold' && <HoldDialog {...dialog} />}
    </section>
  )
}
