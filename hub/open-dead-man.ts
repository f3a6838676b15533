import type { Logger } from 'pino'
import type { Config } from './config.ts'
import type { Heartbeat } from './model/heartbeat.ts'
import { repeat } from './timers.ts'
import { createDeadMan } from './watch/dead-man.ts'
import type { DeadMan } from './watch/dead-man.ts'
import { judgeHeartbeat, LIMITS } from './watch/judge-heartbeat.ts'
import type { Judgement } from './watch/judge-heartbeat.ts'

export interface OpenDeadManParts {
  readonly heartbeat: () => Heartbeat
  /** Why the hub cannot go on; undefined as long as it does. */
  readonly failure: () => Error | undefined
  readonly now: () => number
  readonly log: Logger
}

/** Tells the service of the configuration that the hub is well, as long as it is. */
export function openDeadMan(
  { ping, every, outbox }: NonNullable<Config['watch']>,
  { heartbeat, failure, now, log }: OpenDeadManParts,
): DeadMan {
  const limits = { ...LIMITS, write: Math.max(every, LIMITS.write), outbox }
  return createDeadMan({
    url: ping,
    every,
    judge() {
      const broken = failure()
      return broken ? notWriting(broken) : judgeHeartbeat(heartbeat(), limits)
    },
    repeat,
    log,
    now,
  })
}

function notWriting({ message }: Error): Judgement {
  return { well: false, what: 'writes', since: 0, reason: message }
}
