import type { Mode, RuleFile } from '../model/input.ts'
import type { RuleChange as ChangeOfRules, TrialResult } from '../model/rule-book.ts'
import type { Alert, Attendance, GatheredHome, Severity } from '../model/alert.ts'
import type { SystemFacts, SystemProblem } from '../model/system.ts'
import type { ConsentKind } from '../model/consent.ts'
import type { ContactRole } from '../model/home.ts'
import type { ProtectionCode, ProtectionState, UnprotectedMonth } from '../model/protection.ts'
import type { ServiceState } from '../model/service-state.ts'

/** An alert as the hub sends it to the board. A test holds these to what `hub/http` gives. */
export interface BoardAlert extends Omit<Alert, 'progress' | 'attendance'> {
  readonly handedToName?: string
  readonly attendance?: Attendance & { readonly byName?: string }
  /** Of an area: those to look after first. */
  readonly homes?: readonly BoardHome[]
  readonly homeCount?: number
  readonly homeLabel?: string
  readonly residentName?: string
  readonly handledByName?: string
  readonly sensor?: string
  readonly room?: string
  readonly timezone?: string
  /** Those that the home is in now. */
  readonly modes?: readonly BoardMode[]
  /** Of its rule, while that is held for the home. */
  readonly hold?: { readonly until: number; readonly why?: string }
  /** How many other rules are held for the home. */
  readonly otherHolds?: number
  /** The unit of `detail.value`, where it is a number. */
  readonly unit?: string
  readonly escalation: Escalation
}

export interface BoardHome extends GatheredHome {
  readonly label?: string
}

export interface BoardMode {
  readonly mode: Mode
  readonly until?: number
}

export interface Escalation {
  readonly messages: readonly EscalationMessage[]
  readonly next?: { readonly at: number; readonly contact?: string }
  /** Rotas and groups that should be told and give nobody now. */
  readonly outOfReach?: readonly string[]
  /** Had as many messages as somebody gets in an hour: everybody else is told before them. */
  readonly passedOver?: readonly string[]
  /** There are contacts, and each wrote STOP. */
  readonly allStopped?: true
  /** No board was open then: the next were told at once. */
  readonly unwatchedAt?: number
}

export interface EscalationMessage {
  readonly id: string
  readonly recipient: string
  readonly contact: string
  readonly channel: string
  readonly state: 'gathered' | 'queued' | 'accepted' | 'delivered' | 'failed' | 'cancelled'
  readonly at: number
  readonly error?: string
  /** Channels that told of no delivery: it was sent once more, by another. */
  readonly notBy?: readonly string[]
  readonly queuedAt: number
  /** How many other alerts the same message told of. */
  readonly others?: number
  readonly acceptedAt?: number
  readonly deliveredAt?: number
  readonly answer?: { readonly what: 'acknowledged' | 'declined'; readonly at: number }
}

/** Who may be asked to take an alert. */
export interface BoardPerson {
  readonly id: string
  readonly name: string
}

export interface BoardEvent {
  readonly at: number
  readonly what: string
  readonly by: string
  readonly byName?: string
  readonly via: string
  readonly text?: string
}

export interface HomeCounts {
  readonly total: number
  readonly reachable: number
  /** Of those in service. */
  readonly protected: number
  readonly partly: number
  readonly not: number
  /** How many rules are held for a home, in all homes. */
  readonly holds: number
}

/** When the hub itself was away, as it says for some hours. */
export type { Away } from '../model/away.ts'

/** The rule files cannot be used: the rules of before are in force. */
export interface RulesRefused {
  readonly at: number
  /** The files with errors; none when the folder itself cannot be read. */
  readonly files: readonly string[]
}

export interface Phone {
  readonly home?: string
  readonly homeLabel?: string
  readonly timezone?: string
  readonly contact?: string
  readonly staff?: string
  readonly name: string
  readonly language: string
  readonly messages: readonly PhoneMessage[]
}

export interface PhoneMessage {
  readonly at: number
  readonly from: 'hub' | 'phone'
  readonly text: string
  /** Of an alert that nobody has taken yet. */
  readonly code?: string
}

/** One home of the list: what is 0 is left out. */
export interface HomeLine {
  readonly id: string
  readonly label?: string
  readonly area?: string
  readonly reachable: boolean
  readonly sensors: number
  /** How many of them are not heard. */
  readonly silent?: number
  readonly alerts?: number
  readonly worst?: Severity
  /** How many rules are held. */
  readonly holds?: number
  readonly protection: ProtectionState
  /** The gravest reason why it is not protected, or in part. */
  readonly why?: ProtectionCode
  /** When a pause ends. */
  readonly until?: number
}

/** Why a home is not protected, or what is to be known of it. */
export interface ProtectionReason {
  readonly code: ProtectionCode
  readonly makes: 'not' | 'partly' | 'nothing'
  readonly since?: number
  readonly until?: number
  readonly means: Readonly<Record<'en' | 'nb', string>>
  readonly todo: Readonly<Record<'en' | 'nb', string>>
}

/** Is a home protected now, and was it (`/api/homes/:id/status`)? */
export interface HomeStatus {
  readonly state: ProtectionState
  readonly timezone: string
  readonly reasons: readonly ProtectionReason[]
  readonly lastProof?: { readonly at: number; readonly due: number }
  readonly unprotected: readonly UnprotectedMonth[]
}

export interface Span {
  readonly from: number
  readonly to: number
}

/** What a home was like of late (`/api/homes/:id/past`). */
export interface HomePast {
  readonly home: string
  readonly label?: string
  readonly timezone: string
  readonly from: number
  readonly to: number
  readonly unknown: readonly Span[]
  readonly bands: readonly HomeBand[]
  readonly vitals: readonly Vital[]
  readonly alerts: readonly PastAlert[]
}

/** What one sensor sensed of one kind. */
export interface HomeBand {
  readonly sensor: string
  readonly room?: string
  readonly kind: string
  readonly spans: readonly Span[]
  readonly marks: readonly { readonly at: number; readonly value: string | boolean }[]
  readonly unknown: readonly Span[]
}

/** Days of a home by the hour (`/api/homes/:id/overview`). */
export interface HomeOverview extends Omit<HomePast, 'bands' | 'vitals'> {
  readonly bands: readonly HourBand[]
  readonly vitals: readonly DaysOfVital[]
}

export interface HourBand extends Omit<HomeBand, 'spans'> {
  /** Which part of each hour something was sensed, 0 to 1. */
  readonly hours: readonly number[]
}

export interface DaysOfVital extends Omit<Vital, 'points'> {
  readonly days: readonly {
    readonly from: number
    readonly min: number
    readonly mean: number
    readonly max: number
  }[]
}

export interface Vital {
  readonly kind: string
  readonly resident?: string
  readonly unit?: string
  readonly points: readonly (readonly [number, number])[]
  readonly limits: readonly { readonly rule: string; readonly at: number; readonly side: 'low' | 'high' }[]
}

export interface PastAlert {
  readonly id: string
  readonly title: Alert['title']
  readonly severity: Alert['severity']
  readonly at: number
  readonly handling: Alert['handling']
  readonly test?: true
}

/** One home by pseudonyms (`/api/homes/:id`). */
export interface HomeDetail {
  readonly home: string
  readonly timezone: string
  readonly area?: string
  readonly reachable: boolean
  readonly service: { readonly state: ServiceState; readonly until?: number }
  readonly protection: { readonly state: ProtectionState; readonly reasons: readonly ProtectionReason[] }
  readonly gateways: readonly {
    readonly id: string
    readonly online: boolean
    readonly credentials: boolean
    /** How often it connected in the last five minutes, where that is a loop. */
    readonly reconnects?: number
  }[]
  readonly residents: readonly { readonly id: string; readonly name?: string }[]
  /** In the order in which they are told; names and numbers where they were asked for. */
  readonly contacts: readonly HomeContact[]
  /** Why nobody is told, though there are contacts. */
  readonly nobodyLeft?: string
  readonly sensors: readonly HomeSensor[]
  readonly modes: readonly { readonly mode: Mode; readonly since: number; readonly until?: number }[]
  readonly holds: readonly {
    readonly rule: string
    readonly title?: Readonly<Record<string, string>>
    readonly until: number
    readonly unanswered: number
  }[]
  readonly alerts: readonly HomeAlert[]
}

export interface HomeContact {
  readonly id: string
  readonly order: number
  readonly role: ContactRole
  readonly language: string
  readonly name?: string
  readonly phone?: string
  readonly quiet?: { readonly from: string; readonly to: string }
  readonly stoppedAt?: number
  readonly consents: readonly {
    readonly kind: ConsentKind
    readonly is: 'given' | 'withdrawn' | 'stopped' | 'unrecorded'
    readonly may: boolean
  }[]
}

/** What the centre has written down about a home (`/api/homes/:id/notes`). */
export interface HomeNotes {
  readonly notes: readonly {
    readonly id: number
    readonly at: number
    readonly by: string
    readonly byName?: string
    readonly text: string
  }[]
}

/** A rule in force, as far as a home may hold it (`/api/rules`). */
export interface RuleLine {
  readonly id: string
  readonly title: Readonly<Record<string, string>>
  /** Never held. */
  readonly alarm?: true
}

export interface HomeSensor {
  readonly id: string
  readonly profile: string
  readonly room?: string
  readonly alive: boolean
  readonly heardAt?: number
  readonly last: readonly {
    readonly kind: string
    readonly value: string | number | boolean
    readonly unit?: string
    readonly at: number
  }[]
}

export interface HomeAlert {
  readonly id: string
  readonly title: Alert['title']
  readonly severity: Alert['severity']
  readonly handling: Alert['handling']
  readonly condition: Alert['condition']
  readonly raisedAt: number
  readonly test?: true
}

/** Why an alert was raised (`/api/alerts/:id/story`). */
export interface AlertStory {
  readonly rule?: { readonly file: string; readonly text: string }
  /** Not on a locked screen. */
  readonly params?: readonly {
    readonly name: string
    readonly value: number | string
    readonly unit?: string
  }[]
  readonly similar: readonly {
    readonly id: string
    readonly severity: Alert['severity']
    readonly raisedAt: number
    readonly handling: Alert['handling']
    readonly cause?: Alert['cause']
  }[]
}

/** One alert with all that happened to it (`/api/alerts/:id`). */
export interface WholeAlert {
  readonly alert: BoardAlert
  readonly events: readonly BoardEvent[]
  readonly people: readonly BoardPerson[]
}

/** What happened in a shift. */
export interface Shift {
  readonly from: number
  readonly to: number
  readonly choices: {
    readonly rota?: { readonly rota: string; readonly from: number; readonly to: number }
    readonly signIn?: number
  }
  readonly alerts: readonly ShiftAlert[]
  /** There was more than is told. */
  readonly more: boolean
  readonly orders: readonly {
    readonly at: number
    readonly home: string
    readonly homeLabel?: string
    readonly timezone?: string
    readonly mode?: Mode
    readonly rule?: string
    readonly service?: ServiceState
    readonly ruleTitle?: Readonly<Record<string, string>>
    readonly what: 'began' | 'changed' | 'ended'
    readonly until?: number
    readonly by?: string
  }[]
  readonly unanswered: readonly {
    readonly recipient: string
    readonly name: string
    readonly home?: string
    readonly homeLabel?: string
    readonly count: number
  }[]
  readonly away: readonly { readonly from: number; readonly until: number }[]
}

export interface ShiftAlert extends Omit<BoardAlert, 'escalation'> {
  /** Which human first took or resolved it; `after`: ms since the hub learned of it. */
  readonly answer?: {
    readonly at: number
    readonly by: string
    readonly byName?: string
    readonly after: number
  }
}

export interface ShiftUnprotected {
  readonly homes: readonly { readonly home: string; readonly homeLabel?: string; readonly minutes: number }[]
  readonly count: number
}

export interface HandoverNote {
  readonly id: number
  readonly at: number
  readonly by: string
  readonly byName?: string
  readonly text: string
  readonly readBy: readonly { readonly person: string; readonly name?: string; readonly at: number }[]
}

/** A figure of how alarms were answered, with what it means. */
export interface Indicator {
  readonly id: string
  readonly name: { readonly en: string; readonly nb: string }
  readonly unit: string
  readonly definition: string
  readonly measured: string
  readonly target?: { readonly is: 'at least' | 'at most'; readonly value: number; readonly source: string }
  readonly value?: number
  readonly of: number
}

export type { TrialCall, TrialResult } from '../model/rule-book.ts'

/** The rules in force, and what is wrong with the files while they are others. */
export interface RulesStatus {
  readonly since?: number
  readonly rules: readonly RuleInForce[]
  readonly refused?: {
    readonly at: number
    readonly reason: string
    readonly problems: readonly RuleProblem[]
  }
}

export interface RuleInForce {
  readonly id: string
  readonly title: Readonly<Record<string, string>>
  readonly category: 'safety' | 'health' | 'routine' | 'technical'
  readonly severity: Severity
  readonly scope: 'home' | 'resident' | 'room' | 'sensor'
  readonly params: Readonly<
    Record<
      string,
      {
        readonly default: number | string
        readonly unit?: string
        readonly min?: number | string
        readonly max?: number | string
      }
    >
  >
  readonly held: number
}

export interface RuleProblem {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}

export interface RuleFiles {
  readonly files: readonly RuleFile[]
  readonly writable:
    | { readonly ok: true; readonly folder: string }
    | { readonly ok: false; readonly folder: string; readonly why: 'shipped' | 'read-only' }
}

/** What rules did in the last 30 days. */
export interface RuleLoad {
  readonly rules: readonly {
    readonly rule: string
    readonly count: number
    readonly per100?: number
    readonly open: number
    readonly causes: Readonly<Record<string, number>>
    readonly homes: readonly { readonly home: string; readonly label?: string; readonly count: number }[]
    readonly homeCount: number
  }[]
  readonly ownLimits: readonly { readonly rule: string; readonly homes: readonly string[] }[]
}

export interface RuleChange extends ChangeOfRules {
  readonly why?: string
  readonly triedBy?: string
}

export interface Trial {
  readonly id: string
  readonly by: string
  readonly at: number
  readonly files: readonly RuleFile[]
  readonly state:
    | { readonly is: 'running'; readonly done: number; readonly of: number }
    | { readonly is: 'refused'; readonly problems: readonly RuleProblem[] }
    | { readonly is: 'done'; readonly result: TrialResult }
    | { readonly is: 'failed'; readonly reason: string }
    | { readonly is: 'stopped' }
    | { readonly is: 'on'; readonly result: TrialResult; readonly by: string; readonly at: number }
}

/** How the hub itself is. */
export interface SystemState extends Omit<SystemFacts, 'heartbeat' | 'plain' | 'rulesRefused'> {
  readonly now: number
  readonly problems: readonly SystemProblem[]
  readonly writtenAgo: number
  readonly outboxAge: number
}
