import { useTranslation } from 'react-i18next'

/** Says how many rules call nobody for now: what people hold back must not be forgotten. */
export function HoldsLine({ count }: { count: number }) {
  const { t } = useTranslation('board')
  return (
    <div role="status">
      {count > 0 && (
        <p className="holds-line muted">
          {t('holds', { count })} <code>aal hold list</code>
        </p>
      )}
    </div>
  )
}
