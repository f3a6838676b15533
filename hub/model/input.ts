import type { Category, Cause, Severity, WayDown } from './alert.ts'
import type { ConsentKind } from './consent.ts'
import type { Home, LimitStep } from './home.ts'
import type { Letter, To, Way } from './notification.ts'
import type { Areas } from './person.ts'
import type { Reading } from './reading.ts'
import type { ServiceWanted } from './service-state.ts'
import type { Announced, Announcer, Unknown } from './seen.ts'
import type { StaffFacts } from './staff.ts'
import type { AlarmHow, Expected } from './visit.ts'

/**
 * Everything that can happen to the hub, in one ordered stream. Each is journalled with the `now` at which it
 * was accepted; the same journal gives the same findings and alerts, to the byte.
 */
export type Input =
  | StartInput
  | PauseInput
  | ShedInput
  | ReadingInput
  | UndecodedInput
  | AnnouncedInput
  | IgnoreInput
  | GatewayInput
  | HomeInput
  | RulesInput
  | StaffInput
  | ModeInput
  | ServiceInput
  | HoldInput
  | VisitInput
  | ConsentInput
  | StopInput
  | AcknowledgeInput
  | TakeOverInput
  | HandOnInput
  | CommentInput
  | AttendInput
  | ShowInput
  | StatusInput
  | ResolveInput
  | AnswerInput
  | DeliveryInput
  | LetterInput
  | ResendInput
  | ViolationInput
  | NoticeInput
  | RaiseInput
  | BoardsInput
  | TickInput

/** The hub started; it was last known alive at `aliveUntil`. What lies between is unreachable time. */
export interface StartInput {
  readonly type: 'start'
  readonly aliveUntil: number
  /** Its database was restored from a backup since then. */
  readonly restored?: Restored
}

/** What people did after `madeAt` is not known; for `quiet` ms nobody is told of what was open then. */
export interface Restored {
  readonly madeAt: number
  readonly quiet: number
}

/** The process stood still, or the clock jumped ahead: nobody could be heard since `from`. */
export interface PauseInput {
  readonly type: 'pause'
  readonly from: number
}

/**
 * The disk is nearly full: from now on the hub keeps alarms alone, and acknowledges the rest without keeping it; or it keeps
 * all again. Said anew once a minute meanwhile, with how many readings it did not keep since it was said last.
 */
export interface ShedInput {
  readonly type: 'shed'
  readonly on: boolean
  /** Set where it is over: since when that was so, ms. */
  readonly since?: number
  /** By home; only homes of which there were some. */
  readonly notKept?: Readonly<Record<string, number>>
}

export interface ReadingInput {
  readonly type: 'reading'
  readonly reading: Reading
  /** It came with QoS 0: had it been lost on the way, nobody would know. */
  readonly qos?: 0
  /** It is to be kept at the broker, or was kept at another one: whether it is new nobody can say. */
  readonly kept?: true
  /** The hub said it itself to try the way of an alarm; taken in maintenance only, and no measurement of anything. */
  readonly test?: true
  /** Set for packets that may be sent again without an id of their own (QoS 1 and 2). */
  readonly packet?: Packet
}

/** What makes a retransmission recognisable [MQTT-4.4.0-1]: same client, packet id and payload, with DUP. */
export interface Packet {
  readonly client: string
  readonly packetId: number
  readonly dup: boolean
  /** CRC-32 of topic and payload; in entries of before schema 22 a text with their SHA-1. */
  readonly digest: number
  /** How many inputs the packet gave: they are taken or dropped together. */
  readonly inputs: number
}

/** A message that gave no reading: kept with the reason, and shown. */
export interface UndecodedInput {
  readonly type: 'undecoded'
  readonly home: string
  readonly sensor?: string
  readonly topic: string
  /** As text where it is UTF-8, else base64 after `base64:`; cut at 4 kB. */
  readonly payload: string
  readonly reason: string
  /** From a sensor whose profile is alarm-class: it raises an alert all the same. */
  readonly alarm: boolean
  readonly receivedAt: number
  readonly packet?: Packet
  /** Whose it is, where it belongs to no registered sensor. */
  readonly unknown?: Unknown
}

/** A gateway told of devices of its network: for who registers sensors, and for nothing else. */
export interface AnnouncedInput {
  readonly type: 'announced'
  readonly home: string
  readonly by: Announcer
  readonly devices: readonly Announced[]
  /** These are all that it has: whatever it told of before is gone. */
  readonly isAll?: true
}

/** Somebody does not want to see a device that is not registered, or again does. */
export interface IgnoreInput {
  readonly type: 'ignore'
  readonly home: string
  readonly address: string
  readonly on: boolean
  readonly by: string
  readonly via: string
}

export interface GatewayInput {
  readonly type: 'gateway'
  readonly home: string
  readonly gateway: string
  readonly to: 'online' | 'offline'
}

/** A home was registered or changed: the whole of it, without its personal part. */
export interface HomeInput {
  readonly type: 'home'
  readonly home: Home
  /** Set when a person changed it; the reason for a limit is in the personal part. */
  readonly change?: {
    readonly by: string
    readonly via: string
    readonly limits: readonly LimitStep[]
    /** What they changed of the register, by name alone: `sensors/hall-door/room`. */
    readonly register?: readonly string[]
  }
  /** Residents and sensors that are in it no more and were erased with it: what rules learned of them goes too. */
  readonly erased?: readonly string[]
}

/** The staff is this from now: all of it, without the personal part. */
export interface StaffInput {
  readonly type: 'staff'
  readonly staff: readonly StaffFacts[]
}

/** Other rule files are in force from now. The text is kept, so that a replay has the rules of the time. */
export interface RulesInput {
  readonly type: 'rules'
  readonly files: readonly RuleFile[]
  /** Who switched them on; not given where the files in the folder were changed. The reason is kept beside the journal. */
  readonly change?: { readonly by: string; readonly via: string }
}

/** A file of rules; or of policies: those are named `policies/x.yaml`. */
export interface RuleFile {
  readonly name: string
  readonly text: string
}

/** What people say about a home for a while; `maintenance` always has an end. */
export const MODES = ['away', 'maintenance', 'carer'] as const
export type Mode = (typeof MODES)[number]

/** After so long maintenance ends by itself, ms (docs/decisions/0009-maintenance.md). */
export const LONGEST_MAINTENANCE = 4 * 3_600_000

/**
 * When a mode shall end, as a person says it: a duration (`2h`), or a time (`14:30` or `2026-11-22 14:30` by the clock
 * of the home, `2026-11-22T13:30Z` anywhere).
 */
export type ModeEnd = { readonly in: string } | { readonly at: string }

/** A mode of a home was set: nobody is at home, someone works on the equipment, a carer is there. */
export interface ModeInput {
  readonly type: 'mode'
  readonly home: string
  readonly mode: Mode
  readonly on: boolean
  /** When it ends by itself, ms. Maintenance ends after 4 h at the latest, with or without it. */
  readonly until?: number
  readonly by: string
  readonly via: string
}

/** The service of a home begins, is paused, or ends. The reason is in the personal part of the home. */
export interface ServiceInput {
  readonly type: 'service'
  readonly home: string
  readonly to: ServiceWanted
  readonly by: string
  readonly via: string
}

/**
 * For a while a rule calls nobody about a home (docs/decisions/0013-holds.md), or again does. The reason is in the
 * personal part of the home.
 */
export type HoldInput = {
  readonly type: 'hold'
  readonly home: string
  readonly rule: string
  readonly by: string
  readonly via: string
} & (
  | {
      readonly on: true
      /** When it ends by itself, ms; 14 days ahead at the most. */
      readonly until: number
    }
  | { readonly on: false }
)

/** What happens at an installer's visit. What readings prove meanwhile needs no input of its own. */
export type VisitInput = {
  readonly type: 'visit'
  readonly home: string
  readonly by: string
  readonly via: string
} & (
  | { readonly what: 'start' }
  | {
      readonly what: 'ask'
      readonly sensor: string
      /** The number of the step in its profile, from 0. */
      readonly step: number
      readonly expect: Expected
    }
  | { readonly what: 'alarm'; readonly how: AlarmHow; readonly sensor?: string }
  /** The certificate itself names people: it is kept beside the journal. */
  | { readonly what: 'finish'; readonly visit: string; readonly certificate: string; readonly sha256: string }
)

/** Somebody recorded what a contact may get. Where it says so is in the personal part of the home. */
export interface ConsentInput {
  readonly type: 'consent'
  readonly home: string
  readonly contact: string
  readonly give: readonly ConsentKind[]
  readonly withdraw: readonly ConsentKind[]
  readonly by: string
  readonly via: string
}

/** Somebody wrote STOP, or START again: whoever has the number that it came from. */
export interface StopInput {
  readonly type: 'stop'
  /** False: START. */
  readonly on: boolean
  readonly contacts: readonly { readonly home: string; readonly contact: string }[]
  /** Ids: they cannot stop messages like this. */
  readonly staff: readonly string[]
  readonly via: string
}

export interface AcknowledgeInput {
  readonly type: 'acknowledge'
  readonly alert: string
  readonly by: string
  readonly via: string
}

/** A person takes an alert that another one has. */
export interface TakeOverInput {
  readonly type: 'take-over'
  readonly alert: string
  readonly by: string
  readonly via: string
}

/** A person asks another one to take the alert: `contact:daughter` or `staff:siv`. */
export interface HandOnInput {
  readonly type: 'hand-on'
  readonly alert: string
  readonly to: string
  readonly by: string
  readonly via: string
}

export interface CommentInput {
  readonly type: 'comment'
  readonly alert: string
  readonly by: string
  readonly via: string
  readonly text: string
}

/** Somebody is on the way to the home, or there. */
export interface AttendInput {
  readonly type: 'attend'
  readonly alert: string
  readonly what: 'on-the-way' | 'arrived'
  readonly by: string
  readonly via: string
}

export interface ResolveInput {
  readonly type: 'resolve'
  readonly alert: string
  readonly by: string
  readonly via: string
  readonly cause: Cause
  readonly comment?: string
}

/** Where to go and how to get in is shown to somebody, who opened a link; also of an alert that was just resolved. */
export interface ShowInput {
  readonly type: 'show'
  readonly alert: string
  readonly by: string
  readonly via: string
}

/** A contact saw the page that shows how the home is, or somebody made the link to it: kept, so that it can be asked. */
export interface StatusInput {
  readonly type: 'status'
  readonly what: 'read' | 'link-made'
  readonly home: string
  readonly contact: string
  readonly by: string
  readonly via: string
}

/** Somebody answered a message. The words themselves are not kept: they may be personal. */
export type AnswerInput = {
  readonly type: 'answer'
  readonly action: 'accept' | 'decline' | 'unclear'
  readonly code?: string
  /** The alert that they were told of by a link, which is how they answered; else it was by SMS. */
  readonly link?: string
} & Answerer

/** A contact of a home, or somebody of the staff, who may answer for any home. */
export type Answerer =
  | { readonly home: string; readonly contact: string; readonly staff?: never }
  | { readonly home?: never; readonly contact?: never; readonly staff: string }

/** What became of a notification. */
export interface DeliveryInput {
  readonly type: 'delivery'
  readonly notification: string
  readonly to: 'accepted' | 'delivered' | 'failed' | 'retry'
  readonly reference?: string
  readonly error?: string
  /** With `retry`: not before this time. */
  readonly notBefore?: number
  /** Which channel says so; not given where all of the route were tried. */
  readonly via?: string
  /** The other channels of its route, as they were set up then. */
  readonly others?: readonly string[]
  /** With `accepted`: the network has it, and nothing more will be heard: no report is waited for. */
  readonly isLast?: true
  /** With `accepted`: a report of the delivery can be expected within so many ms. */
  readonly reportWithin?: number
}

/** Somebody wants a message sent that is about no alert. */
export interface LetterInput extends To {
  readonly type: 'letter'
  /** Of the contact; not given for the staff. */
  readonly home?: string
  readonly channel: Way
  readonly letter: Letter
  readonly by: string
  readonly via: string
}

/** A person wants a message that failed to be tried once more. */
export interface ResendInput {
  readonly type: 'resend'
  readonly notification: string
  readonly by: string
  readonly via: string
}

/** A gateway tried something that it may not. */
export interface ViolationInput {
  readonly type: 'violation'
  readonly home: string
  readonly gateway: string
  readonly action: 'publish' | 'subscribe'
  readonly topic: string
}

/**
 * The hub noticed something that no reading says, or that it is over: it raises and resolves a technical alert. What it
 * was noticed in (a folder, a list of profiles) is not needed for a replay.
 */
export interface NoticeInput {
  readonly type: 'notice'
  readonly notice:
    | 'hub-profile-missing'
    | 'hub-rules-refused'
    | 'hub-channel-down'
    | 'hub-connector-down'
    | 'hub-certificate'
    | 'hub-backup'
    | 'hub-qos'
    | 'hub-flood'
    | 'hub-disk-low'
    | 'hub-disk-full'
    | 'hub-disk-lost'
  /** Not given: it is about the hub itself. */
  readonly home?: string
  readonly sensor?: string
  /** The gateway of the home that it is about. */
  readonly gateway?: string
  /** The channel for messages that it is about. */
  readonly channel?: string
  /** The certificate that it is about: `mqtt.tls`. */
  readonly certificate?: string
  /** The connector that it is about. */
  readonly connector?: string
  /** Where no other channel of its way works either. */
  readonly wayDown?: WayDown
  readonly on: boolean
  readonly reason?: string
}

/** What programs may raise: nothing about a person's safety or health, which only rules judge (docs/programs.md). */
export const RAISED_CATEGORIES = ['technical', 'routine'] as const satisfies readonly Category[]

/** And how urgent: `high` is for what rules found, which were tried on history. */
export const RAISED_SEVERITIES = ['medium', 'low', 'info'] as const satisfies readonly Severity[]

/** A program says that something holds, or that it is over. It can speak of what it raised itself, and of nothing else. */
export type RaiseInput = {
  readonly type: 'raise'
  /** `token:node-red`; of a script on the hub whoever ran it. */
  readonly by: string
  readonly via: string
  /** The program's own name for it, within the home. */
  readonly key: string
  /** Not given: it is about the hub itself. */
  readonly home?: string
} & (
  | {
      readonly on: true
      readonly sensor?: string
      readonly title: string
      /** Shown below the title, and in no message. */
      readonly text?: string
      readonly category: (typeof RAISED_CATEGORIES)[number]
      readonly severity: (typeof RAISED_SEVERITIES)[number]
      readonly resolve: 'manual' | 'auto'
      /** It happened once more; else it is said of a state, which a repeat only refreshes. */
      readonly again?: true
      /** When it is over by itself, ms, if nobody says it again until then. */
      readonly until?: number
    }
  | { readonly on: false }
)

/**
 * People who may act have a board open and signed in for these areas, and for no others; said when that changes. A board
 * that is back within half a minute was never away (docs/decisions/0019-no-board.md).
 */
export interface BoardsInput {
  readonly type: 'boards'
  readonly areas: Areas
}

/** Time passed and something was due. A tick that fires nothing leaves no row. */
export interface TickInput {
  readonly type: 'tick'
}

/** One row of the journal. `seq` counts from 1; there are holes where entries were erased, or had served their time. */
export interface JournalEntry {
  readonly seq: number
  readonly now: number
  readonly input: Input
}
