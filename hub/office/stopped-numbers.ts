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

/** All numbers that wrote STOP: for who asks about thousands, as it is before any of them moves to another home. */
export function stoppedNumbers(core: RunningCore, registry: Registry): ReadonlyMap<string, Stopped> {
  const numbers = new Map<string, Stopped>()
  for (const [phone, since] of registry.stopsLeft()) {
    if (registry.contactsWithPhone(phone).length === 0) numbers.set(phone, { since })
  }
  for (const { id: home, contacts } of core.homes()) {
    for (const { id, stopped } of contacts) {
      if (!stopped) continue
      const phone = registry.personal(home)?.contacts.find((one) => one.id === id)?.phone
      if (phone === undefined) continue
      numbers.set(phone, { since: Math.max(stopped.since, numbers.get(phone)?.since ?? 0) })
    }
  }
  return numbers
}
