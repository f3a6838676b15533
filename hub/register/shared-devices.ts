import type { Home } from '../model/home.ts'
import { deviceCode } from './device-code.ts'

/** Where a device is that has a code from its maker. */
export interface DevicePlace {
  readonly code: string
  readonly home: string
  readonly sensor: string
}

/** The devices with a code from their maker that are registered in these homes. */
export function devicePlaces(homes: Iterable<Pick<Home, 'id' | 'sensors'>>): DevicePlace[] {
  const places: DevicePlace[] = []
  for (const { id, sensors } of homes) {
    for (const { id: sensor, address } of sensors) {
      const code = deviceCode(address)
      if (code !== undefined) places.push({ code, home: id, sensor })
    }
  }
  return places
}

/**
 * A code that a device has from its maker is in the world once: says of each sensor, in turn, why it cannot be here.
 * @param known what is registered, without what is read now
 * @param isTold whether whoever reads may know where else it is
 */
export function createDeviceCheck(
  known: readonly DevicePlace[],
  isTold: (place: DevicePlace) => boolean = () => true,
): (home: string, sensor: string, address: string) => string | undefined {
  const taken = new Map(known.map((place) => [place.code, place]))
  return (home, sensor, address) => {
    const code = deviceCode(address)
    if (code === undefined) return undefined
    const other = taken.get(code)
    if (!other) taken.set(code, { code, home, sensor })
    if (!other || (other.home === home && other.sensor === sensor)) return undefined
    const itsHome = other.home === home ? 'this home' : `home ${other.home}`
    const where = isTold(other)
      ? `is sensor "${other.sensor}" of ${itsHome}`
      : 'is registered in another home'
    return `Cannot use the address "${address}": this device ${where}. Remove it there first`
  }
}
