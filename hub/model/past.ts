import type { Alert } from './alert.ts'
import type { Value } from './reading.ts'

/** What is kept of a home between two times, oldest first. Times in ms. */
export interface HomePast {
  readonly readings: readonly PastReading[]
  /** How the states that may last long were when it begins: the newest of each from the day before. */
  readonly before: readonly PastReading[]
  /** There were more readings than are read at once: those of before this time are not among them. */
  readonly cutBefore?: number
  /** What told of links: gateways of this home, and when the hub itself was away. */
  readonly links: readonly PastLink[]
  /** Opened between, resolved ones too. */
  readonly alerts: readonly Alert[]
}

/** Hours of a home, as they are drawn. Times in ms. */
export interface DrawnPast extends Pick<HomePast, 'cutBefore' | 'links' | 'alerts'> {
  readonly bands: readonly {
    readonly sensor: string
    readonly kind: string
    /** Somebody was sensed, a door was open, a bed occupied. */
    readonly spans: readonly Stretch[]
    readonly marks: readonly { readonly at: number; readonly value: string | boolean }[]
    /** The sensor was not heard for longer than it should be. */
    readonly silent: readonly Stretch[]
  }[]
  readonly vitals: readonly {
    readonly kind: string
    readonly resident?: string
    readonly points: readonly [at: number, value: number][]
  }[]
}

/** Days of a home, as far as they can be seen at once. Times in ms. */
export interface HomeOverview {
  readonly bands: readonly {
    readonly sensor: string
    readonly kind: string
    /** For each hour from the beginning which part of it something was sensed, 0 to 1. */
    readonly hours: readonly number[]
    /** At most one an hour. */
    readonly marks: readonly { readonly at: number; readonly value: string | boolean }[]
    /** The sensor was not heard for longer than it should be. */
    readonly silent: readonly Stretch[]
  }[]
  readonly vitals: readonly {
    readonly kind: string
    readonly resident?: string
    /** By the days of the home's clock; those without a measurement are not there. */
    readonly days: readonly DayOfVital[]
  }[]
  readonly cutBefore?: number
  readonly links: HomePast['links']
  readonly alerts: HomePast['alerts']
}

export interface DayOfVital {
  /** When the day begins. */
  readonly from: number
  readonly min: number
  readonly mean: number
  readonly max: number
  /** How many measurements. */
  readonly count: number
}

/** From inclusive, to exclusive. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

export interface PastReading {
  readonly at: number
  readonly sensor: string
  readonly kind: string
  /** `null`: the device repeated what it had said; it was heard. */
  readonly value: Value | null
}

export type PastLink =
  | { readonly now: number; readonly gateway: string; readonly to: 'online' | 'offline' }
  /** The hub was away since `away`. After a start no gateway is connected; after a pause those that were still are. */
  | { readonly now: number; readonly away: number; readonly by: 'start' | 'pause' }
