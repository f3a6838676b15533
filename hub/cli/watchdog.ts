import type { Command } from 'commander'
import { CommandError } from './command-error.ts'
import { createLog } from './create-log.ts'
import { printJson, printLine } from './print.ts'
import { untilStopped } from './until-stopped.ts'

/** `aal watchdog` */
export function addWatchdogCommand(program: Command): void {
  program
    .command('watchdog')
    .description('Watch a hub from another machine, and text people when it falls silent')
    .option(
      '--hub <url>',
      'the hub to watch, such as http://10.0.0.2:8080 (default: hub of the configuration)',
    )
    .option('--test', 'send everybody a text that says it is a test, and end')
    .addHelpText(
      'after',
      `
It asks the hub every 30 s how it is, and texts the people of its own configuration, over its own channels, when
the hub does not answer, does not write to its disk, is late with its timers, or cannot send messages; again every
15 minutes until the hub is back. Run it on another machine, with another way to send SMS.

Examples:
  aal watchdog --config watchdog.yaml
  aal watchdog --config watchdog.yaml --hub http://10.0.0.2:8080
  aal watchdog --config watchdog.yaml --test

  watchdog.yaml:
    hub: http://10.0.0.2:8080
    name: Alta
    people:
      - { name: geir, phone: "+4790000001", language: nb }
      - { name: night-watch, phone: "+4790000002", hours: { from: "22:00", to: "07:00" } }
    channels:
      - { name: modem, type: gammu, spool: /var/spool/gammu }`,
    )
    .action(async (own: { hub?: string; test?: boolean }, command: Command) => {
      const options = command.optsWithGlobals<{ config?: string; json?: boolean }>()
      if (options.config === undefined) {
        throw new CommandError('Cannot watch: --config FILE must say whom to tell, and how. See --help.', 2)
      }
      // Libraries that no other command needs.
      const [{ startWatchdog, testWatchdog }, { loadWatchdogSettings }] = await Promise.all([
        import('../start-watchdog.ts'),
        import('../settings/watchdog-settings.ts'),
      ])
      const settings = await loadWatchdogSettings(options.config)
      const log = createLog()
      if (own.test) {
        const results = await testWatchdog(settings, log)
        if (options.json) printJson(results)
        else {
          for (const { person, result } of results) {
            printLine(
              `${person}: ${result.ok ? 'the channel took the text' : `cannot be told: ${result.error}`}`,
            )
          }
        }
        if (results.some(({ result }) => !result.ok)) process.exitCode = 1
        return
      }
      const hub = own.hub ?? settings.hub
      if (hub === undefined || !URL.canParse(hub)) {
        throw new CommandError(
          'Cannot watch: expected the address of the hub, as --hub URL or hub in the configuration.',
          2,
        )
      }
      const { every, late, people } = settings
      await untilStopped(async () => {
        const watchdog = await startWatchdog(hub, settings, log)
        const told = people.map(({ name }) => name)
        log.info({ hub, every: every / 1000, late, people: told, state: settings.state }, 'Watching the hub')
        if (options.json) printJson({ hub, people: told, pid: process.pid })
        return () => watchdog.stop()
      })
    })
}
