import { join } from 'node:path'
import type { Logger } from 'pino'
import packageJson from '../package.json' with { type: 'json' }
import { openAuthority } from './certificates/authority.ts'
import type { Authority } from './certificates/authority.ts'
import type { Config } from './config.ts'
import type { RunningCore } from './core/create-core.ts'
import { createAccessTokenStore } from './database/access-tokens.ts'
import { createAuditStore } from './database/audit.ts'
import { createCertificates } from './database/certificates.ts'
import { createFollowedJournal } from './database/followed-journal.ts'
import { createGatewayCertificates } from './database/gateway-certificates.ts'
import type { GatewayCertificates } from './database/gateway-certificates.ts'
import { createHandoverNotes } from './database/handover.ts'
import { createHomeNotes } from './database/home-notes.ts'
import type { JournalReader } from './database/journal.ts'
import { createPastReads } from './database/past-reads.ts'
import { createPersonStore } from './database/people.ts'
import { createProtectionMonths } from './database/protection-months.ts'
import type { ProtectionMonths } from './database/protection-months.ts'
import type { Registry } from './database/registry.ts'
import { createRequests } from './database/requests.ts'
import { createResidentRows } from './database/resident-rows.ts'
import { createSessionStore } from './database/sessions.ts'
import { createShiftReads } from './database/shift-reads.ts'
import { createUndeliveredReads } from './database/undelivered-reads.ts'
import type { Profile } from './decode/profile.ts'
import type { FollowedHistory } from './follow-history.ts'
import type { GrafanaLive } from './history/grafana-live.ts'
import type { Office } from './http/office.ts'
import type { Metrics } from './metrics.ts'
import { createAwayTimes } from './office/away.ts'
import { createGateways } from './office/gateways.ts'
import { createInTurn } from './office/in-turn.ts'
import { createIndicators } from './office/indicators.ts'
import type { Indicators } from './office/indicators.ts'
import type { MessageLinks } from './office/message-links.ts'
import { createOffice } from './office/office.ts'
import { createProtection } from './office/protection.ts'
import type { Retention } from './office/retention.ts'
import { createRuleBook } from './office/rule-book.ts'
import type { RuleFolder } from './office/rule-folder.ts'
import type { SystemParts } from './office/system.ts'
import { createUndelivered } from './office/undelivered.ts'
import { openLinks } from './open-links.ts'
import { openRetention } from './open-retention.ts'
import type { OpenStore } from './open-store.ts'
import { createAudit } from './people/create-audit.ts'
import { createPeople } from './people/create-people.ts'
import type { StartedParts } from './started-parts.ts'
import type { StopParts } from './stop-parts.ts'
import { createSystemReport } from './system-report.ts'
import { createReader } from './threads/reader.ts'

export interface OpenOfficeParts extends Pick<StopParts, 'onStop' | 'isStopping'> {
  readonly database: OpenStore
  readonly core: RunningCore
  readonly journal: JournalReader
  readonly registry: Registry
  readonly profiles: ReadonlyMap<string, Profile>
  /** Of the device profiles. */
  readonly profileFolder: string
  readonly rules: {
    /** Where the rule files are. */
    readonly folder: string
    /** Those that come with the hub. */
    readonly isShipped: boolean
    readonly open: RuleFolder
  }
  readonly history: FollowedHistory | undefined
  readonly live: GrafanaLive | undefined
  readonly metrics: Metrics['registry']
  readonly backup: SystemParts['backup']
  readonly started: Readonly<StartedParts>
  readonly notReady: Office['notReady']
  readonly offline: boolean
  readonly log: Logger
}

/** What the API can do, and what of it others use too. */
export interface OpenOffice {
  readonly office: Office
  readonly gatewayCertificates: GatewayCertificates
  readonly indicators: Indicators
  readonly messageLinks: MessageLinks
  readonly protectionMonths: ProtectionMonths
  readonly retention: Retention
}

const STARTS_LOOKED_AT = 50

/** Puts the office together; nothing is erased, or removed after its time, before that is started. */
export function openOffice(config: Config, parts: OpenOfficeParts): OpenOffice {
  const { core, journal, registry, profiles, rules, history, started, offline } = parts
  const { onStop, isStopping, log } = parts
  const { db } = parts.database
  const away = createAwayTimes(journal.starts(STARTS_LOOKED_AT), core.onCommit)
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
    rules: { put: rules.open.put, folder: rules.folder },
    isShipped: rules.isShipped,
    ruleFiles: () => core.ruleFiles ?? [],
    history: (limit) => journal.ruleChanges(limit).map(({ now: at, ...set }) => ({ at, ...set })),
    now: core.now,
    note: registry.note,
    keepNote: registry.keepNote,
  })
  onStop('rule book', () => ruleBook.stop())
  const rulesStatus = (): ReturnType<Office['rules']> => rules.open.status()
  const { links, statusLinks, messageLinks } = openLinks(config, {
    database: parts.database,
    core,
    registry,
    onStop,
  })
  const gatewayCertificates = createGatewayCertificates(db)
  const protectionMonths = createProtectionMonths(db)
  const undelivered = createUndelivered(createUndeliveredReads(db), core)
  onStop('undelivered', undelivered.stop)
  let authority: Promise<Authority> | undefined
  const visitCertificates = createCertificates(db)
  const protection = createProtection({
    core,
    profiles,
    rules: rulesStatus,
    undelivered,
    months: protectionMonths,
    lastProof: visitCertificates.last,
    ...(offline && { awaySince: Number(registry.note('alive') ?? core.now()) }),
  })
  const persons = createPersonStore(db)
  const audit = createAudit(createAuditStore(db), core.now)
  const inTurn = createInTurn()
  const { retention, erasing } = openRetention(config, {
    db,
    inTurn,
    core,
    registry,
    persons,
    audit,
    history,
    offline,
    onStop,
    isStopping,
    log,
  })
  const report = createSystemReport(config, { ...parts, rules: rulesStatus, retention })
  const office = createOffice({
    inTurn,
    core,
    journal,
    registry,
    gateways: createGateways({
      core,
      registry,
      certificates: gatewayCertificates,
      authority: () => (authority ??= openAuthority(join(config.data, 'certificates'), core.now())),
      disconnect: (gateway, why) => started.broker?.disconnect(gateway, why) ?? 0,
      reconnects: (gateway) => started.broker?.reconnects(gateway),
    }),
    profiles,
    rules: rulesStatus,
    ruleBook,
    history: history?.reader ?? { series: async (query) => journal.series(query) },
    past: createPastReads(db),
    followed: createFollowedJournal(db),
    parseImport: bigReads.parseImport,
    profileFolder: parts.profileFolder,
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
    erasing,
    statusLinks,
    familyNumbers: config.messages.status.call,
    metrics: async () => ({ contentType: parts.metrics.contentType, text: await parts.metrics.metrics() }),
    indicators: indicators.report,
    ...report,
    away: () => away.lately(core.now()),
    shift: createShiftReads(db),
    handover: createHandoverNotes(db, core.now),
    notes: createHomeNotes(db, core.now),
    requests: createRequests(db, core.now),
    certificates: visitCertificates,
    version: packageJson.version,
    checkEvery: config.visits.checkEvery,
    protection,
    notReady: parts.notReady,
  })
  onStop('erasures', office.erasures.stop)
  return { office, gatewayCertificates, indicators, messageLinks, protectionMonths, retention }
}
