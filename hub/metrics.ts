import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { BrokerCount, BrokerFacts } from './broker/broker.ts'
import type { Core } from './core/core.ts'
import type { Follower } from './history/follower.ts'
import type { LiveFacts } from './history/grafana-live.ts'
import type { SamplerCounts } from './history/sampler.ts'
import type { RetentionRun } from './model/retention.ts'
import { DISK_STAGES } from './model/system.ts'
import type { DiskState, SystemFacts } from './model/system.ts'

/** What `/metrics` shows. Labels are words of this code or names of channels, never ids of homes or people. */
export interface Metrics {
  readonly registry: Registry
  countBroker(what: BrokerCount): void
  /** A call to a hook of this channel that did not prove who makes it. */
  countHookRefusal(channel: string): void
  /** An SMS from a number that belongs to nobody. */
  countUnknownAnswer(): void
  setChannel(channel: string, ok: boolean): void
  watchCertificates(read: () => Pick<SystemFacts, 'certificates'>): void
  /** When the newest backup was made, ms; undefined: none is known. */
  watchBackups(read: () => Promise<number | undefined>): void
  watchRetention(read: RetentionFacts): void
  setConnector(connector: string, ok: boolean): void
  countConnector(connector: string, what: 'taken' | 'retained' | 'unknown' | 'failed'): void
}

interface RetentionFacts {
  last(): RetentionRun | undefined
  removed(): RetentionRun['removed']
}

export interface MetricsParts {
  connections(): number
  /** Undefined as long as nobody can connect. */
  broker(): BrokerFacts | undefined
  /** How many connections and messages there may be: docs/limits.md. */
  readonly limits: { readonly connections: number }
  /** Not given: there is no InfluxDB. `failure`: why history is not written, undefined when it is. */
  readonly history?: {
    readonly follower: Pick<Follower, 'lag' | 'counts'>
    readonly failure: () => object | undefined
  }
  /** Not given: there is no InfluxDB. */
  readonly samples?: () => SamplerCounts | undefined
  /** Not given: nothing is pushed to Grafana. */
  readonly live?: () => LiveFacts
  /** Undefined where the machine does not say, and before it was looked at. */
  readonly disk: () => DiskState | undefined
  readonly commits: { onTime(listener: (ms: number) => void): void }
}

export function createMetrics(core: Core, gauges: MetricsParts): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const inputs = new Counter({
    name: 'aal_inputs_total',
    help: 'Inputs taken into the journal, by type.',
    labelNames: ['type'],
    registers: [registry],
  })
  const commits = new Counter({
    name: 'aal_commits_total',
    help: 'Transactions written to disk.',
    registers: [registry],
  })
  const transitions = new Counter({
    name: 'aal_findings_total',
    help: 'What rules said, by what they said.',
    labelNames: ['to'],
    registers: [registry],
  })
  const broker = new Counter({
    name: 'aal_broker_refusals_total',
    help: 'What the broker refused, by why: docs/limits.md.',
    labelNames: ['what'],
    registers: [registry],
  })
  const hooks = new Counter({
    name: 'aal_hook_refusals_total',
    help: 'Calls to the addresses for providers that did not prove who makes them, by channel.',
    labelNames: ['channel'],
    registers: [registry],
  })
  const unknownAnswers = new Counter({
    name: 'aal_unknown_answers_total',
    help: 'SMS from numbers that belong to no contact and to nobody of the staff.',
    registers: [registry],
  })
  const rerouted = new Counter({
    name: 'aal_messages_rerouted_total',
    help: 'Messages that went once more by another channel, by the one that delivered nothing.',
    labelNames: ['channel'],
    registers: [registry],
  })
  const channels = new Gauge({
    name: 'aal_channel_up',
    help: 'Whether a channel for messages works (1) or not (0), by its health check and its messages.',
    labelNames: ['channel'],
    registers: [registry],
  })
  const connectors = new Gauge({
    name: 'aal_connector_up',
    help: 'Whether the hub is connected to a broker of others (1) or has not been for a minute (0).',
    labelNames: ['connector'],
    registers: [registry],
  })
  const connectorMessages = new Counter({
    name: 'aal_connector_messages_total',
    help: 'Messages from brokers of others: taken, retained, of no registered home or sensor, not written.',
    labelNames: ['connector', 'what'],
    registers: [registry],
  })
  const gauge = (name: string, help: string, read: () => number): void => {
    const one = new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
    one.set(0)
  }
  const commitTimes = new Histogram({
    name: 'aal_commit_seconds',
    help: 'How long a transaction took until it was on disk.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [registry],
  })
  gauges.commits.onTime((ms) => commitTimes.observe(ms / 1000))
  const counter = (name: string, help: string, read: () => Readonly<Record<string, number>>): void => {
    const one = new Counter({
      name,
      help,
      labelNames: ['what'],
      registers: [registry],
      collect() {
        this.reset()
        for (const [what, count] of Object.entries(read())) this.inc({ what }, count)
      },
    })
    one.reset()
  }
  const { samples, live } = gauges
  if (live) {
    counter(
      'aal_grafana_live_total',
      'Changes of alerts for Grafana Live, by what became of them: pushed, or dropped (Grafana took nothing).',
      () => {
        const { pushed, dropped } = live()
        return { pushed, dropped }
      },
    )
  }
  if (samples) {
    gauge(
      'aal_samples_waiting',
      'Points of samples that are not written to InfluxDB yet.',
      () => samples()?.waiting ?? 0,
    )
    counter(
      'aal_samples_total',
      'Points of samples, by what became of them: written, dropped (InfluxDB was away for too long), refused by it.',
      () => {
        const { written = 0, dropped = 0, refused = 0 } = samples() ?? {}
        return { written, dropped, refused }
      },
    )
  }
  const { disk } = gauges
  gauge('aal_disk_free_bytes', 'Room on the disk of the data folder.', () => disk()?.free ?? Number.NaN)
  gauge(
    'aal_disk_stage',
    'What is shed as the disk fills up: 0 nothing, 1 it is said, 2 history, 3 all but alarms, 4 their reserve is in use.',
    () => DISK_STAGES.indexOf(disk()?.stage ?? 'ok'),
  )
  gauge(
    'aal_readings_not_kept',
    'Readings that were acknowledged and not kept as the disk was full, since the hub started.',
    () => disk()?.notKept ?? 0,
  )
  gauge('aal_connections', 'MQTT connections.', gauges.connections)
  gauge('aal_connections_limit', 'MQTT connections that there may be.', () => gauges.limits.connections)
  const over = new Gauge({
    name: 'aal_connections_over',
    help: 'Connections of gateways, signed in or not, by what they came over; http: the port of the console.',
    labelNames: ['over'],
    registers: [registry],
    collect() {
      for (const [name, count] of Object.entries(gauges.broker()?.over ?? {})) this.set({ over: name }, count)
    },
  })
  over.reset()
  gauge(
    'aal_connections_unknown',
    'Connections on which nobody has said yet who they are.',
    () => gauges.broker()?.addresses.unknown ?? 0,
  )
  gauge(
    'aal_gateways_waiting',
    'Gateways that send more than their rate: their messages wait for a turn.',
    () => gauges.broker()?.turns.gateways ?? 0,
  )
  gauge(
    'aal_gateways_held',
    'Gateways that send more than any backlog: their messages are taken at their rate.',
    () => gauges.broker()?.turns.held ?? 0,
  )
  gauge(
    'aal_messages_waiting',
    'Messages of gateways that wait for a turn; none of them has its PUBACK.',
    () => gauges.broker()?.turns.messages ?? 0,
  )
  gauge(
    'aal_messages_waiting_bytes',
    'Payloads of messages of gateways that wait for a turn.',
    () => gauges.broker()?.turns.bytes ?? 0,
  )
  gauge('aal_retained_bytes', 'Retained messages in memory.', () => gauges.broker()?.retained.bytes ?? 0)
  gauge(
    'aal_forwards_waiting',
    'Messages of gateways on their way to those who have subscribed to them.',
    () => gauges.broker()?.passingOn ?? 0,
  )
  const { history } = gauges
  gauge(
    'aal_history_lag_entries',
    'Journal entries not yet written to InfluxDB.',
    () => history?.follower.lag().entries ?? 0,
  )
  if (history) {
    gauge('aal_history_up', '0: InfluxDB did not take the last write; why, "aal history status" says.', () =>
      history.failure() === undefined ? 1 : 0,
    )
    gauge('aal_history_lag_seconds', 'How long the oldest entry that is not in InfluxDB has waited.', () => {
      const { since } = history.follower.lag()
      return since === undefined ? 0 : Math.max(0, core.now() - since) / 1000
    })
    gauge(
      'aal_history_refused_points',
      'Points that InfluxDB did not take and that are given up, since the hub started.',
      () => history.follower.counts().refused,
    )
  }
  gauge('aal_open_alerts', 'Alerts that are not resolved.', () => core.openAlerts().length)
  gauge(
    'aal_unanswered_alerts',
    'Alerts that nobody has acknowledged.',
    () => core.openAlerts().filter((alert) => alert.handling === 'new').length,
  )
  const digests = new Counter({
    name: 'aal_digests_total',
    help: 'Messages that told somebody of many technical alerts at once.',
    registers: [registry],
  })
  const passedOver = new Counter({
    name: 'aal_passed_over_total',
    help: 'People told after everybody else, because they had had the most messages in an hour.',
    registers: [registry],
  })
  core.onCommit((commit) => {
    for (const { letter, state, attempts } of commit.notifications) {
      if (letter?.is === 'digest' && state === 'queued' && attempts === 0) digests.inc()
    }
    passedOver.inc(commit.events.filter(({ what }) => what === 'passed-over').length)
    commits.inc()
    for (const { input } of commit.entries) inputs.inc({ type: input.type })
    for (const { to } of commit.transitions) transitions.inc({ to })
    for (const { state, notBy, notBefore } of commit.notifications) {
      const left = notBy?.at(-1)
      // Queued for the others just now; a retry among them is later.
      if (state === 'queued' && left !== undefined && notBefore === commit.entries.at(-1)?.now) {
        rerouted.inc({ channel: left })
      }
    }
  })
  return {
    registry,
    countBroker: (what) => broker.inc({ what }),
    countUnknownAnswer: () => unknownAnswers.inc(),
    countHookRefusal: (channel) => hooks.inc({ channel }),
    setChannel: (channel, ok) => channels.set({ channel }, ok ? 1 : 0),
    watchCertificates(read) {
      const ends = new Gauge({
        name: 'aal_certificate_expires_seconds',
        help: 'When the certificate in force ends, in seconds since 1970, by what it is for.',
        labelNames: ['certificate'],
        registers: [registry],
        collect() {
          for (const { use, validTo } of read().certificates) ends.set({ certificate: use }, validTo / 1000)
        },
      })
    },
    watchBackups(read) {
      const made = new Gauge({
        name: 'aal_backup_made_seconds',
        help: 'When the newest backup that this machine knows of was made, in seconds since 1970; 0: none is known.',
        registers: [registry],
        async collect() {
          made.set(((await read()) ?? 0) / 1000)
        },
      })
    },
    watchRetention({ last, removed }) {
      const ran = new Gauge({
        name: 'aal_retention_run_timestamp_seconds',
        help: 'When what has had its time was last removed, in seconds since 1970; 0: not yet, or it failed.',
        registers: [registry],
        collect() {
          const run = last()
          ran.set(run === undefined || run.failed !== undefined ? 0 : run.at / 1000)
        },
      })
      const rows = new Gauge({
        name: 'aal_retention_removed_rows',
        help: 'What was removed since the hub started because it had had its time, by class.',
        labelNames: ['class'],
        registers: [registry],
        collect() {
          for (const [name, count] of Object.entries(removed())) rows.set({ class: name }, count)
        },
      })
    },
    setConnector: (connector, ok) => connectors.set({ connector }, ok ? 1 : 0),
    countConnector: (connector, what) => connectorMessages.inc({ connector, what }),
  }
}
