import { join } from 'node:path'
import type { Logger } from 'pino'
import { ERASED_LIST, writeErasedList } from './backup/erased-list.ts'
import type { Config } from './config.ts'
import { systemClock } from './core/clock.ts'
import type { RunningCore } from './core/create-core.ts'
import { createEraser } from './database/erase.ts'
import { createErasureStore } from './database/erasures.ts'
import type { PersonStore } from './database/people.ts'
import { createPruner } from './database/prune.ts'
import type { Registry } from './database/registry.ts'
import type { FollowedHistory } from './follow-history.ts'
import type { Audit } from './http/people.ts'
import type { OfficeParts } from './office/office.ts'
import type { InTurn } from './office/in-turn.ts'
import { createRetention } from './office/retention.ts'
import type { Retention } from './office/retention.ts'
import { whatRemains } from './office/what-remains.ts'
import type { OpenStore } from './open-store.ts'
import { formatDuration } from './source/duration.ts'
import type { StopParts } from './stop-parts.ts'
import { later } from './timers.ts'

export interface OpenRetentionParts extends Pick<StopParts, 'onStop' | 'isStopping'> {
  readonly db: OpenStore['db']
  readonly core: RunningCore
  readonly registry: Registry
  readonly persons: PersonStore
  readonly audit: Audit
  readonly inTurn: InTurn
  readonly history: FollowedHistory | undefined
  /** Nobody waits for the database then: it may be made smaller too. */
  readonly offline: boolean
  readonly log: Logger
}

/** What leaves the database: what has had its time, and people who are erased. */
export interface OpenRetention {
  readonly retention: Retention
  /** For the office, which erases. */
  readonly erasing: OfficeParts['erasing']
}

export function openRetention(
  config: Pick<Config, 'data' | 'keep'>,
  parts: OpenRetentionParts,
): OpenRetention {
  const { db, core, registry, persons, audit, history, offline, isStopping, onStop, log } = parts
  const retention = createRetention({
    keep: config.keep,
    core,
    wall: systemClock.wall,
    inTurn: parts.inTurn,
    registry,
    pruner: createPruner(db, { isStopping }),
    people: persons,
    audit,
    ...(history && { written: registry.historyCursor.get }),
    later,
    log,
  })
  onStop('retention', retention.stop)
  const erasures = createErasureStore(db)
  const remainsIn = {
    folder: config.data,
    audit,
    hasHistory: history !== undefined,
    auditKept:
      config.keep.audit === 0
        ? 'They are kept for ever'
        : `Each is kept for ${formatDuration(config.keep.audit)} (keep.audit)`,
  }
  return {
    retention,
    erasing: {
      eraser: createEraser(db, { isStopping, vacuum: offline }),
      store: erasures,
      remains: (target, erasure) => whatRemains(remainsIn, target, erasure),
      onChange: () => writeErasedList(join(config.data, ERASED_LIST), erasures.list()),
      ...(history && { history: { erase: history.erase, written: registry.historyCursor.get } }),
      later,
      log,
    },
  }
}
