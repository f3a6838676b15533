import pino from 'pino'
import { afterEach } from 'vitest'
import { createPastReads } from '../../hub/database/past-reads.ts'
import { loadLinkKey } from '../../hub/database/link-key.ts'
import { createLinkCodes } from '../../hub/database/link-codes.ts'
import { createLinkStore } from '../../hub/database/links.ts'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { createEraser } from '../../hub/database/erase.ts'
import { createResidentRows } from '../../hub/database/resident-rows.ts'
import { createErasureStore } from '../../hub/database/erasures.ts'
import { createFollowedJournal } from '../../hub/database/followed-journal.ts'
import { createJournalReader } from '../../hub/database/journal.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import { createCertificates } from '../../hub/database/certificates.ts'
import { createRegistry } from '../../hub/database/registry.ts'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import { createHttpApp } from '../../hub/http/app.ts'
import type { Office } from '../../hub/http/office.ts'
import { createInTurn } from '../../hub/office/in-turn.ts'
import { createMessageLinks } from '../../hub/office/message-links.ts'
import { createStatusLinks } from '../../hub/office/status-links.ts'
import type { AlertEvent } from '../../hub/model/alert.ts'
import { recipientOf } from '../../hub/model/notification.ts'
import type { Notification } from '../../hub/model/notification.ts'
import { parseImport } from '../../hub/threads/parse-import.ts'
import { createOffice, renderNotification } from '../../hub/office/office.ts'
import { messagesSchema } from '../../hub/settings/message-settings.ts'
import { createCoreBench, createManualClock } from '../core/bench.ts'
import type { CoreBench } from '../core/bench.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { peopleOn } from './memory-people.ts'

export const OUTSIDE = 'https://hub.example.no'
/** A night in Oslo, 03:12. */
export const NIGHT = Date.UTC(2026, 10, 22, 2, 12, 30)

export const PERSONAL = {
  address: 'Kanarigata 17',
  key: '0417#',
  where: 'bak regntønna',
  access: 'Hunden heter Bella',
  label: 'Storgata 5, 2. etg',
  phone: '+4790000001',
}

const HOMES = `homes:
  - id: h1
    timezone: Europe/Oslo
    label: ${PERSONAL.label}
    address: ${PERSONAL.address}
    keySafe: { code: "${PERSONAL.key}", where: ${PERSONAL.where} }
    access: ${PERSONAL.access}
    sensors: [{ id: fall-1, profile: native, room: bathroom }]
    contacts:
      - { id: daughter, name: Anne Nordmann, phone: "${PERSONAL.phone}", language: nb, alias: Mor, order: 1 }
      - { id: son, name: Per Nordmann, phone: "+4790000002", language: nn, alias: Mor, order: 2 }
      - { id: nurse, name: Siv Li, phone: "+4790000003", language: en, order: 3, role: nurse }
`

const STAFF = `staff:
  - { id: kai, name: Kai Berg, phone: "+4790000007", language: se }
  - { id: mute, name: Mona Uten, language: nb }
`

export const RULES = [
  {
    name: 'rules.yaml',
    text: `rules:
  - id: fall
    title: { en: Possible fall, nb: Mulig fall, nn: Mogleg fall }
    advice: { en: "Call, then go there.", nb: Ring først. Dra dit hvis ingen svarer. }
    category: safety
    severity: high
    on: fall
    when: value in ["detected"]
    clear: manual
  - id: low-spo2
    title: { en: Low oxygen, nb: Lite oksygen i blodet }
    advice: { en: Measure again., nb: Mål oksygenet på nytt. }
    category: health
    severity: medium
    on: spo2
    when: value < 90
    clear: manual
`,
  },
]

export interface LinkBench {
  readonly bench: CoreBench
  readonly office: Office
  readonly url: string
  /** Everything that the hub has logged. */
  logged(): string
  /** Somebody falls; the id of the alert. */
  fall(): Promise<string>
  /** The newest message to somebody, as it leaves now. */
  message(recipient: string): { readonly notification: Notification; readonly text: string } | undefined
  /** The path of the link in the newest message to somebody. */
  link(recipient: string): string
  events(alert: string): string[]
  history(alert: string): readonly AlertEvent[]
  get(path: string, headers?: Record<string, string>): Promise<Page>
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Page>
  /** Everything in the database that is no personal part. */
  journalText(): string
}

export interface Page {
  readonly status: number
  readonly text: string
  readonly headers: Headers
  /** The cookies that it sets, as a browser sends them back. */
  readonly cookie: string
}

export interface LinkBenchOptions {
  readonly links?: Partial<Record<'sms' | 'email' | 'webhook', string>>
  readonly shown?: readonly string[]
  /** Whether the SMS route takes answers. */
  readonly takesAnswers?: boolean
  readonly url?: string
}

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

/** The real core, database and HTTP app, on a clock that stands still until it is told. */
export async function startLinkBench(options: LinkBenchOptions = {}): Promise<LinkBench> {
  const folder = tempDir('links')
  const database = openDatabase(folder)
  const { db } = database
  const clock = createManualClock(NIGHT)
  const bench = createCoreBench(createSqliteStore(db), clock)
  const { core } = bench
  const key = loadLinkKey(folder)
  const links = { ...createLinkStore(db, key), ...createLinkCodes(db, key) }
  const registry = createRegistry(db)
  const journal = createJournalReader(db)
  const settings = messagesSchema.parse({
    links: options.links ?? {},
    ...(options.shown && { shown: options.shown }),
  })
  const outside = options.url === 'none' ? undefined : OUTSIDE
  const statusLinks = createStatusLinks({ core, links, url: outside, valid: settings.status.valid })
  statusLinks.follow()
  const messageLinks = createMessageLinks({
    statusLinks,
    core,
    registry,
    links,
    url: outside,
    settings,
    takesAnswers: options.takesAnswers ?? false,
  })
  const none = (): never => {
    throw new Error('not in this test')
  }
  const profileFolder = new URL('../../devices/profiles', import.meta.url).pathname
  const office = createOffice({
    core,
    inTurn: createInTurn(),
    residentRows: createResidentRows(db),
    erasing: {
      eraser: createEraser(db),
      store: createErasureStore(db),
      remains: none,
      onChange: none,
      later: none,
      log: { info: none, error: none },
    },
    journal,
    followed: createFollowedJournal(db),
    registry,
    gateways: {
      refuseShared: () => () => {},
      shared: none,
      add: none,
      renew: none,
      revoke: none,
      certificates: none,
      withdraw: none,
      disconnect: none,
      reconnects: none,
    },
    profiles: await loadProfiles(profileFolder),
    profileFolder,
    parseImport,
    requests: { find: none, keep: none },
    certificates: createCertificates(db),
    version: '0',
    checkEvery: 12,
    protection: {
      look: () => () => ({ state: 'protected', reasons: [] }),
      states: async () => new Map(),
      months: () => [],
    },
    rules: none,
    ruleBook: {
      files: none,
      writable: none,
      load: none,
      changes: none,
      trials: none,
      trial: none,
      startTrial: none,
      stopTrial: none,
      switchOn: none,
    },
    shift: { alertsSince: none, ordersSince: none },
    history: { series: async () => [] },
    past: createPastReads(db),
    drawn: none,
    overview: none,
    ...peopleOn(db, core.now),
    links,
    messageLinks,
    statusLinks,
    familyNumbers: [{ name: 'vaktsentralen', phone: '+4775000000' }],
    metrics: none,
    indicators: none,
    heartbeat: none,
    system: () => Promise.reject(new Error('no system here')),
    away: () => [],
    notReady: () => undefined,
  })
  let logged = ''
  const log = pino({ level: 'trace' }, { write: (line: string) => void (logged += line) })
  const app = await createHttpApp({
    office,
    version: '0.0.0',
    phone: false,
    trusted: false,
    shownTo: settings.shown,
    log,
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  stops.push(async () => {
    await app.close()
    core.stop()
    database.close()
  })
  await bench.take({ type: 'rules', files: RULES })
  await office.importHomes('homes.yaml', HOMES)
  await office.importStaff('staff.yaml', STAFF)

  const message: LinkBench['message'] = (recipient) => {
    const all = journal.newestNotifications(500).filter((one) => recipientOf(one) === recipient)
    const notification = all.toSorted((a, b) => b.queuedAt - a.queuedAt || (b.id > a.id ? 1 : -1))[0]
    const rendered = notification && renderNotification({ core, registry, messageLinks }, notification)
    return rendered && 'text' in rendered ? { notification, text: rendered.text } : undefined
  }

  async function ask(path: string, init: RequestInit): Promise<Page> {
    const answer = await fetch(`${url}${path}`, { redirect: 'manual', ...init })
    const cookie = answer.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ')
    return { status: answer.status, text: await answer.text(), headers: answer.headers, cookie }
  }

  return {
    bench,
    office,
    url,
    logged: () => logged,
    async fall() {
      await bench.say('fall-1', 'fall', 'detected')
      return bench.alert('fall').id
    },
    message,
    link(recipient) {
      const found = /https:\/\/hub\.example\.no(\/[ad]\/[\w-]{22,})$/.exec(message(recipient)?.text ?? '')
      if (!found?.[1]) throw new Error(`no link to ${recipient}: ${message(recipient)?.text}`)
      return found[1]
    },
    events: (alert) => journal.alertEvents(alert).map(({ what, by, via }) => `${what} ${by} ${via}`),
    history: (alert) => journal.alertEvents(alert),
    get: (path, headers = {}) => ask(path, { headers }),
    post: (path, form, headers = {}) =>
      ask(path, { method: 'POST', headers, body: new URLSearchParams(form) }),
    journalText: () =>
      [
        'journal',
        'alert',
        'alert_event',
        'notification',
        'state',
        'link',
        'link_code',
        'link_session',
        'note',
      ]
        .map((table) => JSON.stringify(db.prepare(`SELECT * FROM ${table}`).all()))
        .join('\n'),
  }
}
