import { useTranslation } from 'react-i18next'
import { clockSeconds } from '../time.ts'

/** Says that the hub is not heard, and since when. */
export function CutOffBar({ since }: { readonly since: number | undefined }) {
  const { t } = useTranslation()
  return (
    <div role="alert">
      {since !== undefined && <p className="cut-off-bar">{t('cutOff', { time: clockSeconds(since) })}</p>}
    </div>
  )
}
