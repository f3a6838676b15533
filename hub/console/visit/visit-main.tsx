import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { clock } from '../time.ts'
import { useContact } from '../hub-state.tsx'
import { useKept } from './kept.ts'
import './visit.css'

/** Below the header: whether the hub is heard, and what is kept meanwhile. Unlike elsewhere one goes on without it. */
export function VisitMain({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation('visit')
  const { cutOffSince } = useContact()
  const { acts } = useKept()
  const [waiting, refused] = [acts.filter((one) => !one.refused), acts.filter((one) => one.refused)]
  const isShown = cutOffSince !== undefined || waiting.length > 0 || refused.length > 0
  return (
    <main id="main" tabIndex={-1} className="visit">
      <div role="status" className="kept-bar" data-cut-off={cutOffSince !== undefined || undefined}>
        {isShown && (
          <p>
            {cutOffSince !== undefined && <b>{t('kept.noLink', { time: clock(cutOffSince) })} </b>}
            {waiting.length > 0
              ? t('kept.toSend', { count: waiting.length })
              : cutOffSince !== undefined && t('kept.goOn')}
            {refused.length > 0 && ` ${t('kept.refused', { count: refused.length })}`}
          </p>
        )}
      </div>
      {children}
    </main>
  )
}
