import type { Transition } from '../model/alert.ts'

/** The shifts of a care centre, by the hour of the home's local time at which they begin. */
export const SHIFTS = { day: 7, evening: 15, night: 23 } as const

export type Shift = keyof typeof SHIFTS

/** How often something called for a human: under both rule sets, and under one of them alone. */
export interface Load {
  readonly a: number
  readonly b: number
  readonly onlyA: number
  readonly onlyB: number
}

export interface ShiftLoad extends Load {
  /** `2026-11-21`; a night belongs to the day on which it begins. */
  readonly day: string
  readonly shift: Shift
}

export interface LoadComparison {
  readonly total: Load
  /** Shifts in which nobody was called are left out. */
  readonly shifts: readonly ShiftLoad[]
  readonly rules: readonly (Load & { readonly rule: string })[]
  readonly onlyA: readonly Transition[]
  readonly onlyB: readonly Transition[]
}

/**
 * Compares what two rule sets said about one history. What counts is each `firing` and `again`: it calls for a
 * human. Two are the same when rule, scope, time and severity are.
 * @param zoneOf the time zone of a home
 */
export function compareLoads(
  a: readonly Transition[],
  b: readonly Transition[],
  zoneOf: (home: string) => string,
): LoadComparison {
  const [callsA, callsB] = [a.filter(isCall), b.filter(isCall)]
  const onlyA = without(callsA, callsB)
  const onlyB = without(callsB, callsA)
  const localOf = createLocalTime()
  const lists = { a: callsA, b: callsB, onlyA, onlyB }
  const shiftKey = ({ at, home, detail }: Transition): string => {
    // The homes of an area share its time.
    const { day, shift } = shiftOf(localOf(zoneOf(home ?? detail.homes?.[0]?.home ?? ''), at))
    return `${day} ${Object.keys(SHIFTS).indexOf(shift)} ${shift}`
  }
  return {
    total: { a: callsA.length, b: callsB.length, onlyA: onlyA.length, onlyB: onlyB.length },
    shifts: countBy(lists, shiftKey).map(([key, load]) => {
      const [day = '', , shift] = key.split(' ')
      return { day, shift: shift as Shift, ...load }
    }),
    rules: countBy(lists, ({ rule }) => rule).map(([rule, load]) => ({ rule, ...load })),
    onlyA,
    onlyB,
  }
}

function isCall({ to }: Transition): boolean {
  return to === 'firing' || to === 'again'
}

/** What is in the first list and not in the second; each counts as often as it is there. */
function without(list: readonly Transition[], other: readonly Transition[]): Transition[] {
  const key = ({ at, rule, scope, severity }: Transition): string => `${at}|${rule}|${scope}|${severity}`
  const left = new Map<string, number>()
  for (const one of other) left.set(key(one), (left.get(key(one)) ?? 0) + 1)
  return list.filter((one) => {
    const count = left.get(key(one)) ?? 0
    left.set(key(one), count - 1)
    return count <= 0
  })
}

function countBy(
  lists: Readonly<Record<keyof Load, readonly Transition[]>>,
  keyOf: (transition: Transition) => string,
): [string, Load][] {
  const counts = new Map<string, Record<keyof Load, number>>()
  for (const name of ['a', 'b', 'onlyA', 'onlyB'] as const) {
    for (const transition of lists[name]) {
      const key = keyOf(transition)
      const load = counts.get(key) ?? { a: 0, b: 0, onlyA: 0, onlyB: 0 }
      load[name]++
      counts.set(key, load)
    }
  }
  return [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1))
}

interface LocalTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
}

function shiftOf({ year, month, day, hour }: LocalTime): { day: string; shift: Shift } {
  const isAfterMidnight = hour < SHIFTS.day
  const date = new Date(Date.UTC(year, month - 1, isAfterMidnight ? day - 1 : day)).toISOString().slice(0, 10)
  if (isAfterMidnight || hour >= SHIFTS.night) return { day: date, shift: 'night' }
  return { day: date, shift: hour < SHIFTS.evening ? 'day' : 'evening' }
}

/** Formats are costly to make: one for each zone. */
function createLocalTime(): (zone: string, at: number) => LocalTime {
  const formats = new Map<string, Intl.DateTimeFormat>()
  return (zone, at) => {
    const format =
      formats.get(zone) ??
      new Intl.DateTimeFormat('en', {
        timeZone: zone,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
      })
    formats.set(zone, format)
    const parts = format.formatToParts(at)
    const read = (type: string): number => Number(parts.find((part) => part.type === type)?.value)
    return { year: read('year'), month: read('month'), day: read('day'), hour: read('hour') }
  }
}
