import type { RunningCore } from '../core/create-core.ts'
import type { Point } from '../history/points.ts'
import { openAlertPoint, openCountsPoint, urgencyOf } from '../history/samples.ts'
import type { Alert } from '../model/alert.ts'

/** In a storm the gravest are written; how many there are is said in any case. */
const MOST = 500

/** What is open now, for who looks at it in the history: there, an alert of a year ago would have to be looked for. */
export function createOpenAlertSamples(
  core: Pick<RunningCore, 'now' | 'openAlerts'>,
  most = MOST,
): {
  /** Every open alert, and those that were in the last sample and are open no more. */
  next(): readonly Point[]
} {
  let before: readonly Alert[] = []
  return {
    next() {
      const at = core.now()
      const open = [...core.openAlerts()]
      const shown = open
        .toSorted((a, b) => urgencyOf(b.severity) - urgencyOf(a.severity) || a.raisedAt - b.raisedAt)
        .slice(0, most)
      const now = new Set(shown.map(placeOf))
      const gone = before.filter((alert) => !now.has(placeOf(alert)))
      before = shown
      return [
        openCountsPoint(at, open),
        ...shown.map((alert) => openAlertPoint(at, alert, true)),
        ...gone.map((alert) => openAlertPoint(at, alert, false)),
      ]
    },
  }
}

/** One after the other in the same place: the new one's points are the newer ones. */
function placeOf({ rule, scope }: Alert): string {
  return `${rule} ${scope}`
}
