import { Temporal } from 'temporal-polyfill'
import { CONSENT_KINDS } from '../model/consent.ts'
import type { ConsentFact } from '../model/consent.ts'
import type { ContactFacts, Home, HomePersonal } from '../model/home.ts'
import { localMinute } from '../time/local-time.ts'
import { WEEKDAYS } from './homes-schema.ts'
import type { HomeText } from './homes-schema.ts'
import type { Registered } from './limits.ts'

/**
 * A registered home as the import file says it, keys in one order: what is exported, compared, and changed field by
 * field. Reading it again gives the same home.
 */
export function sourceOf({ home, personal }: Registered): HomeText {
  const { label, way = {}, tags, rooms } = personal
  return {
    id: home.id,
    ...stateOf(home, personal),
    ...given({ label }),
    timezone: home.timezone,
    ...given({ area: home.area, risk: home.risk, tags: tags && [...tags] }),
    ...given({ address: way.address, keySafe: way.keySafe, access: way.access }),
    ...given({ params: home.params, messages: home.messages }),
    gateways: home.gateways.map(({ id }) => ({ id })),
    ...(rooms && { rooms: rooms.map((room) => ({ ...room })) }),
    residents: home.residents.map(({ id, language, spo2Scale, params }) => {
      const name = personal.residents.find((one) => one.id === id)?.name
      return { id, ...given({ name, language, spo2Scale, params }) }
    }),
    sensors: home.sensors.map(({ id, profile, address, connector, room, role, resident }) => ({
      id,
      profile,
      ...(address !== id && { address }),
      ...given({ connector, room, role, resident }),
    })),
    contacts: home.contacts.map((facts) => contactOf(facts, personal, home.timezone)),
  } as HomeText
}

function contactOf(facts: ContactFacts, personal: HomePersonal, timezone: string) {
  const { id, language, order, role, quiet, allWell } = facts
  const { name, phone, email, alias, consents } = personal.contacts.find((one) => one.id === id) ?? { id }
  const consent = CONSENT_KINDS.flatMap((kind) => {
    const fact = facts.consent?.[kind]
    return fact ? [[kind, consentOf(fact, consents?.[kind]?.source, timezone)] as const] : []
  })
  const days = allWell?.days?.map((day) => WEEKDAYS[day - 1])
  return {
    id,
    ...given({ name, phone, email }),
    language,
    ...given({ alias }),
    order,
    ...given({ role, quiet }),
    ...(consent.length > 0 && { consent: Object.fromEntries(consent) }),
    ...(allWell && { allWell: days ? { at: allWell.at, days } : allWell.at }),
  }
}

/** The file knows days only: what was said on a day counts there from its midnight, and the registry's is the newer. */
function consentOf({ is, since }: ConsentFact, source = 'registry', timezone: string) {
  const day = Temporal.Instant.fromEpochMilliseconds(since)
    .toZonedDateTimeISO(timezone)
    .toPlainDate()
    .toString()
  return { [is === 'given' ? 'given' : 'withdrawn']: day, source }
}

function stateOf({ state, timezone }: Home, personal: HomePersonal) {
  if (!state) return {}
  if (state.is !== 'paused') return { state: state.is }
  const why = personal.state?.why ?? 'not said'
  return { state: { paused: { until: localMinute(timezone, state.until), why } } }
}

/** Without what is not there. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}
