import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { HomeOverview } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { Answered } from '../parts/answered.tsx'
import { SeverityMark } from '../parts/severity-mark.tsx'
import { clock } from '../time.ts'
import { useApi } from '../use-api.ts'
import { SHAPES } from './alert-shapes.ts'
import { BandKey } from './band-key.tsx'
import { bandRows } from './band-rows.ts'
import { dayText, daysOf, namedDays } from './days-of.ts'
import { HourRow } from './hour-row.tsx'
import { partOf, percent } from './part-of-day.ts'
import { VitalDays } from './vital-days.tsx'

/** Days from left to right, by the hour: the same marks and the same hatching, and nothing to click on in between. */
export function Overview({ home, days }: { readonly home: string; readonly days: 7 | 30 }) {
  const answer = useApi<HomeOverview>(`/api/homes/${encodeURIComponent(home)}/overview?days=${days}`)
  return <Answered answer={answer}>{(overview) => <KnownOverview overview={overview} />}</Answered>
}

function KnownOverview({ overview }: { readonly overview: HomeOverview }) {
  const { t } = useTranslation('home')
  const { timezone, bands, alerts } = overview
  // The same array as long as nothing changes: curves are drawn anew for another.
  const days = useMemo(() => namedDays(daysOf(overview, overview.timezone)), [overview])
  const rows = bandRows(bands, ({ hours, marks }) => marks.length > 0 || hours.some((part) => part > 0))
  return (
    <>
      <section aria-labelledby="day" className="day">
        <div className="section-line">
          <h2 id="day">{t('lastDays', { count: Math.round((overview.to - overview.from) / 86_400_000) })}</h2>
          <BandKey />
        </div>
        <p className="muted">{rows.length === 0 ? t('nothingKept') : t('byHour')}</p>
        <div className="bands">
          <div className="band-name muted">{alerts.length > 0 && t('alertsRow')}</div>
          <div className="band-alerts" aria-hidden="true">
            {alerts.map((alert) => (
              <span
                key={alert.id}
                data-severity={alert.severity}
                style={{ left: percent(partOf(alert.at, overview)) }}
              >
                <svg viewBox="0 0 16 16">
                  <path
                    d={SHAPES[alert.severity] ?? ''}
                    data-open={alert.handling !== 'resolved' || undefined}
                  />
                </svg>
              </span>
            ))}
          </div>
          {rows.map((band) => (
            <HourRow key={`${band.sensor} ${band.kind}`} band={band} overview={overview} days={days} />
          ))}
          <div />
          <div className="band-hours" aria-hidden="true">
            {days.map((at) => (
              <span key={at} style={{ left: percent(partOf(at, overview)) }}>
                {dayText(at, timezone)}
              </span>
            ))}
          </div>
        </div>
        <AlertsOfDays overview={overview} />
      </section>
      <VitalDays overview={overview} days={days} />
    </>
  )
}

/** The marks above the bands stand too close to be hit: here each has its line. */
function AlertsOfDays({ overview }: { readonly overview: HomeOverview }) {
  const { t } = useTranslation('home')
  const { language } = useLanguage()
  const { alerts, timezone } = overview
  if (alerts.length === 0) return <p className="muted">{t('noAlerts')}</p>
  return (
    <details className="past-alerts">
      <summary>{t('alertsOfDays', { count: alerts.length })}</summary>
      <ul className="open-alerts">
        {alerts.toReversed().map((alert) => (
          <li key={alert.id} data-severity={alert.severity}>
            <SeverityMark severity={alert.severity} filled={alert.handling === 'new'} />
            <Link href={`/alerts/${encodeURIComponent(alert.id)}`}>
              {alert.title[language] ?? alert.title.en}
            </Link>
            <span className="muted">
              {dayText(alert.at, timezone)} {clock(alert.at, timezone)}
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}
