import type { Alert, AlertEvent, Text } from '../model/alert.ts'
import type { Away } from '../model/away.ts'
import type { DrawnPast, HomeOverview } from '../model/past.ts'
import type { SystemFacts, SystemProblem } from '../model/system.ts'
import type { FollowedJournal } from '../model/followed.ts'
import type { Heartbeat } from '../model/heartbeat.ts'
import type { ConsentKind, ConsentState } from '../model/consent.ts'
import type { ConsentNote, ConsentOrder, HomePersonal, LimitNote, LimitOrder } from '../model/home.ts'
import type { GatewayCertificate } from '../model/gateway-certificate.ts'
import type { LoginRefusal } from '../model/refusal.ts'
import type { Figure, IndicatorId } from '../model/indicator.ts'
import type { AlertLink, OpenedLink, StatusLinkPurpose } from '../model/link.ts'
import type { AlertNotification, Notification } from '../model/notification.ts'
import type { Hold } from '../core/holds.ts'
import type { Core, ModeInForce } from '../core/core.ts'
import type { Seen } from '../core/seen.ts'
import type { Likely } from '../decode/likely-profiles.ts'
import type { Mode, ModeEnd } from '../model/input.ts'
import type { HistoryReader } from '../history/history.ts'
import type { RuleChanges } from '../rules/compare-rules.ts'
import type { Param, Rule } from '../rules/rule.ts'
import type { HandoverNotes } from '../model/handover.ts'
import type { HomeNotes } from '../model/home-note.ts'
import type { Order } from '../model/shift.ts'
import type { StaffFacts, StaffPersonal } from '../model/staff.ts'
import type { Policy } from '../alerts/policy.ts'
import type { ProtectionOffice } from './protection.ts'
import type { Erasures } from './erasures.ts'
import type { ResidentCopy } from './resident-copy.ts'
import type { Register } from './register.ts'
import type { RuleBook } from './rule-book.ts'
import type { HomeDifference } from '../model/register.ts'
import type { Visits } from './visits.ts'
import type { Requests } from '../model/request.ts'
import type { Audit, People } from './people.ts'
import type { Problem } from '../source/problem.ts'

/** What the API needs of the hub: the stream for every change, and reads of what is kept. */
export interface Office {
  readonly core: Core
  readonly history: HistoryReader
  /** Hours of a home, ready to be drawn. May take a moment, and holds up nothing. */
  past(home: string, from: number, to: number): Promise<DrawnPast>
  /** The journal for those who follow it; their streams show only what they may see. */
  readonly journal: FollowedJournal
  /** Days of a home at once, summed up; `from` is a whole hour. May take a second, and holds up nothing. */
  overview(home: string, from: number, to: number): Promise<HomeOverview>
  /** The newest alerts of a rule in a home, newest first. */
  alertsOf(home: string, rule: string, limit: number): readonly Alert[]
  /** Every open one, newest first; with `all` then the newest resolved ones, at most `limit`. */
  alerts(query: { all: boolean; limit: number }): readonly Alert[]
  /** The newest first, those before a place. */
  resolvedAlerts(query: { limit: number; before?: AlertPlace }): readonly Alert[]
  alert(id: string): Alert | undefined
  alertEvents(alert: string): readonly AlertEvent[]
  notificationsOf(alert: string): readonly AlertNotification[]
  /** The newest first, those before a place; letters among them. */
  newestNotifications(limit: number, before?: MessagePlace): readonly Notification[]
  /** Those that could never be delivered. */
  failedNotifications(limit: number, before?: MessagePlace): readonly Notification[]
  notification(id: string): Notification | undefined
  personal(home: string): HomePersonal | undefined
  /** What a home is called; from memory, where it was asked for before. */
  label(home: string): string | undefined
  staff(): readonly (StaffFacts & StaffPersonal)[]
  staffMember(id: string): StaffPersonal | undefined
  /** Homes, changed one thing at a time. */
  readonly register: Register
  /** People who are erased from all that is kept. */
  readonly erasures: Erasures
  /**
   * All that is kept about a resident, for them; the whole home, when none is given.
   * @throws OfficeError
   */
  copyResident(home: string, resident: string | undefined): ResidentCopy
  /** Installers' visits, and what they proved. */
  readonly visits: Visits
  /** Whether homes are protected now. */
  readonly protection: ProtectionOffice
  /** Requests that were answered, so that the same one does nothing twice. */
  readonly requests: Requests
  /** The newest first, those before a `seq`. */
  undecoded(limit: number, before?: number): readonly UndecodedRow[]
  /** What gateways of a home send and tell of that belongs to no registered sensor, newest first. */
  seen(home: string): readonly SeenDevice[]
  /**
   * Hides one of those, or shows it again.
   * @throws OfficeError
   */
  ignoreSeen(
    home: string,
    address: string,
    order: { readonly on: boolean; readonly by: string; readonly via: string },
  ): Promise<void>
  /**
   * Reads an import file and registers its homes; nothing is registered when anything in it is wrong.
   * @throws ProblemsError with every error of the file
   */
  importHomes(
    file: string,
    text: string,
  ): Promise<{
    homes: number
    changed: number
    limitsReplaced: number
    changedHomes: readonly string[]
    /** Those of which other people are told now, or in another way. */
    toldChanged: readonly string[]
  }>
  /**
   * What an import would change, home by home and field by field; nothing is changed.
   * @throws ProblemsError with every error of the file
   */
  compareHomes(
    file: string,
    text: string,
  ): Promise<{
    readonly homes: readonly HomeDifference[]
    /** Registered homes that the file does not name: they stay as they are. */
    readonly others: number
  }>
  /**
   * Homes as a file that can be imported again, with all that is personal; all when none are named.
   * @throws OfficeError
   */
  exportHomes(
    homes: readonly string[] | undefined,
    format: 'yaml' | 'csv',
    language: 'en' | 'nb',
  ): Promise<string>
  /**
   * Reads a file of the staff: all of them, from now. Nothing is changed when anything in it is wrong.
   * @throws ProblemsError with every error of the file
   */
  importStaff(file: string, text: string): Promise<{ staff: number; changed: number; removed: number }>
  /**
   * Makes a gateway's credentials. The password is shown once: only its hash is kept.
   * @throws OfficeError
   */
  addGateway(home: string, order: GatewayOrder): Promise<MadeGateway>
  /**
   * Makes another certificate for a gateway; the ones that it has are revoked when it first comes with this one.
   * @param request PEM: a request of the gateway's own; its key never leaves it
   * @throws OfficeError
   */
  renewGateway(id: string, request?: string): Promise<MadeCertificate & { readonly home: string }>
  /**
   * Takes a gateway's password and certificates away, and ends its connections and sessions, at once. The home keeps the
   * gateway, which can get new ones.
   * @throws OfficeError
   */
  revokeGateway(
    id: string,
    why: string,
  ): Promise<{ readonly home: string; /** Connections that were ended. */ readonly disconnected: number }>
  /** Those in force, those that end first first. */
  gatewayCertificates(): readonly GatewayCertificate[]
  /** Where the credentials of this gateway are for; none when it has none. */
  gatewayHome(id: string): string | undefined
  /**
   * The limits that a home and its residents have of their own.
   * @throws OfficeError
   */
  limits(home: string): LimitList
  /**
   * Sets and unsets limits, all of them or none; in force when it returns.
   * @throws OfficeError
   */
  changeLimits(home: string, order: LimitOrder): Promise<LimitList>
  /**
   * What each contact of a home has consented to, in the order in which they are told.
   * @throws OfficeError
   */
  consents(home: string): ConsentList
  /**
   * Records what a contact may get; in force when it returns.
   * @throws OfficeError
   */
  changeConsent(home: string, order: ConsentOrder): Promise<ConsentList>
  /**
   * The modes that a home is in.
   * @throws OfficeError
   */
  modes(home: string): ModeList
  /**
   * Sets or ends a mode; in force when it returns. Ending one that is not in force changes nothing.
   * @throws OfficeError
   */
  setMode(home: string, order: ModeOrder): Promise<ModeList>
  /**
   * The rules that are held for a home.
   * @throws OfficeError
   */
  holds(home: string): HoldList
  /** Those of every home. */
  allHolds(): readonly HoldView[]
  /**
   * Holds a rule for a home, or lifts that; in force when it returns. Lifting what is not held changes nothing.
   * @throws OfficeError
   */
  setHold(home: string, order: HoldOrder): Promise<HoldList>
  /** The words of a message as it was sent, with today's names from the registry. */
  messageText(notification: Notification): string | undefined
  /** Takes an SMS from a phone number. */
  takeAnswer(from: string, text: string): Promise<{ matched: boolean; reason: string }>
  /** What phones wrote, newest first; texts are kept in memory only. */
  answers(limit: number): readonly AnswerRow[]
  /** One rule as it was written in the files that were in force at a time; undefined when nobody knows any more. */
  ruleText(id: string, at: number): { readonly file: string; readonly text: string } | undefined
  /** The rules in force, and what is wrong with the files if they are others. */
  rules(): RulesStatus
  /** What the rules did, and how they are changed. */
  readonly ruleBook: RuleBook
  readonly people: People
  /** How a home is, for a contact who may see that now; undefined: for nobody like them. */
  status(link: StatusLinkPurpose): StatusView | undefined
  /** A link to the status page of a home for a contact, which stands in the journal. @throws OfficeError */
  makeStatusLink(
    home: string,
    contact: string,
    who: { readonly by: string; readonly via: string },
  ): Promise<{ readonly url: string; readonly until: number }>
  /** What links in messages open. */
  readonly links: Links
  readonly audit: Audit
  /** For `/metrics`, in the Prometheus text format. */
  metrics(): Promise<{ contentType: string; text: string }>
  /** Figures of how alarms were answered. May take long, and holds up nothing. */
  indicators(period: { readonly from: number; readonly to: number }): Promise<IndicatorReport>
  /** For whoever watches over the hub; from memory, so that asking costs it nothing. */
  heartbeat(): Heartbeat
  /** How the parts of the hub are, and what is wrong with them. */
  system(): Promise<{ readonly facts: SystemFacts; readonly problems: readonly SystemProblem[] }>
  /** When the hub itself was away lately, newest first. */
  away(): readonly Away[]
  /** The alerts to which anything happened since then, at most `limit`, whose newest event is newest first. */
  alertsSince(from: number, limit: number): { readonly alerts: readonly Alert[]; readonly more: boolean }
  /** Modes and holds that were set or ended since then, oldest first. */
  ordersSince(from: number): readonly Order[]
  /** What a shift tells the next one. */
  readonly handover: HandoverNotes
  /** What the centre has written down about homes. */
  readonly notes: HomeNotes
  /** Undefined when the hub takes and commits; else the reason why it does not. */
  notReady(): string | undefined
}

/** Where a page of alerts ended. */
export interface AlertPlace {
  readonly openedAt: number
  readonly id: string
}

/** Where a page of messages ended. */
export interface MessagePlace {
  readonly queuedAt: number
  readonly id: string
}

/** The indicators of a period, in their order. Times in ms. */
export interface IndicatorReport {
  readonly from: number
  readonly to: number
  /** The first 28 days of the hub. */
  readonly startingPoint?: { readonly from: number; readonly to: number; readonly isOver: boolean }
  readonly figures: readonly (Figure & {
    readonly id: IndicatorId
    readonly startingPoint?: Omit<Figure, 'parts'>
  })[]
}

/** A device that was seen, and with which profiles it could be registered, the likeliest first. */
export interface SeenDevice extends Seen {
  readonly likely: readonly Likely[]
}

export interface ModeOrder {
  readonly mode: Mode
  readonly on: boolean
  /** When it ends by itself. Maintenance ends 4 h after it began at the latest, with or without it. */
  readonly until?: ModeEnd
  readonly by: string
  readonly via: string
  readonly why?: string
}

export interface ModeList {
  readonly home: string
  readonly timezone: string
  readonly modes: readonly (ModeInForce & { readonly why?: string })[]
  /** By name: who is told of what happens in maintenance. */
  readonly installers: readonly string[]
  /** Alerts marked as tests that nobody has answered: they count as real when maintenance ends. */
  readonly unansweredTests: number
}

export interface ConsentList {
  readonly home: string
  readonly timezone: string
  readonly contacts: readonly {
    readonly contact: string
    readonly name?: string
    /** They wrote STOP, ms. */
    readonly stoppedAt?: number
    readonly kinds: readonly {
      readonly kind: ConsentKind
      readonly is: ConsentState['is']
      /** ms */
      readonly since?: number
      readonly may: boolean
      /** Where the newest recorded word comes from. */
      readonly note?: ConsentNote
    }[]
  }[]
}

export type HoldOrder = { readonly rule: string; readonly by: string; readonly via: string } & (
  | { readonly on: true; readonly until: ModeEnd; readonly why: string }
  | { readonly on: false }
)

export interface HoldView extends Hold {
  readonly why?: string
  /** Of the rule in force; undefined when there is none with this id any more. */
  readonly title?: Text
  /** Alerts that nobody has answered, and of which nobody is told because of it. */
  readonly unanswered: number
}

export interface HoldList {
  readonly home: string
  readonly timezone: string
  readonly holds: readonly HoldView[]
}

export interface LimitList {
  readonly limits: readonly LimitView[]
  /** Oldest first. */
  readonly notes: readonly LimitNote[]
}

export interface LimitView {
  readonly resident?: string
  readonly rule: string
  readonly param: string
  readonly value: number | string
  readonly spec?: Param
  /** Why it is not used, though it is set. */
  readonly unused?: string
  readonly note?: LimitNote
}

export interface RulesStatus {
  readonly folder: string
  /** When the rules in force were taken over, and what that changed. */
  readonly since?: number
  readonly changes?: RuleChanges
  readonly rules: readonly Rule[]
  readonly policies: readonly Policy[]
  /** Set while the files cannot be used. */
  readonly refused?: {
    readonly at: number
    readonly reason: string
    readonly problems: readonly Problem[]
  }
}

export interface UndecodedRow {
  readonly seq: number
  readonly now: number
  readonly home: string
  readonly sensor?: string
  readonly topic: string
  readonly payload: string
  readonly reason: string
}

export interface AnswerRow {
  readonly at: number
  /** Of a contact. */
  readonly home?: string
  readonly contact?: string
  readonly staff?: string
  readonly text: string
}

/** Links in messages. Tokens have 128 bits or more, expire, and are kept as hashes. */
export interface Links {
  /** @param now ms since 1970 */
  open(token: string, now: number): OpenedLink
  /**
   * Asks for a code that signs the recipient of a link in. `again`: when the next one may be asked for, ms.
   */
  requestCode(
    link: AlertLink,
    now: number,
  ): { readonly ok: true } | { readonly ok: false; readonly again: number }
  /** `none`: no code is valid any more, or was tried too often. */
  signIn(link: AlertLink, code: string, now: number): { readonly session: string } | 'wrong' | 'none'
  isSignedIn(link: AlertLink, session: string, now: number): boolean
}

/** How a home is, in the reader's words. */
export interface StatusView {
  /** As the reader has it: `nb`, `en-GB`. */
  readonly language: string
  readonly mood: 'calm' | 'unsure' | 'medium'
  readonly headline: string
  readonly lines: readonly { readonly label: string; readonly text: string }[]
  readonly numbers: readonly { readonly name: string; readonly phone: string }[]
  /** By the clock of the home. */
  readonly made: string
}

export interface GatewayOrder {
  /** One is made when not given. */
  readonly id?: string
  /** A key and its certificate instead of a password. */
  readonly certificate?: boolean
  /** PEM: a request to sign, of a key that the gateway has itself; it gets no password either. */
  readonly request?: string
}

/** Shown this once. */
export interface MadeGateway {
  readonly home: string
  readonly username: string
  readonly password?: string
  readonly certificate?: MadeCertificate
}

/** In PEM. */
export interface MadeCertificate {
  readonly certificate: string
  /** Not given where the gateway has its own. */
  readonly key?: string
  /** Who signed it. */
  readonly authority: string
  /** Hex. */
  readonly serial: string
  readonly validTo: number
}

/** Something asked of the hub that cannot be done; the message says why and what to do. */
export class OfficeError extends Error {
  readonly code: 'not-found' | 'conflict' | 'invalid'
  readonly reason: LoginRefusal | undefined

  constructor(code: OfficeError['code'], message: string, reason?: LoginRefusal) {
    super(message)
    this.name = 'OfficeError'
    this.code = code
    this.reason = reason
  }
}
