import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'wouter'
import type { HomeDetail, HomePast } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { Answered } from '../parts/answered.tsx'
import { Main } from '../parts/main.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { SeverityMark } from '../parts/severity-mark.tsx'
import { When } from '../parts/when.tsx'
import { useApi } from '../use-api.ts'
import { HomeModes } from './home-modes.tsx'
import { HomeNotes } from './home-notes.tsx'
import { HomePast as PastOfHome } from './home-past.tsx'
import { HomePeople } from './home-people.tsx'
import { ProtectedNow } from './protected-now.tsx'
import { HomeSentence } from './home-sentence.tsx'
import { HomeVisits } from './home-visits.tsx'
import { SensorTable } from './sensor-table.tsx'
import './home.css'

/** Each look is noted in the audit log; whatever needs somebody comes by the stream at once. */
const EVERY_MS = 5 * 60_000

/** Is this home all right and protected? */
export function HomePage() {
  const { t } = useTranslation('home')
  const { language } = useLanguage()
  const { id = '' } = useParams<{ id: string }>()
  const path = `/api/homes/${encodeURIComponent(id)}`
  const isOfHome = (alerts: readonly { readonly home?: string }[]) => alerts.some((one) => one.home === id)
  const options = {
    every: EVERY_MS,
    on: (event: { readonly type: string; readonly alerts?: readonly { readonly home?: string }[] }) =>
      event.type === 'alerts' && isOfHome(event.alerts ?? []),
  }
  const home = useApi<HomeDetail>(path, options)
  const past = useApi<HomePast>(`${path}/past`, options)

  return (
    <>
      <PageHeader
        title={past.data ? (past.data.label ?? id) : undefined}
        back={{ href: '/homes', text: t('back') }}
        {...(home.data && { sentence: <HomeSentence home={home.data} /> })}
      >
        {home.data && <HomeVisits key={id} home={id} timezone={home.data.timezone} />}
      </PageHeader>
      <Main className="home-page">
        <Answered answer={home}>
          {(detail) => (
            <>
              {detail.alerts.length > 0 && (
                <section aria-labelledby="open-alerts">
                  <h2 id="open-alerts">{t('openAlerts')}</h2>
                  <ul className="open-alerts">
                    {detail.alerts.map((alert) => (
                      <li key={alert.id} data-severity={alert.severity}>
                        <SeverityMark severity={alert.severity} filled={alert.handling === 'new'} />
                        <Link href={`/alerts/${encodeURIComponent(alert.id)}`}>
                          {alert.title[language] ?? alert.title.en}
                        </Link>
                        <span className="muted">
                          <When at={alert.raisedAt} timezone={detail.timezone} />
                        </span>
                      </li>
                    ))}
                  </ul>
                </section>
              )}
              <ProtectedNow key={`status of ${id}`} home={id} protection={detail.protection} />
              <PastOfHome key={`past of ${id}`} home={id} day={past} />
              <HomeNotes key={id} home={id} />
              <HomePeople key={`people of ${id}`} home={detail} name={past.data?.label ?? id} />
              <SensorTable home={detail} />
              <HomeModes home={detail} name={past.data?.label ?? id} onChanged={home.reload} />
            </>
          )}
        </Answered>
      </Main>
    </>
  )
}
