import { randomInt } from 'node:crypto'
import { chmod, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import type { Server as TlsServer } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import packageJson from '../package.json' with { type: 'json' }
import { timezoneWithoutHome } from './alerts/timezone-without-home.ts'
import { adminSocket } from './admin-socket.ts'
import { ERASED_LIST, writeErasedList } from './backup/erased-list.ts'
import { createAwayTimes } from './office/away.ts'
import { readLastBackup } from './backup/last-backup.ts'
import { whatRemains } from './office/what-remains.ts'
import type { Broker } from './broker/broker.ts'
import { openAuthority } from './certificates/authority.ts'
import type { Authority } from './certificates/authority.ts'
import { createIntake } from './broker/intake.ts'
import { sheddingIntake } from './broker/shed-readings.ts'
import type { Config } from './config.ts'
import { systemClock } from './core/clock.ts'
import { createCore } from './core/create-core.ts'
import type { RunningCore } from './core/create-core.ts'
import { timedStore } from './core/timed-store.ts'
import { createSqliteStore } from './database/core-store.ts'
import { createEraser } from './database/erase.ts'
import { createErasureStore } from './database/erasures.ts'
import { createReserveFile } from './database/reserve-file.ts'
import { roomyStore } from './database/write-with-room.ts'
import { createFollowedJournal } from './database/followed-journal.ts'
import { createJournalReader } from './database/journal.ts'
import { createLinkCodes } from './database/link-codes.ts'
import { loadLinkKey } from './database/link-key.ts'
import { lostCommits } from './database/lost-commits.ts'
import { createLinkStore } from './database/links.ts'
import { createDatabaseFacts } from './database/database-facts.ts'
import { openDatabase } from './database/open-database.ts'
import { createAccessTokenStore } from './database/access-tokens.ts'
import { createAuditStore } from './database/audit.ts'
import { createPruner } from './database/prune.ts'
import { createPastReads } from './database/past-reads.ts'
import { createPersonStore } from './database/people.ts'
import { createGatewayCertificates } from './database/gateway-certificates.ts'
import { createHandoverNotes } from './database/handover.ts'
import { createHomeNotes } from './database/home-notes.ts'
import { createProtectionMonths } from './database/protection-months.ts'
import { createRegistry } from './database/registry.ts'
import { createResidentRows } from './database/resident-rows.ts'
import { createCertificates } from './database/certificates.ts'
import { createProviderCalls } from './database/provider-calls.ts'
import { createRequests } from './database/requests.ts'
import { createSessionStore } from './database/sessions.ts'
import { createShiftReads } from './database/shift-reads.ts'
import { createUndeliveredReads } from './database/undelivered-reads.ts'
import { loadProfiles } from './decode/load-profiles.ts'
import type { Profile } from './decode/profile.ts'
import { followHistory } from './follow-history.ts'
import { createHttpApp } from './http/app.ts'
import type { Office } from './http/office.ts'
import { watchBackups } from './office/backup-watch.ts'
import { openCertificates } from './office/certificates.ts'
import { correctHistory } from './office/correct-history.ts'
import { HISTORY_KEY } from './database/restored-note.ts'
import { createCommitTimes } from './office/commit-times.ts'
import type { HubCertificates } from './office/certificates.ts'
import { lookAtDisk, lookAtDiskNow } from './office/disk-state.ts'
import { createDiskWatch } from './office/disk-watch.ts'
import type { DiskWatch } from './office/disk-watch.ts'
import { createGateways } from './office/gateways.ts'
import { createIndicators } from './office/indicators.ts'
import { createMessageLinks } from './office/message-links.ts'
import { createMetrics } from './metrics.ts'
import type { Heartbeat } from './model/heartbeat.ts'
import type { ChannelFacts, ConnectorFacts } from './model/system.ts'
import { WAYS } from './model/notification.ts'
import { createNoChannel } from './notify/no-channel.ts'
import { createOutboxRunner } from './notify/outbox-runner.ts'
import { ATTEMPT_TIMEOUT } from './notify/routed-channel.ts'
import { noticeChannels, noticeConnector, noticeMissingProfiles } from './office/notices.ts'
import { createOffice, renderNotification } from './office/office.ts'
import { hostInUrl, listenProblem } from './listen-problem.ts'
import { openBroker } from './open-broker.ts'
import { openChannels } from './open-channels.ts'
import { openConnectors } from './open-connectors.ts'
import { openIndicatorJob } from './open-indicator-job.ts'
import { openLive } from './open-live.ts'
import { openOidc } from './open-oidc.ts'
import { openSamples } from './open-samples.ts'
import type { OpenSamples } from './open-samples.ts'
import { createStopParts } from './stop-parts.ts'
import { later, repeat } from './timers.ts'
import { plainListeners } from './settings/http-settings.ts'
import { formatDuration } from './source/duration.ts'
import { takesAnswers } from './settings/message-settings.ts'
import { createAudit } from './people/create-audit.ts'
import { createPeople } from './people/create-people.ts'
import { closedBy } from './office/served-gateways.ts'
import { createStatusLinks } from './office/status-links.ts'
import { createRetention } from './office/retention.ts'
import { createProtectionAudit } from './office/protection-audit.ts'
import { createProtection } from './office/protection.ts'
import { createUndelivered } from './office/undelivered.ts'
import { routeOf } from './settings/route-settings.ts'
import { createRuleBook } from './office/rule-book.ts'
import { createCommitThread } from './threads/commit-thread.ts'
import { createReader } from './threads/reader.ts'
import { openRuleFolder } from './office/rule-folder.ts'
import { systemFacts } from './office/system.ts'
import { createDeadMan } from './watch/dead-man.ts'
import type { DeadMan } from './watch/dead-man.ts'
import { judgeSystem } from './watch/judge-system.ts'
import { judgeHeartbeat, LIMITS } from './watch/judge-heartbeat.ts'
import type { Judgement } from './watch/judge-heartbeat.ts'

const shipped = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const STARTS_LOOKED_AT = 50
const REFRESHED_AT_ONCE = 200

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
    const reserve = createReserveFile(config.data)
    const disk = { folder: config.data, wanted: config.disk, reserve }
    // To be opened a database needs some room itself.
    if (lookAtDiskNow(disk)?.stage === 'reserve-used' && reserve.release()) {
      log.warn('the disk is full: the room that was kept for alarms is in use')
    }
    const lost = lostCommits(config.data)
    if (lost > 0) {
      log.error(
        { transactions: lost },
        'the disk gave back something else than was written: what was acknowledged last is lost; have the disk tested (docs/operations.md, When the disk fills up)',
      )
    }
    let makeRoom = reserve.release
    const database = openDatabase(config.data, {
      onMigrated: ({ file, from, to }) =>
        log.info({ copy: file, from, to }, 'the database was brought up to date; a copy of before is kept'),
    })
    onStop('database', () => database.close())
    const { db } = database
    const commitTimes = createCommitTimes()
    const roomy = roomyStore(createSqliteStore(db), () => makeRoom(), config.data)
    // A command in a folder that no hub uses writes little, and wants an answer.
    const thread = offline ? undefined : createCommitThread(roomy, config.data, () => void makeRoom())
    if (thread) onStop('commit thread', thread.stop)
    const store = timedStore(thread?.store ?? roomy, systemClock, commitTimes.record)
    const journal = createJournalReader(db)
    const registry = createRegistry(db)
    const linkKey = loadLinkKey(database.folder)
    const links = { ...createLinkStore(db, linkKey), ...createLinkCodes(db, linkKey) }
    let failure: Error | undefined
    const core = createCore({
      store,
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
    if (!offline) {
      await refreshSensorFacts(core, profiles)
      await noticeMissingProfiles(core, profiles)
      core.onCommit(({ entries }) => {
        const changed = new Set(
          entries.flatMap(({ input }) => (input.type === 'home' ? [input.home.id] : [])),
        )
        if (changed.size === 0) return
        const homes = [...changed].flatMap((id) => core.home(id) ?? [])
        noticeMissingProfiles(core, profiles, homes).catch((cause: unknown) =>
          log.error({ err: cause }, 'Cannot say which sensors have no profile'),
        )
      })
    }

    const history =
      config.influxdb &&
      (await followHistory(config.influxdb, {
        core,
        folder: config.data,
        cursor: registry.historyCursor,
        newest: journal.newest,
        log,
      }))
    let connections = (): number => 0
    let broker: Broker | undefined
    const live = await openLive(offline ? undefined : config.grafana, {
      onCommit: core.onCommit,
      clock: { now: core.now, later },
      random: Math.random,
      log,
    })
    let samples: OpenSamples | undefined
    let diskWatch: DiskWatch | undefined
    const metrics = createMetrics(core, {
      connections: () => connections(),
      broker: () => broker?.facts(),
      limits: { connections: config.mqtt.maxConnections },
      ...(history && { history }),
      commits: commitTimes,
      disk: () => diskWatch?.state(),
      ...(config.influxdb && { samples: () => samples?.counts() }),
      ...(live && { live: live.facts }),
    })
    const away = createAwayTimes(journal.starts(STARTS_LOOKED_AT), core.onCommit)
    const lastBackup = async () => {
      const last = await readLastBackup(config.data)
      return last && { madeAt: last.madeAt, isEncrypted: last.isEncrypted }
    }
    let outboxAge = (_now: number): number => 0
    let channelStates = (): readonly ChannelFacts[] => []
    let connectorStates = (): readonly ConnectorFacts[] => []
    let deadMan: DeadMan | undefined
    const databaseFacts = createDatabaseFacts(db, config.data)
    const heartbeat = (): Heartbeat => {
      const now = core.now()
      return { now, ...core.vitals(), outboxAge: outboxAge(now) }
    }
    const bigReads = createReader(config.data)
    onStop('reader', () => bigReads.stop())
    const indicators = createIndicators({
      reader: bigReads,
      alarmProfiles: [...profiles.values()].filter(({ alarm }) => alarm).map(({ id }) => id),
      now: core.now,
      keepNote: registry.keepNote,
    })
    const ruleBook = createRuleBook({
      folder: config.data,
      rules: { put: ruleFolder.put, folder: rulesFolder },
      isShipped: resolve(rulesFolder) === resolve(shipped('../rules')),
      ruleFiles: () => core.ruleFiles ?? [],
      history: (limit) => journal.ruleChanges(limit).map(({ now: at, ...set }) => ({ at, ...set })),
      now: core.now,
      note: registry.note,
      keepNote: registry.keepNote,
    })
    onStop('rule book', () => ruleBook.stop())
    // Elsewhere than on this machine people sign in over HTTPS only.
    const outside = config.http.url?.startsWith('https:') ? config.http.url.replace(/\/+$/, '') : undefined
    const smsRoute = routeOf(config, 'sms')
    const { status } = config.messages
    const statusLinks = createStatusLinks({ core, links, url: outside, valid: status.valid })
    onStop('status links', statusLinks.follow())
    const messageLinks = createMessageLinks({
      statusLinks,
      core,
      registry,
      links,
      url: outside,
      ...(config.http.url !== undefined && { boardUrl: config.http.url }),
      settings: config.messages,
      // The phone page is a phone too.
      takesAnswers: smsRoute.length === 0 || smsRoute.some(takesAnswers),
    })
    const gatewayCertificates = createGatewayCertificates(db)
    const protectionMonths = createProtectionMonths(db)
    const undelivered = createUndelivered(createUndeliveredReads(db), core)
    onStop('undelivered', undelivered.stop)
    let authority: Promise<Authority> | undefined
    let certificates: HubCertificates | undefined
    const visitCertificates = createCertificates(db)
    const protection = createProtection({
      core,
      profiles,
      rules: () => ruleFolder.status(),
      undelivered,
      months: protectionMonths,
      lastProof: visitCertificates.last,
      ...(offline && { awaySince: Number(registry.note('alive') ?? core.now()) }),
    })
    const erasures = createErasureStore(db)
    const persons = createPersonStore(db)
    const audit = createAudit(createAuditStore(db), core.now)
    const retention = createRetention({
      keep: config.keep,
      core,
      registry,
      pruner: createPruner(db, { isStopping }),
      people: persons,
      audit,
      ...(history && { written: registry.historyCursor.get }),
      later,
      log,
    })
    onStop('retention', retention.stop)
    metrics.watchRetention(retention)
    const office = createOffice({
      core,
      journal,
      registry,
      gateways: createGateways({
        core,
        registry,
        certificates: gatewayCertificates,
        authority: () => (authority ??= openAuthority(certificateFolder(config), core.now())),
        disconnect: (gateway, why) => broker?.disconnect(gateway, why) ?? 0,
        reconnects: (gateway) => broker?.reconnects(gateway),
      }),
      profiles,
      rules: () => ruleFolder.status(),
      ruleBook,
      history: history?.reader ?? { series: async (query) => journal.series(query) },
      past: createPastReads(db),
      followed: createFollowedJournal(db),
      parseImport: bigReads.parseImport,
      profileFolder,
      drawn: bigReads.past,
      overview: bigReads.overview,
      links,
      messageLinks,
      people: createPeople({
        persons,
        sessions: createSessionStore(db, core.now),
        accessTokens: createAccessTokenStore(db, core.now),
        now: core.now,
        idle: config.session.idle,
      }),
      audit,
      residentRows: createResidentRows(db),
      erasing: {
        eraser: createEraser(db, { isStopping, vacuum: offline }),
        store: erasures,
        remains: (target, erasure) =>
          whatRemains(
            {
              folder: config.data,
              audit,
              hasHistory: history !== undefined,
              auditKept:
                config.keep.audit === 0
                  ? 'They are kept for ever'
                  : `Each is kept for ${formatDuration(config.keep.audit)} (keep.audit)`,
            },
            target,
            erasure,
          ),
        onChange: () => writeErasedList(join(config.data, ERASED_LIST), erasures.list()),
        ...(history && { history: { erase: history.erase, written: registry.historyCursor.get } }),
        later,
        log,
      },
      statusLinks,
      familyNumbers: status.call,
      metrics: async () => ({
        contentType: metrics.registry.contentType,
        text: await metrics.registry.metrics(),
      }),
      indicators: indicators.report,
      heartbeat,
      async system() {
        const facts = await systemFacts({
          disk: async () => diskWatch?.state() ?? (await lookAtDisk(disk)),
          version: packageJson.version,
          database: databaseFacts,
          heartbeat,
          rules: () => ruleFolder.status(),
          history,
          ...(live && { live: live.facts }),
          connections: () => ({ connections: connections(), most: config.mqtt.maxConnections }),
          certificates: () => certificates?.facts() ?? { certificates: [], gatewayCertificatesEnding: 0 },
          channels: () => channelStates(),
          connectors: () => connectorStates(),
          backup: lastBackup,
          deadMan: () => deadMan,
          retention: retention.last,
        })
        return { facts, problems: judgeSystem(facts) }
      },
      away: () => away.lately(core.now()),
      shift: createShiftReads(db),
      handover: createHandoverNotes(db, core.now),
      notes: createHomeNotes(db, core.now),
      requests: createRequests(db, core.now),
      certificates: visitCertificates,
      version: packageJson.version,
      checkEvery: config.visits.checkEvery,
      protection,
      notReady: () => failure?.message ?? (isStopping() ? 'the hub is stopping' : undefined),
    })
    onStop('erasures', office.erasures.stop)
    const httpOptions = {
      office,
      version: packageJson.version,
      phone: smsRoute.length === 0,
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
    certificates = await openCertificates({ config, core, gateways: gatewayCertificates, repeat, log })
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

    channelStates = () =>
      WAYS.flatMap((kind) => (channels.routes[kind]?.states() ?? []).map((one) => ({ ...one, kind })))
    channels.start()
    onStop('channels', () => channels.stop())
    const outboxes = WAYS.map((way) => {
      const channel = channels.routes[way]
      const states = channel?.states() ?? []
      for (const { channel: name, ok } of states) metrics.setChannel(name, ok)
      // Each way has its own queue: a mail server that hangs holds back no SMS.
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
    outboxAge = (now) => Math.max(...outboxes.map(({ age }) => age(now)))
    const outboxQueued = () => outboxes.reduce((sum, { queued }) => sum + queued(), 0)
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
      samples = openSamples({
        core,
        clock: systemClock,
        look: protection.look,
        figures: indicators.figures,
        openWriter: history.openSideWriter,
        random: Math.random,
        log,
        isPaused: history.isPaused,
        diskFree: () => diskWatch?.state()?.free,
        commits: commitTimes,
        lag: history.follower.lag,
        outbox: (now) => ({ queued: outboxQueued(), age: outboxAge(now) }),
        connections: () => connections(),
        channels: () => channelStates(),
        connectors: () => connectorStates(),
      })
      samples.start()
      onStop('samples', samples.stop)
    }
    const protectionAudit = createProtectionAudit({
      unprotected: indicators.unprotected,
      months: protectionMonths,
      audit: office.audit,
      now: core.now,
      timezone: () => timezoneWithoutHome(undefined, core.homes(), core.policies()),
      repeat,
      log,
    })
    protectionAudit.start()
    onStop('protection audit', () => protectionAudit.stop())

    const { intake, shedding } = sheddingIntake(createIntake(core, profiles))
    diskWatch = createDiskWatch({
      ...disk,
      core,
      shedding,
      writeHistory: (on) => history?.setWriting(on),
      repeat,
      log,
    })
    makeRoom = diskWatch.makeRoom
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
    broker = listening.broker
    connections = listening.broker.connections
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
    connectorStates = connectors.facts
    connectors.start()
    onStop('connectors', () => connectors.stop())

    if (config.watch) {
      const { ping, every, outbox: longest } = config.watch
      const limits = { ...LIMITS, write: Math.max(every, LIMITS.write), outbox: longest }
      const calls = createDeadMan({
        url: ping,
        every,
        judge: () => (failure ? broken(failure) : judgeHeartbeat(heartbeat(), limits)),
        repeat,
        log,
        now: core.now,
      })
      deadMan = calls
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

/** A profile may have got another interval since its sensors were registered. */
async function refreshSensorFacts(core: RunningCore, profiles: ReadonlyMap<string, Profile>): Promise<void> {
  const changed = [...core.homes()].flatMap((home) => {
    const sensors = home.sensors.map((sensor) => {
      const profile = profiles.get(sensor.profile)
      return profile ? { ...sensor, heardEvery: profile.heardEvery, kinds: profile.kinds } : sensor
    })
    return isDeepStrictEqual(sensors, home.sensors) ? [] : [{ ...home, sensors }]
  })
  for (let first = 0; first < changed.length; first += REFRESHED_AT_ONCE) {
    // What is submitted in one turn shares one transaction.
    const some = changed.slice(first, first + REFRESHED_AT_ONCE)
    await Promise.all(some.map((home) => core.take({ type: 'home', home })))
  }
}

function certificateFolder({ data }: Config): string {
  return join(data, 'certificates')
}

function broken(failure: Error): Judgement {
  return { well: false, what: 'writes', since: 0, reason: failure.message }
}
