import type { Mode } from '../model/input.ts'
import type { Home } from '../model/home.ts'
import { absenceDue } from './absence.ts'
import { confirmationDue } from './confirmation.ts'
import { dailyDue } from './daily.ts'
import { areaDue, cooldownDue, keepDue } from './findings.ts'
import { restoreArea, restoreAreas } from './gather.ts'
import { addGateway, newHome, newSensor, newSensorRow, rescheduleHome } from './register-home.ts'
import type { AbsentRule, DailyRule, Rule, WhenRule } from './rule.ts'
import { addVitals } from './score.ts'
import { beginShedding } from './shedding.ts'
import { silenceDue } from './silence.ts'
import { partOf, rowKey } from './state.ts'
import type { HomeState, Row, Rows, World } from './state.ts'
import { setMode, setService, windowDue } from './supervise-gates.ts'
import type { TallyRow } from './tally.ts'
import type { TodayRow } from './days.ts'
import type { TrendRow } from './trend.ts'
import { timesDue } from './times.ts'
import { restoreDay, restoreTrack } from './tracks.ts'
import { whenDue } from './when.ts'

/** The parts of a key after its sort: `rule|scope`, `rule|home|sensor`, `home|sensor`. */
type Parts = readonly [first: string, second: string, third: string]

/** What one sort of rows and timers is: whose it is, where it is kept, what is done when it comes due. */
interface Sort<R> {
  readonly homeOf: (parts: Parts) => string
  readonly keep?: (state: HomeState, parts: Parts, row: R) => void
  readonly due?: (world: World, state: HomeState, parts: Parts, due: number) => void
}

const first = ([home]: Parts): string => home
const second = ([, home]: Parts): string => home
const ofScope = ([, scope]: Parts): string => scope.split('/')[0] ?? ''

/** Runs what a rule has to do about a scope, where the rule is still in force. */
function withRule(
  act: (world: World, state: HomeState, rule: Rule, scope: string, due: number) => void,
): NonNullable<Sort<Row>['due']> {
  return (world, state, [id, scope], due) => {
    const rule = world.rules.rules.get(id)
    if (rule) act(world, state, rule, scope, due)
  }
}

const ofTrack: Sort<TallyRow | TrendRow | TodayRow> = {
  homeOf: ofScope,
  keep: (state, [id, scope], row) => restoreTrack(state, id, scope, row),
}

const SORTS: { readonly [S in keyof Rows]: Sort<Rows[S]> } = {
  // Those of the register are made with their home.
  sensor: { homeOf: first },
  gateway: { homeOf: first },
  vitals: { homeOf: first, keep: (state, [, resident], row) => addVitals(state, resident, row) },
  silent: {
    homeOf: first,
    due(world, state, [, id], due) {
      const sensor = state.sensors.get(id)
      if (sensor) silenceDue(world, state, sensor, due)
    },
  },
  when: {
    homeOf: second,
    keep: (state, [rule, , sensor], row) => partOf(state, sensor)?.when.set(rule, row),
    due(world, state, [id, , part], due) {
      const sensor = partOf(state, part)
      const rule = world.rules.rules.get(id)
      if (sensor && rule?.trigger.type === 'when') whenDue(world, state, sensor, rule as WhenRule, due)
    },
  },
  absent: {
    homeOf: ofScope,
    keep: (state, [rule, scope], row) => state.absent.set(`${rule}|${scope}`, row),
    due: withRule((world, state, rule, scope, due) => {
      if (rule.trigger.type === 'absent') absenceDue(world, state, rule as AbsentRule, scope, due)
    }),
  },
  finding: {
    homeOf: ofScope,
    keep: (state, [rule, scope], row) => state.findings.set(`${rule}|${scope}`, row),
  },
  keep: { homeOf: ofScope, due: withRule(keepDue) },
  cooldown: {
    homeOf: ofScope,
    keep: (state, [rule, scope], row) => state.cooldowns.set(`${rule}|${scope}`, row),
    due: withRule(cooldownDue),
  },
  confirm: {
    homeOf: ofScope,
    keep: (state, [rule, scope], row) => state.confirms.set(`${rule}|${scope}`, row),
    due: withRule(confirmationDue),
  },
  times: {
    homeOf: ofScope,
    keep: (state, [rule, scope], row) => state.times.set(`${rule}|${scope}`, row),
    due: withRule(timesDue),
  },
  window: {
    homeOf: second,
    keep: (state, [rule], row) => state.windows.set(rule, row),
    due: withRule((world, state, rule, _home, due) => windowDue(world, state, rule, due)),
  },
  tally: ofTrack,
  trend: ofTrack,
  today: ofTrack,
  day: {
    homeOf: ofScope,
    keep: (state, [track, scope, day], row) => restoreDay(state, track, scope, Number(day), row),
  },
  daily: {
    homeOf: second,
    keep: (state, [rule], row) => state.daily.set(rule, row),
    due: withRule((world, state, rule, _home, due) => {
      if (rule.trigger.type === 'daily') dailyDue(world, state, rule as DailyRule, due)
    }),
  },
  // Of no one home: see below.
  area: { homeOf: () => '' },
  '~area': { homeOf: () => '' },
  gathered: {
    homeOf: second,
    keep: (state, [rule], row) => state.gathered.set(rule, row),
  },
  watched: {
    homeOf: first,
    keep(state, _parts, row) {
      state.watched = row
    },
  },
  // Of people and their alerts: hub/core/holds.ts keeps them.
  hold: { homeOf: first },
  stop: { homeOf: first },
  // Of devices that are no sensors: hub/core/seen.ts keeps them.
  seen: { homeOf: first },
  // Of visits: hub/core/visits.ts keeps them.
  visit: { homeOf: first },
  // Of what programs say: hub/core/raised.ts keeps them.
  raised: { homeOf: () => '' },
  // Of the hub: restored below, when all homes are.
  shed: { homeOf: () => '' },
  // As does hub/core/message-flow.ts these: of people for all homes.
  messages: { homeOf: () => '' },
  // Of boards for all homes: hub/core/boards.ts keeps them.
  board: { homeOf: () => '' },
  digest: { homeOf: () => '' },
  // Of messages to families: hub/core/daily-messages.ts keeps them.
  'all-well': { homeOf: first },
  eased: { homeOf: first },
  // The end of a pause; the stream takes it itself, to say so.
  service: {
    homeOf: first,
    due: (world, state, _parts, due) => setService(world, state, undefined, due),
  },
  mode: {
    homeOf: first,
    keep: (state, [, mode], row) => state.modes.set(mode as Mode, row),
    due: (world, state, [, mode], due) => setMode(world, state, mode as Mode, false, due),
  },
}

/** Sorts whose rows others are kept on. */
const FIRST: ReadonlySet<string> = new Set(['vitals', 'today'])

/**
 * Runs a timer that came due.
 * @returns false when the key is not one of the rules'
 */
export function runDue(world: World, key: string, due: number): boolean {
  const { name, sort, parts } = readKey(key)
  if (!sort) return false
  if (name === '~area') {
    const rule = world.rules.rules.get(parts[0])
    if (rule) areaDue(world, rule, parts[1], due)
    return true
  }
  const state = world.homes.get(sort.homeOf(parts))
  if (state) sort.due?.(world, state, parts, due)
  return true
}

/** Puts what was saved back in its place. */
export function restore(world: World, homes: readonly Home[], rows: ReadonlyMap<string, Row>): void {
  for (const home of homes) {
    const state = newHome(home)
    world.homes.set(home.id, state)
    for (const { id } of home.gateways) {
      addGateway(state, id, (rows.get(rowKey.gateway(home.id, id)) as Rows['gateway']) ?? { online: false })
    }
    for (const facts of home.sensors) {
      const row = rows.get(rowKey.sensor(home.id, facts.id)) as Rows['sensor'] | undefined
      state.sensors.set(facts.id, newSensor(home.id, facts, row ?? newSensorRow(null)))
    }
    state.reachable = state.gateways.size === 0 || [...state.gateways.values()].some(({ row }) => row.online)
  }
  for (const isFirst of [true, false]) {
    for (const [key, row] of rows) {
      const { name, sort, parts } = readKey(key)
      if (name === 'area' && isFirst) restoreArea(world, parts[0], parts[1], row as Rows['area'])
      const state = sort && FIRST.has(name) === isFirst ? world.homes.get(sort.homeOf(parts)) : undefined
      if (state) sort?.keep?.(state, parts, row)
    }
  }
  for (const state of world.homes.values()) rescheduleHome(world, state)
  restoreAreas(world)
  const shed = rows.get(rowKey.shed()) as Rows['shed'] | undefined
  if (shed) beginShedding(world, shed.since)
}

function readKey(key: string): { name: string; sort: Sort<Row> | undefined; parts: Parts } {
  const [name = '', one = '', two = '', three = ''] = key.split('|')
  const sort = Object.hasOwn(SORTS, name) ? (SORTS[name as keyof Rows] as Sort<Row>) : undefined
  return { name, sort, parts: [one, two, three] }
}
