import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import { ask } from '../api.ts'
import type { BoardAlert, BoardEvent, BoardPerson } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { useSession } from '../session.tsx'
import { clock } from '../time.ts'
import { Acts } from './acts.tsx'
import type { Act } from './acts.tsx'
import { eventName } from '../words/names.ts'
import { adviceOf } from './alert-title.ts'

interface HistoryProps {
  readonly alert: BoardAlert
  readonly person: string
  readonly mayAct: boolean
  readonly busy: boolean
  readonly onAct: Act
}

interface Answer {
  readonly events: readonly BoardEvent[]
  readonly people: readonly BoardPerson[]
  readonly locked: boolean
}
const NOTHING: Partial<Answer> = {}

/** What to do first about an alert, and everything that happened to it; asked for again whenever the alert changes. */
export function History({ alert, mayAct, ...acting }: HistoryProps) {
  const { t } = useTranslation(['board', 'shared'])
  const { language } = useLanguage()
  const advice = adviceOf(alert, language)
  const { locked } = useSession()
  const [answer, setAnswer] = useState<Answer>()
  // What came with names is not shown on a locked screen, whether the hub answers again or not.
  const { events, people = [] } = answer?.locked === locked ? answer : NOTHING

  useEffect(() => {
    let wanted = true
    const path = `/api/alerts/${encodeURIComponent(alert.id)}`
    ask<{ events: BoardEvent[]; people: BoardPerson[] }>('GET', path).then(
      (found) => {
        if (wanted) setAnswer({ ...found, locked })
      },
      () => {},
    )
    return () => {
      wanted = false
    }
  }, [alert, locked])

  return (
    <section className="history" aria-label={t('history')}>
      {advice !== undefined && (
        <p className="advice">
          <b>{t('first')}</b> {advice}
        </p>
      )}
      <p className="muted">
        {[alert.residentName, alert.home ?? alert.area, alert.sensor, alert.rule, alert.code]
          .filter(Boolean)
          .join(' · ')}
        {alert.detail.reason && ` – ${alert.detail.reason}`}
      </p>
      <p>
        <Link href={`/alerts/${encodeURIComponent(alert.id)}`} className="whole">
          {t('whole')}
        </Link>
      </p>
      {mayAct && <Acts alert={alert} people={people} {...acting} />}
      <ol>
        {events?.map((event, index) => (
          <li key={index}>
            <time>{clock(event.at, alert.timezone)}</time> <b>{eventName(event.what, language)}</b>{' '}
            <span className="muted">
              {[event.byName ?? event.by, event.via].filter(Boolean).join(' · ')}
              {event.text && ` – ${event.text}`}
            </span>
          </li>
        ))}
        {events?.length === 0 && <li className="muted">{t('shared:none')}</li>}
      </ol>
    </section>
  )
}
