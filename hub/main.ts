import { Command, CommanderError } from 'commander'
import packageJson from '../package.json' with { type: 'json' }
import { commandFilesOf } from './cli/commands.ts'

const program = new Command('aal')
  .description('Ambient assisted living hub: sensors in homes, rules that keep watch, people who answer.')
  .version(packageJson.version)
  .option('--data <dir>', "folder of the hub's data (default: data)")
  .option('--config <file>', 'configuration file, such as hub.yaml')
  .option('--json', 'one JSON value on stdout, for scripts')
  .showSuggestionAfterError()
  .showHelpAfterError('(see --help)')
  .exitOverride()
  .addHelpText(
    'after',
    '\nExamples:\n  aal demo                              see it work, with simulated homes\n  aal start                             start the hub\n  aal sign-in --person siv              a link that signs siv in\n  aal import homes.yaml                 register homes\n  aal gateway add h-0001 --id gw-0001   credentials for a gateway\n  aal alerts list                       what needs a human now\n  aal backup /mnt/backup --keep 30      a copy of everything, encrypted\n  aal doctor                            is all as it should be?',
  )

// Whoever reads may stop before the end, as `head` does: that is no fault, and ends no hub.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

const files = await Promise.all(commandFilesOf(process.argv.slice(2)).map((file) => file.load()))
for (const addCommands of files) addCommands(program)
for (const command of program.commands) inherit(command)

/** Options such as --data may stand anywhere on the line. */
function inherit(command: Command): void {
  command.exitOverride().showHelpAfterError('(see --help)')
  // Also where it does something itself beside its sub-commands, as `aal hold HOME` does.
  if (command.commands.length === 0 || command.registeredArguments.length > 0) {
    command
      .option('--data <dir>', "folder of the hub's data (default: data)")
      .option('--config <file>', 'configuration file, such as hub.yaml')
      .option('--json', 'one JSON value on stdout, for scripts')
  }
  command.commands.forEach(inherit)
}

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed its message already.
    process.exitCode = error.exitCode === 0 ? 0 : 2
  } else {
    const { message, exitCode = 1 } = error as Error & { exitCode?: number }
    process.stderr.write(`${message}\n`)
    process.exitCode = exitCode
    if (process.env['AAL_LOG'] === 'debug') process.stderr.write(`${(error as Error).stack}\n`)
  }
}
