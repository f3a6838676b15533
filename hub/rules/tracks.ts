import { KINDS } from '../model/kind.ts'
import type { Value } from '../model/reading.ts'
import { addToDay, fromRow, keepDay, newDays, setBlind, turnDay } from './days.ts'
import type { DayRow, Days, TodayRow } from './days.ts'
import type { Scope } from './rule.ts'
import { isHappening, isOf } from './selector.ts'
import type { Selector } from './selector.ts'
import { isAlive, rowKey, scopeOf, tellsOf } from './state.ts'
import type { HomeState, SensorState, World } from './state.ts'
import { addToTally } from './tally.ts'
import type { TallyRow } from './tally.ts'
import { addToTrend } from './trend.ts'
import type { TrendRow } from './trend.ts'

/**
 * What a function of a rule needs to know of the past. Rules that need the same share it: the id says everything.
 * Kept up to date with each reading that it is about, so that asking costs nothing of the past.
 */
export interface TrackSpec {
  readonly id: string
  readonly sort: 'tally' | 'trend' | 'days'
  readonly scope: Scope
  readonly selector: Selector
  /** Of tallies and trends, ms. */
  readonly window: number
}

export type Track =
  | { readonly sort: 'tally'; readonly row: TallyRow }
  | { readonly sort: 'trend'; readonly row: TrendRow }
  | { readonly sort: 'days'; readonly days: Days }

/** A reading as the past keeps it. Times in ms. */
interface Seen {
  readonly kind: string
  readonly value: Value
  readonly previous: Value | undefined
  readonly at: number
  readonly now: number
}

/** A reading came that functions of rules may be about. */
export function observeTracks(world: World, state: HomeState, sensor: SensorState, seen: Seen): void {
  for (const spec of world.rules.tracksByKind.get(seen.kind) ?? []) {
    if (!isOf(spec.selector, sensor.facts)) continue
    const scope = scopeOf(spec, state.home, sensor.facts)
    const track = trackOf(world, state, spec, scope, seen.now)
    if (track.sort === 'trend') {
      addToTrend(track.row, seen.at, Number(seen.value), spec.window)
      world.changed.set(rowKey.trend(spec.id, scope), track.row)
    } else if (isHappening(spec.selector, seen.value, seen.previous)) {
      if (track.sort === 'tally') {
        addToTally(track.row, seen.at, spec.window)
        world.changed.set(rowKey.tally(spec.id, scope), track.row)
      } else {
        turn(world, state, spec, scope, track.days, seen.now)
        addToDay(track.days, state.home.timezone, seen.at, track.days.isNumber ? Number(seen.value) : 1)
        world.changed.set(rowKey.today(spec.id, scope), track.days.today)
      }
    }
  }
}

/** The days of a track, gone on to today. */
export function daysOf(
  world: World,
  state: HomeState,
  spec: TrackSpec,
  scope: string,
  now: number,
): Days | undefined {
  const track = state.tracks.get(`${spec.id}|${scope}`)
  if (track?.sort !== 'days') return undefined
  turn(world, state, spec, scope, track.days, now)
  return track.days
}

/** Keeps what rules of now need of what the home has now, and notes when it could not have been seen. */
export function superviseTracks(world: World, state: HomeState, now: number): void {
  if (world.rules.tracks.size === 0 && state.tracks.size === 0) return
  const wanted = new Set<string>()
  for (const spec of world.rules.tracks.values()) {
    const sensors = [...state.sensors.values()].filter((sensor) => canTell(spec, sensor))
    for (const scope of new Set(sensors.map(({ facts }) => scopeOf(spec, state.home, facts)))) {
      wanted.add(`${spec.id}|${scope}`)
      if (spec.sort !== 'days') continue
      const track = trackOf(world, state, spec, scope, now)
      const sees =
        !world.isAway &&
        state.reachable &&
        !state.modes.has('away') &&
        sensors.some(({ facts, row }) => isAlive(row) && scopeOf(spec, state.home, facts) === scope)
      if (track.sort === 'days') noteBlind(world, state, spec, scope, track.days, !sees, now)
    }
  }
  for (const [key, track] of state.tracks) if (!wanted.has(key)) forgetTrack(world, state, key, track)
}

/** Nothing could be seen since then: the hub was away. */
export function blindTracks(world: World, state: HomeState, since: number): void {
  for (const [key, track] of state.tracks) {
    const [id = '', scope = ''] = key.split('|')
    const spec = world.rules.tracks.get(id)
    if (spec && track.sort === 'days') noteBlind(world, state, spec, scope, track.days, true, since)
  }
}

/** Rows as they were saved: a track is put together from several. */
export function restoreTrack(
  state: HomeState,
  id: string,
  scope: string,
  row: TallyRow | TrendRow | TodayRow,
): void {
  const key = `${id}|${scope}`
  if ('samples' in row) state.tracks.set(key, { sort: 'trend', row })
  else if ('at' in row) state.tracks.set(key, { sort: 'tally', row })
  else state.tracks.set(key, { sort: 'days', days: fromRow(row.sums !== undefined, row) })
}

export function restoreDay(state: HomeState, id: string, scope: string, day: number, row: DayRow): void {
  const track = state.tracks.get(`${id}|${scope}`)
  if (track?.sort === 'days') keepDay(track.days, day, row)
}

function trackOf(world: World, state: HomeState, spec: TrackSpec, scope: string, now: number): Track {
  const key = `${spec.id}|${scope}`
  const found = state.tracks.get(key)
  if (found) return found
  const track = newTrack(spec, state.home.timezone, now)
  state.tracks.set(key, track)
  if (track.sort === 'days') {
    setBlind(track.days, state.home.timezone, false, now)
    world.changed.set(rowKey.today(spec.id, scope), track.days.today)
  }
  return track
}

function newTrack({ sort, selector }: TrackSpec, timezone: string, now: number): Track {
  switch (sort) {
    case 'tally':
      return { sort, row: { at: [] } }
    case 'trend':
      return { sort, row: { samples: [] } }
    case 'days':
      return { sort, days: newDays(KINDS.get(selector.kind)?.value === 'number', timezone, now) }
  }
}

/** Whether it is one that the track is about. */
export function canTell({ selector }: TrackSpec, sensor: SensorState): boolean {
  return isOf(selector, sensor.facts) && tellsOf(sensor, selector.kind)
}

function noteBlind(
  world: World,
  state: HomeState,
  spec: TrackSpec,
  scope: string,
  days: Days,
  isBlind: boolean,
  now: number,
): void {
  turn(world, state, spec, scope, days, now)
  if (setBlind(days, state.home.timezone, isBlind, now)) {
    world.changed.set(rowKey.today(spec.id, scope), days.today)
  }
}

function turn(world: World, state: HomeState, spec: TrackSpec, scope: string, days: Days, now: number): void {
  const turned = turnDay(days, state.home.timezone, now)
  if (turned.length === 0) return
  for (const { day, row, leaves } of turned) {
    if (leaves !== undefined) world.changed.set(rowKey.day(spec.id, scope, leaves), null)
    world.changed.set(rowKey.day(spec.id, scope, day), row)
  }
  world.changed.set(rowKey.today(spec.id, scope), days.today)
}

function forgetTrack(world: World, state: HomeState, key: string, track: Track): void {
  const [id = '', scope = ''] = key.split('|')
  state.tracks.delete(key)
  if (track.sort !== 'days') {
    world.changed.set(rowKey[track.sort](id, scope), null)
    return
  }
  world.changed.set(rowKey.today(id, scope), null)
  for (const day of track.days.kept) if (day >= 0) world.changed.set(rowKey.day(id, scope, day), null)
}
