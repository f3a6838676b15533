import { Duration } from '@marcbachmann/cel-js/evaluator'
import type { Value } from '../model/reading.ts'
import { lastHour, todaySoFar, usualOf } from './days.ts'
import type { Season, Usual } from './days.ts'
import { localTime } from '../time/local-time.ts'
import type { LocalTime } from '../time/local-time.ts'
import type { Scope } from './rule.ts'
import { isOf, parseSelector } from './selector.ts'
import type { Selector } from './selector.ts'
import { isAvailable, scopeOf } from './state.ts'
import type { HomeState, LastValue, SensorState, World } from './state.ts'
import { countTally } from './tally.ts'
import { canTell, daysOf } from './tracks.ts'
import { changeOf } from './trend.ts'

/** What a condition asks for is not known (yet): the condition is then neither true nor false. */
export class NotKnown extends Error {
  /** Thrown all the time while rules learn a home: gathering a stack would cost more than the evaluation. */
  constructor(message: string) {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = stackTraceLimit
  }
}

const HOUR = 3_600_000

/** Time as CEL compares it. */
export function celDuration(ms: number): Duration {
  return Duration.fromMilliseconds(ms)
}

/** A median and its distance, as CEL sees them. */
export class Baseline implements Usual {
  readonly median: number
  readonly mad: number
  readonly days: number

  constructor({ median, mad, days }: Usual) {
    this.median = median
    this.mad = mad
    this.days = days
  }
}

/** The wall clock of the home, as CEL sees it. */
export class Local implements LocalTime {
  readonly #timezone: string
  readonly #at: number
  #time: LocalTime | undefined

  constructor(timezone: string, at: number) {
    this.#timezone = timezone
    this.#at = at
  }

  get #local(): LocalTime {
    return (this.#time ??= localTime(this.#timezone, this.#at))
  }
  get day(): number {
    return this.#local.day
  }
  get hour(): number {
    return this.#local.hour
  }
  get minute(): number {
    return this.#local.minute
  }
  get weekday(): number {
    return this.#local.weekday
  }
}

/**
 * What the functions of a condition answer, within what the rule's alert is about. All throw `NotKnown` where
 * nothing is known.
 */
export class Past {
  readonly #world: World
  readonly #state: HomeState
  readonly #rule: { readonly scope: Scope }
  readonly #scope: string
  readonly #at: number

  constructor(world: World, state: HomeState, rule: { readonly scope: Scope }, scope: string, at: number) {
    this.#world = world
    this.#state = state
    this.#rule = rule
    this.#scope = scope
    this.#at = at
  }

  /** The newest value. */
  last(selector: string): Value {
    return this.#newest(selector).value
  }

  /** How long ago it was said last; of a choice with a value: how long ago it was last so anywhere, 0 while it is. */
  age(text: string): Duration {
    const { value: wanted } = selectorOf(text)
    if (wanted === undefined) return this.#ago(this.#newest(text).at)
    const ends = this.#spoken(text).map(({ value, at, since = at }) => (value === wanted ? Infinity : since))
    const end = known(ends.length > 0 ? Math.max(...ends) : undefined, `no sensor says "${text}"`)
    return this.#ago(Math.min(end, this.#at))
  }

  /** How long its value has been the same; of a choice with a value: 0 while it has another. */
  held(text: string): Duration {
    const { value: wanted } = selectorOf(text)
    const { value, at, since = at } = this.#newest(text)
    return wanted === undefined || value === wanted ? this.#ago(since) : celDuration(0)
  }

  /** How often it happened, as far as it was heard of. Where nothing could tell of it, that is not known. */
  count(track: string): number {
    const spec = known(this.#world.rules.tracks.get(track), 'nothing counts it')
    const tells = [...this.#sensors()].some((sensor) => canTell(spec, sensor))
    known(tells || undefined, `no sensor could say "${spec.selector.text}"`)
    return countTally(this.#track(track, 'tally')?.row, this.#at, spec.window)
  }

  /** By how much it changed in the window. */
  change(track: string): number {
    return this.#change(track).by
  }

  /** How much it changed in an hour, on average over the window. */
  rate(track: string): number {
    const { by, over } = this.#change(track)
    return (by / over) * HOUR
  }

  today(track: string): number {
    const days = this.#days(track)
    return known(todaySoFar(days, this.#state.home.timezone, this.#at), 'parts of today were not seen')
  }

  lastHour(track: string): number {
    const days = this.#days(track)
    return known(lastHour(days, this.#state.home.timezone, this.#at), 'parts of the last hour were not seen')
  }

  baseline(track: string, season: string): Baseline {
    const days = this.#days(track)
    const usual = usualOf(days, season as Season, this.#state.home.timezone, this.#at)
    return new Baseline(known(usual, 'there are not enough days yet'))
  }

  #newest(text: string): LastValue {
    const selector = selectorOf(text)
    let newest: LastValue | undefined
    let by = ''
    for (const { facts, row } of this.#sensors()) {
      const last = row.last[selector.kind]
      if (!last || !isOf(selector, facts)) continue
      // Of two of the same moment the same one, in whatever order the register or a restart put them.
      if (newest && (last.at < newest.at || (last.at === newest.at && facts.id > by))) continue
      newest = last
      by = facts.id
    }
    return known(newest, `no sensor says "${text}"`)
  }

  /** What each sensor said last that could say it now; what the others saw meanwhile is not known. */
  #spoken(text: string): LastValue[] {
    const selector = selectorOf(text)
    const spoken: LastValue[] = []
    for (const { facts, row } of this.#sensors()) {
      const last = row.last[selector.kind]
      if (last && isOf(selector, facts)) spoken.push(last)
    }
    return spoken
  }

  /** Those within what the alert is about that can speak now. */
  *#sensors(): Generator<SensorState> {
    if (this.#world.isAway) return
    for (const sensor of this.#state.sensors.values()) {
      if (!isAvailable(this.#state, sensor)) continue
      if (scopeOf(this.#rule, this.#state.home, sensor.facts) === this.#scope) yield sensor
    }
  }

  #ago(at: number): Duration {
    return celDuration(Math.max(0, this.#at - at))
  }

  #change(id: string): { readonly by: number; readonly over: number } {
    const window = this.#world.rules.tracks.get(id)?.window ?? 0
    return known(changeOf(this.#track(id, 'trend')?.row, this.#at, window), 'it was not measured for so long')
  }

  #track<S extends 'tally' | 'trend'>(id: string, sort: S) {
    const track = this.#state.tracks.get(`${id}|${this.#scope}`)
    return track?.sort === sort ? (track as Extract<typeof track, { sort: S }>) : undefined
  }

  #days(id: string) {
    const spec = this.#world.rules.tracks.get(id)
    return known(
      spec && daysOf(this.#world, this.#state, spec, this.#scope, this.#at),
      'nothing was seen yet',
    )
  }
}

function known<T>(value: T | undefined, why: string): T {
  if (value === undefined) throw new NotKnown(why)
  return value
}

/** By their text; rules have few. */
const selectors = new Map<string, Selector>()

function selectorOf(text: string): Selector {
  let selector = selectors.get(text)
  if (!selector) {
    const parsed = parseSelector(text)
    if ('why' in parsed) throw new Error(parsed.why)
    selectors.set(text, (selector = parsed))
  }
  return selector
}
