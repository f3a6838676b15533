import type { Alert } from './alert.ts'
import type { EraseTarget } from './erasure.ts'
import type { Home } from './home.ts'

/** What raised an alert, each time. */
export interface Raisers {
  readonly sensors: readonly string[]
  /** Of a time it is not known any more, or it was no sensor. */
  readonly isUnsure: boolean
}

/** `doubt`: it may be of whoever is erased, and of somebody else too, such as a second fall of a home in one alert. */
export type Whose = 'theirs' | 'others' | 'doubt'

/**
 * Whose an alert of a home is, for an erasure there: by its scope, or by every sensor that raised it. One about equipment
 * that is not theirs is nobody's.
 */
export function whoseAlert(
  { scope, detail, category }: Pick<Alert, 'scope' | 'detail' | 'category'>,
  { home: id, resident, sensors }: EraseTarget,
  home: Pick<Home, 'residents' | 'sensors'>,
  raisers: Raisers,
): Whose {
  if (resident === undefined) return 'theirs'
  const part = scope.startsWith(`${id}/`) ? scope.slice(id.length + 1) : undefined
  const isTheirs = (sensor: string): boolean => sensors.includes(sensor)
  const isOthers = (sensor: string): boolean => {
    const of = home.sensors.find((one) => one.id === sensor)?.resident
    return of !== undefined && of !== resident && !isTheirs(sensor)
  }
  if (part !== undefined) {
    if (part === resident || isTheirs(part)) return 'theirs'
    if (home.residents.some((one) => one.id === part) || isOthers(part)) return 'others'
  }
  const all = [...raisers.sensors, ...(detail.sensor === undefined ? [] : [detail.sensor])]
  if (!raisers.isUnsure && all.length > 0) {
    if (all.every(isTheirs)) return 'theirs'
    if (all.every(isOthers)) return 'others'
  }
  return category === 'technical' && !all.some(isTheirs) ? 'others' : 'doubt'
}
