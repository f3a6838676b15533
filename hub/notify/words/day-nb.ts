import { careText, worksNow } from './day-parts.ts'
import type { DayParts, DayWords } from './day-parts.ts'
import { nameOf, sentences } from './sentences.ts'

export const dayNb: DayWords = {
  message: (hos, parts) => {
    const { day } = parts
    const care = careText(parts, CARE)
    const hello = GREETING[parts.greeting]
    switch (day.is) {
      case 'well':
        return day.silent
          ? sentences(hello, `Alt rolig ${hos} ${span(parts)}. Ikke alle sensorene svarer.`, care)
          : sentences(hello, `Alt rolig ${hos} ${span(parts)}, sensorene virker.`)
      case 'had-alert':
        return sentences(
          hello,
          `Det var et varsel ${hos}; det ble avsluttet ${parts.over}. Nå er det rolig.`,
          day.silent ? sentences('Ikke alle sensorene svarer.', care) : 'Sensorene virker.',
        )
      case 'partly':
        return day.now
          ? sentences(
              hello,
              `Det er sett aktivitet ${hos} ${life(parts)}, men noe av alarmutstyret svarer ikke.`,
              care || CALL,
            )
          : sentences(
              hello,
              `Det er sett aktivitet ${hos} ${life(parts)}. Noe av alarmutstyret svarte ikke ${span(parts)}, nå gjør det det.`,
            )
      case 'not-seen':
        return sentences(
          hello,
          day.silent
            ? `Sensorene ${hos} har ikke sett aktivitet ${sinceLife(parts)}, og ikke alle svarer.`
            : `Sensorene ${hos} virker, men har ikke sett aktivitet ${sinceLife(parts)}.`,
          CALL,
        )
      case 'unknown':
        return sentences(hello, notKnown(hos, parts))
      case 'open':
        return sentences(hello, headline(hos, parts), day.by === undefined ? CALL : '')
      case 'away':
      case 'maintenance':
        return sentences(hello, headline(hos, parts))
    }
  },
  headline,
  page: {
    seen: 'Aktivitet',
    equipment: 'Utstyret',
    alert: 'Varsler',
    seenText: (parts) => (parts.life === undefined ? 'Ikke sett ennå.' : `Sist sett ${VAGUE[parts.life]}.`),
    equipmentText: (parts) => {
      const care = careText(parts, CARE)
      if (parts.day.is === 'maintenance') return 'Noen arbeider på det nå.'
      switch (worksNow(parts)) {
        case 'all':
          return 'Sensorene virker.'
        case 'not-all':
          return sentences('Ikke alle sensorene svarer.', care)
        case 'no-contact':
          return sentences(`Ingen kontakt siden ${parts.since}.`, care)
      }
    },
    alertText: (parts) => {
      const { day, over } = parts
      if (day.is === 'open') return `Ett er åpent siden ${parts.since}. ${handled(parts)}`
      if (over !== undefined) return `Ingen åpne. Ett ble avsluttet ${over}.`
      if (worksNow(parts) === 'no-contact') return 'Ingen åpne, men ingen alarm kan komme fram nå.'
      return 'Ingen åpne.'
    },
  },
}

const GREETING = { morning: 'God morgen.', day: 'God dag.', evening: 'God kveld.' }
const CARE = { taken: 'Vi ser på det.', reported: 'Feilen er meldt.' }
const CALL = 'Ring gjerne og hør hvordan det går.'
const VAGUE = {
  hour: 'i løpet av den siste timen',
  night: 'i natt',
  morning: 'i morges',
  afternoon: 'i ettermiddag',
  evening: 'i kveld',
  yesterday: 'i går',
  'yesterday-evening': 'i går kveld',
  before: 'for mer enn et døgn siden',
}

function span({ greeting }: DayParts): string {
  return greeting === 'morning' ? 'i natt' : 'i dag'
}

function life(parts: DayParts): string {
  return parts.life === undefined ? '' : VAGUE[parts.life]
}

function sinceLife({ life: at }: DayParts): string {
  if (at === undefined) return 'ennå'
  if (at === 'before') return 'på mer enn et døgn'
  return `siden ${at === 'night' ? 'i natt' : VAGUE[at]}`
}

function headline(hos: string, parts: DayParts): string {
  const { day } = parts
  switch (day.is) {
    case 'well':
      return `Alt rolig ${hos}.`
    case 'had-alert':
      return `Det var et varsel ${hos}. Det er avsluttet, og nå er det rolig.`
    case 'partly':
      return day.now
        ? `Det er sett aktivitet ${hos}, men noe av alarmutstyret svarer ikke.`
        : `Det er sett aktivitet ${hos}. Noe av alarmutstyret svarte ikke en tid.`
    case 'not-seen':
      return `Det er ikke sett aktivitet ${hos} ${sinceLife(parts)}.`
    case 'unknown':
      if (day.what === 'new' || day.what === 'nothing-to-see') return notKnown(hos, parts)
      return day.until === undefined
        ? `Akkurat nå vet vi ikke hvordan det går ${hos}.`
        : `Fra ${parts.since} til ${parts.until} hadde vi ikke kontakt${day.onAndOff ? ' hele tiden' : ''} med sensorene ${hos}. Nå har vi det.`
    case 'open':
      return day.minor && day.by === undefined
        ? `Vaktsentralen skal se på noe ${hos}. Ingen har tatt det ennå.`
        : `Det er et varsel ${hos} nå. ${handled(parts)}`
    case 'away':
      return `Det er meldt at ingen er hjemme ${hos}. Da ser vi ikke etter aktivitet.`
    case 'maintenance':
      return `Noen arbeider på utstyret ${hos}, så nå vet vi ikke hvordan det går.`
  }
}

function notKnown(hos: string, parts: DayParts): string {
  const { day, since, until } = parts
  if (day.is !== 'unknown') return ''
  if (day.what === 'nothing-to-see')
    return `Sensorene ${hos} kan ikke vise aktivitet, så vi vet ikke hvordan det går.`
  if (day.what === 'new') return `Vi har fulgt med ${hos} bare siden ${since}. I morgen vet vi mer.`
  if (until === undefined) {
    const care = careText(parts, CARE)
    return sentences(
      `Vi har ikke hatt kontakt med sensorene ${hos} siden ${since} og vet derfor ikke.`,
      care,
      day.care === 'taken' ? '' : CALL,
    )
  }
  return sentences(
    `Vi hadde ikke kontakt med sensorene ${hos} ${day.onAndOff ? 'hele tiden ' : ''}fra ${since} til ${until} og vet ikke hva som skjedde da.`,
    (day.lifeAt ?? 0) > (day.until ?? Infinity) ? 'Aktivitet er sett siden.' : 'Nå har vi kontakt.',
  )
}

function handled({ day, by }: DayParts): string {
  if (day.is !== 'open' || by === undefined) return 'Ingen har tatt det ennå.'
  const what = day.attendance?.what
  if (by.who === 'you') return what === 'arrived' ? 'Du er der.' : 'Du tar deg av det.'
  const name = nameOf(by, { you: 'Du', someone: 'En annen', operator: 'Vaktsentralen' })
  if (what === 'on-the-way') return `${name} er på vei.`
  return what === 'arrived' ? `${name} er der.` : `${name} tar seg av det.`
}
