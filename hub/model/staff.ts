import type { Way } from './notification.ts'

/** Somebody who works for the care centre, as the core knows them: without the personal part. */
export interface StaffFacts {
  readonly id: string
  readonly language: string
  /** Ways for which no address is registered: `sms` without a phone number. Not given: none is known to lack. */
  readonly lacks?: readonly Way[]
}

/** The personal part. Lives in the registry only: never in the journal, topics, history or logs. */
export interface StaffPersonal {
  readonly id: string
  readonly name?: string
  /** E.164, with the plus sign. */
  readonly phone?: string
  readonly email?: string
}
