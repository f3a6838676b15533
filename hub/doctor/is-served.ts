import type { Home } from '../model/home.ts'
import { serviceOf } from '../model/service-state.ts'

/** Whether a home is watched: it is neither planned nor closed. */
export function isServed(home: Home): boolean {
  const state = serviceOf(home)
  return state !== 'planned' && state !== 'closed'
}
