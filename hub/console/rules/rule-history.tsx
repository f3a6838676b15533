import { useTranslation } from 'react-i18next'
import type { RuleChange } from '../api-types.ts'
import { Answered } from '../parts/answered.tsx'
import { Table } from '../parts/table.tsx'
import { When } from '../parts/when.tsx'
import { useApi } from '../use-api.ts'

/** More are counted: the first change is all of them. */
const MOST_NAMED = 8

/** When the rules changed, who wanted it and why. */
export function RuleHistory() {
  const { t } = useTranslation('rules')
  const answer = useApi<{ changes: readonly RuleChange[] }>('/api/rules/changes')
  const what = ({ added, removed, changed }: RuleChange): string =>
    [
      added.length > 0 &&
        (added.length > MOST_NAMED
          ? t('addedMany', { count: added.length })
          : t('added', { ids: added.join(', ') })),
      removed.length > 0 && t('removed', { ids: removed.join(', ') }),
      changed.length > 0 && t('changed', { ids: changed.join(', ') }),
    ]
      .filter(Boolean)
      .join(' · ') || t('sameMeaning')
  return (
    <section aria-labelledby="history">
      <h2 id="history">{t('history')}</h2>
      <Answered answer={answer}>
        {({ changes }) =>
          changes.length === 0 ? (
            <p className="muted">{t('noHistory')}</p>
          ) : (
            <Table
              caption={t('history')}
              rows={changes}
              keyOf={({ seq }) => String(seq)}
              columns={[
                { head: t('when'), cell: ({ at }) => <When at={at} /> },
                {
                  head: t('what'),
                  cell: (one) => (
                    <span className="change-what">
                      {what(one)}{' '}
                      <span className="muted">
                        (
                        {one.files.length > MOST_NAMED
                          ? t('files', { count: one.files.length })
                          : one.files.join(', ')}
                        )
                      </span>
                    </span>
                  ),
                },
                {
                  head: t('who'),
                  cell: ({ by, why, triedBy }) =>
                    by === undefined ? (
                      <span className="muted">{t('inFolder')}</span>
                    ) : (
                      <span>
                        {t('approvedBy', { who: plain(by) })}
                        {why !== undefined && <q className="change-why">{why}</q>}
                        {triedBy !== undefined && triedBy !== by && (
                          <span className="muted"> {t('triedBy', { who: plain(triedBy) })}</span>
                        )}
                      </span>
                    ),
                },
              ]}
            />
          )
        }
      </Answered>
    </section>
  )
}

/** `operator:siv` → `siv` */
export const plain = (by: string): string => by.slice(by.indexOf(':') + 1)
