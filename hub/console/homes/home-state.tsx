import { useTranslation } from 'react-i18next'
import type { HomeRow } from '../api-types.ts'
import { Status } from '../parts/status.tsx'

/** How a home is, in the fewest words that are honest. */
export function HomeState({ home, open }: { readonly home: HomeRow; readonly open: number }) {
  const { t } = useTranslation('homes')
  return (
    <span className="facts">
      {!home.reachable && <Status tone="unknown">{t('notConnected')}</Status>}
      {home.reachable && open === 0 && <Status tone="well">{t('connected')}</Status>}
      {open > 0 && <b>{t('openAlerts', { count: open })}</b>}
      {home.holds > 0 && <span className="muted">{t('held', { count: home.holds })}</span>}
    </span>
  )
}
