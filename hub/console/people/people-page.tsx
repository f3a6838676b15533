import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ROLES } from './roles.ts'
import type { Person } from '../../model/person.ts'
import { Answered } from '../parts/answered.tsx'
import { Main } from '../parts/main.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { Table } from '../parts/table.tsx'
import type { Column } from '../parts/table.tsx'
import { When } from '../parts/when.tsx'
import { useSession } from '../session.tsx'
import { useApi } from '../use-api.ts'
import { AddPersonDialog } from './add-person-dialog.tsx'
import { AreasSay } from './areas.tsx'
import { PersonDialog } from './person-dialog.tsx'
import { Sections } from './sections.tsx'

/** Who may sign in, and what may they do? */
export function PeoplePage() {
  const { t } = useTranslation(['people', 'shared'])
  const { person: me, areas } = useSession()
  const answer = useApi<{ people: readonly Person[] }>('/api/people')
  const [open, setOpen] = useState<'add' | Person>()
  const mayChange = areas === 'all'
  const sorted = (answer.data?.people ?? []).toSorted((a, b) =>
    (a.name ?? a.id).localeCompare(b.name ?? b.id, 'nb'),
  )
  const active = sorted.filter(({ state }) => state === 'active')
  const removed = sorted.filter(({ state }) => state === 'removed')
  const reload = () => void answer.reload()

  const columns: Column<Person>[] = [
    {
      head: t('person'),
      cell: ({ id, name }) => (
        <>
          {name ?? id}{' '}
          {name !== undefined && <span className="muted id">{id === me ? `${id}, ${t('you')}` : id}</span>}
        </>
      ),
    },
    {
      head: t('roles'),
      cell: ({ roles }) =>
        ROLES.filter((role) => roles.includes(role))
          .map((role) => t(`role.${role}`))
          .join(', '),
    },
    { head: t('areas'), cell: (one) => <AreasSay areas={one.areas} /> },
  ]
  return (
    <>
      <PageHeader title={t('title')} {...(answer.data && { sentence: t('may', { count: active.length }) })}>
        <Sections />
        {mayChange && (
          <button type="button" className="primary" onClick={() => setOpen('add')}>
            {t('add')}
          </button>
        )}
      </PageHeader>
      <Main>
        {!mayChange && <p className="muted">{t('onlyLooks')}</p>}
        <Answered answer={answer}>
          {() => (
            <>
              <Table
                caption={t('title')}
                rows={active}
                keyOf={({ id }) => id}
                columns={[
                  ...columns,
                  {
                    head: t('signsIn'),
                    cell: ({ hasPassword, subject }) => {
                      const ways = [hasPassword && t('password'), subject !== undefined && t('organisation')]
                      return ways.filter(Boolean).join(', ') || t('linkOnly')
                    },
                  },
                  { head: t('since'), cell: ({ createdAt }) => <When at={createdAt} /> },
                  ...(mayChange
                    ? [
                        {
                          head: t('acts'),
                          cell: (person: Person) => (
                            <button
                              type="button"
                              aria-label={t('changeWho', { who: person.name ?? person.id })}
                              onClick={() => setOpen(person)}
                            >
                              {t('change')}
                            </button>
                          ),
                          end: true as const,
                        },
                      ]
                    : []),
                ]}
              />
              <details className="more">
                <summary>{t('whatRoles')}</summary>
                <dl>
                  {ROLES.map((role) => (
                    <div key={role}>
                      <dt>{t(`role.${role}`)}</dt>
                      <dd>{t(`roleDoes.${role}`)}</dd>
                    </div>
                  ))}
                </dl>
              </details>
              {removed.length > 0 && (
                <details className="more">
                  <summary>{t('removed', { count: removed.length })}</summary>
                  <Table
                    caption={t('removed', { count: removed.length })}
                    rows={removed}
                    keyOf={({ id }) => id}
                    columns={columns}
                  />
                </details>
              )}
            </>
          )}
        </Answered>
      </Main>
      {open === 'add' && <AddPersonDialog onClose={() => setOpen(undefined)} onDone={reload} />}
      {typeof open === 'object' && (
        <PersonDialog key={open.id} person={open} onClose={() => setOpen(undefined)} onDone={reload} />
      )}
    </>
  )
}
