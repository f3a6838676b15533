import { randomInt } from 'node:crypto'
import type { Logger } from 'pino'
import type { RunningCore } from './core/create-core.ts'
import type { JournalReader } from './database/journal.ts'
import type { Registry } from './database/registry.ts'
import type { Metrics } from './metrics.ts'
import { WAYS } from './model/notification.ts'
import { createNoChannel } from './notify/no-channel.ts'
import { createOutboxRunner } from './notify/outbox-runner.ts'
import { ATTEMPT_TIMEOUT } from './notify/routed-channel.ts'
import type { MessageLinks } from './office/message-links.ts'
import { renderNotification } from './office/office.ts'
import type { OpenChannels } from './open-channels.ts'
import type { StopParts } from './stop-parts.ts'

export interface OutboxesParts {
  readonly core: RunningCore
  readonly journal: Pick<JournalReader, 'queuedNotifications'>
  readonly registry: Registry
  readonly messageLinks: MessageLinks
  readonly setChannel: Metrics['setChannel']
  readonly onStop: StopParts['onStop']
  readonly log: Logger
}

/** All queues of messages together. */
export interface Outboxes {
  /** How long the oldest message that should have left has not left, ms. */
  age(now: number): number
  queued(): number
}

/** Starts to send what is queued. Each way has its own queue: a mail server that hangs holds back no SMS. */
export function openOutboxes(routes: OpenChannels['routes'], parts: OutboxesParts): Outboxes {
  const { core, journal, registry, messageLinks, setChannel, onStop, log } = parts
  const outboxes = WAYS.map((way) => {
    const channel = routes[way]
    const states = channel?.states() ?? []
    for (const { channel: name, ok } of states) setChannel(name, ok)
    const outbox = createOutboxRunner({
      core,
      way,
      pending: () => journal.queuedNotifications(),
      render: (notification) => renderNotification({ core, registry, messageLinks }, notification),
      channel: channel ?? createNoChannel(way),
      // Each channel of the route has its time, and the recording some more.
      attemptTimeout: states.length * ATTEMPT_TIMEOUT + 2_000,
      random: () => randomInt(1_000_000) / 1_000_000,
      log,
    })
    outbox.start()
    onStop(`outbox for ${way}`, () => outbox.stop())
    return outbox
  })
  return {
    age: (now) => Math.max(...outboxes.map(({ age }) => age(now))),
    queued: () => outboxes.reduce((sum, { queued }) => sum + queued(), 0),
  }
}
