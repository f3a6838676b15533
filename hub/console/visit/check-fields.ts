import type { visit } from '../words/en/visit.ts'

export type FieldFault = keyof (typeof visit)['faults']

const PHONE = /^\+[1-9]\d{6,14}$/
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** A number with its country code, however it is written. */
export function checkPhone(text: string): FieldFault | undefined {
  const bare = text.replaceAll(/[\s().\-\u2010-\u2013]/g, '')
  if (bare === '' || PHONE.test(bare)) return undefined
  return /^\d/.test(bare) ? 'phoneCountry' : 'phone'
}

/** What was probably meant: the country that the phone page of Norway would mean. */
export function suggestPhone(text: string): string | undefined {
  const bare = text.replaceAll(/[\s().\-\u2010-\u2013]/g, '')
  if (/^[2-9]\d{7}$/.test(bare)) return `+47 ${bare.slice(0, 3)} ${bare.slice(3, 5)} ${bare.slice(5)}`
  const abroad = bare.replace(/^00/, '+')
  return abroad !== bare && PHONE.test(abroad) ? abroad : undefined
}

export function checkTimezone(text: string): FieldFault | undefined {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions()
    // `+01:00` is no place: it knows no summer time.
    return /^[A-Za-z]/.test(timeZone) ? undefined : 'timezone'
  } catch {
    return 'timezone'
  }
}

export function checkId(text: string): FieldFault | undefined {
  return ID.test(text) ? undefined : 'id'
}

/** A name for people as a name for topics: `Gjesterom 2` → `gjesterom-2`. */
export function idOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('ø', 'o')
    .replaceAll('æ', 'ae')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
}

/** The first that is free: `door`, `door-2`, … */
export function freeId(wanted: string, taken: readonly string[]): string {
  const base = wanted === '' ? 'sensor' : wanted
  for (let count = 1; ; count++) {
    const id = count === 1 ? base : `${base}-${count}`
    if (!taken.includes(id)) return id
  }
}
