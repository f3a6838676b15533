import type { Severity } from '../../model/alert.ts'
import type { BoardAlert } from '../api-types.ts'

const RANK: Readonly<Record<Severity, number>> = { high: 0, medium: 1, low: 2, info: 3 }

type Needed = Pick<BoardAlert, 'id' | 'severity' | 'test' | 'held' | 'handling' | 'raisedAt'>

/**
 * What needs a human most comes first: what calls people before what is held, by severity, real before tests, then
 * unanswered, then the longest waiting.
 */
export function byNeed(a: Needed, b: Needed): number {
  return (
    Number(waitsForNobody(a)) - Number(waitsForNobody(b)) ||
    RANK[a.severity] - RANK[b.severity] ||
    Number(a.test ?? false) - Number(b.test ?? false) ||
    Number(a.handling !== 'new') - Number(b.handling !== 'new') ||
    a.raisedAt - b.raisedAt ||
    a.id.localeCompare(b.id)
  )
}

/** Whether somebody has to do something now: nobody has it, or somebody has, and a person is still in trouble. */
export function needsHuman(alert: BoardAlert): boolean {
  const { handling, severity, category } = alert
  if (waitsForNobody(alert)) return false
  return handling === 'new' || (RANK[severity] <= RANK.medium && category !== 'technical')
}

/** People have decided that nobody is called for it now. */
export function waitsForNobody({ held, handling }: Pick<BoardAlert, 'held' | 'handling'>): boolean {
  return held === true && handling === 'new'
}

export interface Sorted {
  /** What is open and not over, in the order of need. */
  readonly need: readonly BoardAlert[]
  /** The condition is over and somebody has taken it: only closing it is left. Unanswered ones stay above. */
  readonly cleared: readonly BoardAlert[]
  /** Resolved since `from`, newest first. */
  readonly resolved: readonly BoardAlert[]
}

export function sortAlerts(alerts: Iterable<BoardAlert>, from: number): Sorted {
  const need: BoardAlert[] = []
  const cleared: BoardAlert[] = []
  const resolved: BoardAlert[] = []
  for (const alert of alerts) {
    if (alert.handling === 'resolved') {
      if ((alert.handledAt ?? 0) >= from) resolved.push(alert)
    } else if (alert.handling === 'acknowledged' && alert.condition === 'cleared') cleared.push(alert)
    else need.push(alert)
  }
  return {
    need: need.sort(byNeed),
    cleared: cleared.sort(byNeed),
    resolved: resolved.sort((a, b) => (b.handledAt ?? 0) - (a.handledAt ?? 0)),
  }
}
