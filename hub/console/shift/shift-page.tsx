import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Shift } from '../api-types.ts'
import { useHub } from '../hub-state.tsx'
import { Answered } from '../parts/answered.tsx'
import { Main } from '../parts/main.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { useSession } from '../session.tsx'
import { useApi } from '../use-api.ts'
import { EndedAlerts, OpenAlerts } from './alert-tables.tsx'
import { timeText } from './at.tsx'
import { Figures } from './figures.tsx'
import { Handover } from './handover.tsx'
import { mergeAlerts } from './merge.ts'
import { DidNotAnswer, Orders, UnprotectedHomes } from './more-tables.tsx'
import { SpanChoice } from './span-choice.tsx'
import type { Chosen } from './span-choice.tsx'
import { TakeOut } from './take-out.tsx'
import './shift.css'

/** What happened since my shift began, and what the next one must know. */
export function ShiftPage() {
  const { t } = useTranslation('shift')
  const { roles, areas, person, name } = useSession()
  const [chosen, setChosen] = useState<Chosen>({ way: 'own' })
  const answer = useApi<Shift>('from' in chosen ? `/api/shift?from=${chosen.from}` : '/api/shift')
  const { alerts: live } = useHub()
  const shift = answer.data
  const alerts = useMemo(
    () => shift && mergeAlerts(shift.alerts, live?.values() ?? [], shift.from),
    [shift, live],
  )

  return (
    <>
      <PageHeader
        title={t('title')}
        {...(shift && alerts && { sentence: <Sentence shift={shift} alerts={alerts} /> })}
      />
      <Main className="shift">
        <Answered answer={answer}>
          {(known) => (
            <>
              <p className="printed">
                {t('printed', {
                  from: timeText(known.from, known.to - 24 * 3_600_000),
                  to: timeText(known.to, known.to - 24 * 3_600_000),
                  who: name ?? person,
                })}
              </p>
              <div className="on-screen shift-tools">
                <SpanChoice shift={known} chosen={chosen} onChoose={setChosen} />
                <TakeOut shift={known} again={() => void answer.reload()} />
              </div>
              {known.more && <p className="notice">{t('more')}</p>}
              <div className="shift-top">
                <section aria-labelledby="open">
                  <h2 id="open">{t('stillOpen')}</h2>
                  <OpenAlerts alerts={alerts?.open ?? []} now={known.to} />
                </section>
                {roles.includes('operator') && <Handover now={known.to} />}
              </div>
              {/* Of all homes: the hub has none for some areas. */}
              {areas === 'all' && <Figures from={known.from} />}
              <section aria-labelledby="ended">
                <h2 id="ended">{t('ended')}</h2>
                <EndedAlerts alerts={alerts?.ended ?? []} now={known.to} />
              </section>
              <div className="shift-rest">
                <UnprotectedHomes shift={known} />
                <DidNotAnswer shift={known} />
              </div>
              <Orders shift={known} />
            </>
          )}
        </Answered>
      </Main>
    </>
  )
}

function Sentence({
  shift,
  alerts: { open, ended },
}: {
  readonly shift: Shift
  readonly alerts: ReturnType<typeof mergeAlerts>
}) {
  const { t } = useTranslation('shift')
  const count = ended.length + open.filter(({ openedAt }) => openedAt >= shift.from).length
  return (
    <>
      {t('since', { time: timeText(shift.from, shift.to) })}{' '}
      {count === 0 ? t('quiet') : t('happened', { count })}{' '}
      {(count > 0 || open.length > 0) && t('open', { count: open.length })}
    </>
  )
}
