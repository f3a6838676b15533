import { useEffect, useState } from 'react'
import { ask } from '../api.ts'
import type { BoardAlert, BoardEvent } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { clock } from '../time.ts'
import { adviceOf } from './alert-title.ts'

/** What to do first about an alert, and everything that happened to it; asked for again whenever the alert changes. */
export function History({ alert }: { alert: BoardAlert }) {
  const { words, language } = useLanguage()
  const advice = adviceOf(alert, language)
  const [events, setEvents] = useState<readonly BoardEvent[]>()

  useEffect(() => {
    let wanted = true
    ask<{ events: BoardEvent[] }>('GET', `/api/alerts/${encodeURIComponent(alert.id)}`).then(
      (answer) => wanted && setEvents(answer.events),
      () => {},
    )
    return () => {
      wanted = false
    }
  }, [alert])

  return (
    <section className="history" aria-label={words.history}>
      {advice !== undefined && (
        <p className="advice">
          <b>{words.first}</b> {advice}
        </p>
      )}
      <p className="muted">
        {[alert.residentName, alert.home ?? alert.area, alert.sensor, alert.rule, alert.code]
          .filter(Boolean)
          .join(' · ')}
        {alert.detail.reason && ` – ${alert.detail.reason}`}
      </p>
      <ol>
        {events?.map((event, index) => (
          <li key={index}>
            <time>{clock(event.at, alert.timezone)}</time> <b>{words.events[event.what] ?? event.what}</b>{' '}
            <span className="muted">
              {[event.byName ?? event.by, event.via].filter(Boolean).join(' · ')}
              {event.text && ` – ${event.text}`}
            </span>
          </li>
        ))}
        {events?.length === 0 && <li className="muted">{words.none}</li>}
      </ol>
    </section>
  )
}
