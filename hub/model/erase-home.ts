import type { EraseTarget } from './erasure.ts'
import type { Home, HomePersonal } from './home.ts'

interface Registered {
  readonly home: Home
  readonly personal: HomePersonal
}

/**
 * What is left in the register of a home that is erased: its id, so that no other gets it. Of one that goes on without a
 * resident: all but what was theirs.
 * @param now ms
 */
export function eraseFromHome(before: Registered, target: EraseTarget, now: number): Registered {
  const { home, personal } = before
  if (target.resident === undefined) {
    return {
      home: {
        id: home.id,
        state: { is: 'closed' },
        erased: now,
        timezone: home.timezone,
        gateways: [],
        residents: [],
        sensors: [],
        contacts: [],
      },
      personal: { id: home.id, residents: [], contacts: [] },
    }
  }
  const { resident, sensors } = target
  const limits = personal.limits?.filter((note) => note.resident !== resident)
  return {
    home: {
      ...home,
      residents: home.residents.filter(({ id }) => id !== resident),
      sensors: home.sensors.filter(({ id }) => !sensors.includes(id)),
    },
    personal: {
      ...personal,
      residents: personal.residents.filter(({ id }) => id !== resident),
      ...(limits && { limits }),
    },
  }
}

/** What is said of them alone, to be found in what people wrote elsewhere. */
export function wordsOf(personal: HomePersonal, resident: string | undefined): readonly string[] {
  const names = personal.residents
    .filter(({ id }) => resident === undefined || id === resident)
    .flatMap(({ name }) => name ?? [])
  // A first name by itself is many people's.
  const full = names.filter((name) => /\S\s+\S/.test(name))
  if (resident !== undefined) return full
  const { label, way, contacts } = personal
  return [
    personal.id,
    ...full,
    ...(label === undefined ? [] : [label]),
    ...(way?.address === undefined ? [] : [way.address]),
    ...contacts.flatMap(({ name, phone, email }) => [
      ...(name !== undefined && /\S\s+\S/.test(name) ? [name] : []),
      ...(phone === undefined ? [] : [phone]),
      ...(email === undefined ? [] : [email]),
    ]),
  ]
}
