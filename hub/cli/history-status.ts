import type { Command } from 'commander'
import type { SystemView } from '../http/system-routes.ts'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { printJson, printLine } from './print.ts'

/** `aal history status` */
export function addHistoryStatusCommand(history: Command): void {
  history
    .command('status')
    .description('Say whether history is written, and why not')
    .addHelpText('after', '\nExample:\n  aal history status --config hub.yaml')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<DataOptions & { json?: boolean }>()
      const system = (await withApi(options, (api) => api.call('GET', '/api/system'))) as SystemView
      if (options.json) printJson(system.history ?? null)
      else if (!system.history) printLine('No InfluxDB is set up: graphs are read from the journal.')
      else printLine(`${system.history.waiting} entries of the journal are not written yet.`)
    })
}
