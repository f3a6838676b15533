import { useTranslation } from 'react-i18next'

/** Appears only when the answer takes long enough to wonder: no flicker. */
export function Loading() {
  const { t } = useTranslation()
  return (
    <p role="status" className="loading muted">
      {t('loading')}
    </p>
  )
}
