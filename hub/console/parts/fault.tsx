import { useTranslation } from 'react-i18next'
import type { ApiError } from '../api.ts'

interface FaultProps {
  /** Undefined: the page itself failed. */
  readonly fault: ApiError | undefined
  onAgain(): void
}

/** The hub refused or did not answer: in its words, and what one can do. */
export function Fault({ fault, onAgain }: FaultProps) {
  const { t } = useTranslation()
  return (
    <div role="alert" className="fault">
      <p>{fault?.message || t('notRead')}</p>
      <button type="button" onClick={onAgain}>
        {t('tryAgain')}
      </button>
    </div>
  )
}
