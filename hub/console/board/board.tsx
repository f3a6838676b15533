import { useEffect, useLayoutEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BoardAlert } from '../api-types.ts'
import { useKeysOnSheet } from '../frame/page-keys.ts'
import { useContact, useHub } from '../hub-state.tsx'
import { useNeed } from '../need.ts'
import { AwayLine } from '../parts/away-line.tsx'
import { Loading } from '../parts/loading.tsx'
import { Main } from '../parts/main.tsx'
import { useTitle } from '../parts/page-header.tsx'
import { mayAct, useSession } from '../session.tsx'
import { useAct } from '../use-act.ts'
import { AlertRow } from './alert-row.tsx'
import { CompactList } from './compact-list.tsx'
import { Header } from './header.tsx'
import { HoldsLine } from './holds-line.tsx'
import { Quiet } from './quiet.tsx'
import { ResolveDialog } from './resolve-dialog.tsx'
import type { ChosenCause } from './resolve-dialog.tsx'
import { RulesRefusedBar } from './rules-refused.tsx'
import './board.css'

/** A message about many technical alerts leads to the first of them; nothing else is hidden for it. */
const technical = { isWanted: new URLSearchParams(location.search).has('technical') }

/** What needs a human now? */
export function Board() {
  const { t } = useTranslation(['board', 'shared'])
  const session = useSession()
  const { person } = session
  const acts = mayAct(session)
  const { alerts, homes, rulesRefused, fresh, beginAct } = useHub()
  const { now, cutOffSince } = useContact()
  const cutOff = cutOffSince !== undefined
  const { need, cleared, resolved, unanswered, waiting } = useNeed()
  const { act } = useAct()
  const [selectedId, setSelectedId] = useState<string>()
  const [opened, setOpened] = useState<string>()
  const [resolving, setResolving] = useState<string>()
  const [busy, setBusy] = useState<string>()
  useTitle(undefined)
  useKeysOnSheet(
    useMemo(
      () => ({
        keys: [
          { key: 'j  k', does: t('keys.move') },
          ...(acts
            ? [
                { key: '⏎', does: t('keys.take') },
                { key: 'r', does: t('keys.resolve') },
              ]
            : []),
          { key: 'h', does: t('keys.history') },
        ],
        how: t('keysHow'),
      }),
      [t, acts],
    ),
  )

  useEffect(() => {
    if (!technical.isWanted) return
    const first = document.querySelector<HTMLElement>('.row[data-category="technical"]')
    // Once: whoever has looked goes on from there by themselves.
    if (first) technical.isWanted = false
    first?.focus()
  })

  const selected = need.find((one) => one.id === selectedId)
  // Only one button is filled: what waits longest for a human, or what was chosen.
  const foremost = (selected ?? unanswered[0])?.id
  // Gone as soon as it is resolved, by whomever.
  const toResolve = [...need, ...cleared].find((one) => one.id === resolving)

  const change = async (alert: BoardAlert, what: string, body: object) => {
    setBusy(alert.id)
    const put = beginAct(alert.id)
    const path = `/api/alerts/${encodeURIComponent(alert.id)}/${what}`
    const answer = await act<{ alert: BoardAlert }>('POST', path, body)
    if (answer) put(answer.alert)
    // Otherwise it stays open with what was typed; resolved by another one, it is gone with the alert.
    if (answer && what === 'resolve') setResolving(undefined)
    setBusy(undefined)
    return answer !== undefined
  }
  const take = (alert: BoardAlert) => change(alert, 'acknowledge', {})
  const resolve = (alert: BoardAlert, cause: ChosenCause, comment: string) =>
    change(alert, 'resolve', { cause, ...(comment.trim() && { comment: comment.trim() }) })
  const move = (step: number) => {
    const at = need.findIndex((one) => one.id === selectedId)
    const next = at < 0 ? 0 : Math.min(need.length - 1, Math.max(0, at + step))
    setSelectedId(need[next]?.id)
  }

  // In the same turn as what is shown: a key must never act on what stood there before.
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || toResolve) return
      const target = event.target instanceof Element ? event.target : undefined
      if (target?.closest('input, textarea, select, [role=dialog]')) return
      if (event.key === 'j' || event.key === 'ArrowDown') move(1)
      else if (event.key === 'k' || event.key === 'ArrowUp') move(-1)
      else if (cutOff || event.repeat || !(acts ? ['Enter', 'r', 'h'] : ['h']).includes(event.key)) return
      // On a button Enter presses that button.
      else if (event.key === 'Enter' && target?.closest('button, summary, a')) return
      // The first press chooses, and shows what the next one acts on: nobody takes what nobody has looked at.
      else if (!selected) move(1)
      else if (event.key === 'Enter') {
        if (selected.handling === 'new') void take(selected)
      } else if (event.key === 'r') setResolving(selected.id)
      else setOpened(opened === selected.id ? undefined : selected.id)
      event.preventDefault()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  })

  return (
    <>
      <Header need={waiting} unanswered={unanswered.length} homes={homes} />
      <div className="board-lines">
        <RulesRefusedBar refused={rulesRefused} />
        <AwayLine />
        <HoldsLine count={homes?.holds ?? 0} />
      </div>
      <Main className="board">
        {alerts === undefined && <Loading />}
        {alerts && homes && need.length === 0 && <Quiet homes={homes} />}
        <ol className="rows">
          {need.map((alert) => (
            <AlertRow
              key={alert.id}
              alert={alert}
              now={now}
              person={person}
              mayAct={acts}
              selected={alert.id === selectedId}
              foremost={alert.id === foremost}
              open={alert.id === opened}
              fresh={fresh.has(alert.id)}
              busy={busy === alert.id}
              onSelect={() => setSelectedId(alert.id)}
              onTake={() => void take(alert)}
              onResolve={() => setResolving(alert.id)}
              onAct={(what, body) => change(alert, what, body)}
              onToggle={() => setOpened(opened === alert.id ? undefined : alert.id)}
            />
          ))}
        </ol>
        {alerts && (
          <div className="folded">
            {cleared.length > 0 && (
              <CompactList
                title={t('cleared', { count: cleared.length })}
                alerts={cleared}
                {...(acts && { onResolve: (alert: BoardAlert) => setResolving(alert.id) })}
              />
            )}
            {resolved.length > 0 && (
              <CompactList title={t('resolvedThisShift', { count: resolved.length })} alerts={resolved} />
            )}
          </div>
        )}
      </Main>
      {need.length > 0 && (
        <footer className="legend muted" aria-hidden="true">
          {selected ? (
            <>
              <kbd>j</kbd>/<kbd>k</kbd> {t('keys.move')}
            </>
          ) : (
            <b>
              <kbd>j</kbd> {t('keys.select')}
            </b>
          )}{' '}
          {acts && (
            <>
              · <kbd>⏎</kbd> {t('keys.take')} · <kbd>r</kbd> {t('keys.resolve')}{' '}
            </>
          )}
          · <kbd>h</kbd> {t('keys.history')} · <kbd>?</kbd> {t('shared:helpKey')}
        </footer>
      )}
      {toResolve && (
        <ResolveDialog
          key={toResolve.id}
          alert={toResolve}
          busy={busy === toResolve.id}
          onClose={() => setResolving(undefined)}
          onResolve={(cause, comment) => void resolve(toResolve, cause, comment)}
        />
      )}
    </>
  )
}
