import packageJson from '../package.json' with { type: 'json' }
import type { Config } from './config.ts'
import type { RunningCore } from './core/create-core.ts'
import { createDatabaseFacts } from './database/database-facts.ts'
import type { FollowedHistory } from './follow-history.ts'
import type { GrafanaLive } from './history/grafana-live.ts'
import type { Office } from './http/office.ts'
import { lookAtDisk } from './office/disk-state.ts'
import type { Retention } from './office/retention.ts'
import { systemFacts } from './office/system.ts'
import type { SystemParts } from './office/system.ts'
import type { OpenStore } from './open-store.ts'
import { plainListeners } from './settings/http-settings.ts'
import type { StartedParts } from './started-parts.ts'
import { judgeSystem } from './watch/judge-system.ts'

export interface SystemReportParts {
  readonly core: RunningCore
  readonly database: Pick<OpenStore, 'db' | 'disk'>
  readonly rules: Office['rules']
  readonly history: FollowedHistory | undefined
  readonly live: GrafanaLive | undefined
  readonly retention: Pick<Retention, 'last'>
  readonly backup: SystemParts['backup']
  readonly started: Readonly<StartedParts>
}

/** Says how this hub is: of each part that has not started, what is so without it. */
export function createSystemReport(
  config: Pick<Config, 'data' | 'mqtt' | 'http'>,
  parts: SystemReportParts,
): Pick<Office, 'heartbeat' | 'system'> {
  const { core, started, rules, history, live, retention, backup } = parts
  const { db, disk } = parts.database
  const database = createDatabaseFacts(db, config.data)
  const plain = plainListeners(config)
  const heartbeat: Office['heartbeat'] = () => {
    const now = core.now()
    return { now, ...core.vitals(), outboxAge: started.outboxes?.age(now) ?? 0 }
  }
  return {
    heartbeat,
    async system() {
      const facts = await systemFacts({
        disk: async () => started.diskWatch?.state() ?? (await lookAtDisk(disk)),
        version: packageJson.version,
        database,
        heartbeat,
        rules,
        history,
        ...(live && { live: live.facts }),
        connections: () => ({
          connections: started.broker?.connections() ?? 0,
          most: config.mqtt.maxConnections,
        }),
        certificates: () =>
          started.certificates?.facts() ?? { certificates: [], gatewayCertificatesEnding: 0 },
        channels: () => started.channels?.() ?? [],
        connectors: () => started.connectors?.() ?? [],
        plain,
        backup,
        deadMan: () => started.deadMan,
        retention: retention.last,
      })
      return { facts, problems: judgeSystem(facts) }
    },
  }
}
