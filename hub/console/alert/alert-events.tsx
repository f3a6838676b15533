import { useTranslation } from 'react-i18next'
import type { BoardAlert, BoardEvent } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { clockOrDay } from '../time.ts'
import { eventName } from '../words/names.ts'

/** Everything that happened to it: what the hub found, who was told, what people did. Oldest first. */
export function AlertEvents({
  alert,
  events,
}: {
  readonly alert: BoardAlert
  readonly events: readonly BoardEvent[]
}) {
  const { t } = useTranslation(['alert', 'shared'])
  const { language } = useLanguage()
  return (
    <section aria-labelledby="happened">
      <h2 id="happened">{t('whatHappened')}</h2>
      <ol className="events">
        {events.map((event, index) => (
          <li key={index}>
            <time dateTime={new Date(event.at).toISOString()}>
              {clockOrDay(event.at, alert.raisedAt, alert.timezone)}
            </time>
            <span>
              <b>{eventName(event.what, language)}</b>{' '}
              <span className="muted">
                {[event.byName ?? event.by, event.via].filter(Boolean).join(' · ')}
                {event.text && ` – ${event.text}`}
              </span>
            </span>
          </li>
        ))}
        {events.length === 0 && <li className="muted">{t('shared:none')}</li>}
      </ol>
    </section>
  )
}
