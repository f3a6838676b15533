import type { Home } from '../model/home.ts'
import type { PolicySet } from './policy.ts'

/**
 * By which clock an alert about an area, or about the hub itself, is told: that of the area's homes, else that of the
 * rotas, else that of any home.
 * @param area not given: the hub itself
 */
export function timezoneWithoutHome(
  area: string | undefined,
  homes: Iterable<Pick<Home, 'id' | 'area' | 'timezone'>>,
  { rotas }: Pick<PolicySet, 'rotas'>,
): string {
  const [rota] = rotas.values()
  if (area === undefined && rota) return rota.timezone
  let first: Pick<Home, 'id' | 'timezone'> | undefined
  // By id: a restart has them in another order.
  for (const home of homes) {
    if (area !== undefined && (home.area ?? '') !== area) continue
    if (first === undefined || home.id < first.id) first = home
  }
  return first?.timezone ?? rota?.timezone ?? 'UTC'
}
