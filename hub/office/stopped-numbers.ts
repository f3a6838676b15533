import type { RunningCore } from '../core/create-core.ts'
import type { Registry } from '../database/registry.ts'
import type { Stopped } from '../model/consent.ts'

/** Since when a number wrote STOP, in whatever home it stands. */
export function stoppedNumber(core: RunningCore, registry: Registry, phone: string): Stopped | undefined {
  const known = registry.contactsWithPhone(phone)
  const since = known.flatMap(({ home, contact }) => {
    const stopped = core.home(home)?.contacts.find(({ id }) => id === contact)?.stopped
    return stopped ? [stopped.since] : []
  })
  if (since.length > 0) return { since: Math.max(...since) }
  // Whoever stands somewhere and is not stopped wrote START since.
  const left = known.length > 0 ? undefined : registry.stopsLeft(phone).get(phone)
  return left === undefined ? undefined : { since: left }
}

/**
 * The same for who asks about thousands of numbers, as it is before any of them moves to another home: each must be asked
 * for once before anything is changed.
 */
export function stoppedNumbers(
  core: RunningCore,
  registry: Registry,
): (phone: string) => Stopped | undefined {
  const numbers = new Map<string, Stopped>()
  for (const { id: home, contacts } of core.homes()) {
    for (const { id, stopped } of contacts) {
      if (!stopped) continue
      const phone = registry.personal(home)?.contacts.find((one) => one.id === id)?.phone
      if (phone === undefined) continue
      numbers.set(phone, { since: Math.max(stopped.since, numbers.get(phone)?.since ?? 0) })
    }
  }
  const left = registry.stopsLeft()
  const asked = new Map<string, Stopped | undefined>()
  return (phone) => {
    const known = numbers.get(phone)
    if (known || !left.has(phone)) return known
    // Looking for where a number stands goes through all homes: only for those that come back.
    if (!asked.has(phone)) asked.set(phone, stoppedNumber(core, registry, phone))
    return asked.get(phone)
  }
}
