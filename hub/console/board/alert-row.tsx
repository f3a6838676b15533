import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { BoardAlert } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { clock, span } from '../time.ts'
import { placeOf, programOf, titleOf, valueOf, whoAndWhere } from './alert-title.ts'
import type { Act } from './acts.tsx'
import { EscalationLine } from './escalation-line.tsx'
import { History } from './history.tsx'
import { HomeList } from './home-list.tsx'
import { ModeChips } from './mode-chips.tsx'
import { waitsForNobody } from './order.ts'
import { SeverityMark } from '../parts/severity-mark.tsx'

/** From when on the hub learned of it late: the time it became true is not when anybody could know. */
const LATE_MS = 60_000

export interface AlertRowProps {
  readonly alert: BoardAlert
  readonly now: number
  readonly person: string
  /** Whether they take and close alerts. */
  readonly mayAct: boolean
  readonly selected: boolean
  readonly foremost: boolean
  readonly open: boolean
  /** Came while the board was up. */
  readonly fresh: boolean
  readonly busy: boolean
  onSelect(): void
  onTake(): void
  onResolve(): void
  onToggle(): void
  readonly onAct: Act
}

/** One alert that needs a human: who, where, what, since when, and the next action as the largest thing. */
export function AlertRow(props: AlertRowProps) {
  const { alert, now, selected, open, busy } = props
  const { t } = useTranslation(['board', 'shared'])
  const { language } = useLanguage()
  const row = useRef<HTMLLIElement>(null)
  const unanswered = alert.handling === 'new'
  const value = valueOf(alert, language)
  const program = programOf(alert, t)

  useEffect(() => {
    if (
      selected &&
      document.activeElement !== row.current &&
      !row.current?.contains(document.activeElement)
    ) {
      row.current?.focus({ preventScroll: true })
      row.current?.scrollIntoView({ block: 'nearest' })
    }
  }, [selected])

  // All that flash do so at once: many rhythms at the same time cannot be read.
  const isHeld = waitsForNobody(alert)
  const flashes = unanswered && !isHeld && (alert.severity === 'high' || alert.severity === 'medium')
  useEffect(() => {
    if (!flashes) return
    for (const animation of row.current?.getAnimations({ subtree: true }) ?? []) {
      if (animation instanceof CSSAnimation && animation.animationName.startsWith('flash'))
        animation.startTime = 0
    }
  }, [flashes])

  return (
    <li
      ref={row}
      className="row"
      data-severity={alert.severity}
      data-category={alert.category}
      data-handling={isHeld ? 'held' : alert.handling}
      data-test={alert.test}
      {...(props.fresh && { 'data-fresh': '' })}
      tabIndex={selected ? 0 : -1}
      aria-current={selected || undefined}
      onFocus={props.onSelect}
    >
      <SeverityMark severity={alert.severity} filled={unanswered && !isHeld} />
      <div className="what">
        <h2>
          <button type="button" className="title" aria-expanded={open} onClick={props.onToggle}>
            {titleOf(alert, t, language)}
          </button>
        </h2>
        {value && <span className="value">{value}</span>}
        {program !== undefined && <span className="chip">{t('raisedBy', { program })}</span>}
        {alert.count > 1 && <span className="chip">{t('again', { count: alert.count })}</span>}
        {alert.openedAt - alert.raisedAt > LATE_MS && (
          <span className="chip late">{t('late', { time: clock(alert.openedAt, alert.timezone) })}</span>
        )}
        {alert.condition === 'cleared' && <span className="chip">{t('over')}</span>}
      </div>
      <div className="where">
        <span className="home">{placeOf(alert, t)}</span>
        <span className="muted">{whoAndWhere(alert, t, language)}</span>
        <ModeChips alert={alert} now={now} />
      </div>
      <Since alert={alert} now={now} />
      <div className="state">
        {unanswered ? (
          <span className={isHeld ? 'taken' : 'unanswered'}>
            {isHeld ? t('held') : t('shared:unanswered')}
          </span>
        ) : (
          <span className="taken">
            {t('shared:takenBy', {
              who:
                alert.handledBy === `operator:${props.person}`
                  ? t('shared:you')
                  : (alert.handledByName ?? alert.handledBy ?? ''),
            })}
          </span>
        )}
        <Going alert={alert} />
      </div>
      <div className="action">
        {!props.mayAct ? null : unanswered ? (
          <button
            type="button"
            className={props.foremost ? 'primary large' : 'large take'}
            disabled={busy}
            onClick={props.onTake}
          >
            {t('take')} {selected && <kbd>⏎</kbd>}
          </button>
        ) : (
          <button type="button" className="large" disabled={busy} onClick={props.onResolve}>
            {t('resolve')} {selected && <kbd>r</kbd>}
          </button>
        )}
      </div>
      <EscalationLine alert={alert} now={now} />
      {alert.homes && <HomeList alert={alert} />}
      {open && (
        <History alert={alert} person={props.person} mayAct={props.mayAct} busy={busy} onAct={props.onAct} />
      )}
    </li>
  )
}

/** Who is on the way or there, and who was asked to take it. */
function Going({ alert }: { alert: BoardAlert }) {
  const { t } = useTranslation(['board', 'shared'])
  const { attendance, handedTo, handedToName } = alert
  return (
    <>
      {attendance && (
        <span className="muted">
          {t(`attendance.${attendance.what}`, { who: attendance.byName ?? attendance.by })}{' '}
          {clock(attendance.at, alert.timezone)}
        </span>
      )}
      {handedTo !== undefined && (
        <span className="muted">{t('asked', { who: handedToName ?? handedTo })}</span>
      )}
    </>
  )
}

/** `4 min` up to an hour, then also the clock time in the home's zone. */
function Since({ alert, now }: { alert: BoardAlert; now: number }) {
  return (
    <div className="since">
      <time dateTime={new Date(alert.raisedAt).toISOString()}>{span(now - alert.raisedAt)}</time>
      <span className="muted">{clock(alert.raisedAt, alert.timezone)}</span>
    </div>
  )
}
