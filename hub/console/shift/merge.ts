import { byNeed } from '../board/order.ts'
import type { BoardAlert, ShiftAlert } from '../api-types.ts'

/**
 * What the hub said when it was asked, brought up to date by what the stream has told since: the open ones by need, the
 * others by when they ended, newest first.
 */
export function mergeAlerts(
  asked: readonly ShiftAlert[],
  live: Iterable<BoardAlert>,
  from: number,
): { readonly open: readonly ShiftAlert[]; readonly ended: readonly ShiftAlert[] } {
  const all = new Map(asked.map((one) => [one.id, one]))
  for (const alert of live) {
    const known = all.get(alert.id)
    const isOfShift = alert.handling !== 'resolved' || (alert.handledAt ?? 0) >= from
    if (!known && !isOfShift) continue
    all.set(alert.id, { ...alert, ...(known?.answer && { answer: known.answer }) })
  }
  const alerts = [...all.values()]
  return {
    open: alerts.filter(({ handling }) => handling !== 'resolved').toSorted(byNeed),
    ended: alerts
      .filter(({ handling }) => handling === 'resolved')
      .toSorted((a, b) => (b.handledAt ?? 0) - (a.handledAt ?? 0)),
  }
}
