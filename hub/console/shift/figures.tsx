import { useTranslation } from 'react-i18next'
import type { Indicator } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { Answered } from '../parts/answered.tsx'
import { Status } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { span } from '../time.ts'
import { useApi } from '../use-api.ts'

/** How well alarms were answered since then, each beside its target. */
export function Figures({ from }: { readonly from: number }) {
  const { t } = useTranslation('shift')
  const { language } = useLanguage()
  const path = `/api/indicators?from=${encodeURIComponent(new Date(from).toISOString())}`
  const answer = useApi<{ indicators: readonly Indicator[] }>(path)

  const show = (number: number, unit: string): string => {
    if (unit === 's') return span(number * 1000)
    const digits = number.toLocaleString(language, { maximumFractionDigits: 1 })
    return unit === '%' ? `${digits} %` : t('perDay', { value: digits })
  }
  return (
    <section aria-labelledby="figures">
      <h2 id="figures">{t('figures')}</h2>
      <Answered answer={answer}>
        {({ indicators }) => (
          <Table
            caption={t('figures')}
            rows={indicators}
            keyOf={({ id }) => id}
            columns={[
              {
                head: t('figure'),
                cell: ({ name, definition, measured }) => (
                  <details>
                    <summary>{name[language]}</summary>
                    <p className="small muted" lang="en">
                      {definition} {measured}
                    </p>
                  </details>
                ),
              },
              {
                head: t('value'),
                end: true,
                cell: ({ value, unit, of }) =>
                  value === undefined ? (
                    <span className="muted">{t('nothingMeasured')}</span>
                  ) : (
                    <span>
                      <b>{show(value, unit)}</b>
                      {unit !== 'min/day' && <span className="muted"> {t('measuredOn', { count: of })}</span>}
                    </span>
                  ),
              },
              {
                head: t('target'),
                end: true,
                cell: ({ target, unit }) =>
                  target &&
                  t(target.is === 'at least' ? 'atLeast' : 'atMost', { value: show(target.value, unit) }),
              },
              { head: t('isMet'), cell: (one) => <Met figure={one} /> },
            ]}
          />
        )}
      </Answered>
      <p className="muted small">{t('figuresWhy')}</p>
    </section>
  )
}

function Met({ figure: { value, target } }: { readonly figure: Indicator }) {
  const { t } = useTranslation('shift')
  if (!target) return <span className="muted">{t('noTarget')}</span>
  if (value === undefined) return ''
  const met = target.is === 'at least' ? value >= target.value : value <= target.value
  return <Status tone={met ? 'well' : 'medium'}>{t(met ? 'met' : 'missed')}</Status>
}
