import { useTranslation } from 'react-i18next'
import type { Shift, ShiftUnprotected } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { Answered } from '../parts/answered.tsx'
import { Table } from '../parts/table.tsx'
import { span } from '../time.ts'
import { useApi } from '../use-api.ts'
import { At, timeText } from './at.tsx'
import { HomeName, Named } from './home-name.tsx'

/** Where people believed that they were watched over, and were not. */
export function UnprotectedHomes({ shift }: { readonly shift: Shift }) {
  const { t } = useTranslation('shift')
  const answer = useApi<ShiftUnprotected>(`/api/shift/unprotected?from=${shift.from}`)
  return (
    <section aria-labelledby="unprotected">
      <h2 id="unprotected">{t('unprotected')}</h2>
      {shift.away.map(({ from, until }) => (
        <p key={from}>{t('hubAway', { from: timeText(from, shift.to), until: timeText(until, shift.to) })}</p>
      ))}
      <Answered answer={answer}>
        {({ homes, count }) =>
          homes.length === 0 ? (
            <p className="muted">{t('allProtected')}</p>
          ) : (
            <>
              <Table
                caption={t('unprotected')}
                rows={homes}
                keyOf={({ home }) => home}
                columns={[
                  {
                    head: t('home'),
                    cell: ({ home, homeLabel }) => <HomeName home={home} label={homeLabel} />,
                  },
                  { head: t('unprotectedFor'), end: true, cell: ({ minutes }) => span(minutes * 60_000) },
                ]}
              />
              {count > homes.length && (
                <p className="muted">{t('moreHomes', { count: count - homes.length })}</p>
              )}
            </>
          )
        }
      </Answered>
      <p className="muted small">{t('unprotectedWhy')}</p>
    </section>
  )
}

/** What people said about homes for a while. */
export function Orders({ shift }: { readonly shift: Shift }) {
  const { t } = useTranslation(['shift', 'shared'])
  const { language } = useLanguage()
  const what = ({ what: is, until, timezone, service }: Shift['orders'][number]): string => {
    if (service !== undefined)
      return until === undefined ? '' : t('serviceUntil', { time: timeText(until, shift.to, timezone) })
    if (is === 'ended') return t('orderEnded')
    if (until === undefined) return t(is === 'began' ? 'beganOpen' : 'changedOpen')
    return t(is, { time: timeText(until, shift.to, timezone) })
  }
  return (
    <section aria-labelledby="orders">
      <h2 id="orders">{t('orders')}</h2>
      {shift.orders.length === 0 ? (
        <p className="muted">{t('noOrders')}</p>
      ) : (
        <Table
          caption={t('orders')}
          rows={shift.orders}
          keyOf={(one) => `${one.at} ${one.home} ${one.service ?? one.mode ?? one.rule} ${one.what}`}
          columns={[
            {
              head: t('home'),
              cell: ({ home, homeLabel }) => <HomeName home={home} label={homeLabel} />,
            },
            {
              head: t('order'),
              cell: (one) => (
                <>
                  {one.service !== undefined
                    ? t(`service.${one.service}`)
                    : one.mode === undefined
                      ? t('hold', { rule: one.ruleTitle?.[language] ?? one.ruleTitle?.['en'] ?? one.rule })
                      : t(`shared:modes.${one.mode}`)}
                  {what(one) !== '' && <span className="muted"> · {what(one)}</span>}
                </>
              ),
            },
            {
              head: t('when'),
              cell: ({ at, timezone }) => <At at={at} now={shift.to} timezone={timezone} />,
            },
            { head: t('orderBy'), cell: ({ by }) => by?.replace(/^operator:/, '') ?? t('shared:byItself') },
          ]}
        />
      )}
    </section>
  )
}

/** Who was told and said nothing: whom to ask whether their number still is right. */
export function DidNotAnswer({ shift }: { readonly shift: Shift }) {
  const { t } = useTranslation('shift')
  return (
    <section aria-labelledby="silent">
      <h2 id="silent">{t('silent')}</h2>
      {shift.unanswered.length === 0 ? (
        <p className="muted">{t('nobodySilent')}</p>
      ) : (
        <Table
          caption={t('silent')}
          rows={shift.unanswered}
          keyOf={({ recipient, home }) => `${home} ${recipient}`}
          columns={[
            {
              head: t('who'),
              cell: ({ name, recipient }) => <Named name={name} pseudonym={recipient} />,
            },
            {
              head: t('home'),
              cell: ({ home, homeLabel }) =>
                home === undefined ? '' : <HomeName home={home} label={homeLabel} />,
            },
            { head: t('asked'), end: true, cell: ({ count }) => count },
          ]}
        />
      )}
    </section>
  )
}
