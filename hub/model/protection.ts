import type { Way } from './notification.ts'

/**
 * Is a home protected now: can an alarm from it come through to somebody? `partly`: it can, and something is missing. A home
 * that is not in service is none of these.
 */
export const PROTECTION_STATES = [
  'not',
  'partly',
  'protected',
  'commissioning',
  'planned',
  'paused',
  'closed',
] as const
export type ProtectionState = (typeof PROTECTION_STATES)[number]

/** The gravest first: reasons are told in this order. */
export const PROTECTION_CODES = [
  'hub-away',
  'no-link',
  'no-alarm-sensor',
  'no-alarm-heard',
  'nobody-told',
  'no-rule',
  'alarms-only',
  'maintenance',
  'gateway-offline',
  'profile-missing',
  'sensor-silent',
  'sensor-never-heard',
  'rule-fault',
  'rule-held',
  'contact-failed',
  'way-down',
  'no-receipt',
  'battery-low',
  'weak-link',
  'never-proven',
  'proof-overdue',
  'rules-refused',
  'no-contact',
  'contact-stopped',
  'contact-withdrawn',
  'contact-no-address',
  'contact-quiet',
  'is-planned',
  'is-commissioning',
  'is-paused',
  'is-closed',
] as const
export type ProtectionCode = (typeof PROTECTION_CODES)[number]

/** One thing that is missing, or that people should know. Times in ms. */
export interface ProtectionReason {
  readonly code: ProtectionCode
  /** What a home in service is because of it; `nothing`: it is only to be known. */
  readonly makes: 'not' | 'partly' | 'nothing'
  readonly sensor?: string
  readonly gateway?: string
  readonly contact?: string
  readonly rule?: string
  /** The kind of reading that no rule looks at. */
  readonly kind?: string
  readonly way?: Way
  readonly since?: number
  readonly until?: number
  /** In %, with its limit. */
  readonly value?: number
  readonly limit?: number
}

export interface Protection {
  readonly state: ProtectionState
  /** The gravest first. */
  readonly reasons: readonly ProtectionReason[]
}

/** How long a home was not protected in a month, of how long it was in the register. */
export interface UnprotectedMonth {
  /** `2026-10`, by the clock of the hub. */
  readonly month: string
  readonly minutes: number
  /** Minutes. */
  readonly of: number
}
