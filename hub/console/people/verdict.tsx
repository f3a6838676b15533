import { useTranslation } from 'react-i18next'
import type { AuditVerdict } from '../../model/audit.ts'
import { Status } from '../parts/status.tsx'
import { useApi } from '../use-api.ts'

/** Whether the log is as it was written. */
export function Verdict() {
  const { t } = useTranslation('people')
  const { data, fault, reload } = useApi<AuditVerdict>('/api/audit/verification')
  if (fault) {
    return (
      <span className="verdict">
        <Status tone="unknown">{t('notChecked')}</Status>
        <button type="button" onClick={() => void reload()}>
          {t('again')}
        </button>
      </span>
    )
  }
  if (!data) return <span className="muted">{t('checking')}</span>
  if (data.whole) return <Status tone="well">{t('whole', { count: data.rows })}</Status>
  return (
    <span role="alert" className="verdict">
      <Status tone="high">{t('broken', { at: data.brokenAt, count: data.rows })}</Status>
      <span className="muted" lang="en">
        {data.reason}
      </span>
    </span>
  )
}
