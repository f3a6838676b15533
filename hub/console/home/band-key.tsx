import { useTranslation } from 'react-i18next'

/** What filled and hatched mean. */
export function BandKey() {
  const { t } = useTranslation('home')
  return (
    <p className="key muted">
      <span className="swatch filled" aria-hidden="true" /> {t('sensed')}
      <span className="swatch hatched" aria-hidden="true" /> {t('notKnown')}
    </p>
  )
}
