import type { Alert, AlertEvent, Transition } from '../model/alert.ts'
import type { Day } from '../model/day.ts'
import type { Home, HomePersonal } from '../model/home.ts'
import type { HomeInput, Input, JournalEntry, Mode } from '../model/input.ts'
import type { Hold } from './holds.ts'
import type { Seen } from './seen.ts'
import type { AlertNotification, Notification } from '../model/notification.ts'
import type { Areas } from '../model/person.ts'
import type { WatchedRow } from '../model/watched.ts'
import type { PolicySet } from '../alerts/policy.ts'
import type { StaffFacts, StaffPersonal } from '../model/staff.ts'
import type { Certificate, VisitRow } from '../model/visit.ts'

/** What became of one input. */
export type Outcome =
  /** On disk, with all that follows from it. */
  | { readonly taken: true; readonly seq: number }
  /** Not taken, and why: `duplicate` is all right (it had been taken before); the others are for the sender. */
  | {
      readonly taken: false
      readonly why: 'duplicate' | 'nothing-due' | 'not-found' | 'not-possible'
      readonly reason: string
    }

/** What one commit changed; told to followers after it is on disk. */
export interface Commit {
  readonly entries: readonly JournalEntry[]
  readonly transitions: readonly Transition[]
  readonly alerts: readonly Alert[]
  readonly notifications: readonly Notification[]
  /** What is new in the histories of alerts. */
  readonly events: readonly AlertEvent[]
  /** Homes of which a mode, a hold or the state of service began, ended or changed. */
  readonly modesOf: readonly string[]
  /** Homes of which a device that is not registered was seen or changed. */
  readonly seenOf: readonly string[]
  /** Homes of which a visit began, was finished, or proved something. */
  readonly visitsOf: readonly string[]
}

/** What the core knows now. */
export interface CoreState {
  home(id: string): Home | undefined
  homes(): IterableIterator<Home>
  /** The open alerts; resolved ones are in the database. */
  openAlerts(): Alert[]
  alert(id: string): Alert | undefined
  /** By id. */
  staff(): ReadonlyMap<string, StaffFacts>
  /** Who is told of what. */
  policies(): PolicySet
  /** Whether somebody has had as many messages as they get in an hour. */
  isOverLimit(home: string | undefined, recipient: string): boolean
  /** The messages that told of open alerts with others under this code. */
  toldUnder(code: string): readonly AlertNotification[]
  /** The modes that the home is in, by name. */
  modes(home: string): readonly ModeInForce[]
  /** The rules that are held for the home, or for any. */
  holds(home?: string): readonly Hold[]
  /** The areas for which somebody who may act has a board open, as the stream was told. */
  watchedAreas(): Areas
  /** How the home is and was of late, as its family is told; undefined: there is no such home. */
  day(home: string): Day | undefined
  /** Is this home's link up, as far as the hub knows? */
  isReachable(home: string): boolean
  /** Why the hub cannot see all that matters in a home, and since when; undefined: it can, or there is no such home. */
  blind(home: string): WatchedRow['blind']
  /** Is this gateway connected, as far as the hub knows? Undefined when it is not one of the home. */
  isOnline(home: string, gateway: string): boolean | undefined
  /** How many of its sensors have not been heard in time, whether or not the link of the home is up. */
  silentSensors(home: string): number
  /** Does the sensor speak? `never`: not since it was registered. */
  sensorState(home: string, sensor: string): SensorState | undefined
  /** What its gateways send and tell of that belongs to no registered sensor, newest first. */
  seen(home: string): readonly Seen[]
  /** The installer's visit that is open there. */
  visit(home: string): VisitRow | undefined
}

/**
 * The one ordered stream of inputs. Everything that changes what the hub knows goes through here, in one
 * transaction per batch: journal, rule state, alerts and outbox.
 */
export interface Core extends CoreState {
  /** The time of the stream: never goes back, and goes on when the machine's clock is set back. */
  now(): number
  /**
   * Takes inputs, in order; `done` is called after they are on disk (or with the error for which they are
   * not), in the order of submission.
   */
  submit(
    inputs: readonly Input[],
    done: (error: Error | undefined, outcomes: readonly Outcome[]) => void,
  ): void
  /** How many submissions are applied and not on disk yet: more than a few thousand, and the disk is what is waited for. */
  unwritten(): number
  /** As `submit`, for one input; for a mode or hold with the home's personal part, where the reason is kept. */
  take(input: Input, personal?: HomePersonal): Promise<Outcome>
  /** Registers or changes a home with its personal part, in the same transaction. */
  takeHome(home: Home, personal: HomePersonal, change?: HomeInput['change']): Promise<Outcome>
  /**
   * As `take`, for several in one transaction, with the certificate of a visit: the first that is not possible ends it, and
   * those after it are not taken.
   * @returns what became of the last one that was tried
   */
  takeTogether(inputs: readonly Input[], personal?: HomePersonal, certificate?: Certificate): Promise<Outcome>
  /** Says who the staff are from now, all of them, with their personal part in the same transaction. */
  takeStaff(staff: readonly StaffFacts[], personal: readonly StaffPersonal[]): Promise<Outcome>
  /** Tells what each commit changed, after it is on disk. Returns the way to stop listening. */
  onCommit(listener: (commit: Commit) => void): () => void
}

/** Times in ms. */
export interface ModeInForce {
  readonly mode: Mode
  readonly since: number
  /** When it ends by itself. */
  readonly until?: number
  readonly by?: string
  readonly via?: string
}

export interface SensorState {
  readonly heardAt?: number
  readonly available: boolean
  /** The newest reading of each kind; `since`: how long a word or yes-or-no has been the same. */
  readonly last: Readonly<
    Record<
      string,
      { readonly value: string | number | boolean; readonly at: number; readonly since?: number }
    >
  >
}
