import { useSearchParams } from 'wouter'
import { STATES } from './home-order.ts'
import type { Wanted } from './home-order.ts'

/** What of the list is wanted, as the address says: it can be sent to somebody, and is there after a reload. */
export function useWanted(): readonly [Wanted, (change: Partial<Wanted>) => void] {
  const [params, setParams] = useSearchParams()
  const wanted: Wanted = {
    text: params.get('q') ?? '',
    area: params.get('area') ?? undefined,
    state: STATES.find((one) => one === params.get('state')),
  }
  const change = (changed: Partial<Wanted>) => {
    const { text, area, state } = { ...wanted, ...changed }
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        for (const [key, value] of [
          ['q', text === '' ? undefined : text],
          ['area', area],
          ['state', state],
        ] as const) {
          if (value === undefined) next.delete(key)
          else next.set(key, value)
        }
        return next
      },
      { replace: true },
    )
  }
  return [wanted, change]
}
