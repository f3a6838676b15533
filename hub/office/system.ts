import type { DatabaseFacts } from '../database/database-facts.ts'
import type { Follower } from '../history/follower.ts'
import type { RulesStatus } from '../http/office.ts'
import type { Heartbeat } from '../model/heartbeat.ts'
import type { RetentionRun } from '../model/retention.ts'
import type { ChannelFacts, ConnectorFacts, DiskState, SystemFacts } from '../model/system.ts'
import type { DeadMan } from '../watch/dead-man.ts'
import type { HistoryFailure } from './history-failure.ts'

export interface SystemParts {
  readonly disk: () => Promise<DiskState | undefined>
  readonly version: string
  readonly database: DatabaseFacts
  readonly heartbeat: () => Heartbeat
  readonly rules: () => RulesStatus
  /** Not given: no InfluxDB is set up. */
  readonly history: HistoryParts | undefined
  /** Not given: nothing is pushed to Grafana. */
  readonly live?: () => NonNullable<SystemFacts['live']>
  readonly connections: () => { readonly connections: number; readonly most: number }
  readonly certificates: () => Pick<SystemFacts, 'certificates' | 'gatewayCertificatesEnding'>
  readonly channels: () => readonly ChannelFacts[]
  readonly connectors: () => readonly ConnectorFacts[]
  readonly plain: NonNullable<SystemFacts['plain']>
  readonly backup: () => Promise<SystemFacts['backup']>
  readonly deadMan: () => DeadMan | undefined
  readonly retention: () => RetentionRun | undefined
}

export interface HistoryParts {
  readonly follower: Follower
  /** Which InfluxDB, for people. */
  readonly where: string
  /** The newest entry of the journal, and the last that is written. */
  readonly newest: () => number
  readonly written: () => number
  readonly failure: () => HistoryFailure | undefined
}

/** How the parts of this hub are. */
export async function systemFacts(parts: SystemParts): Promise<SystemFacts> {
  const { database, history, version } = parts
  const [bytes, disk, backup] = await Promise.all([database.bytes(), parts.disk(), parts.backup()])
  const { refused } = parts.rules()
  const deadMan = parts.deadMan()?.told()
  const retention = parts.retention()
  return {
    heartbeat: parts.heartbeat(),
    broker: parts.connections(),
    journal: { entries: database.entries(), bytes },
    ...(disk && { disk }),
    ...(history && { history: historyOf(history) }),
    ...(parts.live && { live: parts.live() }),
    channels: parts.channels(),
    ...parts.certificates(),
    connectors: parts.connectors(),
    plain: parts.plain,
    ...(backup && { backup }),
    ...(deadMan && { deadMan }),
    ...(retention && { retention }),
    ...(refused && {
      rulesRefused: { at: refused.at, files: [...new Set(refused.problems.map(({ file }) => file))] },
    }),
    versions: {
      hub: version,
      node: process.versions.node,
      sqlite: database.sqlite,
      schema: database.schema,
    },
  }
}

function historyOf(parts: HistoryParts): NonNullable<SystemFacts['history']> {
  const { follower, where, newest, written, failure } = parts
  const { entries, since } = follower.lag()
  const seq = written()
  return {
    where,
    seq,
    // A command on a stopped hub: nothing follows the journal, and much may wait.
    waiting: follower.state().name === 'stopped' ? Math.max(0, newest() - seq) : entries,
    ...(since !== undefined && { since }),
    ...failure(),
    refused: follower.counts().refused,
  }
}
