import type { Identity } from './access.ts'
import type { BrokerLog } from './broker.ts'
import type { Core } from '../core/core.ts'
import { shownTopic } from '../source/shown-topic.ts'

/** The same misbehaviour of a gateway is journalled once in this time; the metrics count every one. */
const AUDIT_EVERY = 60_000

/** Gateways that try topics which are not their own: for the journal and the log. */
export interface Violations {
  note(who: Identity, action: 'publish' | 'subscribe', topic: string): void
}

export function createViolations(parts: {
  readonly core: Pick<Core, 'home' | 'now' | 'submit'>
  readonly onEach: () => void
  readonly log: BrokerLog
}): Violations {
  const { core, onEach, log } = parts
  const audited = new Map<string, number>()

  /** Ids of homes, and of the sensors of the home that a topic names. */
  function isKnownIn(topic: string): (level: string) => boolean {
    const meant = core.home(topic.split('/', 2)[1] ?? '')
    return (level) =>
      core.home(level) !== undefined ||
      meant?.sensors.some(({ id, address }) => id === level || address === level) === true
  }

  return {
    note({ gateway, home }, action, topic) {
      onEach()
      const key = `${gateway}|${action}`
      const now = core.now()
      if (now - (audited.get(key) ?? -Infinity) < AUDIT_EVERY) return
      audited.set(key, now)
      const shown = shownTopic(topic, isKnownIn(topic))
      log.warn({ gateway, home, action, topic: shown }, 'a gateway tried a topic that is not its own')
      core.submit([{ type: 'violation', home, gateway, action, topic: shown }], () => {})
    },
  }
}
