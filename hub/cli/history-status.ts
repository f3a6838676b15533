import type { Command } from 'commander'
import type { SetupStep } from '../history/setup.ts'
import type { SystemView } from '../http/system-routes.ts'
import type { History } from '../open-history.ts'
import { CommandError } from './command-error.ts'
import { formatSteps, NOT_CONFIGURED } from './history-setup.ts'
import { configOf, withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { printJson, printLine, showTime } from './print.ts'

type Written = NonNullable<SystemView['history']>

/** `aal history status` */
export function addHistoryStatusCommand(history: Command): void {
  history
    .command('status')
    .description('Say whether history is written, and why not; what InfluxDB is set up to keep')
    .addHelpText(
      'after',
      '\nThe exit code is 1 where history is not written, or InfluxDB cannot be asked.' +
        '\n\nExample:\n  aal history status --config hub.yaml',
    )
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<DataOptions & { json?: boolean }>()
      const { influxdb } = await configOf(options)
      if (!influxdb) throw new CommandError(NOT_CONFIGURED)
      const { openHistory } = await import('../open-history.ts')
      const [{ isRunning, written }, server] = await Promise.all([
        ofHub(options),
        openHistory(influxdb, { log: { info() {}, warn() {} } }).then(ofServer),
      ])
      const fails = server.error ?? written?.error
      if (options.json) printJson({ isRunning, server, ...(written && { written }) })
      else {
        printLine(`${server.where}${server.version === undefined ? '' : `, version ${server.version}`}`)
        printLine(sentence(isRunning, written))
        if (server.steps.length > 0) printLine(formatSteps(server.steps, true))
        if (server.steps.some(({ did }) => did !== 'stood' && did !== 'left'))
          printLine('To set up what is missing: aal history setup')
      }
      if (fails !== undefined) throw new CommandError(fails)
    })
}

async function ofHub(options: DataOptions): Promise<{ isRunning: boolean; written?: Written }> {
  return withApi(options, async (api) => {
    const { history } = (await api.call('GET', '/api/system')) as SystemView
    return { isRunning: api.isRunning, ...(history && { written: history }) }
  })
}

interface Server {
  readonly where: string
  readonly version?: string
  readonly steps: readonly SetupStep[]
  readonly error?: string
}

async function ofServer(db: History): Promise<Server> {
  try {
    const version = await db.version()
    const where = db.title
    if (!version.ok) return { where, steps: [], error: `Cannot reach ${where}: ${version.message}` }
    const plan = await db.setUp({ dryRun: true })
    return {
      where,
      version: version.value,
      steps: plan.steps,
      ...(!plan.ok && { error: `Cannot ask ${where}: ${plan.message}` }),
    }
  } finally {
    db.close()
  }
}

/** Is history written, and why not. */
function sentence(isRunning: boolean, written: Written | undefined): string {
  if (!written) return 'The running hub was started without InfluxDB: it writes no history. Start it again.'
  const { seq, waiting, since, error, retryAt, refused } = written
  const waits = waiting === 1 ? '1 entry waits' : `${waiting} entries wait`
  const lost = refused === 0 ? '' : ` ${refused} points were refused since it started; its log says why.`
  if (!isRunning) return `The hub does not run. Written up to entry ${seq} of the journal; ${waits}.`
  if (error !== undefined) {
    const again = retryAt === undefined ? '' : `; tried again at ${showTime(retryAt)}`
    return `History is NOT written: ${error}. Nothing is lost: ${waits} in the journal${again}.${lost}`
  }
  if (waiting === 0) return `All is written, up to entry ${seq} of the journal.${lost}`
  const old = since === undefined ? '' : `, the oldest since ${showTime(since)}`
  return `History is written up to entry ${seq} of the journal; ${waits}${old}.${lost}`
}
