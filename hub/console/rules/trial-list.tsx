import { useTranslation } from 'react-i18next'
import type { Trial } from '../api-types.ts'
import { Answered } from '../parts/answered.tsx'
import { Table } from '../parts/table.tsx'
import { When } from '../parts/when.tsx'
import { useApi } from '../use-api.ts'
import { plain } from './rule-history.tsx'

interface TrialListProps {
  readonly shown: string | null
  onShow(id: string): void
}

/** What others tried too: so an admin finds what waits for them. */
export function TrialList({ shown, onShow }: TrialListProps) {
  const { t } = useTranslation('rules')
  const answer = useApi<{ trials: readonly Trial[] }>('/api/rules/trials', { every: 1500 })
  return (
    <section aria-labelledby="lately">
      <h2 id="lately">{t('lately')}</h2>
      <Answered answer={answer}>
        {({ trials }) =>
          trials.length === 0 ? (
            <p className="muted">{t('noneLately')}</p>
          ) : (
            <Table
              caption={t('lately')}
              rows={trials}
              keyOf={({ id }) => id}
              columns={[
                { head: t('file'), cell: ({ files }) => files.map(({ name }) => name).join(', ') },
                { head: t('triedWho'), cell: ({ by }) => plain(by) },
                { head: t('when'), cell: ({ at }) => <When at={at} /> },
                { head: t('state'), cell: ({ state }) => t(`states.${state.is}`) },
                {
                  head: t('look'),
                  cell: ({ id }) =>
                    id !== shown && (
                      <button type="button" onClick={() => onShow(id)}>
                        {t('look')}
                      </button>
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
