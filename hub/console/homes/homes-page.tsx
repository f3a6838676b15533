import { useDeferredValue, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BoardAlert, HomeLine } from '../api-types.ts'
import { useKeysOnSheet } from '../frame/page-keys.ts'
import { useHub } from '../hub-state.tsx'
import { Answered } from '../parts/answered.tsx'
import { Empty } from '../parts/empty.tsx'
import { Main } from '../parts/main.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { Status } from '../parts/status.tsx'
import { useApi } from '../use-api.ts'
import { AreaList } from './area-list.tsx'
import { HomeList } from './home-list.tsx'
import { countAreas, countHomes, isWanted, listHomes, OUT_OF_SERVICE, STATES } from './home-order.ts'
import type { Counts, ListedHome, State } from './home-order.ts'
import { useWanted } from './use-wanted.ts'
import './homes.css'

const EVERY_MS = 30_000
const NONE: readonly HomeLine[] = []

/** Every home: those that need somebody first, then those of which the hub knows too little, then the others by name. */
export function HomesPage() {
  const { t } = useTranslation('homes')
  const answer = useApi<{ homes: readonly HomeLine[] }>('/api/homes/list', { every: EVERY_MS })
  const open = useOpenAlerts()
  const lines = answer.data?.homes ?? NONE
  const homes = useMemo(() => listHomes(lines, open), [lines, open])
  const counts = useMemo(() => countHomes(homes), [homes])
  useKeysOnSheet(
    useMemo(
      () => ({
        keys: [
          { key: '/', does: t('keys.find') },
          { key: 'j  k', does: t('keys.move') },
          { key: '⏎', does: t('keys.open') },
        ],
      }),
      [t],
    ),
  )

  return (
    <>
      <PageHeader title={t('title')} {...(homes.length > 0 && { sentence: <Sentence counts={counts} /> })} />
      <Main className="homes">
        <Answered answer={answer}>
          {() =>
            homes.length === 0 ? (
              <Empty text={t('none')}>
                <p className="muted">
                  {t('noneHow')} <code>npm run aal -- import homes.yaml</code>
                </p>
              </Empty>
            ) : (
              <FoundHomes homes={homes} counts={counts} />
            )
          }
        </Answered>
      </Main>
    </>
  )
}

function Sentence({ counts }: { readonly counts: Counts }) {
  const { t } = useTranslation('homes')
  const { not, partly } = counts
  const out = OUT_OF_SERVICE.reduce((sum, state) => sum + counts[state], 0)
  const all = counts.all - out
  const rest = out > 0 && t('outOfService', { count: out })
  if (not === 0 && partly === 0) {
    return (
      <Status tone="well">
        {t('allProtected', { count: all })} {rest}
      </Status>
    )
  }
  return (
    <Status tone="unknown">
      {t('someNot', { protected: all - not - partly, count: all })}{' '}
      {[not > 0 && t('notSo', { count: not }), partly > 0 && t('partlySo', { count: partly }), rest]
        .filter(Boolean)
        .join(' ')}
    </Status>
  )
}

/** What is to be found, and what was. */
function FoundHomes({ homes, counts }: { readonly homes: readonly ListedHome[]; readonly counts: Counts }) {
  const { t } = useTranslation('homes')
  const [wanted, want] = useWanted()
  const [typed, setTyped] = useState(wanted.text)
  const field = useRef<HTMLInputElement>(null)
  const areas = useMemo(() => countAreas(homes), [homes])
  // Typing goes on while thousands are looked through.
  const text = useDeferredValue(typed).trim().toLowerCase().replaceAll(/\s+/g, ' ')
  const { area, state } = wanted
  const inArea = useMemo(
    () => homes.filter((home) => isWanted(home, { text, area, state: undefined })),
    [homes, text, area],
  )
  const found = useMemo(
    () => (state === undefined ? inArea : inArea.filter((home) => isWanted(home, { text: '', area, state }))),
    [inArea, area, state],
  )
  const shown = useMemo(() => countHomes(inArea), [inArea])
  useFindKey(field)
  /** Most have none that are planned or closed: these are offered where there are some. */
  const isOffered = (one: State | undefined): boolean =>
    !OUT_OF_SERVICE.some((out) => out === one) || one === state || (one !== undefined && counts[one] > 0)

  return (
    <div className="homes-columns" data-areas={areas.length > 1 || undefined}>
      {areas.length > 1 && (
        <AreaList areas={areas} all={counts} chosen={area} onChoose={(chosen) => want({ area: chosen })} />
      )}
      <div>
        <div className="find-line">
          <input
            ref={field}
            type="search"
            className="find"
            aria-label={t('find')}
            placeholder={t('find')}
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value)
              want({ text: event.target.value })
            }}
          />
          <fieldset className="segments states">
            <legend className="visually-hidden">{t('show')}</legend>
            {([undefined, ...STATES] as const).filter(isOffered).map((one) => (
              <label key={one ?? 'all'} data-none={(one && shown[one] === 0 && state !== one) || undefined}>
                <input
                  type="radio"
                  name="state"
                  checked={state === one}
                  onChange={() => want({ state: one })}
                />
                {t(`states.${one ?? 'all'}`)}{' '}
                <span className="muted">{t('number', { count: shown[one ?? 'all'] })}</span>
              </label>
            ))}
          </fieldset>
        </div>
        <p className="visually-hidden" role="status">
          {t('found', { count: found.length })}
        </p>
        {found.length === 0 ? (
          <Empty text={t(text === '' ? 'noneSo' : 'noMatch', { text: typed })}>
            <button
              type="button"
              onClick={() => {
                setTyped('')
                want({ text: '', area: undefined, state: undefined })
              }}
            >
              {t('showAll')}
            </button>
          </Empty>
        ) : (
          <HomeList homes={found} />
        )}
      </div>
    </div>
  )
}

/** Those that somebody must answer; the same array as long as nothing is new. */
function useOpenAlerts(): readonly BoardAlert[] {
  const { alerts } = useHub()
  return useMemo(() => [...(alerts?.values() ?? [])].filter((one) => one.handling !== 'resolved'), [alerts])
}

/** `/` goes to where one types. */
function useFindKey(field: { readonly current: HTMLInputElement | null }): void {
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : undefined
      if (event.key === 'Escape' && target === field.current) field.current?.blur()
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
      if (target?.closest('input, textarea, select, [role=dialog]')) return
      event.preventDefault()
      field.current?.select()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [field])
}
