import { useTranslation } from 'react-i18next'
import type { SystemState } from '../api-types.ts'
import { useContact } from '../hub-state.tsx'
import { Answered } from '../parts/answered.tsx'
import { Main } from '../parts/main.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { Status } from '../parts/status.tsx'
import { useApi } from '../use-api.ts'
import { Parts } from './parts.tsx'
import { ProblemCard } from './problem-card.tsx'
import './system.css'

const EVERY_MS = 10_000

/** Is the hub itself all right? What is not comes first, with what it means for people and what to do. */
export function SystemPage() {
  const { t } = useTranslation('system')
  const answer = useApi<SystemState>('/api/system', { every: EVERY_MS })
  const { now } = useContact()
  const { data } = answer
  const wrong = data?.problems.filter(({ severity }) => severity !== 'info') ?? []
  const worst = wrong[0]

  return (
    <>
      <PageHeader
        title={t('title')}
        {...(data && {
          sentence: worst ? (
            <Status tone={worst.severity}>{t('wrong', { count: wrong.length })}</Status>
          ) : (
            <Status tone="well">{t('well')}</Status>
          ),
        })}
      />
      <Main className="system">
        <Answered answer={answer}>
          {(state) => (
            <>
              {state.problems.length > 0 && (
                <ul className="problems" aria-label={t('problemsLabel')}>
                  {state.problems.map((one) => (
                    <ProblemCard key={`${one.problem} ${one.name ?? ''}`} problem={one} now={now} />
                  ))}
                </ul>
              )}
              <Parts state={state} />
            </>
          )}
        </Answered>
      </Main>
    </>
  )
}
