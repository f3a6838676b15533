import { useMemo } from 'react'
import { needsHuman, sortAlerts, waitsForNobody } from './board/order.ts'
import type { Sorted } from './board/order.ts'
import type { BoardAlert } from './api-types.ts'
import { useContact, useHub } from './hub-state.tsx'
import { shiftAt } from './time.ts'

export interface Need extends Sorted {
  readonly unanswered: readonly BoardAlert[]
  /** How many need somebody to do something now. */
  readonly waiting: number
}

/** What needs a human now, in order; on every page. */
export function useNeed(): Need {
  const { alerts } = useHub()
  const from = shiftAt(useContact().now).from
  return useMemo(() => {
    const sorted = sortAlerts(alerts?.values() ?? [], from)
    return {
      ...sorted,
      unanswered: sorted.need.filter((one) => one.handling === 'new' && !waitsForNobody(one)),
      waiting: sorted.need.filter(needsHuman).length,
    }
  }, [alerts, from])
}
