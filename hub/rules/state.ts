import type { Refreshed, Transition, TransitionDetail } from '../model/alert.ts'
import type { Home, ResidentFacts, SensorFacts } from '../model/home.ts'
import { ALARM_KINDS } from '../model/kind.ts'
import type { Value } from '../model/reading.ts'
import type { Mode } from '../model/input.ts'
import type { Way } from '../model/notification.ts'
import type { SeenRow } from '../model/seen.ts'
import type { VisitRow } from '../model/visit.ts'
import type { WatchedRow } from '../model/watched.ts'
import type { LazyMap } from './lazy-map.ts'
import type { Rule, RuleSet, Scope } from './rule.ts'
import { paramsFor } from './rule.ts'
import type { Stopwatch } from './stopwatch.ts'
import type { TallyRow } from './tally.ts'
import type { TimerQueue } from './timer-queue.ts'
import type { DayRow, TodayRow } from './days.ts'
import type { Track } from './tracks.ts'
import type { TrendRow } from './trend.ts'

/** What the hub knows of one sensor. Row `sensor|home|sensor`. */
export interface SensorRow {
  /** Newest time it was heard; null: never since it was registered. */
  heardAt: number | null
  /** Reachable time since it was heard, or since it was registered. */
  silence: Stopwatch
  /** Not heard for longer than its profile allows. */
  silent: boolean
  /** Its own network says that it is gone. */
  offline: boolean
  /** The newest reading of each kind. */
  last: Record<string, LastValue>
  /** The status last reported, by kind, for devices that repeat theirs. */
  status?: Record<string, { word: string; at: number }>
}

/** Times in ms. */
export interface LastValue {
  value: Value
  at: number
  /** Of words and yes-or-no: since when it has been the same. */
  since?: number
}

/** Row `gateway|home|gateway`. */
export interface GatewayRow {
  online: boolean
}

/** A rule's `when` on one sensor; no row: nothing holds. Row `when|rule|home|sensor`. */
export interface WhenRow {
  phase: 'pending' | 'firing' | 'clearing'
  /** Observed time at which the phase's condition began to hold. */
  since: number
  /** Counts towards `for` or `clear.for`. */
  watch: Stopwatch
  level: number
  detail: TransitionDetail
}

/** Time without a sign of life. Row `absent|rule|scope`. */
export interface AbsentRow {
  watch: Stopwatch
  firing: boolean
}

/** Where a rule's `during` stands in a home. Times in ms. Row `window|rule|home`. */
export interface WindowRow {
  inside: boolean
  since: number
  until: number
}

/** A mode that is on. Times in ms. Row `mode|home|mode`. */
export interface ModeRow {
  since: number
  until?: number
  /** Who said so last, and how. */
  by?: string
  via?: string
}

/** A rule calls nobody about a home; the rules themselves know nothing of it. Times in ms. Row `hold|home|rule`. */
export interface HoldRow {
  since: number
  until: number
  by: string
  via: string
  /** When somebody is reminded next that it ends. */
  remindAt?: number
}

/** Whether a board is open for an area, or for all (`board|all`), and since when that is so, ms. Row `board|area|name`. */
export interface BoardRow {
  readonly open: boolean
  readonly since: number
}

/** When somebody heard that their STOP or START was understood, of the last day, ms. Row `stop|who`. */
export interface ConfirmationRow {
  sent: number[]
}

/** When somebody was sent messages in the last hour, oldest first, ms. Row `messages|person`. */
export interface MessagesRow {
  at: number[]
  /** The same of messages about what programs raised: these take nothing from the others' limit. */
  programs?: number[]
}

/** What a program said is over by itself then, ms, unless it says it again. Row `raised|rule|scope`. */
export interface RaisedRow {
  until: number
}

/**
 * Technical alerts for somebody are gathered until then, and what is to be told goes in one message. Times in ms. Row
 * `digest|person|way`.
 */
export interface DigestRow {
  until: number
  /** How long it gathers since the message before: longer while more and more comes. Absent: nothing was told yet. */
  length?: number
}

/** When a contact gets the next daily word on a home. Times in ms. Row `all-well|home|contact`. */
export interface AllWellRow {
  due: number
  /** Put off until then: soon more will be known. */
  notBefore?: number
  /** What it was worked out from: another plan gives another time. */
  plan: string
}

/** When an alert about a person ended last, ms. Row `eased|home`. */
export interface EasedRow {
  overAt: number
}

/** A trigger that waits for what confirms or cancels it. Times in ms. */
export interface Waiting {
  sensor: string
  /** When it was observed. */
  at: number
  /** From backlog: what is heard from now on says what became of it. */
  late?: true
  isEvent?: true
  /** Counts towards `within`. */
  watch: Stopwatch
  level: number
  detail: TransitionDetail
}

/** Row `confirm|rule|scope`. */
export interface ConfirmRow {
  waiting: Waiting[]
}

/** When it happened, oldest first, ms; no more than the rule counts. Row `times|rule|scope`. */
export interface TimesRow {
  at: number[]
  firing: boolean
}

/** A rule's finding about one scope, while it fires. Row `finding|rule|scope`. */
export interface FindingRow {
  /** Sensors for which it holds now. */
  holding: string[]
  /** Holds until a human resolves the alert. */
  latched: boolean
  level: number
  /** It does not fire yet: another rule mutes it, or it fired just before. What it will say when it may. */
  heldBack?: TransitionDetail
  /** Nothing holds any more, but it goes on firing until then, ms. */
  keepUntil?: number
}

/** Where a rule's finding about an area stands. Times in ms. Row `area|rule|area`. */
export interface AreaRow {
  /** Homes wait until then, at the latest, to learn whether they are many. */
  undecidedUntil?: number
  /** While the finding fires. */
  firing?: {
    /** When a home joined last. */
    joinedAt: number
    most: number
    /** A human resolved its alert: homes that join now are news. */
    answered?: true
  }
  /** The list changed: it is told then, and looked at whether it is over. */
  tellAt?: number
}

/** The finding of a home is held back by that of its area. Row `gathered|rule|home`. */
export interface GatheredRow {
  area: string
  /** When its condition began to hold, ms. */
  since: number
  /** Whether it is one of many is not known yet. */
  undecided?: true
}

/** The vital signs that a score is computed from, by kind. Times in ms. Row `vitals|home|resident`. */
export interface VitalsRow {
  last: Record<string, { value: Value; at: number }>
}

/** A score as it was computed. */
export interface Score {
  readonly at: number
  readonly home: string
  readonly resident: string
  readonly score: 'news2'
  readonly total: number
  readonly parts: Readonly<Record<string, number>>
  readonly missing: readonly string[]
  readonly risk: string
}

/** A rule that fired: not anew before then, ms. Row `cooldown|rule|scope`. */
export interface CooldownRow {
  until: number
}

/** A rule that looks once a day. Times in ms. Row `daily|rule|home`. */
export interface DailyRow {
  due: number
  /** The moment of the day that is being looked at, while it could not be told of all. */
  since?: number
  /** The scopes of which it could not be told. */
  left?: string[]
}

/** Since when the hub keeps alarms alone, ms. Row `shed|hub`. */
export interface ShedRow {
  readonly since: number
}

/** The rows by their sort; `~area`, `keep`, `silent` and `service` are timers only. */
export interface Rows {
  readonly sensor: SensorRow
  readonly gateway: GatewayRow
  readonly vitals: VitalsRow
  readonly when: WhenRow
  readonly absent: AbsentRow
  readonly finding: FindingRow
  readonly cooldown: CooldownRow
  readonly confirm: ConfirmRow
  readonly times: TimesRow
  readonly window: WindowRow
  readonly mode: ModeRow
  readonly hold: HoldRow
  readonly stop: ConfirmationRow
  readonly board: BoardRow
  readonly messages: MessagesRow
  readonly digest: DigestRow
  readonly 'all-well': AllWellRow
  readonly eased: EasedRow
  readonly tally: TallyRow
  readonly trend: TrendRow
  readonly today: TodayRow
  readonly day: DayRow
  readonly daily: DailyRow
  readonly area: AreaRow
  readonly gathered: GatheredRow
  readonly watched: WatchedRow
  readonly seen: SeenRow
  readonly visit: VisitRow
  readonly raised: RaisedRow
  readonly shed: ShedRow
  readonly '~area': never
  readonly keep: never
  readonly silent: never
  readonly service: never
}

export type Row = Rows[keyof Rows]

export interface HomeState {
  home: Home
  reachable: boolean
  /** None until it was looked at for the first time. */
  watched?: WatchedRow
  readonly gateways: Map<string, { readonly row: GatewayRow; readonly sensor: SensorState }>
  readonly sensors: Map<string, SensorState>
  /** By `rule|scope`. */
  readonly absent: Map<string, AbsentRow>
  /** By `rule|scope`. */
  readonly findings: LazyMap<string, FindingRow>
  /** By `rule|scope`. */
  readonly cooldowns: LazyMap<string, CooldownRow>
  /** By `rule|scope`. */
  readonly confirms: LazyMap<string, ConfirmRow>
  /** By `rule|scope`. */
  readonly times: LazyMap<string, TimesRow>
  /** What scores are computed from, by resident; empty for a home with nobody registered. */
  readonly vitals: LazyMap<string, { readonly row: VitalsRow; readonly sensor: SensorState }>
  /** By rule. */
  readonly windows: LazyMap<string, WindowRow>
  /** What functions of rules need of the past, by `track|scope`. */
  readonly tracks: LazyMap<string, Track>
  /** By rule. */
  readonly daily: LazyMap<string, DailyRow>
  /** Those that are on. */
  readonly modes: LazyMap<Mode, ModeRow>
  /** By rule: what the area says for this home. */
  readonly gathered: LazyMap<string, GatheredRow>
}

/** The homes of one area, as a rule that gathers them sees them; by their ids. */
export interface AreaState {
  readonly rule: string
  readonly area: string
  row: AreaRow
  /** The condition holds, and its `for` is not over. */
  readonly waiting: Set<string>
  /** They would fire, and whether alone is not decided. */
  readonly undecided: Set<string>
  /** The area's finding is about them. */
  readonly together: Set<string>
}

export interface SensorState {
  facts: SensorFacts
  readonly row: SensorRow
  /** Names its row. */
  readonly key: string
  /** When its silence is looked at next, at the latest when it is due; Infinity: not at all. */
  silenceAt: number
  readonly when: LazyMap<string, WhenRow>
  /** Whether it could ever show a sign of life of a rule, by rule and place of the sign; filled as needed. */
  readonly shows: LazyMap<string, boolean>
}

/** A rule that could not be evaluated: other rules go on, and someone is told. */
export interface RuleFault {
  readonly rule: string
  readonly home: string
  readonly reason: string
}

/** Everything the rules know, and what the current input changes. */
export interface World {
  rules: RuleSet
  readonly homes: Map<string, HomeState>
  /** By `rule|area`; only those in which something is so. */
  readonly areas: Map<string, AreaState>
  readonly timers: TimerQueue
  /** The hub is catching up on the time in which it was away: nothing could be heard. */
  isAway: boolean
  /** Since when it keeps alarms alone, ms (docs/decisions/0029-full-disk.md): of all else it is away, and stays so. */
  shedSince: number | undefined
  /** Rows as they are since then, which are not written until it keeps all again, or something else changes them. */
  unsaved: Map<string, Row | null>
  /** Rows to be written with the current input; null: the row goes. */
  changed: Map<string, Row | null>
  transitions: Transition[]
  refreshed: Refreshed[]
  scores: Score[]
  /** Scores are told even where no rule asks for them. */
  readonly tellsScores: boolean
  faults: RuleFault[]
}

/** Names the rows and timers; ids never hold a `|`. */
export const rowKey = {
  sensor: (home: string, sensor: string) => `sensor|${home}|${sensor}`,
  gateway: (home: string, gateway: string) => `gateway|${home}|${gateway}`,
  when: (rule: string, home: string, sensor: string) => `when|${rule}|${home}|${sensor}`,
  absent: (rule: string, scope: string) => `absent|${rule}|${scope}`,
  finding: (rule: string, scope: string) => `finding|${rule}|${scope}`,
  cooldown: (rule: string, scope: string) => `cooldown|${rule}|${scope}`,
  confirm: (rule: string, scope: string) => `confirm|${rule}|${scope}`,
  times: (rule: string, scope: string) => `times|${rule}|${scope}`,
  vitals: (home: string, resident: string) => `vitals|${home}|${resident}`,
  keep: (rule: string, scope: string) => `keep|${rule}|${scope}`,
  window: (rule: string, home: string) => `window|${rule}|${home}`,
  tally: (track: string, scope: string) => `tally|${track}|${scope}`,
  trend: (track: string, scope: string) => `trend|${track}|${scope}`,
  today: (track: string, scope: string) => `today|${track}|${scope}`,
  day: (track: string, scope: string, day: number) => `day|${track}|${scope}|${day}`,
  daily: (rule: string, home: string) => `daily|${rule}|${home}`,
  mode: (home: string, mode: Mode) => `mode|${home}|${mode}`,
  hold: (home: string, rule: string) => `hold|${home}|${rule}`,
  stop: (who: string) => `stop|${who}`,
  board: (area?: string) => (area === undefined ? 'board|all' : `board|area|${area}`),
  messages: (person: string) => `messages|${person}`,
  digest: (person: string, way: Way) => `digest|${person}|${way}`,
  'all-well': (home: string, contact: string) => `all-well|${home}|${contact}`,
  eased: (home: string) => `eased|${home}`,
  service: (home: string) => `service|${home}`,
  area: (rule: string, area: string) => `area|${rule}|${area}`,
  gathered: (rule: string, home: string) => `gathered|${rule}|${home}`,
  watched: (home: string) => `watched|${home}`,
  seen: (home: string, address: string) => `seen|${home}|${address}`,
  visit: (home: string) => `visit|${home}`,
  raised: (rule: string, scope: string) => `raised|${rule}|${scope}`,
  shed: () => 'shed|hub',
}

/** The home whose mode or hold a row is about; undefined for other rows. */
export function homeOfMode(key: string): string | undefined {
  return key.startsWith('mode|') || key.startsWith('hold|') ? key.split('|')[1] : undefined
}

/** The home of which a device that is not registered was seen; undefined for other rows. */
export function homeOfSeen(key: string): string | undefined {
  return key.startsWith('seen|') ? key.split('|', 2)[1] : undefined
}

/** The home whose visit a row is; undefined for other rows. */
export function homeOfVisit(key: string): string | undefined {
  return key.startsWith('visit|') ? key.slice('visit|'.length) : undefined
}

/** In the order of their ids: what a restart does to the order of maps must change nothing. */
export function inOrder<T>(byId: Iterable<[string, T]>): [string, T][] {
  return [...byId].toSorted(([a], [b]) => (a < b ? -1 : 1))
}

export function isAvailable(state: HomeState, sensor: SensorState): boolean {
  return state.reachable && isAlive(sensor.row)
}

/** Whether it is one that tells of this kind: its profile says so, or it has. */
export function tellsOf({ facts, row }: SensorState, kind: string): boolean {
  return facts.kinds.includes(kind) || row.last[kind] !== undefined
}

/** It spoke, within its interval, and its network does not say that it is gone. */
export function isAlive(row: SensorRow): boolean {
  return row.heardAt !== null && !row.silent && !row.offline
}

export function residentOf(home: Home, sensor: SensorFacts): ResidentFacts | undefined {
  if (sensor.resident !== undefined) return home.residents.find((resident) => resident.id === sensor.resident)
  return home.residents.length === 1 ? home.residents[0] : undefined
}

/** What one alert is about: `h1`, `h1/r1`, `h1/bathroom` or `h1/fall-1`; the home where the part is not known. */
export function scopeOf(rule: { readonly scope: Scope }, home: Home, sensor: SensorFacts): string {
  switch (rule.scope) {
    case 'home':
      return home.id
    case 'resident': {
      const resident = residentOf(home, sensor)
      return resident ? `${home.id}/${resident.id}` : home.id
    }
    case 'room':
      return `${home.id}/${sensor.room ?? sensor.id}`
    case 'sensor':
      return `${home.id}/${sensor.id}`
  }
}

/** The parameters in force for what an alert is about. */
export function paramsOfScope(rule: Rule, home: Home, scope: string): Readonly<Record<string, number>> {
  const [only] = home.residents.length === 1 ? home.residents : []
  return paramsFor(rule, home, home.residents.find(({ id }) => scope === `${home.id}/${id}`) ?? only)
}

export function paramsOf(rule: Rule, home: Home, { facts }: SensorState): Readonly<Record<string, number>> {
  return paramsFor(rule, home, residentOf(home, facts))
}

/** Whether the hub would hear of this kind: while it keeps alarms alone, of these and of its own connections. */
export function isHeard(
  { shedSince }: Pick<World, 'shedSince'>,
  kind: string,
  { facts }: SensorState,
): boolean {
  return shedSince === undefined || ALARM_KINDS.has(kind) || facts.role === 'gateway'
}

/** The gateways of a home, what stands for the scores of its residents, and its sensors, each in order. */
export function everySensor(state: HomeState): SensorState[] {
  const gateways = inOrder(state.gateways).map(([, { sensor }]) => sensor)
  const scores = inOrder(state.vitals).map(([, { sensor }]) => sensor)
  return [...gateways, ...scores, ...inOrder(state.sensors).map(([, sensor]) => sensor)]
}

/** One of `everySensor`. */
export function partOf(state: HomeState, id: string): SensorState | undefined {
  return (
    state.sensors.get(id) ??
    state.gateways.get(id)?.sensor ??
    (id.startsWith('~') ? state.vitals.get(id.slice(1))?.sensor : undefined)
  )
}
