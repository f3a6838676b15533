import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { RuleLoad, RulesStatus } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { Answered } from '../parts/answered.tsx'
import { Empty } from '../parts/empty.tsx'
import { Fault } from '../parts/fault.tsx'
import { Main } from '../parts/main.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { Status } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { useSession } from '../session.tsx'
import { clockOrDay } from '../time.ts'
import { useApi } from '../use-api.ts'
import { falseShare, rateText } from './load.ts'
import { Problems } from './problems.tsx'
import { RuleHistory } from './rule-history.tsx'
import './rules.css'

const DAY = 24 * 3_600_000

/** The rules in force, how often they speak and how right they are; what is wrong with the files; how they changed. */
export function RulesPage() {
  const { t } = useTranslation(['rules', 'shared'])
  const { language } = useLanguage()
  const answer = useApi<RulesStatus>('/api/rules', { every: 10_000 })
  const load = useApi<RuleLoad>('/api/rules/load')
  const [text, setText] = useState('')
  const { areas } = useSession()
  const status = answer.data
  const byRule = new Map(load.data?.rules.map((one) => [one.rule, one]))
  const ownLimits = new Map(load.data?.ownLimits.map(({ rule, homes }) => [rule, homes.length]))
  const titleOf = (title: Readonly<Record<string, string>>): string => title[language] ?? title['en'] ?? ''
  const wanted = text.trim().toLocaleLowerCase()
  const shown = (status?.rules ?? [])
    .filter(({ id, title }) => `${id} ${titleOf(title)}`.toLocaleLowerCase().includes(wanted))
    .toSorted(
      (a, b) =>
        (byRule.get(b.id)?.count ?? 0) - (byRule.get(a.id)?.count ?? 0) ||
        titleOf(a.title).localeCompare(titleOf(b.title), language),
    )
  const all = load.data?.rules.reduce((sum, one) => sum + one.count, 0)

  return (
    <>
      <PageHeader
        title={t('title')}
        {...(status && {
          sentence: (
            <>
              {t('inForce', {
                count: status.rules.length,
                since: status.since === undefined ? '' : clockOrDay(status.since, status.since - DAY),
              })}{' '}
              {all !== undefined && t('calls', { count: all })}
            </>
          ),
        })}
      >
        <input
          type="search"
          className="find"
          aria-label={t('find')}
          placeholder={t('find')}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {areas === 'all' && (
          <Link href="/rules/try" className="button">
            {t('tryChange')}
          </Link>
        )}
      </PageHeader>
      <Main className="rules">
        <Answered answer={answer}>
          {({ refused }) => (
            <>
              {refused && (
                <section className="refused" aria-labelledby="refused">
                  <h2 id="refused">
                    <Status tone="medium">{t('refusedTitle')}</Status>
                  </h2>
                  <p className="muted">
                    {t('refusedWhy', {
                      reason: refused.reason,
                      time: clockOrDay(refused.at, refused.at - DAY),
                    })}
                  </p>
                  <Problems problems={refused.problems} />
                </section>
              )}
              {load.fault && <Fault fault={load.fault} onAgain={() => void load.reload()} />}
              {shown.length === 0 ? (
                <Empty text={t('noMatch', { text })} />
              ) : (
                <Table
                  caption={t('title')}
                  rows={shown}
                  keyOf={({ id }) => id}
                  columns={[
                    {
                      head: t('rule'),
                      cell: ({ id, title, severity }) => (
                        <Status tone={severity}>
                          <span className="visually-hidden">{t(`shared:severity.${severity}`)}: </span>
                          <Link href={`/rules/rule/${id}`}>{titleOf(title)}</Link>
                        </Status>
                      ),
                    },
                    {
                      head: t('fired'),
                      end: true,
                      cell: ({ id }) =>
                        load.data === undefined
                          ? '…'
                          : (byRule.get(id)?.count ?? <span className="muted">{t('never')}</span>),
                    },
                    {
                      head: t('rate'),
                      end: true,
                      cell: ({ id }) => rateText(byRule.get(id)?.per100, language),
                    },
                    {
                      head: t('where'),
                      end: true,
                      cell: ({ id }) => {
                        const count = byRule.get(id)?.homeCount ?? 0
                        return count > 0 && t('shared:homes', { count })
                      },
                    },
                    {
                      head: t('falseShare'),
                      end: true,
                      cell: ({ id }) => {
                        const share = falseShare(byRule.get(id)?.causes ?? {})
                        return share.all > 0 && t('falseOf', share)
                      },
                    },
                    {
                      head: t('special'),
                      cell: ({ id, held }) => {
                        const own = ownLimits.get(id) ?? 0
                        const parts = [
                          held > 0 && t('held', { count: held }),
                          own > 0 && t('ownLimits', { count: own }),
                        ]
                        return parts.filter(Boolean).join(', ')
                      },
                    },
                  ]}
                />
              )}
            </>
          )}
        </Answered>
        <RuleHistory />
      </Main>
    </>
  )
}
