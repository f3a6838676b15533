import type { Value } from './reading.ts'

/** How long an alarm that an installer sets off is waited for, ms. */
export const ALARM_WITHIN = 5 * 60_000
/** For how long a visit keeps its home in maintenance at a time, ms. */
export const VISIT_MAINTENANCE = 2 * 3_600_000

/** What must be heard for a step to be proven, as the profile of the sensor has it. Without value and bounds, any reading of the kind does. */
export interface Expected {
  readonly kind: string
  readonly value?: Value
  readonly above?: number
  readonly below?: number
}

/** The installer's visit that is open in a home. Times in ms. Row `visit|home`. */
export interface VisitRow {
  readonly id: string
  readonly by: string
  readonly via: string
  readonly startedAt: number
  /** Of those that were asked for something, or spoke. */
  readonly sensors: Readonly<Record<string, VisitSensor>>
  readonly alarm?: VisitAlarm
}

/** What the visit knows of one sensor. */
export interface VisitSensor {
  /** The device: of another one in its place nothing is known. */
  readonly profile: string
  readonly address: string
  /** By the number of the step in its profile, from 0. */
  readonly steps: Readonly<Record<string, AskedStep>>
  /** When a new message of it arrived last. */
  readonly heardAt?: number
  /** How it arrived: 0, or 1 for QoS 1 and 2. */
  readonly qos?: 0 | 1
  /** The last message that came so long after it was observed that it proves nothing: when, and how many ms. */
  readonly late?: { readonly at: number; readonly by: number }
  /** When it sent a message last that stays at the broker: whether that is new nobody can say. */
  readonly retainedAt?: number
  /** When it said a time that is not believed. */
  readonly clockAt?: number
}

/** A step that the installer was asked to do. */
export interface AskedStep {
  readonly askedAt: number
  readonly by: string
  readonly expect: Expected
  readonly proof?: StepProof
  /** The newest reading of the kind that was something else. */
  readonly other?: { readonly at: number; readonly value: Value }
}

/** The reading that proves a step. */
export interface StepProof {
  /** When it arrived. */
  readonly at: number
  readonly observedAt: number
  readonly value: Value
  /** Its row in the journal. */
  readonly seq: number
  readonly qos?: 0 | 1
}

export const ALARM_HOWS = ['sensor', 'hub'] as const
/** Who sets the alarm off: the sensor itself, or the hub with a reading that is marked as a test. */
export type AlarmHow = (typeof ALARM_HOWS)[number]

/** The timed proof from an alarm to its answer. What came after the alert is in the alert's own history. */
export interface VisitAlarm {
  readonly how: AlarmHow
  /** Not given: whichever alarms. */
  readonly sensor?: string
  readonly startedAt: number
  readonly by: string
  /** The reading that set it off. */
  readonly reading?: {
    readonly sensor: string
    readonly at: number
    readonly seq: number
    readonly kind: string
  }
  readonly alert?: { readonly id: string; readonly at: number }
}

/** A text for installers. */
export interface VisitText {
  readonly code: string
  readonly en: string
  readonly nb: string
}

/** What is wrong with a sensor, though it may be proven. */
export const VISIT_WARNINGS = [
  'battery-low',
  'weak-signal',
  'qos-0',
  'clock-off',
  'reading-late',
  'retained',
  'other-value',
] as const
export type VisitWarning = VisitText & { readonly code: (typeof VISIT_WARNINGS)[number] }

/** Why a visit cannot be finished yet. */
export const VISIT_LACKS = [
  'no-sensors',
  'unproven',
  'not-heard',
  'no-installer',
  'no-alarm',
  'maintenance-over',
  'unanswered-tests',
] as const
export type VisitLack = VisitText & { readonly code: (typeof VISIT_LACKS)[number]; readonly sensor?: string }

/** Why the timed proof failed. */
export const ALARM_FAILURES = [
  'no-reading',
  'no-alert',
  'no-message',
  'not-sent',
  'answered-by-other',
  'no-answer',
  'resolved',
] as const
export type AlarmFailure = VisitText & { readonly code: (typeof ALARM_FAILURES)[number] }

export const ALARM_LEGS = ['reading', 'alert', 'queued', 'sent', 'delivered', 'answered'] as const
export type AlarmLegName = (typeof ALARM_LEGS)[number]

/** One leg of the way from an alarm to its answer. */
export interface AlarmLeg {
  readonly leg: AlarmLegName
  readonly at?: number
  /** Since the leg before that is known; of the first: since it was asked for. */
  readonly seconds?: number
}

/** A visit, for people. Times in ms. */
export interface Visit {
  readonly id: string
  readonly home: string
  /** `operator:ola`. */
  readonly by: string
  readonly byName?: string
  readonly startedAt: number
  /** Until when what is found is a test; not given: it is over. */
  readonly maintenanceUntil?: number
  readonly gateways: readonly {
    readonly id: string
    readonly online: boolean
    readonly credentials: boolean
    /** How often it connected in the last five minutes, where that is a loop. */
    readonly reconnects?: number
  }[]
  readonly sensors: readonly VisitSensorView[]
  readonly alarm?: VisitAlarmView
  /** Why it cannot be finished yet. */
  readonly missing: readonly VisitLack[]
  readonly finished?: { readonly at: number; readonly certificate: string }
}

export interface VisitSensorView {
  readonly sensor: string
  readonly profile: string
  readonly title: { readonly en: string; readonly nb: string }
  readonly room?: string
  readonly roomName?: string
  readonly role?: string
  readonly address: string
  /** It can call for help, or warn of smoke, gas or CO. */
  readonly alarm: boolean
  readonly steps: readonly VisitStepView[]
  /** Why there is nothing to do but to hear it. */
  readonly nothing?: { readonly en: string; readonly nb: string }
  readonly state: 'unproven' | 'asked' | 'proven' | 'nothing-to-prove'
  /** When it was heard last in this visit. */
  readonly heardAt?: number
  /** Link quality, %. */
  readonly signal?: number
  /** % */
  readonly battery?: number
  readonly qos?: 0 | 1
  readonly warnings: readonly VisitWarning[]
}

export interface VisitStepView {
  readonly ask: { readonly en: string; readonly nb: string }
  readonly expect: Expected
  readonly askedAt?: number
  readonly provenAt?: number
  readonly value?: Value
  /** From the question to the reading. */
  readonly seconds?: number
  readonly qos?: 0 | 1
  /** The row of the journal that proves it. */
  readonly seq?: number
}

export interface VisitAlarmView {
  readonly how: AlarmHow
  readonly sensor?: string
  /** Not given: none was raised yet. */
  readonly alert?: string
  readonly startedAt: number
  readonly legs: readonly AlarmLeg[]
  /** From the reading to the answer. */
  readonly seconds?: number
  /** Who answered, and how: `contact:ola`, `sms`. */
  readonly answeredBy?: string
  readonly via?: string
  readonly state: 'waiting' | 'answered' | 'failed'
  readonly reason?: AlarmFailure
}

/** What a visit proved, as it is kept. `sha256` is of its canonical JSON without that field. */
export interface Certificate {
  readonly format: 1
  readonly id: string
  readonly home: string
  readonly label?: string
  readonly area?: string
  readonly timezone: string
  readonly at: number
  readonly by: string
  readonly byName?: string
  readonly note?: string
  /** Finished though something was missing: why. */
  readonly forced?: { readonly reason: string; readonly missing: readonly VisitLack[] }
  /** As it was when it was finished. */
  readonly visit: Visit
  /** When it is to be proven again. */
  readonly due: number
  readonly hub: { readonly version: string }
  /** SHA-256 of the rules that were in force. */
  readonly rules: { readonly sha256: string }
  readonly sha256: string
}

/** The newest proof of a home. */
export interface LastProof {
  readonly at: number
  readonly due: number
  readonly certificate: string
}
