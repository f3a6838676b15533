import { useTranslation } from 'react-i18next'
import type { SystemProblem } from '../../model/system.ts'
import { Status } from '../parts/status.tsx'
import { span } from '../time.ts'
import { size } from './size.ts'

/** What is wrong, what that means for people, and what to do. */
export function ProblemCard({ problem, now }: { readonly problem: SystemProblem; readonly now: number }) {
  const { t } = useTranslation('system')
  const { problem: id, severity, since, name = '', reason, amount = 0 } = problem
  const values = {
    name,
    count: amount,
    size: size(amount),
    time: span(Math.max(0, now - (since ?? now))),
  }
  return (
    <li className="problem-card" data-severity={severity}>
      <h2>
        <Status tone={severity}>{t(`problems.${id}.title`, values)}</Status>
      </h2>
      <p>{t(`problems.${id}.means`, values)}</p>
      <p>
        <b>{t('do')}</b> {t(`problems.${id}.do`, values)}
      </p>
      {reason !== undefined && <p className="muted reason">{t('said', { reason })}</p>}
    </li>
  )
}
