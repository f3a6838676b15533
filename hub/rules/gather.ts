import type { GatheredHome, Transition, TransitionDetail } from '../model/alert.ts'
import type { Home } from '../model/home.ts'
import type { Gather, Rule } from './rule.ts'
import { everySensor, rowKey } from './state.ts'
import type { AreaRow, AreaState, GatheredRow, HomeState, World } from './state.ts'

/** What changed about a list is told together after so long: hundreds of homes come back within seconds. */
const TELL_AFTER = 5000
/** A home that follows the last one of an outage within this belongs to the same outage. */
const SAME_OUTAGE = 10 * 60_000

type GatheringRule = Rule & { readonly gather: Gather }

export function areaScope(area: string): string {
  return `area/${area}`
}

/**
 * Whether the finding of this home, which would fire now, is held back for that of its area. Homes of one area that
 * would fire within `within` of one another fire together as soon as they are `from`, with all of the same moment;
 * where so many cannot be, each fires at once.
 */
export function gathers(world: World, state: HomeState, rule: Rule, at: number): boolean {
  if (!isGathering(rule)) return false
  const { id } = state.home
  if (state.gathered.has(rule.id)) return true
  const { from, within } = rule.gather
  const area = areaOf(world, rule.id, state.home)
  const { firing } = area.row
  const isSame = firing !== undefined && at - firing.joinedAt <= SAME_OUTAGE
  const others = area.undecided.size + area.waiting.size - (area.waiting.has(id) ? 1 : 0)
  if (!isSame && others + 1 < from) {
    tidy(world, area)
    return false
  }
  const row: GatheredRow = {
    area: area.area,
    since: heldSince(state, rule, at),
    ...(!isSame && { undecided: true as const }),
  }
  state.gathered.set(rule.id, row)
  world.changed.set(rowKey.gathered(rule.id, id), row)
  if (isSame) {
    area.together.add(id)
    joined(world, rule, area, at, firing.answered === true)
    return true
  }
  area.undecided.add(id)
  const until = area.undecided.size >= from ? at : at + within
  area.row.undecidedUntil = Math.min(area.row.undecidedUntil ?? until, until)
  save(world, area)
  return true
}

/** They are many: one finding about them all, or a further wave of one that fires already. */
function decideTogether(world: World, rule: GatheringRule, area: AreaState, at: number): void {
  for (const id of area.undecided) {
    area.together.add(id)
    const row = world.homes.get(id)?.gathered.get(rule.id)
    if (!row) continue
    delete row.undecided
    world.changed.set(rowKey.gathered(rule.id, id), row)
  }
  area.undecided.clear()
  joined(world, rule, area, at, true)
}

/** @param isNews whether somebody must look: else the list is only kept up to date */
function joined(world: World, rule: GatheringRule, area: AreaState, at: number, isNews: boolean): void {
  const before = area.row.firing
  area.row.firing = {
    joinedAt: Math.max(at, before?.joinedAt ?? at),
    most: Math.max(before?.most ?? 0, area.together.size),
  }
  if (isNews) {
    delete area.row.tellAt
    tell(world, rule, area, before ? 'again' : 'firing', at)
  } else area.row.tellAt ??= at + TELL_AFTER
  save(world, area)
}

/** The home's finding is over: it no longer stands in the list of its area. */
export function leave(world: World, state: HomeState, rule: string, at: number): void {
  const row = state.gathered.get(rule)
  if (!row) return
  state.gathered.delete(rule)
  world.changed.set(rowKey.gathered(rule, state.home.id), null)
  const area = world.areas.get(`${rule}|${row.area}`)
  if (!area) return
  area.undecided.delete(state.home.id)
  area.together.delete(state.home.id)
  if (area.row.firing) {
    area.row.tellAt ??= at + TELL_AFTER
    save(world, area)
  }
  tidy(world, area)
}

/**
 * The timer of an area came up: its list is told anew, or it is over because fewer than half of `from` are left.
 * @returns homes whose finding has to speak for itself now, in the order of their ids
 */
export function decideArea(world: World, rule: Rule, name: string, due: number): HomeState[] {
  const area = world.areas.get(`${rule.id}|${name}`)
  if (!area || !isGathering(rule)) return []
  const { row } = area
  const alone: string[] = []
  if (row.undecidedUntil !== undefined && row.undecidedUntil <= due) {
    delete row.undecidedUntil
    if (area.undecided.size >= rule.gather.from) decideTogether(world, rule, area, due)
    else {
      alone.push(...area.undecided)
      area.undecided.clear()
    }
  }
  if (row.tellAt !== undefined && row.tellAt <= due) {
    delete row.tellAt
    if (area.together.size < rule.gather.from / 2) {
      tell(world, rule, area, 'cleared', due)
      delete row.firing
      alone.push(...area.together)
      area.together.clear()
    } else {
      world.refreshed.push({ rule: rule.id, scope: areaScope(name), detail: detailOf(world, rule, area) })
    }
  }
  save(world, area)
  tidy(world, area)
  return alone.toSorted().flatMap((id) => {
    const state = world.homes.get(id)
    state?.gathered.delete(rule.id)
    world.changed.set(rowKey.gathered(rule.id, id), null)
    return state ?? []
  })
}

/** Keeps count of the homes in which a rule's condition holds without having held for its time. */
export function noteWaiting(world: World, state: HomeState, rule: Rule): void {
  const isPending = everySensor(state).some((sensor) => sensor.when.get(rule.id)?.phase === 'pending')
  if (isPending) areaOf(world, rule.id, state.home).waiting.add(state.home.id)
  else {
    const area = world.areas.get(`${rule.id}|${state.home.area ?? ''}`)
    area?.waiting.delete(state.home.id)
    if (area) tidy(world, area)
  }
}

/** A human resolved the alert about an area, though it holds: further homes are news. */
export function areaAnswered(world: World, rule: string, scope: string): void {
  const area = world.areas.get(`${rule}|${scope.slice(areaScope('').length)}`)
  if (!area?.row.firing) return
  area.row.firing.answered = true
  save(world, area)
}

/** The register moves the home to another area. */
export function leaveAreas(world: World, state: HomeState, now: number): void {
  for (const { id } of world.rules.gathering) {
    world.areas.get(`${id}|${state.home.area ?? ''}`)?.waiting.delete(state.home.id)
    leave(world, state, id, now)
  }
}

/** The register has changed a home: its area, or the order in which it stands in the list. */
export function joinAreas(world: World, state: HomeState, now: number): void {
  for (const rule of world.rules.gathering) {
    noteWaiting(world, state, rule)
    const area = world.areas.get(`${rule.id}|${state.gathered.get(rule.id)?.area}`)
    if (!area?.row.firing) continue
    area.row.tellAt ??= now + TELL_AFTER
    save(world, area)
  }
}

/** The rules mean something else now; open alerts stay as they are. */
export function forgetAreas(world: World, rules: ReadonlySet<string>): void {
  for (const [key, { rule, area }] of world.areas) {
    if (!rules.has(rule)) continue
    world.areas.delete(key)
    world.changed.set(rowKey.area(rule, area), null)
    world.timers.set(areaTimer(rule, area), undefined)
  }
}

export function restoreArea(world: World, rule: string, area: string, row: AreaRow): void {
  world.areas.set(`${rule}|${area}`, { ...newArea(rule, area), row })
}

/** After a start: who stands where, from the rows of the homes. */
export function restoreAreas(world: World): void {
  for (const state of world.homes.values()) {
    for (const rule of world.rules.gathering) noteWaiting(world, state, rule)
    for (const [rule, row] of state.gathered) {
      const area = world.areas.get(`${rule}|${row.area}`)
      if (row.undecided) area?.undecided.add(state.home.id)
      else area?.together.add(state.home.id)
    }
  }
  for (const area of world.areas.values()) schedule(world, area)
}

/** Comes after every other timer of its moment: an area is looked at when all of its homes have been. */
function areaTimer(rule: string, area: string): string {
  return `~area|${rule}|${area}`
}

function isGathering(rule: Rule): rule is GatheringRule {
  return rule.gather !== undefined
}

function areaOf(world: World, rule: string, { area = '' }: Home): AreaState {
  const key = `${rule}|${area}`
  const known = world.areas.get(key) ?? newArea(rule, area)
  world.areas.set(key, known)
  return known
}

function newArea(rule: string, area: string): AreaState {
  return { rule, area, row: {}, waiting: new Set(), undecided: new Set(), together: new Set() }
}

/** Areas in which nothing is so are not kept. */
function tidy(world: World, { rule, area, row, waiting, undecided, together }: AreaState): void {
  if (waiting.size + undecided.size + together.size > 0 || !isOver(row)) return
  world.areas.delete(`${rule}|${area}`)
}

function isOver(row: AreaRow): boolean {
  return row.firing === undefined && row.undecidedUntil === undefined
}

function save(world: World, area: AreaState): void {
  world.changed.set(rowKey.area(area.rule, area.area), isOver(area.row) ? null : area.row)
  schedule(world, area)
}

function schedule(world: World, { rule, area, row }: AreaState): void {
  const due = Math.min(row.undecidedUntil ?? Infinity, row.tellAt ?? Infinity)
  world.timers.set(areaTimer(rule, area), due === Infinity ? undefined : due)
}

function tell(world: World, rule: Rule, area: AreaState, to: Transition['to'], at: number): void {
  const { severity } = rule.levels[0]
  const detail = detailOf(world, rule, area)
  const scope = areaScope(area.area)
  world.transitions.push({ at, area: area.area, rule: rule.id, scope, to, severity, detail })
}

function detailOf(world: World, rule: Rule, area: AreaState): TransitionDetail {
  const homes = [...area.together].flatMap((id): GatheredHome[] => {
    const state = world.homes.get(id)
    const row = state?.gathered.get(rule.id)
    if (!state || !row) return []
    const { risk } = state.home
    return [{ home: id, since: row.since, ...(risk !== undefined && { risk }) }]
  })
  return { homes: homes.toSorted(byRisk), most: area.row.firing?.most ?? homes.length }
}

/** Who is to be looked after first: by risk, then by id. */
function byRisk(a: GatheredHome, b: GatheredHome): number {
  return (b.risk ?? 0) - (a.risk ?? 0) || (a.home < b.home ? -1 : 1)
}

function heldSince(state: HomeState, rule: Rule, at: number): number {
  const times = everySensor(state).flatMap((sensor) => sensor.when.get(rule.id)?.since ?? [])
  return Math.min(at, ...times)
}
