import { Temporal } from 'temporal-polyfill'
import type { Habits } from './person.ts'
import { createRandom } from './random.ts'
import type { Random } from './random.ts'

const MINUTE = 60_000

/** Where somebody is, and what they do there. Times in ms since 1970. */
export interface Stay {
  readonly where: 'bed' | 'bathroom' | 'kitchen' | 'living-room' | 'out'
  readonly from: number
  readonly to: number
}

/** From getting up on one day to getting up on the next. */
export interface DayPlan {
  readonly from: number
  readonly to: number
  /** Without gaps, in order. */
  readonly stays: readonly Stay[]
  /** When oxygen and pulse are measured. */
  readonly measures: readonly number[]
}

/** When somebody gets up on a day. */
export function wakeTime(seed: string, habits: Habits, date: Temporal.PlainDate, timezone: string): number {
  const random = createRandom(`${seed}|${date.toString()}|wakes`)
  return wallTime(date, habits.wakes + random.between(-20, 30), timezone)
}

/** The same day of the same person is always the same, whatever came before. */
export function planDay(seed: string, habits: Habits, date: Temporal.PlainDate, timezone: string): DayPlan {
  const random = createRandom(`${seed}|${date.toString()}|day`)
  const from = wakeTime(seed, habits, date, timezone)
  const to = wakeTime(seed, habits, date.add({ days: 1 }), timezone)
  const bedTime = wallTime(date, habits.goesToBed + random.between(-25, 25), timezone)
  const stays: Stay[] = []
  const stay = (start: number, where: Stay['where'], minutes: number): number => {
    const end = Math.min(start + minutes * MINUTE, to)
    stays.push({ where, from: start, to: end })
    return end
  }

  let at = stay(from, 'bathroom', random.between(8, 18))
  at = stay(at, 'kitchen', random.between(18, 35))
  const measures = [at + 2 * MINUTE]
  const outAt = random.chance(habits.outing)
    ? wallTime(date, random.between(10 * 60, 14 * 60), timezone)
    : Infinity
  const napAt = random.chance(habits.nap)
    ? wallTime(date, random.between(12.5 * 60, 15 * 60), timezone)
    : Infinity
  const dinnerAt = wallTime(date, random.between(15.5 * 60, 17 * 60), timezone)
  let isBack = false
  let hasNapped = false
  let hasEaten = false
  while (at < bedTime - 25 * MINUTE) {
    if (!isBack && at >= outAt) {
      at = stay(at, 'out', random.between(25, 110))
      isBack = true
      continue
    }
    if (!hasNapped && at >= napAt) {
      at = stay(at, 'bed', random.between(25, 60))
      hasNapped = true
    } else if (!hasEaten && at >= dinnerAt) {
      at = stay(at, 'kitchen', random.between(30, 55))
      hasEaten = true
    }
    at = stay(at, 'living-room', random.between(25, 80) / habits.pace)
    if (random.chance(0.45)) at = stay(at, 'bathroom', random.between(3, 9))
    if (random.chance(0.6)) at = stay(at, 'kitchen', random.between(3, 18))
  }
  if (habits.measures > 2) measures.push(wallTime(date, random.between(13 * 60, 14 * 60), timezone))
  measures.push(bedTime - random.between(30, 60) * MINUTE)
  at = stay(at, 'bathroom', random.between(6, 14))
  planNight(random, habits, at, to, stays)
  return {
    from,
    to,
    stays,
    measures: measures.filter((time) => time > from && time < to).toSorted((a, b) => a - b),
  }
}

function planNight(random: Random, habits: Habits, from: number, to: number, stays: Stay[]): void {
  const visits = Math.max(0, Math.round(habits.nightVisits + random.between(-0.9, 0.9)))
  // The last part of the night is slept through, so that the last visit never runs into the morning.
  const part = (to - from - 30 * MINUTE) / (visits + 1)
  let at = from
  for (let visit = 1; visit <= visits; visit++) {
    const up = from + part * (visit + random.between(-0.3, 0.3))
    const back = up + random.between(3, 8) * MINUTE
    stays.push({ where: 'bed', from: at, to: up }, { where: 'bathroom', from: up, to: back })
    at = back
  }
  stays.push({ where: 'bed', from: at, to })
}

function wallTime(date: Temporal.PlainDate, minutes: number, timezone: string): number {
  const whole = Math.floor(minutes)
  return date
    .toPlainDateTime()
    .add({ minutes: whole, seconds: Math.floor((minutes - whole) * 60) })
    .toZonedDateTime(timezone).epochMilliseconds
}
