import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, dirname, extname, join, posix, relative, sep } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importsOf } from './helpers/imports.ts'

const ROOT = join(import.meta.dirname, '..')

/** What the files of one zone (a folder of `hub/`, a file beside them, `devices` or `dashboards`) may import. */
interface Zone {
  /** Other zones; a zone's own files always. */
  readonly may: readonly string[]
  /** Zones of which only `import type`. */
  readonly types?: readonly string[]
  /** npm packages and Node's own modules; yes when not given. */
  readonly packages?: boolean
}

const PURE = ['model', 'source', 'time']
const CORE = [...PURE, 'decode', 'rules', 'alerts', 'core']
const ADAPTERS = ['database', 'broker', 'certificates', 'history', 'notify', 'http', 'watch']

/** The files beside `hub.ts` that it is put together from. */
const COMPOSED = [
  'admin-socket.ts',
  'backup',
  'config.ts',
  'follow-history.ts',
  'follow-profiles.ts',
  'gateway-config',
  'metrics.ts',
  'office',
  'listen-problem.ts',
  'open-broker.ts',
  'open-channels.ts',
  'open-connectors.ts',
  'open-dead-man.ts',
  'open-history.ts',
  'open-indicator-job.ts',
  'open-links.ts',
  'open-live.ts',
  'open-office.ts',
  'open-oidc.ts',
  'open-outboxes.ts',
  'open-retention.ts',
  'open-samples.ts',
  'open-store.ts',
  'package.json',
  'people',
  'start-watchdog.ts',
  'started-parts.ts',
  'settings',
  'stop-parts.ts',
  'system-report.ts',
  'threads',
  'timers.ts',
]

/** What is not named here may not be imported. */
const ZONES: Readonly<Record<string, Zone>> = {
  model: { may: [], packages: false },
  source: { may: ['model'] },
  time: { may: [] },
  decode: { may: PURE },
  rules: { may: PURE },
  alerts: { may: PURE },
  // The import file names profiles and rules, so that it can be refused when they do not exist.
  register: { may: [...PURE, 'decode', 'rules'] },
  core: { may: CORE },
  database: { may: CORE },
  certificates: { may: PURE },
  // What runs on the box in a home: files, as text.
  'gateway-config': { may: PURE },
  broker: { may: CORE },
  history: { may: CORE },
  notify: { may: CORE },
  http: { may: CORE, types: ['history'] },
  people: { may: [...PURE, 'http'], types: ['database'] },
  // Runs in the browser, or in Node-RED: the hub's code must not come along.
  console: { may: [], types: ['model'] },
  'node-red': { may: [], types: ['model'] },
  watch: { may: PURE },
  settings: { may: [...PURE, 'watch'] },
  'config.ts': { may: [...PURE, 'settings', 'watch'] },
  'listen-problem.ts': { may: [] },
  'stop-parts.ts': { may: [] },
  'timers.ts': { may: [] },
  'open-broker.ts': {
    may: [...CORE, 'broker', 'config.ts', 'listen-problem.ts', 'office'],
    types: ['database'],
  },
  'open-history.ts': { may: [...PURE, 'history', 'settings'] },
  'open-oidc.ts': { may: ['source', 'config.ts', 'people'], types: ['http'] },
  'open-connectors.ts': { may: [...CORE, 'broker', 'config.ts', 'settings'] },
  'open-channels.ts': { may: [...CORE, 'notify', 'config.ts', 'settings'] },
  'start-watchdog.ts': { may: [...PURE, 'notify', 'watch', 'open-channels.ts', 'settings'] },
  'admin-socket.ts': { may: [] },
  'open-live.ts': { may: ['history', 'settings'] },
  'open-samples.ts': {
    may: [...CORE, 'history', 'office', 'open-history.ts', 'timers.ts'],
    types: ['http'],
  },
  'open-indicator-job.ts': { may: ['office', 'open-history.ts', 'timers.ts'] },
  'follow-history.ts': {
    may: [...CORE, 'office', 'open-history.ts', 'threads'],
    types: ['database', 'history', 'settings'],
  },
  'follow-profiles.ts': { may: [...CORE, 'office'] },
  'open-store.ts': {
    may: [...CORE, 'database', 'office', 'threads'],
    types: ['config.ts', 'stop-parts.ts'],
  },
  'open-links.ts': {
    may: [...CORE, 'database', 'office', 'settings'],
    types: ['config.ts', 'open-store.ts', 'stop-parts.ts'],
  },
  'open-retention.ts': {
    may: [...CORE, 'backup', 'database', 'office', 'timers.ts'],
    types: ['config.ts', 'follow-history.ts', 'http', 'open-store.ts', 'stop-parts.ts'],
  },
  'system-report.ts': {
    may: [...CORE, 'database', 'office', 'settings', 'watch', 'package.json'],
    types: ['config.ts', 'follow-history.ts', 'history', 'http', 'open-store.ts', 'started-parts.ts'],
  },
  'open-office.ts': {
    may: [
      ...CORE,
      'certificates',
      'database',
      'office',
      'people',
      'threads',
      'open-links.ts',
      'open-retention.ts',
      'package.json',
      'system-report.ts',
    ],
    types: [
      'config.ts',
      'follow-history.ts',
      'history',
      'http',
      'metrics.ts',
      'open-store.ts',
      'started-parts.ts',
      'stop-parts.ts',
    ],
  },
  'open-outboxes.ts': {
    may: [...CORE, 'notify', 'office'],
    types: ['database', 'metrics.ts', 'open-channels.ts', 'stop-parts.ts'],
  },
  'open-dead-man.ts': { may: ['watch', 'timers.ts'], types: ['config.ts', 'model'] },
  'started-parts.ts': {
    may: [],
    types: ['broker', 'model', 'office', 'open-outboxes.ts', 'open-samples.ts', 'watch'],
  },
  'metrics.ts': { may: CORE, types: ['broker', 'history'] },
  // Large reads and replays beside the hub.
  threads: {
    may: [...CORE, 'database', 'history', 'http', 'register', 'open-history.ts', 'timers.ts'],
    types: ['settings'],
  },
  office: { may: [...CORE, ...ADAPTERS, 'backup', 'register', 'config.ts', 'settings', 'threads'] },
  'hub.ts': { may: [...CORE, ...ADAPTERS, ...COMPOSED] },
  backup: { may: [...PURE, 'database', 'people', 'package.json'] },
  doctor: {
    may: [
      ...CORE,
      ...ADAPTERS,
      'backup',
      'config.ts',
      'office',
      'open-history.ts',
      'package.json',
      'settings',
    ],
  },
  cli: {
    may: [
      ...CORE,
      ...ADAPTERS,
      'backup',
      'doctor',
      'register',
      'hub.ts',
      'devices',
      'dashboards',
      ...COMPOSED,
    ],
  },
  'main.ts': { may: ['cli', 'package.json'] },
  devices: { may: [...PURE, 'decode'] },
  // Of the console its words alone, which are data: both call things alike.
  dashboards: { may: [...PURE, 'rules', 'alerts', 'history', 'console'] },
}

const NAMES_THAT_SAY_NOTHING = /^(utils?|helpers?|common|misc)$/i

describe('imports of hub/, devices/ and dashboards/', () => {
  it('point one way: model, source, decode|rules|alerts, core, adapters, hub.ts, cli', () => {
    const files = [...filesUnder('hub'), ...filesUnder('devices'), ...filesUnder('dashboards')].filter(
      (file) => /\.tsx?$|^hub\/node-red\/.*\.js$/.test(file),
    )
    expect(files).toEqual(expect.arrayContaining(['hub/model/reading.ts', 'hub/node-red/nodes/hub.js']))
    expect(files.flatMap((file) => violations(file, readFileSync(join(ROOT, file), 'utf8')))).toEqual([])
  })

  it.each([
    ['hub/model/a.ts', `import { z } from 'zod'`],
    ['hub/model/a.ts', `import { readFileSync } from 'node:fs'`],
    ['hub/source/a.ts', `import type { Rule } from '../rules/rule.ts'`],
    ['hub/rules/a.ts', `export { raise } from '../alerts/raise.ts'`],
    ['hub/core/a.ts', `import { openDatabase } from '../database/open.ts'`],
    ['hub/http/a.ts', `import { open } from '../database/open.ts'`],
    ['hub/http/a.ts', `import { writeAll } from '../history/follower.ts'`],
    ['hub/notify/channels/a.ts', `const x = await import('../../http/office.ts')`],
    ['hub/notify/a.ts', `let x: import('../http/office.ts').Office`],
    ['hub/broker/a.ts', `import { startHub } from '../hub.ts'`],
    ['hub/hub.ts', `import { demo } from './cli/demo.ts'`],
    ['hub/console/a.tsx', `import { isReading } from '../model/reading.ts'`],
    ['hub/console/a.tsx', `import type { Office } from '../http/office.ts'`],
    ['hub/cli/a.ts', `await import(name)`],
    ['hub/cli/a.ts', `import { waitFor } from '../../test/helpers/wait-for.ts'`],
    ['hub/newfolder/a.ts', `import { z } from 'zod'`],
    ['devices/simulator/a.ts', `import { startHub } from '../../hub/hub.ts'`],
    ['hub/http/a.ts', `import { makeDashboards } from '../../dashboards/all.ts'`],
    ['dashboards/a.ts', `import { openDatabase } from '../hub/database/open-database.ts'`],
  ])('refuses in %s: %s', (file, text) => {
    expect(violations(file, text)).toHaveLength(1)
  })

  it.each([
    ['hub/model/a.ts', `import type { Kind } from './kind.ts'`],
    ['hub/source/a.ts', `import { z } from 'zod'`],
    ['hub/core/a.ts', `import { evaluate } from '../rules/evaluate.ts'`],
    ['hub/http/routes/a.ts', `import type { HistoryReader } from '../../history/history.ts'`],
    ['hub/notify/channels/a.ts', `import type { Channel } from '../channel.ts'`],
    ['hub/console/a.tsx', `import type { Alert } from '../model/alert.ts'; import './board.css'`],
    ['hub/main.ts', `import { program } from './cli/program.ts'`],
  ])('takes in %s: %s', (file, text) => {
    expect(violations(file, text)).toEqual([])
  })
})

describe('folders of hub/ and devices/', () => {
  const files = [...filesUnder('hub'), ...filesUnder('devices')]

  it('have names that say what is in them', () => {
    const parts = files.filter((file) =>
      file.split('/').some((part) => NAMES_THAT_SAY_NOTHING.test(basename(part, extname(part)))),
    )
    expect(parts).toEqual([])
  })

  it('hold more than one file under hub/', () => {
    const entries = new Map<string, Set<string>>()
    for (const file of files.filter((name) => name.startsWith('hub/'))) {
      for (let path = file; path !== 'hub'; path = dirname(path)) {
        const siblings = entries.get(dirname(path)) ?? new Set()
        entries.set(dirname(path), siblings.add(path))
      }
    }
    const lonely = [...entries].flatMap(([, paths]) => (paths.size === 1 ? [...paths] : []))
    expect(lonely).toEqual([])
  })
})

/** What a file imports that it may not, one line each. */
function violations(file: string, text: string): string[] {
  const own = zoneOf(file)
  const zone = ZONES[own]
  if (zone === undefined) return [`${file}: there is no "${own}" in ZONES of test/architecture.test.ts`]
  const { may, types = [], packages = true } = zone
  const allowed = [...may, ...types.map((name) => `types of ${name}`), ...(packages ? ['packages'] : [])]
  return importsOf(file, text).flatMap(({ from, typeOnly, line }) => {
    const fault = `${file}:${line}: ${own} may not import ${from ?? 'a computed path'}, only ${['itself', ...allowed].join(', ')}`
    if (from === undefined) return [fault]
    if (!from.startsWith('.')) return packages && (isBuiltin(from) || /^[a-z@]/.test(from)) ? [] : [fault]
    const target = zoneOf(posix.join(posix.dirname(file), from))
    return target === own || may.includes(target) || (typeOnly && types.includes(target)) ? [] : [fault]
  })
}

/** `hub/rules/check.ts` is in `rules`, `hub/hub.ts` in `hub.ts`, all of `devices/` in `devices`. */
function zoneOf(file: string): string {
  const [top = '', next = ''] = file.split('/')
  return top === 'hub' ? next : top
}

/** Relative to the project, with `/`, without what is built. */
function filesUnder(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !/\/(dist|node_modules)\//.test(file))
    .sort()
}
