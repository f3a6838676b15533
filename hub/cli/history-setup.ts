import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import type { Refusal } from '../history/answer.ts'
import type { SetupStep } from '../history/setup.ts'
import type { History } from '../open-history.ts'
import type { InfluxSettings } from '../settings/influx-settings.ts'
import { parseDuration } from '../source/duration.ts'
import { CommandError } from './command-error.ts'
import { configOf } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine, printMessage } from './print.ts'
import { readText } from './read-text.ts'

interface Flags {
  readonly dryRun?: boolean
  readonly shorten?: boolean
  /** ms */
  readonly hours?: number
  readonly adminUser?: string
  readonly adminPasswordFile?: string
  readonly adminTokenFile?: string
}

/** `aal history setup` */
export function addHistorySetupCommand(history: Command): void {
  history
    .command('setup')
    .description('Make InfluxDB keep what the configuration says: retention, and means of each hour')
    .option('--dry-run', 'only say what would be done')
    .option('--shorten', 'also where InfluxDB then deletes what is older')
    .option(
      '--hours <time>',
      'make the means of each hour anew, of so long back (90d): after a rebuild',
      readHours,
    )
    .option('--admin-user <name>', "InfluxDB 1.x: as this user, where the hub's own may not")
    .option('--admin-password-file <file>', "a file whose first line is that user's password")
    .option(
      '--admin-token-file <file>',
      "InfluxDB 2.x: with the token in this file, where the hub's own may not",
    )
    .addHelpText(
      'after',
      '\nWhat stands there already stays; to run it again does nothing. The hub need not run.' +
        '\n\nExamples:\n  aal history setup --config hub.yaml --dry-run' +
        '\n  aal history setup --config hub.yaml --admin-token-file /run/secrets/influx-admin',
    )
    .action(async (flags: Flags, command: Command) => {
      const options = command.optsWithGlobals<DataOptions & { json?: boolean }>()
      const { influxdb } = await configOf(options)
      if (!influxdb) throw new CommandError(NOT_CONFIGURED)
      const admin = await adminOf(flags, influxdb)
      const { openHistory } = await import('../open-history.ts')
      const db = await openHistory(influxdb, { log: { info() {}, warn() {} }, ...(admin && { admin }) })
      try {
        await setUp(db, influxdb, flags, options.json === true)
      } finally {
        db.close()
      }
    })
}

export const NOT_CONFIGURED =
  'Cannot find an InfluxDB: the configuration has no "influxdb". Name the file with --config hub.yaml.'

async function setUp(db: History, settings: InfluxSettings, flags: Flags, json: boolean): Promise<void> {
  const { dryRun = false, shorten = false } = flags
  const done = await db.setUp({ dryRun, shorten })
  if (json) printJson({ where: db.title, dryRun, ...done })
  else {
    printLine(db.title)
    if (done.steps.length > 0) printLine(formatSteps(done.steps, dryRun))
  }
  if (!done.ok)
    throw new CommandError(`Cannot set up the history: ${done.message}${whatToDo(done, settings, flags)}`)
  if (!json) {
    printLine(summary(done.steps, dryRun))
    if (!dryRun && done.steps[0]?.did === 'made') printMessage(EMPTY)
    printMessage(readerHint(settings))
  }
  if (flags.hours !== undefined && !dryRun) await fillHours(db, flags.hours)
}

/** Beside the server's own words, which know nothing of this command and its files. */
function whatToDo({ status, message }: Refusal, { version }: InfluxSettings, flags: Flags): string {
  const isAdmin = flags.adminUser !== undefined || flags.adminTokenFile !== undefined
  if (status === 401) {
    if (version === 2)
      return `. Look at ${isAdmin ? 'the file of --admin-token-file' : 'influxdb.tokenFile'}.`
    return isAdmin
      ? '. Look at --admin-user and the file of --admin-password-file.'
      : '. Look at influxdb.username and influxdb.passwordFile.'
  }
  if (!message.includes('requires admin privilege')) return ''
  return '. Run it as an admin of InfluxDB: --admin-user NAME --admin-password-file FILE.'
}

const EMPTY =
  'It is empty. Where the hub has written history before, "aal history rebuild" fills it from the journal.'

async function fillHours(db: History, back: number): Promise<void> {
  const now = Date.now()
  const { isTTY } = process.stderr
  const filled = await db.fillHours(now - back, now, (part) => {
    if (isTTY) process.stderr.write(`\rMeans of each hour: ${Math.floor(part * 100)} %`)
  })
  if (isTTY) process.stderr.write('\n')
  if (!filled.ok) throw new CommandError(`Cannot make the means of each hour: ${filled.message}`)
  printMessage(`The means of each hour are made anew, ${Math.ceil(back / 86_400_000)} days back.`)
}

function readHours(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined || ms < 3_600_000)
    throw new InvalidArgumentError(`Cannot read "${text}": expected a time such as 90d, at least 1h`)
  return ms
}

async function adminOf(flags: Flags, settings: InfluxSettings) {
  const { adminUser: username, adminPasswordFile, adminTokenFile } = flags
  const wrong = (flag: string, version: 1 | 2): CommandError =>
    new CommandError(`Cannot use --${flag}: the configuration is of InfluxDB ${version}.x`, 2)
  if (adminTokenFile !== undefined) {
    if (settings.version === 1) throw wrong('admin-token-file', 1)
    return { token: await firstLine(adminTokenFile) }
  }
  if (username === undefined && adminPasswordFile === undefined) return undefined
  if (settings.version === 2) throw wrong(username === undefined ? 'admin-password-file' : 'admin-user', 2)
  if (username === undefined || adminPasswordFile === undefined)
    throw new CommandError('Cannot use one of --admin-user and --admin-password-file without the other', 2)
  return { username, password: await firstLine(adminPasswordFile) }
}

async function firstLine(file: string): Promise<string> {
  const line = (await readText(file)).split('\n', 1)[0]?.trim() ?? ''
  if (line === '') throw new CommandError(`Cannot use ${file}: it is empty`)
  return line
}

export function formatSteps(steps: readonly SetupStep[], dryRun: boolean): string {
  const words = dryRun
    ? { stood: 'is there', made: 'would be made', changed: 'would be changed', left: 'LEFT AS IT IS' }
    : { stood: 'is there', made: 'made', changed: 'changed', left: 'LEFT AS IT IS' }
  return formatTable(
    ['STATE', 'WHAT', 'DETAIL'],
    steps.map(({ what, did, detail }) => [words[did], what, detail ?? '']),
  )
}

function summary(steps: readonly SetupStep[], dryRun: boolean): string {
  const changed = steps.filter(({ did }) => did === 'made' || did === 'changed').length
  if (changed === 0) return 'Nothing to do.'
  return dryRun ? `${changed} to do; nothing was changed.` : `${changed} done.`
}

/** Grafana needs to read, and nothing else. */
function readerHint(settings: InfluxSettings): string {
  if (settings.version === 1) {
    const database = settings.database ?? 'aal'
    return [
      '',
      'For Grafana, a user that can only read (where InfluxDB asks for users at all), in "influx":',
      `  CREATE USER "grafana" WITH PASSWORD '…'`,
      `  GRANT READ ON "${database}" TO "grafana"`,
    ].join('\n')
  }
  const { org = '', bucket = 'aal' } = settings
  return [
    '',
    'For Grafana, a token that can only read (the ids are in "influx bucket list"):',
    `  influx auth create --org "${org}" --description grafana --read-dbrps \\`,
    `    --read-bucket ID-OF-${bucket} --read-bucket ID-OF-${bucket}_hourly`,
  ].join('\n')
}
