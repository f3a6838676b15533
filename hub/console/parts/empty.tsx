import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

interface EmptyProps {
  /** When not given: `Nothing needs you now.` */
  readonly text?: string
  readonly children?: ReactNode
}

/** There is nothing here, and that is all right. */
export function Empty({ text, children }: EmptyProps) {
  const { t } = useTranslation()
  return (
    <div className="empty">
      <p className="large">{text ?? t('nothingNow')}</p>
      {children}
    </div>
  )
}
