import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { HomeRow } from '../api-types.ts'
import { useHub } from '../hub-state.tsx'
import { Answered } from '../parts/answered.tsx'
import { Empty } from '../parts/empty.tsx'
import { Main } from '../parts/main.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { Status } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { useApi } from '../use-api.ts'
import { HomeState } from './home-state.tsx'

/** So many are drawn at once; who looks for another one finds it by its name. */
const SHOWN = 200

/** Every home: which need somebody first, then those of which the hub knows nothing, then the others by name. */
export function HomesPage() {
  const { t } = useTranslation('homes')
  const { alerts } = useHub()
  const [text, setText] = useState('')
  const last = useRef<string>(undefined)
  const answer = useApi<{ homes: readonly HomeRow[] }>('/api/homes', {
    // Each look is noted in the audit log: only when some home came or went.
    on: (event) => {
      if (!('homes' in event)) return false
      const counts = JSON.stringify(event.homes)
      const isNew = last.current !== undefined && last.current !== counts
      last.current = counts
      return isNew
    },
  })
  const homes = answer.data?.homes ?? []
  const open = Map.groupBy(
    [...(alerts?.values() ?? [])].filter((one) => one.home !== undefined && one.handling !== 'resolved'),
    (one) => one.home ?? '',
  )
  const wanted = text.trim().toLowerCase()
  const found = homes
    .filter(({ id, label = '', area = '' }) => `${id} ${label} ${area}`.toLowerCase().includes(wanted))
    .toSorted(
      (a, b) =>
        (open.get(b.id)?.length ?? 0) - (open.get(a.id)?.length ?? 0) ||
        Number(a.reachable) - Number(b.reachable) ||
        (a.label ?? a.id).localeCompare(b.label ?? b.id, 'nb', { numeric: true }),
    )
  const gone = homes.filter((one) => !one.reachable).length

  return (
    <>
      <PageHeader
        title={t('title')}
        {...(homes.length > 0 && {
          sentence:
            gone > 0 ? (
              <Status tone="unknown">{t('someNot', { all: homes.length, count: gone })}</Status>
            ) : (
              <Status tone="well">{t('allConnected', { count: homes.length })}</Status>
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
      </PageHeader>
      <Main>
        <Answered answer={answer}>
          {() =>
            homes.length === 0 ? (
              <Empty text={t('none')}>
                <p className="muted">
                  {t('noneHow')} <code>npm run aal -- import homes.yaml</code>
                </p>
              </Empty>
            ) : found.length === 0 ? (
              <Empty text={t('noMatch', { text })} />
            ) : (
              <>
                <Table
                  caption={t('title')}
                  rows={found.slice(0, SHOWN)}
                  keyOf={(home) => home.id}
                  columns={[
                    {
                      head: t('home'),
                      cell: (home) => (
                        <Link href={`/homes/${encodeURIComponent(home.id)}`}>{home.label ?? home.id}</Link>
                      ),
                    },
                    { head: t('area'), cell: (home) => home.area ?? '' },
                    {
                      head: t('state'),
                      cell: (home) => <HomeState home={home} open={open.get(home.id)?.length ?? 0} />,
                    },
                    { head: t('sensors'), cell: (home) => home.sensors, end: true },
                  ]}
                />
                {found.length > SHOWN && (
                  <p className="muted">{t('more', { count: found.length - SHOWN })}</p>
                )}
              </>
            )
          }
        </Answered>
      </Main>
    </>
  )
}
