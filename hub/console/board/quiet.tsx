import { useTranslation } from 'react-i18next'
import type { HomeCounts } from '../api-types.ts'

/** Nothing needs a human: said quietly, and without claiming what the hub cannot know. */
export function Quiet({ homes }: { homes: HomeCounts }) {
  const { t } = useTranslation('board')
  if (homes.total === 0) {
    return (
      <div className="all-quiet">
        <p className="large">{t('noHomes')}</p>
        <p className="muted">
          {t('noHomesHow')} <code>npm run aal -- import homes.yaml</code>
        </p>
      </div>
    )
  }
  return (
    <div className="all-quiet" role="status">
      <svg viewBox="0 0 48 48" aria-hidden="true" className="tick">
        <circle cx="24" cy="24" r="22" />
        <path d="m15 24.5 6.5 6.5L34 18" />
      </svg>
      <p className="large">{t('allWell')}</p>
      <p className="muted">{t('protected', { count: homes.protected })}.</p>
      {homes.not > 0 && <p className="cannot-know">{t('cannotKnow', { count: homes.not })}</p>}
    </div>
  )
}
