import type { Broker } from './broker/broker.ts'
import type { ChannelFacts, ConnectorFacts } from './model/system.ts'
import type { HubCertificates } from './office/certificates.ts'
import type { DiskWatch } from './office/disk-watch.ts'
import type { Outboxes } from './open-outboxes.ts'
import type { OpenSamples } from './open-samples.ts'
import type { DeadMan } from './watch/dead-man.ts'

/**
 * Parts of a hub of which others ask that start before them: each is missing until it has started, and offline.
 * `hub.ts` alone writes them down.
 */
export interface StartedParts {
  broker?: Broker
  certificates?: HubCertificates
  channels?: () => readonly ChannelFacts[]
  connectors?: () => readonly ConnectorFacts[]
  deadMan?: DeadMan
  diskWatch?: DiskWatch
  outboxes?: Outboxes
  samples?: OpenSamples
}
