import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import type { AuditRowView, AuditVerdictView } from '../http/audit-routes.ts'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine, showTime } from './print.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

/** `aal audit list|verify` */
export function addAuditCommands(program: Command): void {
  const audit = program
    .command('audit')
    .description('Who saw or changed what, whose, and why; and whether that log is whole')
    .addHelpText('after', '\nExamples:\n  aal audit list\n  aal audit list --home h-0001\n  aal audit verify')

  audit
    .command('list')
    .description('List the audit log, newest first')
    .option('--home <home>', 'only what concerns this home')
    .option('--person <person>', 'only what was changed of this person')
    .option('--limit <n>', 'how many, 1 to 1000', readLimit, 100)
    .addHelpText(
      'after',
      '\nExamples:\n  aal audit list --limit 20\n  aal audit list --home h-0001\n  aal audit list --person siv --json',
    )
    .action(async (own: { home?: string; person?: string; limit: number }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const whose =
        own.home !== undefined
          ? `home:${own.home}`
          : own.person !== undefined
            ? `person:${own.person}`
            : undefined
      const query = new URLSearchParams({ limit: String(own.limit), ...(whose !== undefined && { whose }) })
      const { rows } = (await withApi(options, (api) => api.call('GET', `/api/audit?${query}`))) as {
        rows: AuditRowView[]
      }
      if (options.json) printJson(rows)
      else printLine(rows.length === 0 ? 'Nothing yet.' : formatRows(rows))
    })

  audit
    .command('verify')
    .description(
      'Compute the chain of the whole log anew: ends with 1 and names the first row that is not as it was',
    )
    .addHelpText(
      'after',
      '\nIt says the hash of the last row. Noted elsewhere, such as in a mail to yourself, it shows later that nobody wrote the\nwhole log anew: aal audit list --json has the hash of every row.' +
        '\n\nExamples:\n  aal audit verify\n  aal audit verify --json',
    )
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const verdict = (await withApi(options, (api) =>
        api.call('GET', '/api/audit/verification'),
      )) as AuditVerdictView
      if (options.json) printJson(verdict)
      else if (verdict.whole) {
        const { rows, removed, head } = verdict
        const gone =
          removed === undefined ? '' : `, of which the first ${removed} have had their time and are gone`
        printLine(`Whole: ${rows} rows${gone}; the last is ${head}.`)
      } else printLine(`BROKEN at row ${verdict.brokenAt} of ${verdict.rows}: ${verdict.reason}.`)
      if (!verdict.whole) process.exitCode = 1
    })
}

function readLimit(text: string): number {
  const limit = Number(text)
  if (!/^\d{1,4}$/.test(text) || limit < 1 || limit > 1000) {
    throw new InvalidArgumentError('Expected a number from 1 to 1000.')
  }
  return limit
}

function formatRows(rows: readonly AuditRowView[]): string {
  return formatTable(
    ['ROW', 'WHEN', 'WHO', 'WHAT', 'WHOSE', 'FROM', 'WHY'],
    rows.map(({ seq, at, who, what, whose = '', from, why = '' }) => [
      String(seq),
      showTime(at),
      who,
      what,
      whose,
      from,
      why,
    ]),
  )
}
