import type { Command } from 'commander'
import { addHistoryRebuildCommand } from './history-rebuild.ts'
import { addHistorySetupCommand } from './history-setup.ts'
import { addHistoryStatusCommand } from './history-status.ts'

/** `aal history …`: a file for each command. */
export function addHistoryCommands(program: Command): void {
  const history = program
    .command('history')
    .description('The history in InfluxDB')
    .addHelpText(
      'after',
      '\nExample:\n  aal history setup --config hub.yaml\n  aal history status --config hub.yaml',
    )
  addHistorySetupCommand(history)
  addHistoryStatusCommand(history)
  addHistoryRebuildCommand(history)
}
