import type { Command } from 'commander'
import type { UndecodedRow } from '../http/office.ts'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine, showTime } from './print.ts'
import { readLimit, readPages } from './read-pages.ts'

/** `aal undecoded list` */
export function addUndecodedCommands(program: Command): void {
  program
    .command('undecoded')
    .description('Messages that gave no reading')
    .addHelpText('after', '\nExample:\n  aal undecoded list')
    .command('list')
    .description('List the newest messages that could not be read, with the reason')
    .option('--limit <n>', 'how many', readLimit, 20)
    .addHelpText('after', '\nExample:\n  aal undecoded list --limit 5')
    .action(async (own: { limit: number }, command: Command) => {
      const options = command.optsWithGlobals<DataOptions & { json?: boolean }>()
      const rows = await withApi(options, (api) =>
        readPages<UndecodedRow>(api, '/api/undecoded', 'undecoded', own),
      )
      if (options.json) printJson(rows)
      else printLine(rows.length === 0 ? 'Every message could be read.' : formatRows(rows))
    })
}

function formatRows(rows: readonly UndecodedRow[]): string {
  return formatTable(
    ['WHEN', 'HOME', 'TOPIC', 'REASON', 'PAYLOAD'],
    rows.map((row) => [
      showTime(row.now),
      row.home,
      row.topic,
      row.reason,
      JSON.stringify(row.payload.length > 60 ? `${row.payload.slice(0, 60)}…` : row.payload),
    ]),
  )
}
