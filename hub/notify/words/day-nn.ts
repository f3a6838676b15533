import { careText, worksNow } from './day-parts.ts'
import type { DayParts, DayWords } from './day-parts.ts'
import { nameOf, sentences } from './sentences.ts'

export const dayNn: DayWords = {
  message: (hos, parts) => {
    const { day } = parts
    const care = careText(parts, CARE)
    const hello = GREETING[parts.greeting]
    switch (day.is) {
      case 'well':
        return day.silent
          ? sentences(hello, `Alt roleg ${hos} ${span(parts)}. Ikkje alle sensorane svarar.`, care)
          : sentences(hello, `Alt roleg ${hos} ${span(parts)}, sensorane verkar.`)
      case 'had-alert':
        return sentences(
          hello,
          `Det var eit varsel ${hos}; det vart avslutta ${parts.over}. No er det roleg.`,
          day.silent ? sentences('Ikkje alle sensorane svarar.', care) : 'Sensorane verkar.',
        )
      case 'partly':
        return day.now
          ? sentences(
              hello,
              `Det er sett aktivitet ${hos} ${life(parts)}, men noko av alarmutstyret svarar ikkje.`,
              care || CALL,
            )
          : sentences(
              hello,
              `Det er sett aktivitet ${hos} ${life(parts)}. Noko av alarmutstyret svara ikkje ${span(parts)}, no gjer det det.`,
            )
      case 'not-seen':
        return sentences(
          hello,
          day.silent
            ? `Sensorane ${hos} har ikkje sett aktivitet ${sinceLife(parts)}, og ikkje alle svarar.`
            : `Sensorane ${hos} verkar, men har ikkje sett aktivitet ${sinceLife(parts)}.`,
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
    alert: 'Varsel',
    seenText: (parts) => (parts.life === undefined ? 'Ikkje sett enno.' : `Sist sett ${VAGUE[parts.life]}.`),
    equipmentText: (parts) => {
      const care = careText(parts, CARE)
      if (parts.day.is === 'maintenance') return 'Nokon arbeider på det no.'
      switch (worksNow(parts)) {
        case 'all':
          return 'Sensorane verkar.'
        case 'not-all':
          return sentences('Ikkje alle sensorane svarar.', care)
        case 'no-contact':
          return sentences(`Ingen kontakt sidan ${parts.since}.`, care)
      }
    },
    alertText: (parts) => {
      const { day, over } = parts
      if (day.is === 'open') return `Eitt er ope sidan ${parts.since}. ${handled(parts)}`
      if (over !== undefined) return `Ingen opne. Eitt vart avslutta ${over}.`
      if (worksNow(parts) === 'no-contact') return 'Ingen opne, men ingen alarm kan kome fram no.'
      return 'Ingen opne.'
    },
  },
}

const GREETING = { morning: 'God morgon.', day: 'God dag.', evening: 'God kveld.' }
const CARE = { taken: 'Vi ser på det.', reported: 'Feilen er meld.' }
const CALL = 'Ring gjerne og høyr korleis det går.'
const VAGUE = {
  hour: 'den siste timen',
  night: 'i natt',
  morning: 'i morgonstunda',
  afternoon: 'i ettermiddag',
  evening: 'i kveld',
  yesterday: 'i går',
  'yesterday-evening': 'i går kveld',
  before: 'for meir enn eit døgn sidan',
}

function span({ greeting }: DayParts): string {
  return greeting === 'morning' ? 'i natt' : 'i dag'
}

function life(parts: DayParts): string {
  return parts.life === undefined ? '' : VAGUE[parts.life]
}

function sinceLife({ life: at }: DayParts): string {
  if (at === undefined) return 'enno'
  if (at === 'before') return 'på meir enn eit døgn'
  return `sidan ${at === 'night' ? 'i natt' : VAGUE[at]}`
}

function headline(hos: string, parts: DayParts): string {
  const { day } = parts
  switch (day.is) {
    case 'well':
      return `Alt roleg ${hos}.`
    case 'had-alert':
      return `Det var eit varsel ${hos}. Det er avslutta, og no er det roleg.`
    case 'partly':
      return day.now
        ? `Det er sett aktivitet ${hos}, men noko av alarmutstyret svarar ikkje.`
        : `Det er sett aktivitet ${hos}. Noko av alarmutstyret svara ikkje ei tid.`
    case 'not-seen':
      return `Det er ikkje sett aktivitet ${hos} ${sinceLife(parts)}.`
    case 'unknown':
      if (day.what === 'new' || day.what === 'nothing-to-see') return notKnown(hos, parts)
      return day.until === undefined
        ? `Akkurat no veit vi ikkje korleis det går ${hos}.`
        : `Frå ${parts.since} til ${parts.until} hadde vi ikkje kontakt${day.onAndOff ? ' heile tida' : ''} med sensorane ${hos}. No har vi det.`
    case 'open':
      return day.minor && day.by === undefined
        ? `Vaktsentralen skal sjå på noko ${hos}. Ingen har teke det enno.`
        : `Det er eit varsel ${hos} no. ${handled(parts)}`
    case 'away':
      return `Det er meldt at ingen er heime ${hos}. Då ser vi ikkje etter aktivitet.`
    case 'maintenance':
      return `Nokon arbeider på utstyret ${hos}, så no veit vi ikkje korleis det går.`
  }
}

function notKnown(hos: string, parts: DayParts): string {
  const { day, since, until } = parts
  if (day.is !== 'unknown') return ''
  if (day.what === 'nothing-to-see')
    return `Sensorane ${hos} kan ikkje vise aktivitet, så vi veit ikkje korleis det går.`
  if (day.what === 'new') return `Vi har følgt med ${hos} berre sidan ${since}. I morgon veit vi meir.`
  if (until === undefined) {
    const care = careText(parts, CARE)
    return sentences(
      `Vi har ikkje hatt kontakt med sensorane ${hos} sidan ${since} og veit derfor ikkje.`,
      care,
      day.care === 'taken' ? '' : CALL,
    )
  }
  return sentences(
    `Vi hadde ikkje kontakt med sensorane ${hos} ${day.onAndOff ? 'heile tida ' : ''}frå ${since} til ${until} og veit ikkje kva som hende då.`,
    (day.lifeAt ?? 0) > (day.until ?? Infinity) ? 'Aktivitet er sett sidan.' : 'No har vi kontakt.',
  )
}

function handled({ day, by }: DayParts): string {
  if (day.is !== 'open' || by === undefined) return 'Ingen har teke det enno.'
  const what = day.attendance?.what
  if (by.who === 'you') return what === 'arrived' ? 'Du er der.' : 'Du tek deg av det.'
  const name = nameOf(by, { you: 'Du', someone: 'Ein annan', operator: 'Vaktsentralen' })
  if (what === 'on-the-way') return `${name} er på veg.`
  return what === 'arrived' ? `${name} er der.` : `${name} tek seg av det.`
}
