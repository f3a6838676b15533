/**
 * National Early Warning Score 2 (Royal College of Physicians, 2017): points for seven parameters, their total and
 * the risk class. A parameter that is not known is missing and named so: it is never counted as 0.
 */

/** The parameters, by the kind of reading that gives each. */
export const NEWS2_KINDS = [
  'respiration_rate',
  'spo2',
  'oxygen',
  'systolic',
  'heart_rate',
  'consciousness',
  'body_temperature',
] as const
export type News2Kind = (typeof NEWS2_KINDS)[number]

export interface Vitals {
  readonly respiration_rate?: number
  readonly spo2?: number
  /** On supplemental oxygen. */
  readonly oxygen?: boolean
  readonly systolic?: number
  readonly heart_rate?: number
  readonly consciousness?: string
  readonly body_temperature?: number
}

export type News2Risk = 'low' | 'low-medium' | 'medium' | 'high'

export interface News2 {
  readonly total: number
  readonly parts: Readonly<Partial<Record<News2Kind, number>>>
  readonly missing: readonly News2Kind[]
  readonly risk: News2Risk
}

/** Upper ends of the bands, inclusive, with their points; above the last one `beyond` counts. */
interface Bands {
  readonly upTo: readonly (readonly [end: number, points: number])[]
  readonly beyond: number
}

const RESPIRATION_RATE: Bands = {
  upTo: [
    [8, 3],
    [11, 1],
    [20, 0],
    [24, 2],
  ],
  beyond: 3,
}
const SPO2_SCALE_1: Bands = {
  upTo: [
    [91, 3],
    [93, 2],
    [95, 1],
  ],
  beyond: 0,
}
const SPO2_SCALE_2_ON_AIR: Bands = {
  upTo: [
    [83, 3],
    [85, 2],
    [87, 1],
  ],
  beyond: 0,
}
const SPO2_SCALE_2_ON_OXYGEN: Bands = {
  upTo: [
    [83, 3],
    [85, 2],
    [87, 1],
    [92, 0],
    [94, 1],
    [96, 2],
  ],
  beyond: 3,
}
const SYSTOLIC: Bands = {
  upTo: [
    [90, 3],
    [100, 2],
    [110, 1],
    [219, 0],
  ],
  beyond: 3,
}
const HEART_RATE: Bands = {
  upTo: [
    [40, 3],
    [50, 1],
    [90, 0],
    [110, 1],
    [130, 2],
  ],
  beyond: 3,
}
const TEMPERATURE: Bands = {
  upTo: [
    [35, 3],
    [36, 1],
    [38, 0],
    [39, 1],
  ],
  beyond: 2,
}

/**
 * Scores what is known of a person.
 * @param scale 2 only where it is prescribed for that person (target saturation 88 to 92 %)
 */
export function scoreNews2(vitals: Vitals, scale: 1 | 2): News2 {
  const parts: Partial<Record<News2Kind, number>> = {}
  const missing: News2Kind[] = []
  let total = 0
  let hasThree = false
  for (const kind of NEWS2_KINDS) {
    const points = pointsOf(kind, vitals, scale)
    if (points === undefined) {
      missing.push(kind)
      continue
    }
    parts[kind] = points
    total += points
    hasThree ||= points === 3
  }
  return { total, parts, missing, risk: riskOf(total, hasThree) }
}

function riskOf(total: number, hasThree: boolean): News2Risk {
  if (total >= 7) return 'high'
  if (total >= 5) return 'medium'
  return hasThree ? 'low-medium' : 'low'
}

function pointsOf(kind: News2Kind, vitals: Vitals, scale: 1 | 2): number | undefined {
  switch (kind) {
    case 'respiration_rate':
      return inBands(RESPIRATION_RATE, vitals.respiration_rate)
    case 'spo2':
      return spo2Points(vitals, scale)
    case 'oxygen':
      return vitals.oxygen === undefined ? undefined : vitals.oxygen ? 2 : 0
    case 'systolic':
      return inBands(SYSTOLIC, vitals.systolic)
    case 'heart_rate':
      return inBands(HEART_RATE, vitals.heart_rate)
    case 'consciousness':
      return vitals.consciousness === undefined ? undefined : vitals.consciousness === 'A' ? 0 : 3
    case 'body_temperature':
      return inBands(TEMPERATURE, vitals.body_temperature, 10)
  }
}

/** On scale 2, a saturation above the target is good on air and bad on oxygen: unknown oxygen leaves it open. */
function spo2Points({ spo2, oxygen }: Vitals, scale: 1 | 2): number | undefined {
  if (scale === 1) return inBands(SPO2_SCALE_1, spo2)
  const onAir = inBands(SPO2_SCALE_2_ON_AIR, spo2)
  const onOxygen = inBands(SPO2_SCALE_2_ON_OXYGEN, spo2)
  if (oxygen === undefined) return onAir === onOxygen ? onAir : undefined
  return oxygen ? onOxygen : onAir
}

/** Rounds as the chart is read: whole numbers, temperature to one decimal. */
function inBands({ upTo, beyond }: Bands, value: number | undefined, perUnit = 1): number | undefined {
  if (value === undefined) return undefined
  const rounded = Math.round(value * perUnit) / perUnit
  return upTo.find(([end]) => rounded <= end)?.[1] ?? beyond
}
