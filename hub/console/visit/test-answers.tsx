import { useTranslation } from 'react-i18next'
import type { Visit } from '../../model/visit.ts'
import type { BoardAlert } from '../api-types.ts'
import { titleOf } from '../board/alert-title.ts'
import { useHub } from '../hub-state.tsx'
import { useLanguage } from '../language.tsx'
import { useAct } from '../use-act.ts'

interface TestAnswersProps {
  readonly visit: Visit
  onAnswered(): void
}

/** The alerts that proving raised and nobody answered: they would count as real when maintenance ends. */
export function TestAnswers({ visit, onAnswered }: TestAnswersProps) {
  const { t } = useTranslation(['visit', 'board', 'shared'])
  const { t: tb } = useTranslation(['board', 'shared'])
  const { language } = useLanguage()
  const { alerts } = useHub()
  const { act, busy } = useAct()
  const lack = visit.missing.find(({ code }) => code === 'unanswered-tests')
  const open = [...(alerts?.values() ?? [])].filter(
    (one) =>
      one.home === visit.home && one.test === true && one.handling === 'new' && one.category !== 'technical',
  )
  if (!lack) return undefined
  const answer = async (alert: BoardAlert) => {
    await act('POST', `/api/alerts/${encodeURIComponent(alert.id)}/acknowledge`, {})
    onAnswered()
  }
  return (
    <div className="notice visit-tests">
      <p>{lack[language]}</p>
      {open.map((one) => (
        <button key={one.id} type="button" disabled={busy} onClick={() => void answer(one)}>
          {t('alarm.answer', { title: titleOf(one, tb, language) })}
        </button>
      ))}
    </div>
  )
}
