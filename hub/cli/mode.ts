import { Argument, Option } from 'commander'
import type { Command } from 'commander'
import type { ModesView } from '../http/mode-routes.ts'
import { MODES } from '../model/input.ts'
import type { Mode } from '../model/input.ts'
import { localMinute } from '../time/local-time.ts'
import { CommandError } from './command-error.ts'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine, printMessage } from './print.ts'

interface Options extends DataOptions {
  readonly json?: boolean
  readonly until?: string
  readonly for?: string
  readonly why?: string
  readonly by: string
}

/** `aal mode HOME [away|maintenance|carer] [on|off]` */
export function addModeCommand(program: Command): void {
  program
    .command('mode <home>')
    .description('Say that nobody is in, that somebody works on the equipment, or that a carer is there')
    .addArgument(new Argument('[mode]', 'not given: shows the modes in force').choices(MODES))
    .addArgument(new Argument('[state]').choices(['on', 'off']).default('on'))
    .addOption(
      new Option('--until <time>', 'when it ends by itself: 14:30, "2026-11-22 14:30"').conflicts('for'),
    )
    .option('--for <duration>', 'or how long it lasts: 30m, 2h')
    .option('--why <text>', "why; kept with the home's personal data")
    .option('--by <person>', 'who says so', 'cli')
    .addHelpText(
      'after',
      "\nTimes without a zone are by the clock of the home. Maintenance ends 4 h after it began at the latest; its alerts\ngo to the home's installers and the board, marked TEST, and any that nobody has answered by then count as real." +
        '\n\nExamples:' +
        '\n  aal mode h-0001                              what is in force' +
        '\n  aal mode h-0001 maintenance --for 2h --by ola --why "New fall detector"' +
        '\n  aal mode h-0001 maintenance off --by ola' +
        '\n  aal mode h-0001 away --until "2026-11-29 18:00" --why "Visits her sister"',
    )
    .action(
      async (home: string, mode: Mode | undefined, state: 'on' | 'off', _own: unknown, command: Command) => {
        const options = command.optsWithGlobals<Options>()
        if ((mode === undefined || state === 'off') && (options.until ?? options.for) !== undefined) {
          throw new CommandError(
            'Cannot use --until or --for here: only a mode that is set has an end. Such as: aal mode h-0001 away --for 2h',
            2,
          )
        }
        const before = state === 'off' ? await callFor(home, undefined, state, options) : undefined
        const view = await callFor(home, mode, state, options)
        if (options.json) printJson(view)
        else printLine(formatModes(view))
        if (mode === 'maintenance') printMessage(aboutMaintenance(view, before?.unansweredTests ?? 0))
      },
    )
}

async function callFor(
  home: string,
  mode: Mode | undefined,
  state: 'on' | 'off',
  options: Options,
): Promise<ModesView> {
  const path = `/api/homes/${encodeURIComponent(home)}/modes`
  const by = `operator:${options.by}`
  const answer = await withApi(options, (api) => {
    if (mode === undefined) return api.call('GET', path)
    if (state === 'off')
      return api.call('DELETE', `${path}/${mode}?${new URLSearchParams({ by, via: 'cli' })}`)
    return api.call('PUT', `${path}/${mode}`, {
      by,
      via: 'cli',
      ...(options.until !== undefined && { until: options.until }),
      ...(options.for !== undefined && { for: options.for }),
      ...(options.why !== undefined && { why: options.why }),
    })
  })
  return answer as ModesView
}

/** What an installer must know: when it ends, who hears of it, and what became of what is open. */
function aboutMaintenance({ modes, timezone, installers }: ModesView, counted: number): string {
  const until = modes.find(({ mode }) => mode === 'maintenance')?.until
  if (until !== undefined) {
    const who =
      installers.length > 0
        ? `${installers.join(', ')} and the board`
        : 'the board alone: the home has no contact with role installer'
    return `Maintenance ends by itself ${localMinute(timezone, until)}, after 4 h at most. Until then alerts are marked TEST, for ${who}.`
  }
  if (counted === 0) return 'No test is unanswered.'
  const what =
    counted === 1
      ? '1 test that nobody had answered counts'
      : `${counted} tests that nobody had answered count`
  return `${what} as real now, and contacts are told. See: aal alerts list`
}

function formatModes({ home, timezone, modes }: ModesView): string {
  if (modes.length === 0) return `No mode is in force in ${home}.`
  return formatTable(
    ['MODE', 'SINCE', 'UNTIL', 'BY', 'WHY'],
    modes.map(({ mode, since, until, by, why }) => [
      mode,
      localMinute(timezone, since),
      until === undefined ? 'ended by hand' : localMinute(timezone, until),
      by?.replace(/^operator:/, '') ?? '',
      why ?? '',
    ]),
  )
}
