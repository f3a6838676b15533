import { useTranslation } from 'react-i18next'
import type { BoardAlert } from '../api-types.ts'
import { SeverityMark } from '../parts/severity-mark.tsx'
import { When } from '../parts/when.tsx'
import { useSession } from '../session.tsx'

/** One sentence: how bad, since when, and who has it. */
export function AlertSentence({ alert }: { readonly alert: BoardAlert }) {
  const { t } = useTranslation(['alert', 'shared'])
  const { person } = useSession()
  const { severity, handling, handledBy, handledByName, cause, condition } = alert
  const who = handledBy === `operator:${person}` ? t('shared:you') : (handledByName ?? handledBy)
  const causeName = t(`shared:causes.${cause ?? 'other'}`)
  const state =
    handling === 'new'
      ? t('unanswered')
      : handling === 'acknowledged'
        ? t('taken', { who: who ?? '' })
        : who === undefined || cause === 'cleared'
          ? t('resolved', { cause: causeName })
          : t('resolvedBy', { who, cause: causeName })
  return (
    <span className="alert-sentence" data-severity={severity}>
      <SeverityMark severity={severity} filled={handling === 'new'} />
      <When at={alert.raisedAt} timezone={alert.timezone} />
      <b>{state}</b>
      {condition === 'cleared' && handling !== 'resolved' && <span className="muted">{t('over')}</span>}
    </span>
  )
}
