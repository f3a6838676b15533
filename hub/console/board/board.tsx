import { useEffect, useLayoutEffect, useState } from 'react'
import { ask, ApiError } from '../api.ts'
import type { BoardAlert } from '../api-types.ts'
import { AwayLine } from '../away-line.tsx'
import { CutOffBar } from '../cut-off-bar.tsx'
import { useLanguage } from '../language.tsx'
import { clock, shiftAt } from '../time.ts'
import { AlertRow } from './alert-row.tsx'
import { CompactList } from './compact-list.tsx'
import { Header } from './header.tsx'
import { HoldsLine } from './holds-line.tsx'
import { HelpDialog } from './help-dialog.tsx'
import { needsHuman, sortAlerts, waitsForNobody } from './order.ts'
import { Quiet } from './quiet.tsx'
import { ResolveDialog } from './resolve-dialog.tsx'
import type { ChosenCause } from './resolve-dialog.tsx'
import { RulesRefusedBar } from './rules-refused.tsx'
import { useSound } from './sound.ts'
import { useBoard } from './use-board.ts'
import './board.css'

/** A message about many technical alerts leads to the first of them; nothing else is hidden for it. */
const technical = { isWanted: new URLSearchParams(location.search).has('technical') }

interface BoardProps {
  readonly person: string
  /** Messages go to the phone simulator. */
  readonly phone: boolean
  onSignOut(): void
  /** The session is over. */
  onSignedOut(): void
}

/** What needs a human now? */
export function Board({ person, phone, onSignOut, onSignedOut }: BoardProps) {
  const { words } = useLanguage()
  const { alerts, homes, rulesRefused, away, fresh, now, cutOffSince, signedOut, put } = useBoard()
  const [selectedId, setSelectedId] = useState<string>()
  const [opened, setOpened] = useState<string>()
  const [resolving, setResolving] = useState<string>()
  const [help, setHelp] = useState(false)
  const [busy, setBusy] = useState<string>()
  const [problem, setProblem] = useState<string>()

  const { need, cleared, resolved } = sortAlerts(alerts?.values() ?? [], shiftAt(now).from)
  const unanswered = need.filter((one) => one.handling === 'new' && !waitsForNobody(one))
  const waiting = need.filter(needsHuman).length
  const zones = new Set([...(alerts?.values() ?? [])].map((one) => one.timezone))
  const cutOff = cutOffSince !== undefined
  const sound = useSound(unanswered.filter((one) => one.severity === 'high').length, cutOff)
  const selected = need.find((one) => one.id === selectedId)
  // Only one button is filled: what waits longest for a human, or what was chosen.
  const foremost = (selected ?? unanswered[0])?.id
  // Gone as soon as it is resolved, by whomever.
  const toResolve = [...need, ...cleared].find((one) => one.id === resolving)

  useEffect(() => {
    if (signedOut) onSignedOut()
  }, [signedOut, onSignedOut])

  useEffect(() => {
    document.title = waiting > 0 ? `(${waiting}) AAL hub` : 'AAL hub'
  }, [waiting])

  useEffect(() => {
    if (!technical.isWanted) return
    const first = document.querySelector<HTMLElement>('.row[data-category="technical"]')
    // Once: whoever has looked goes on from there by themselves.
    if (first) technical.isWanted = false
    first?.focus()
  })

  useEffect(() => {
    if (problem === undefined) return
    const timer = setTimeout(() => setProblem(undefined), 10_000)
    return () => clearTimeout(timer)
  }, [problem])

  const change = async (alert: BoardAlert, what: string, body: object) => {
    setBusy(alert.id)
    setProblem(undefined)
    try {
      const path = `/api/alerts/${encodeURIComponent(alert.id)}/${what}`
      put((await ask<{ alert: BoardAlert }>('POST', path, body)).alert)
      if (what === 'resolve') setResolving(undefined)
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) onSignedOut()
      setProblem((error instanceof ApiError && error.message) || words.failed)
      setResolving(undefined)
    } finally {
      setBusy(undefined)
    }
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
      if (event.ctrlKey || event.metaKey || event.altKey || toResolve || help) return
      const target = event.target instanceof Element ? event.target : undefined
      if (target?.closest('input, textarea, select')) return
      if (event.key === 'j' || event.key === 'ArrowDown') move(1)
      else if (event.key === 'k' || event.key === 'ArrowUp') move(-1)
      else if (event.key === '?') setHelp(true)
      else if (cutOff || event.repeat || !['Enter', 'r', 'h'].includes(event.key)) return
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
    <div className="board" data-cut-off={cutOff || undefined}>
      <CutOffBar since={cutOffSince} />
      <Header
        now={now}
        need={waiting}
        isElsewhere={[...zones].some((zone) => clock(now, zone) !== clock(now))}
        unanswered={unanswered.length}
        homes={homes}
        sound={sound.state}
        onSound={sound.toggle}
      >
        {phone && (
          <a className="quiet" href="/phone">
            {words.phones}
          </a>
        )}
        <HelpDialog open={help} person={person} onOpenChange={setHelp} onSignOut={onSignOut} />
      </Header>
      <RulesRefusedBar refused={rulesRefused} />
      <AwayLine away={away} now={now} />
      <HoldsLine count={homes?.holds ?? 0} />
      {problem !== undefined && (
        <p role="alert" className="problem">
          {problem}
        </p>
      )}
      <main inert={cutOff}>
        {alerts === undefined && <p className="muted loading">{words.loading}</p>}
        {alerts && homes && need.length === 0 && <Quiet homes={homes} />}
        <ol className="rows">
          {need.map((alert) => (
            <AlertRow
              key={alert.id}
              alert={alert}
              now={now}
              person={person}
              selected={alert.id === selectedId}
              foremost={alert.id === foremost}
              open={alert.id === opened}
              fresh={fresh.has(alert.id)}
              busy={busy === alert.id}
              onSelect={() => setSelectedId(alert.id)}
              onTake={() => void take(alert)}
              onResolve={() => setResolving(alert.id)}
              onAct={(what, body) => void change(alert, what, body)}
              onToggle={() => setOpened(opened === alert.id ? undefined : alert.id)}
            />
          ))}
        </ol>
        {alerts && (
          <div className="folded">
            {cleared.length > 0 && (
              <CompactList
                title={words.cleared(cleared.length)}
                alerts={cleared}
                onResolve={(alert) => setResolving(alert.id)}
              />
            )}
            {resolved.length > 0 && (
              <CompactList title={words.resolvedThisShift(resolved.length)} alerts={resolved} />
            )}
          </div>
        )}
      </main>
      {need.length > 0 && (
        <footer className="legend muted" aria-hidden="true">
          {selected ? (
            <>
              <kbd>j</kbd>/<kbd>k</kbd> {words.keys.move}
            </>
          ) : (
            <b>
              <kbd>j</kbd> {words.keys.select}
            </b>
          )}{' '}
          · <kbd>⏎</kbd> {words.keys.take} · <kbd>r</kbd> {words.keys.resolve} · <kbd>h</kbd>{' '}
          {words.keys.history} · <kbd>?</kbd> {words.keys.help}
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
    </div>
  )
}
