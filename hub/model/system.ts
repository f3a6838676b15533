import type { Severity } from './alert.ts'
import type { Heartbeat } from './heartbeat.ts'
import type { RetentionRun } from './retention.ts'
import type { Way } from './notification.ts'

/** How the parts of the hub are, as far as it knows itself. Times in ms, sizes in bytes; nothing of a home or person. */
export interface SystemFacts {
  readonly heartbeat: Heartbeat
  readonly broker: { readonly connections: number; readonly most: number }
  readonly journal: { readonly entries: number; readonly bytes: number }
  /** Of the data folder; undefined where the machine does not say. */
  readonly disk?: DiskState
  /** Not given: graphs are read from the journal. */
  readonly history?: {
    /** Which InfluxDB, for people; without secrets. */
    readonly where: string
    /** The last entry of the journal that is written. */
    readonly seq: number
    readonly waiting: number
    /** Since when the oldest of them waits. */
    readonly since?: number
    /** Why the last write failed. */
    readonly error?: string
    /** When it is tried again. */
    readonly retryAt?: number
    /** Points that InfluxDB did not take and that are given up, since the hub started. */
    readonly refused: number
  }
  /** Grafana Live, to which changes of alerts are pushed. Not given: nothing is. */
  readonly live?: {
    readonly pushed: number
    readonly dropped: number
    readonly failing?: { readonly since: number; readonly error: string }
  }
  readonly channels: readonly ChannelFacts[]
  /** Those that this hub shows to whoever connects. */
  readonly certificates: readonly ServerCertificateFacts[]
  /** Gateways whose certificate ends within 30 days, or has; who they are, "aal certificate list" says. */
  readonly gatewayCertificatesEnding: number
  readonly connectors: readonly ConnectorFacts[]
  /** The newest that is known of. Not given: none was ever made of this data folder. */
  readonly backup?: { readonly madeAt: number; readonly isEncrypted: boolean }
  /** Not given: no service outside is told that the hub is well. */
  readonly deadMan?: { readonly toldAt?: number; readonly error?: string }
  /** What listens without TLS where others than this machine reach it: the setting, and its host. */
  readonly plain?: readonly { readonly setting: string; readonly host: string }[]
  /** Since when the rule files cannot be used, and which have errors. */
  readonly rulesRefused?: { readonly at: number; readonly files: readonly string[] }
  /** When what has had its time was looked for last. Not given: not yet. */
  readonly retention?: RetentionRun
  readonly versions: {
    readonly hub: string
    readonly node: string
    readonly sqlite: string
    readonly schema: number
  }
}

/**
 * What is shed as the disk fills up, from nothing on: it is said; InfluxDB is not written; only alarms are kept; the room
 * that was kept for them is in use.
 */
export const DISK_STAGES = ['ok', 'low', 'no-history', 'alarms-only', 'reserve-used'] as const
export type DiskStage = (typeof DISK_STAGES)[number]

/** Bytes. */
export interface DiskState {
  readonly free: number
  readonly total: number
  /** Of a running hub. */
  readonly stage: DiskStage
  /** Readings that were acknowledged and not kept, since the hub started. */
  readonly notKept?: number
}

export interface ChannelFacts {
  readonly channel: string
  readonly kind: Way
  readonly ok: boolean
  readonly error?: string
}

export interface ServerCertificateFacts {
  readonly use: CertificateUse
  readonly validTo: number
  /** A new one is in its place and cannot be used; the one of before is in force. */
  readonly refused?: { readonly at: number; readonly reason: string }
}

/** What of `hub.yaml` a certificate is for. */
export const CERTIFICATE_USES = ['mqtt.tls', 'http.tls'] as const
export type CertificateUse = (typeof CERTIFICATE_USES)[number]

/** A broker of others whose messages the hub takes. Times in ms. */
export interface ConnectorFacts {
  readonly connector: string
  readonly ok: boolean
  /** Since when it is connected, or not. */
  readonly since: number
  readonly lastMessageAt?: number
  /** Why it is not. */
  readonly error?: string
  /** Messages of no registered home or sensor since the hub started, and the newest of their topics. */
  readonly unknown?: { readonly count: number; readonly topics: readonly string[] }
}

export const PROBLEMS = [
  'writes',
  'timers',
  'messages',
  'no-sms-works',
  'disk-full',
  'disk-low',
  'certificate-over',
  'connections',
  'channel',
  'certificate-refused',
  'certificate-ends',
  'gateway-certificates-end',
  'connector',
  'rules',
  'dead-man',
  'history',
  'history-refused',
  'retention',
  'grafana-live',
  'backup-old',
  'plain',
  'no-dead-man',
  'no-backup',
  'phone-page',
] as const
export type ProblemId = (typeof PROBLEMS)[number]

/** Something that is not as it should be. What it means for people, and what to do, is said by who shows it. */
export interface SystemProblem {
  readonly problem: ProblemId
  readonly severity: Severity
  /** ms since 1970 */
  readonly since?: number
  /** Which channel or connector, what the certificate is for, or what listens without TLS. */
  readonly name?: string
  /** Why, in the words of what failed. */
  readonly reason?: string
  /** How many, or how much. */
  readonly amount?: number
}
