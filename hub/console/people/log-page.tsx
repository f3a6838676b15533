import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'wouter'
import type { AccessToken, Person } from '../../model/person.ts'
import { Empty } from '../parts/empty.tsx'
import { Main } from '../parts/main.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { useSession } from '../session.tsx'
import { useApi } from '../use-api.ts'
import { LogList } from './log-list.tsx'
import { Sections } from './sections.tsx'
import { Verdict } from './verdict.tsx'

/** Who saw or changed what, whose, and why; and is the log as it was written? */
export function LogPage() {
  const { t } = useTranslation('people')
  const { areas } = useSession()
  const seesAll = areas === 'all'
  return (
    <>
      <PageHeader title={t('log')} {...(seesAll && { sentence: <Verdict /> })}>
        <Sections />
      </PageHeader>
      <Main>{seesAll ? <Log /> : <Empty text={t('logAll')} />}</Main>
    </>
  )
}

function Log() {
  const { t } = useTranslation('people')
  const [search, setSearch] = useSearchParams()
  const who = search.get('who') ?? ''
  const home = search.get('home') ?? ''
  const [typed, setTyped] = useState(home)
  const people = useApi<{ people: readonly Person[] }>('/api/people').data?.people ?? []
  const tokens = useApi<{ tokens: readonly AccessToken[] }>('/api/tokens').data?.tokens ?? []
  const names = new Map([
    ...people.map(({ id, name = id }) => [`person:${id}`, name] as const),
    ...tokens.map(({ name }) => [`token:${name}`, name] as const),
  ])
  const find = (next: { who: string; home: string }) => {
    setSearch(Object.entries(next).filter(([, value]) => value !== ''))
    setTyped(next.home)
  }
  const query = new URLSearchParams({
    ...(who !== '' && { who }),
    ...(home !== '' && { whose: `home:${home}` }),
  }).toString()

  return (
    <>
      <form
        className="log-find"
        onSubmit={(event) => {
          event.preventDefault()
          find({ who, home: typed.trim() })
        }}
      >
        <label>
          {t('who')}
          <select value={who} onChange={({ target }) => find({ who: target.value, home: typed.trim() })}>
            <option value="">{t('everybody')}</option>
            {[...names].map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('home')}
          <input
            placeholder={t('homeHow')}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
        </label>
        <button type="submit">{t('show')}</button>
        {query !== '' && (
          <button type="button" className="quiet" onClick={() => find({ who: '', home: '' })}>
            {t('showAll')}
          </button>
        )}
      </form>
      <LogList key={query} query={query} names={names} />
    </>
  )
}
