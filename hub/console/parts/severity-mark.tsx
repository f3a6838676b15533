import { useTranslation } from 'react-i18next'
import type { Severity } from '../../model/alert.ts'

const SHAPES: Readonly<Record<Severity, string>> = {
  high: 'M12 2.2 22.6 21.3H1.4Z',
  medium: 'M12 1.2 22.8 12 12 22.8 1.2 12Z',
  low: 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Z',
  info: 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Z',
}
const MARKS: Readonly<Record<Severity, string>> = { high: '!!!', medium: '!!', low: '!', info: '' }

/** Severity by shape, marks, word and colour: filled while nobody has answered, in outline after. */
export function SeverityMark({ severity, filled }: { severity: Severity; filled: boolean }) {
  const { t } = useTranslation()
  return (
    <span className="mark" data-severity={severity}>
      <svg
        viewBox="0 0 24 24"
        aria-hidden="true"
        className={filled && severity !== 'info' ? 'filled' : 'outline'}
      >
        <path d={SHAPES[severity]} />
      </svg>
      <span aria-hidden="true" className="marks">
        {MARKS[severity]}
      </span>
      <span className="word">{t(`severity.${severity}`)}</span>
    </span>
  )
}
