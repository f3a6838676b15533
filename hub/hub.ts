import { randomInt } from 'node:crypto'
import { chmod, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import type { Server as TlsServer } from 'node:tls'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import packageJson from '../package.json' with { type: 'json' }
import { timezoneWithoutHome } from './alerts/timezone-without-home.ts'
import { adminSocket } from './admin-socket.ts'
import { readLastBackup } from './backup/last-backup.ts'
import { createIntake } from './broker/intake.ts'
import { sheddingIntake } from './broker/shed-readings.ts'
import type { Config } from './config.ts'
import { systemClock } from './core/clock.ts'
import { createCore } from './core/create-core.ts'
import type { RunningCore } from './core/create-core.ts'
import { createJournalReader } from './database/journal.ts'
import { createRegistry } from './database/registry.ts'
import { createProviderCalls } from './database/provider-calls.ts'
import { loadProfiles } from './decode/load-profiles.ts'
import { followHistory } from './follow-history.ts'
import { followProfiles } from './follow-profiles.ts'
import { createHttpApp } from './http/app.ts'
import type { Office } from './http/office.ts'
import { watchBackups } from './office/backup-watch.ts'
import { tellNotice } from './office/notices.ts'
import { openCertificates } from './office/certificates.ts'
import { correctHistory } from './office/correct-history.ts'
import { HISTORY_KEY } from './database/restored-note.ts'
import { createDiskWatch } from './office/disk-watch.ts'
import { createMetrics } from './metrics.ts'
import type { ChannelFacts } from './model/system.ts'
import { WAYS } from './model/notification.ts'
import { noticeChannels, noticeConnector } from './office/notices.ts'
import { hostInUrl, listenProblem } from './listen-problem.ts'
import { openBroker } from './open-broker.ts'
import { openChannels } from './open-channels.ts'
import { openConnectors } from './open-connectors.ts'
import { openDeadMan } from './open-dead-man.ts'
import { openIndicatorJob } from './open-indicator-job.ts'
import { secureUrl } from './open-links.ts'
import { openLive } from './open-live.ts'
import { openOffice } from './open-office.ts'
import { openOidc } from './open-oidc.ts'
import { openOutboxes } from './open-outboxes.ts'
import { openSamples } from './open-samples.ts'
import { openStore } from './open-store.ts'
import type { StartedParts } from './started-parts.ts'
import { createStopParts } from './stop-parts.ts'
import { later, repeat } from './timers.ts'
import { plainListeners } from './settings/http-settings.ts'
import { closedBy } from './office/served-gateways.ts'
import { createProtectionAudit } from './office/protection-audit.ts'
import { routeOf } from './settings/route-settings.ts'
import { openRuleFolder } from './office/rule-folder.ts'

const shipped = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export interface HubOptions {
  readonly config: Config
  readonly log: Logger
  /** Without listeners, for a command on a data folder that no hub is using. */
  readonly offline?: boolean
  /** The hub cannot go on: it must be stopped, and started again. */
  readonly onFailure: (error: Error) => void
}

export interface RunningHub {
  readonly core: RunningCore
  readonly office: Office
  /** Trusted, for commands in this process. */
  readonly admin: FastifyInstance
  /** Undefined when offline. */
  readonly mqttPort?: number
  /** Over TLS; undefined when it is not set up. */
  readonly mqttsPort?: number
  /** MQTT over WebSocket: `wss://hub.example.org:8883/mqtt`; undefined when it is not set up. */
  readonly webSocketUrl?: string
  /** Where the console is: `http://127.0.0.1:8080`; undefined when offline. */
  readonly url?: string
  /** Reads certificates from their files now; undefined where there is none to read. */
  readonly reloadCertificates?: () => Promise<void>
  stop(): Promise<void>
}

/** Puts the hub together and starts it. What was started is stopped again when a later part cannot start. */
export async function startHub({ config, log, offline = false, onFailure }: HubOptions): Promise<RunningHub> {
  const { onStop, stop, isStopping } = createStopParts(log)
  try {
    const profileFolder = config.profiles ?? shipped('../devices/profiles')
    const profiles = await loadProfiles(profileFolder)
    const database = openStore(config, { offline, onStop, log })
    const { db, commitTimes } = database
    const journal = createJournalReader(db)
    const registry = createRegistry(db)
    let failure: Error | undefined
    const core = createCore({
      store: database.store,
      clock: systemClock,
      onFailure(error) {
        failure = error
        log.fatal({ err: error }, error.message)
        onFailure(error)
      },
      isQuiet: offline,
      noticesPauses: true,
      onFollowerFailure: (error) => log.error({ err: error }, 'a follower of the journal failed'),
    })
    onStop('core', () => core.stop())
    if (database.lost > 0) {
      await tellNotice(core, { notice: 'hub-disk-lost', reason: `transactions: ${database.lost}` }, true)
    }
    const rulesFolder = config.rules ?? shipped('../rules')
    const ruleFolder = await openRuleFolder({
      core,
      folder: rulesFolder,
      history: (limit) => journal.ruleChanges(limit),
      log,
      // A command on a stopped hub may know another folder than the hub does: it changes nothing by itself.
      isReadOnly: offline,
    })
    onStop('rules', () => ruleFolder.stop())
    if (!offline) await followProfiles({ core, profiles, log })

    const history =
      config.influxdb &&
      (await followHistory(config.influxdb, {
        core,
        folder: config.data,
        cursor: registry.historyCursor,
        newest: journal.newest,
        log,
      }))
    const started: StartedParts = {}
    const connections = (): number => started.broker?.connections() ?? 0
    const live = await openLive(offline ? undefined : config.grafana, {
      onCommit: core.onCommit,
      clock: { now: core.now, later },
      random: Math.random,
      log,
    })
    const metrics = createMetrics(core, {
      connections,
      broker: () => started.broker?.facts(),
      limits: { connections: config.mqtt.maxConnections },
      ...(history && { history }),
      commits: commitTimes,
      disk: () => started.diskWatch?.state(),
      ...(config.influxdb && { samples: () => started.samples?.counts() }),
      ...(live && { live: live.facts }),
    })
    const lastBackup = async () => {
      const last = await readLastBackup(config.data)
      return last && { madeAt: last.madeAt, isEncrypted: last.isEncrypted }
    }
    const opened = openOffice(config, {
      database,
      core,
      journal,
      registry,
      profiles,
      profileFolder,
      rules: {
        folder: rulesFolder,
        isShipped: resolve(rulesFolder) === resolve(shipped('../rules')),
        open: ruleFolder,
      },
      history,
      live,
      metrics: metrics.registry,
      backup: lastBackup,
      started,
      notReady: () => failure?.message ?? (isStopping() ? 'the hub is stopping' : undefined),
      offline,
      onStop,
      isStopping,
      log,
    })
    const { office, gatewayCertificates, indicators, messageLinks, retention } = opened
    metrics.watchRetention(retention)
    const outside = secureUrl(config)
    const httpOptions = {
      office,
      version: packageJson.version,
      phone: routeOf(config, 'sms').length === 0,
      shownTo: config.messages.shown,
      log,
    }
    // Until it listens, and offline, it is where the configuration says.
    const scheme = config.http.tls ? 'https' : 'http'
    let url = `${scheme}://${hostInUrl(config.http.host)}:${config.http.port}`
    const admin = await createHttpApp({ ...httpOptions, trusted: true, consoleUrl: () => outside ?? url })
    onStop('admin', () => admin.close())
    const running = { core, office, admin, stop }
    if (offline) return running
    for (const { setting, host } of plainListeners(config)) {
      log.warn(
        { setting, host },
        'passwords and readings go over this network in the clear, as hub.yaml allows',
      )
    }
    ruleFolder.watch()
    const certificates = await openCertificates({ config, core, gateways: gatewayCertificates, repeat, log })
    started.certificates = certificates
    onStop('certificates', certificates.stop)
    metrics.watchCertificates(certificates.facts)
    metrics.watchBackups(async () => (await lastBackup())?.madeAt)
    const backupWatch = watchBackups({ core, last: lastBackup, repeat, log })
    onStop('backup watch', backupWatch.stop)
    const httpCertificate = certificates.of('http.tls')
    const mqttCertificate = certificates.of('mqtt.tls')

    const channels = await openChannels(config, {
      sink: {
        async deliver(report) {
          const outcome = await core.take({ type: 'delivery', ...report })
          // Told twice, late, or of what the hub never sent: it changes nothing.
          if (outcome.taken) return
          log.info({ channel: report.via, report: report.to, reason: outcome.reason }, 'A report is old news')
        },
        async answer(from, text) {
          const { matched, reason } = await office.takeAnswer(from, text)
          if (matched) return
          metrics.countUnknownAnswer()
          log.warn({ reason }, 'An SMS came that is no answer')
        },
      },
      calls: createProviderCalls(db),
      now: core.now,
      later,
      hubUrl: () => config.http.url ?? url,
      ...(config.http.url !== undefined && { outsideUrl: config.http.url }),
      onState({ channel, kind, ok, error }) {
        metrics.setChannel(channel, ok)
        if (ok) log.info({ channel, kind }, 'A channel for messages works again')
        else log.warn({ channel, kind, error }, 'A channel for messages does not work')
        noticeChannels(core, channels.routes, channel).catch((cause: unknown) =>
          log.error({ err: cause }, 'Cannot say what became of a channel'),
        )
      },
      log,
    })
    let brokerPort = 0
    const app = await createHttpApp({
      ...httpOptions,
      broker: () => ({
        ...(config.http.url !== undefined && { host: new URL(config.http.url).hostname }),
        port: brokerPort,
        tls: config.mqtt.tls !== undefined,
      }),
      ...(outside !== undefined && { consoleUrl: () => outside }),
      ...(config.oidc && { signInWith: await openOidc(config.oidc, () => config.http.url ?? url, core.now) }),
      ...(httpCertificate && { tls: httpCertificate.options() }),
      ...(config.http.trustProxy && { trustProxy: config.http.trustProxy }),
      metrics: config.http.metrics,
      trusted: false,
      consoleDir: shipped('./console/dist'),
      hooks: channels.hooks,
      onHookRefused: metrics.countHookRefusal,
    })
    onStop('http', () => app.close())
    await app.listen({ host: config.http.host, port: config.http.port }).catch((cause: unknown) => {
      throw listenProblem(cause, 'http', config.http.host, config.http.port)
    })
    url = `${scheme}://${hostInUrl(config.http.host)}:${(app.server.address() as AddressInfo).port}`

    const channelStates = (): readonly ChannelFacts[] =>
      WAYS.flatMap((kind) => (channels.routes[kind]?.states() ?? []).map((one) => ({ ...one, kind })))
    started.channels = channelStates
    channels.start()
    onStop('channels', () => channels.stop())
    const outboxes = openOutboxes(channels.routes, {
      core,
      journal,
      registry,
      messageLinks,
      setChannel: metrics.setChannel,
      onStop,
      log,
    })
    started.outboxes = outboxes
    if (live) {
      live.start()
      onStop('Grafana Live', live.stop)
    }
    if (history) {
      history.start()
      onStop('history', history.stop)
      const restoredOf = Number(registry.note(HISTORY_KEY) ?? '')
      const correction = correctHistory({
        since: restoredOf > 0 && history.reader ? restoredOf : undefined,
        done: () => registry.keepNote(HISTORY_KEY, ''),
        shownSince: history.shownSince,
        writer: history.openSideWriter(),
        alert: (id) => office.alert(id),
        now: core.now,
        later,
        log,
      })
      onStop('correction of the history', correction.stop)
    }
    office.erasures.start()
    retention.start()

    const indicatorJob = openIndicatorJob({
      figures: indicators.figures,
      ...(history && { openWriter: history.openSideWriter }),
      note: registry.note,
      keepNote: registry.keepNote,
      now: core.now,
      log,
    })
    indicatorJob.start()
    onStop('indicator job', indicatorJob.stop)
    if (history) {
      const samples = openSamples({
        core,
        clock: systemClock,
        look: office.protection.look,
        figures: indicators.figures,
        openWriter: history.openSideWriter,
        random: Math.random,
        log,
        isPaused: history.isPaused,
        diskFree: () => started.diskWatch?.state()?.free,
        commits: commitTimes,
        lag: history.follower.lag,
        outbox: (now) => ({ queued: outboxes.queued(), age: outboxes.age(now) }),
        connections,
        channels: channelStates,
        connectors: () => started.connectors?.() ?? [],
      })
      started.samples = samples
      samples.start()
      onStop('samples', samples.stop)
    }
    const protectionAudit = createProtectionAudit({
      unprotected: indicators.unprotected,
      months: opened.protectionMonths,
      audit: office.audit,
      now: core.now,
      timezone: () => timezoneWithoutHome(undefined, core.homes(), core.policies()),
      repeat,
      log,
    })
    protectionAudit.start()
    onStop('protection audit', () => protectionAudit.stop())

    const { intake, shedding } = sheddingIntake(createIntake(core, profiles))
    const diskWatch = createDiskWatch({
      ...database.disk,
      core,
      shedding,
      writeHistory: (on) => history?.setWriting(on),
      repeat,
      log,
    })
    started.diskWatch = diskWatch
    database.makeRoomWith(diskWatch.makeRoom)
    onStop('disk', diskWatch.stop)
    await diskWatch.start()
    const connectors = await openConnectors(config, {
      core,
      intake,
      later,
      random: () => randomInt(1_000_000) / 1_000_000,
      onState(facts) {
        metrics.setConnector(facts.connector, facts.ok)
        noticeConnector(core, facts).catch((cause: unknown) =>
          log.error({ err: cause }, 'Cannot say what became of a connector'),
        )
      },
      count: metrics.countConnector,
      log,
    })
    const listening = await openBroker(config, {
      core,
      registry,
      certificates: gatewayCertificates,
      ...(mqttCertificate && { shown: mqttCertificate.options() }),
      intake,
      count: metrics.countBroker,
      log,
    })
    started.broker = listening.broker
    onStop('broker', () => listening.broker.stop())
    core.onCommit((commit) => {
      for (const home of closedBy(commit, core)) listening.broker.disconnectHome(home, 'the home is closed')
    })
    if (listening.isOnHttp) app.server.on('upgrade', listening.broker.upgrade)
    certificates.onChange('mqtt.tls', listening.broker.secure)
    // Over TLS it is a server of node:tls below (http/app.ts).
    const httpServer = app.server as Partial<Pick<TlsServer, 'setSecureContext'>>
    certificates.onChange('http.tls', (options) => httpServer.setSecureContext?.(options))
    certificates.start()
    started.connectors = connectors.facts
    connectors.start()
    onStop('connectors', () => connectors.stop())

    if (config.watch) {
      const calls = openDeadMan(config.watch, {
        heartbeat: office.heartbeat,
        failure: () => failure,
        now: core.now,
        log,
      })
      started.deadMan = calls
      calls.start()
      onStop('dead man', () => calls.stop())
    }

    const socket = adminSocket(config.data)
    await rm(socket, { force: true })
    await admin.listen({ path: socket })
    await chmod(socket, 0o600)
    onStop('admin socket', () => rm(socket, { force: true }))
    const { mqttsPort, mqttPort } = listening.addresses(url)
    brokerPort = mqttsPort ?? mqttPort
    return {
      ...running,
      ...listening.addresses(url),
      ...((config.mqtt.tls || config.http.tls) && { reloadCertificates: certificates.reload }),
      url,
    }
  } catch (cause) {
    await stop()
    throw cause
  }
}
