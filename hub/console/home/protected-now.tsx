import { useTranslation } from 'react-i18next'
import type { HomeDetail, HomeStatus } from '../api-types.ts'
import { useContact } from '../hub-state.tsx'
import { useLanguage } from '../language.tsx'
import { Status } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { clockOrDay, span } from '../time.ts'
import { useApi } from '../use-api.ts'

const DAY = 24 * 3_600_000
const HALF_A_DAY = DAY / 2

interface ProtectedNowProps {
  readonly home: string
  readonly protection: HomeDetail['protection']
}

/** What is missing before an alarm surely comes through, and what to do; when it was proven, and how long it was not. */
export function ProtectedNow({ home, protection: { reasons } }: ProtectedNowProps) {
  const { t } = useTranslation('home')
  const { language } = useLanguage()
  const { now } = useContact()
  const { data: status } = useApi<HomeStatus>(`/api/homes/${encodeURIComponent(home)}/status`)
  const timeOf = (at: number) => clockOrDay(at, now - at > HALF_A_DAY ? at - DAY : now, status?.timezone)
  const dayOf = (at: number) =>
    new Intl.DateTimeFormat('nb', { dateStyle: 'medium', timeZone: status?.timezone }).format(at)
  return (
    <section aria-labelledby="protected-now" className="protected-now">
      <h2 id="protected-now">{t('protectedNow')}</h2>
      {reasons.length === 0 ? (
        <p className="muted">{t('nothingMissing')}</p>
      ) : (
        <ul>
          {reasons.map(({ makes, means, todo, since, until }, index) => (
            // One sensor may have several reasons, and one reason stand for several: only the place tells them apart.
            <li key={index}>
              <Status tone={makes === 'nothing' ? 'info' : 'unknown'}>
                {means[language]}
                {since !== undefined && (
                  <span className="muted"> {t('reasonSince', { time: timeOf(since) })}</span>
                )}
                {until !== undefined && (
                  <span className="muted"> {t('reasonUntil', { time: timeOf(until) })}</span>
                )}
              </Status>
              <span className="muted todo">{todo[language]}</span>
            </li>
          ))}
        </ul>
      )}
      {status?.lastProof && (
        <p className="muted">
          {t('provenAt', { at: dayOf(status.lastProof.at), due: dayOf(status.lastProof.due) })}
        </p>
      )}
      {status && status.unprotected.length > 0 && (
        <details>
          <summary>{t('unprotectedMonths')}</summary>
          <Table
            caption={t('unprotectedMonths')}
            rows={status.unprotected}
            keyOf={({ month }) => month}
            columns={[
              { head: t('month'), cell: ({ month }) => month },
              { head: t('minutesOf'), end: true, cell: ({ minutes }) => span(minutes * 60_000) },
            ]}
          />
        </details>
      )}
    </section>
  )
}
