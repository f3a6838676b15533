import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import packageJson from '../../package.json' with { type: 'json' }
import type { Config } from '../config.ts'
import { parseRuleFolder } from '../core/parse-rule-folder.ts'
import { createSqliteStore } from '../database/core-store.ts'
import { hasDatabase } from '../database/open-database.ts'
import { openReadOnly } from '../database/open-read-only.ts'
import { createRegistry } from '../database/registry.ts'
import { MIGRATIONS } from '../database/schema.ts'
import { loadProfiles } from '../decode/load-profiles.ts'
import type { SystemView } from '../http/system-routes.ts'
import { openHistory } from '../open-history.ts'
import { loadRuleFiles } from '../rules/load-rule-files.ts'
import { formatProblem } from '../source/problem.ts'
import { checkBackups } from './check-backups.ts'
import { checkCertificates } from './check-certificates.ts'
import { checkClock } from './check-clock.ts'
import { checkConfig } from './check-config.ts'
import { checkData } from './check-data.ts'
import { checkHomes } from './check-homes.ts'
import type { Register } from './check-homes.ts'
import { checkPlain } from './check-plain.ts'
import { checkPorts } from './check-ports.ts'
import { checkRunning } from './check-running.ts'
import { findingsOf } from './finding.ts'
import type { Finding } from './finding.ts'

const shipped = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export interface DoctorOptions {
  readonly config: Config
  /** Where the configuration comes from; undefined: all defaults. */
  readonly file: string | undefined
  /** What the hub that runs says of itself; undefined: none runs. */
  readonly system: SystemView | undefined
  readonly now: number
}

/** Looks at everything that a hub needs, whether it runs or not. Nothing is changed. */
export async function runDoctor({ config, file, system, now }: DoctorOptions): Promise<readonly Finding[]> {
  const { data, influxdb } = config
  const isRunning = system !== undefined
  const db = hasDatabase(data) ? openReadOnly(data) : undefined
  try {
    const rules = await checkRules(config)
    const profiles = await checkProfiles(config)
    const register = db && readRegister(db)
    return [
      checkVersions(),
      ...(await checkConfig(file)),
      ...checkPlain(config),
      ...(existsSync(data)
        ? await checkData(data, db, isRunning, config.disk)
        : [
            findingsOf('data folder').warn(
              `There is no ${data} yet: the first start makes it.`,
              'Or name the one you mean with --data DIR.',
            ),
          ]),
      ...(await checkPorts(config, isRunning)),
      ...(await checkClock(influxdb?.url)),
      ...(await checkCertificates(config, now)),
      ...(system
        ? checkRunning(system)
        : [
            findingsOf('hub').unknown(
              'No hub runs on this folder: how its channels and connectors are is not known.',
            ),
          ]),
      ...(await checkHistory(config, system)),
      rules,
      profiles.finding,
      ...(register ? checkHomes(register, profiles.ids, now) : []),
      ...(existsSync(data) ? [await checkBackups(data, now)] : []),
    ]
  } finally {
    db?.close()
  }
}

/** Undefined where the database is of another version: its tables are others. */
function readRegister(db: DatabaseSync): Register | undefined {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  if (version !== MIGRATIONS.length) return undefined
  const { homes, rules, staff } = createSqliteStore(db).load()
  const personal = new Map(
    createRegistry(db)
      .staff()
      .map((one) => [one.id, one]),
  )
  return {
    homes,
    rules,
    staff: staff.map((one) => {
      const phone = personal.get(one.id)?.phone
      return { ...one, ...(phone !== undefined && { phone }) }
    }),
  }
}

function checkVersions(): Finding {
  const { ok, fail } = findingsOf('versions')
  const { node, sqlite } = process.versions
  const what = `Hub ${packageJson.version}, Node ${node}, SQLite ${sqlite}.`
  const oldest = Number.parseInt(packageJson.engines.node.replace('>=', ''), 10)
  return Number.parseInt(node, 10) >= oldest
    ? ok(what)
    : fail(what, `Run it with Node ${oldest} or newer: npm ci installs one.`)
}

async function checkRules({ rules = shipped('../../rules') }: Config): Promise<Finding> {
  const { ok, fail } = findingsOf('rules')
  const todo = 'Mend them: a running hub takes them over within 2 s. aal rules test tells more.'
  try {
    const parsed = parseRuleFolder(await loadRuleFiles(rules))
    if (parsed.ok)
      return ok(
        `${parsed.value.rules.rules.size} rules and ${parsed.value.policies.policies.size} policies in ${rules} can be used.`,
      )
    const [first] = parsed.problems
    return fail(
      `${parsed.problems.length} errors in ${rules}, such as ${first ? formatProblem(first) : ''}.`,
      todo,
    )
  } catch (cause) {
    return fail(`${(cause as Error).message}.`, todo)
  }
}

async function checkProfiles({
  profiles = shipped('../../devices/profiles'),
}: Config): Promise<{ finding: Finding; ids?: ReadonlySet<string> }> {
  const { ok, fail } = findingsOf('profiles')
  try {
    const loaded = await loadProfiles(profiles)
    return { finding: ok(`${loaded.size} in ${profiles} can be used.`), ids: new Set(loaded.keys()) }
  } catch (cause) {
    const [first = '', second = ''] = (cause as Error).message.split('\n')
    return {
      finding: fail(
        `${first}${second.trim() === '' ? '' : `, such as ${second.trim()}`}.`,
        'Mend them: the hub does not start with them.',
      ),
    }
  }
}

async function checkHistory({ influxdb }: Config, system: SystemView | undefined): Promise<Finding[]> {
  const { ok, warn } = findingsOf('InfluxDB')
  if (!influxdb) return [ok('None is set up: graphs are read from the journal.')]
  const todo = 'Alarms go on without it, and nothing is lost. See its log, and influxdb in hub.yaml.'
  try {
    const history = await openHistory(influxdb, { log: { info() {}, warn() {} } })
    try {
      const version = await history.version()
      if (!version.ok) return [warn(`${history.title} cannot be used: ${version.message}.`, todo)]
      const waiting = system?.history?.waiting
      return [
        ok(
          `${history.title} answers, version ${version.value}${waiting === undefined ? '' : `; ${waiting} entries wait`}.`,
        ),
      ]
    } finally {
      history.close()
    }
  } catch (cause) {
    return [warn((cause as Error).message, todo)]
  }
}
