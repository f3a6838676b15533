import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { HomePast } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { clock } from '../time.ts'
import { SHAPES } from './alert-shapes.ts'
import { BandKey } from './band-key.tsx'
import { bandRows } from './band-rows.ts'
import { BandRow } from './band-row.tsx'
import { partOf, percent } from './part-of-day.ts'

const HOUR = 3_600_000

/** The day from left to right, one row for each sensor: filled where something was sensed, hatched where nobody knows. */
export function DayBands({ past, title }: { readonly past: HomePast; readonly title?: string }) {
  const { t } = useTranslation(['home', 'shared'])
  const { language } = useLanguage()
  const { timezone, bands, alerts } = past
  const rows = bandRows(bands, ({ spans, marks }) => spans.length + marks.length > 0)

  return (
    <section aria-labelledby="day" className="day">
      <div className="section-line">
        <h2 id="day">{title ?? t('day')}</h2>
        <BandKey />
      </div>
      {rows.length === 0 && <p className="muted">{t('nothingKept')}</p>}
      <div className="bands">
        <div className="band-name muted">{alerts.length > 0 && t('alertsRow')}</div>
        <div className="band-alerts">
          {alerts.map((alert) => (
            <Link
              key={alert.id}
              href={`/alerts/${encodeURIComponent(alert.id)}`}
              data-severity={alert.severity}
              style={{ left: percent(partOf(alert.at, past)) }}
              title={`${alert.title[language] ?? alert.title.en} ${clock(alert.at, timezone)}`}
            >
              <svg viewBox="0 0 16 16" aria-hidden="true">
                <path
                  d={SHAPES[alert.severity] ?? ''}
                  data-open={alert.handling !== 'resolved' || undefined}
                />
              </svg>
              <span className="visually-hidden">
                {alert.title[language] ?? alert.title.en} {clock(alert.at, timezone)}
              </span>
            </Link>
          ))}
        </div>
        {rows.map((band) => (
          <BandRow key={`${band.sensor} ${band.kind}`} band={band} past={past} />
        ))}
        <div />
        <div className="band-hours" aria-hidden="true">
          {hoursOf(past).map((at) => (
            <span key={at} style={{ left: percent(partOf(at, past)) }}>
              {clock(at, timezone).slice(0, 2)}
            </span>
          ))}
        </div>
      </div>
    </section>
  )
}

/** The whole hours by the clock of the home that stand below the bands. */
function hoursOf({ from, to, timezone }: HomePast): number[] {
  const first = Math.ceil(from / HOUR) * HOUR
  const all = Array.from({ length: Math.floor((to - first) / HOUR) + 1 }, (_, index) => first + index * HOUR)
  const each = to - from > 8 * HOUR ? 3 : 1
  return all.filter((at) => Number(clock(at, timezone).slice(0, 2)) % each === 0)
}
