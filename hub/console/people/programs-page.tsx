import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AccessToken } from '../../model/person.ts'
import { useLanguage } from '../language.tsx'
import { Answered } from '../parts/answered.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Empty } from '../parts/empty.tsx'
import { Main } from '../parts/main.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { Table } from '../parts/table.tsx'
import type { Column } from '../parts/table.tsx'
import { When } from '../parts/when.tsx'
import { useSession } from '../session.tsx'
import { useAct } from '../use-act.ts'
import { useApi } from '../use-api.ts'
import { scopeName } from '../words/names.ts'
import { AddTokenDialog } from './add-token-dialog.tsx'
import { AreasSay } from './areas.tsx'
import { CauseForm } from './cause-form.tsx'
import { Sections } from './sections.tsx'

/** Which programs may ask the hub, and for what? */
export function ProgramsPage() {
  const { t } = useTranslation(['people', 'shared'])
  const { language } = useLanguage()
  const { areas } = useSession()
  const { act, busy } = useAct()
  const answer = useApi<{ tokens: readonly AccessToken[] }>('/api/tokens')
  const [open, setOpen] = useState<'add' | AccessToken>()
  const mayChange = areas === 'all'
  const tokens = answer.data?.tokens ?? []
  const inForce = tokens.filter(({ revokedAt }) => revokedAt === undefined)
  const revoked = tokens.filter(({ revokedAt }) => revokedAt !== undefined)
  const close = () => setOpen(undefined)

  const revoke = async (name: string, cause: string) => {
    await act('DELETE', `/api/tokens/${encodeURIComponent(name)}`, undefined, cause)
    close()
    await answer.reload()
  }

  const columns: Column<AccessToken>[] = [
    { head: t('program'), cell: ({ name }) => name },
    {
      head: t('roles'),
      cell: ({ scopes }) => scopes.map((scope) => scopeName(scope, language)).join('; '),
    },
    { head: t('areas'), cell: (one) => <AreasSay areas={one.areas} /> },
    {
      head: t('used'),
      cell: ({ usedAt }) => (usedAt === undefined ? t('shared:never') : <When at={usedAt} />),
    },
  ]
  return (
    <>
      <PageHeader
        title={t('programs')}
        {...(inForce.length > 0 && { sentence: t('tokensMay', { count: inForce.length }) })}
      >
        <Sections />
        {mayChange && (
          <button type="button" className="primary" onClick={() => setOpen('add')}>
            {t('addToken')}
          </button>
        )}
      </PageHeader>
      <Main>
        {!mayChange && <p className="muted">{t('onlyLooks')}</p>}
        <Answered answer={answer}>
          {() => (
            <>
              {inForce.length === 0 ? (
                <Empty text={t('noTokens')}>
                  <p className="muted">{t('noTokensWhy')}</p>
                </Empty>
              ) : (
                <Table
                  caption={t('programs')}
                  rows={inForce}
                  keyOf={({ name }) => name}
                  columns={[
                    ...columns,
                    {
                      head: t('made'),
                      cell: ({ createdAt, createdBy }) => (
                        <span>
                          <When at={createdAt} />{' '}
                          <span className="muted">
                            {t('madeBy', { who: createdBy.replace(/^person:/, '') })}
                          </span>
                        </span>
                      ),
                    },
                    ...(mayChange
                      ? [
                          {
                            head: t('acts'),
                            cell: (token: AccessToken) => (
                              <button
                                type="button"
                                aria-label={t('revokeName', { name: token.name })}
                                onClick={() => setOpen(token)}
                              >
                                {t('revoke')}
                              </button>
                            ),
                            end: true as const,
                          },
                        ]
                      : []),
                  ]}
                />
              )}
              {revoked.length > 0 && (
                <details className="more">
                  <summary>{t('revoked', { count: revoked.length })}</summary>
                  <Table
                    caption={t('revoked', { count: revoked.length })}
                    rows={revoked}
                    keyOf={({ name }) => name}
                    columns={[
                      ...columns,
                      {
                        head: t('revokedAt'),
                        cell: ({ revokedAt }) => revokedAt !== undefined && <When at={revokedAt} />,
                      },
                    ]}
                  />
                </details>
              )}
            </>
          )}
        </Answered>
      </Main>
      {open === 'add' && <AddTokenDialog onClose={close} onDone={() => void answer.reload()} />}
      {typeof open === 'object' && (
        <Dialog
          title={t('revokeName', { name: open.name })}
          description={t('revokeHow', { name: open.name })}
          onClose={close}
        >
          <CauseForm
            causes={['unused', 'leaked', 'misuse', 'other']}
            act={t('revokeName', { name: open.name })}
            busy={busy}
            onAct={(cause) => void revoke(open.name, cause)}
            onCancel={close}
          />
        </Dialog>
      )}
    </>
  )
}
