import type { Command } from 'commander'
import { addHistoryStatusCommand } from './history-status.ts'

/** `aal history …`: a file for each command. */
export function addHistoryCommands(program: Command): void {
  const history = program
    .command('history')
    .description('The history in InfluxDB')
    .addHelpText('after', '\nExample:\n  aal history status --config hub.yaml')
  addHistoryStatusCommand(history)
}
