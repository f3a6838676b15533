import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { AuditRow } from '../../model/audit.ts'
import { ask, ApiError } from '../api.ts'
import { useLanguage } from '../language.tsx'
import { useLock } from '../lock/lock.tsx'
import { Answered } from '../parts/answered.tsx'
import { Empty } from '../parts/empty.tsx'
import { Table } from '../parts/table.tsx'
import { useToast } from '../parts/toast.tsx'
import { useSession } from '../session.tsx'
import { useApi } from '../use-api.ts'
import { causeName, didName } from '../words/names.ts'

const TIMES = new Intl.DateTimeFormat('nb', { dateStyle: 'short', timeStyle: 'medium' })

interface Page {
  readonly rows: readonly AuditRow[]
  /** Where the earlier ones begin. */
  readonly next?: string
}

interface LogListProps {
  /** `who=person:siv&whose=home:h-0001` */
  readonly query: string
  /** What people call those who stand in the log. */
  readonly names: ReadonlyMap<string, string>
}

/** The rows of the log, newest first, so many at a time. */
export function LogList({ query, names }: LogListProps) {
  const { t } = useTranslation(['people', 'shared'])
  const { language } = useLanguage()
  const { ended } = useSession()
  const { lockSeen } = useLock()
  const toast = useToast()
  const answer = useApi<Page>(`/api/audit?${query}`)
  const [busy, setBusy] = useState(false)

  const showEarlier = async ({ rows, next }: Page) => {
    setBusy(true)
    try {
      const more = await ask<Page>('GET', `/api/audit?${query}&cursor=${encodeURIComponent(next ?? '')}`)
      answer.put({ ...more, rows: [...rows, ...more.rows] })
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0
      if (status === 401) ended()
      if (status === 423) lockSeen()
      toast((error instanceof ApiError && error.message) || t('shared:notRead'), 'problem')
    } finally {
      setBusy(false)
    }
  }
  const whoIs = (who: string): string =>
    names.get(who) ?? (who === 'cli' ? t('commandLine') : who.replace(/^\w+:/, ''))

  return (
    <Answered answer={answer}>
      {(page) =>
        page.rows.length === 0 ? (
          <Empty text={t('nothing')} />
        ) : (
          <>
            <Table
              caption={t('log')}
              rows={page.rows}
              keyOf={({ seq }) => String(seq)}
              columns={[
                { head: t('when'), cell: ({ at }) => <LogTime at={at} /> },
                { head: t('who'), cell: ({ who }) => whoIs(who) },
                { head: t('what'), cell: ({ what }) => didName(what, language) },
                {
                  head: t('whose'),
                  cell: ({ whose }) => whose !== undefined && <Whose {...{ whose, whoIs }} />,
                },
                { head: t('reason'), cell: ({ why }) => why !== undefined && causeName(why, language) },
                { head: t('from'), cell: ({ from }) => (from === 'socket' ? t('onTheHub') : from) },
              ]}
            />
            {page.next !== undefined && (
              <p className="earlier">
                <button type="button" disabled={busy} onClick={() => void showEarlier(page)}>
                  {t('earlier')}
                </button>
              </p>
            )}
          </>
        )
      }
    </Answered>
  )
}

/** As exact as it is kept: of a log one may need it after years. */
function LogTime({ at }: { readonly at: number }) {
  return (
    <time className="log-time" dateTime={new Date(at).toISOString()}>
      {TIMES.format(at)}
    </time>
  )
}

/** A home leads to its page; anybody else has a name. */
function Whose({ whose, whoIs }: { readonly whose: string; whoIs(who: string): string }) {
  const home = /^home:(.+)$/.exec(whose)?.[1]
  return home === undefined ? (
    <>{whoIs(whose)}</>
  ) : (
    <Link href={`/homes/${encodeURIComponent(home)}`}>{home}</Link>
  )
}
