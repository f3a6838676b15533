import { Option } from 'commander'
import type { Command } from 'commander'
import type { AlertView } from '../http/alert-view.ts'
import { CAUSES } from '../model/alert.ts'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine, showSeverity, showTime } from './print.ts'
import { addRaiseCommand } from './raise.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

/** `aal alerts list|raise|ack|take-over|hand-on|go|note|resolve` */
export function addAlertsCommands(program: Command): void {
  const alerts = program
    .command('alerts')
    .description('See and answer alerts')
    .addHelpText(
      'after',
      '\nExamples:\n  aal alerts list\n  aal alerts ack 4f1c2ab09d3e --by siv\n  aal alerts hand-on 4f1c2ab09d3e staff:tor --by siv\n  aal alerts resolve 4f1c2ab09d3e --cause false --by siv',
    )

  alerts
    .command('list')
    .description('List the open alerts; with --all the resolved ones too')
    .option('--all', 'resolved ones too')
    .addHelpText('after', '\nExamples:\n  aal alerts list\n  aal alerts list --all --json')
    .action(async (own: { all?: boolean }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const list = await withApi(options, async (api) => {
        const answer = await api.call('GET', `/api/alerts${own.all ? '?all=true' : ''}`)
        return (answer as { alerts: AlertView[] }).alerts
      })
      if (options.json) printJson(list)
      else printLine(list.length === 0 ? 'No open alerts.' : formatAlerts(list))
    })

  addRaiseCommand(alerts)

  alerts
    .command('ack <alert>')
    .description('Acknowledge an alert: you have it, nobody else is told')
    .option('--by <person>', 'who has it', 'cli')
    .addHelpText('after', '\nExample:\n  aal alerts ack 4f1c2ab09d3e --by siv')
    .action(async (id: string, own: { by: string }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const body = { by: `operator:${own.by}`, via: 'cli' }
      const answer = await withApi(options, (api) =>
        api.call('POST', `/api/alerts/${encodeURIComponent(id)}/acknowledge`, body),
      )
      if (options.json) printJson(answer)
      else printLine(`Acknowledged ${id}.`)
    })

  alerts
    .command('take-over <alert>')
    .description('Take an alert that another person has; they learn that')
    .option('--by <person>', 'who has it now', 'cli')
    .addHelpText('after', '\nExample:\n  aal alerts take-over 4f1c2ab09d3e --by siv')
    .action((id: string, own: { by: string }, command: Command) =>
      act(command, id, 'take-over', own.by, {}, `Took over ${id}.`),
    )

  alerts
    .command('hand-on <alert> <person>')
    .description('Ask a contact or somebody of the staff to take it; until they answer, nothing stops')
    .option('--by <person>', 'who asks', 'cli')
    .addHelpText(
      'after',
      '\nExamples:\n  aal alerts hand-on 4f1c2ab09d3e staff:tor --by siv\n  aal alerts hand-on 4f1c2ab09d3e contact:daughter --by siv',
    )
    .action((id: string, to: string, own: { by: string }, command: Command) =>
      act(command, id, 'hand-on', own.by, { to }, `Asked ${to} to take ${id}.`),
    )

  alerts
    .command('go <alert>')
    .description('Say that somebody is on the way to the home, or there; where nobody had it, they have')
    .option('--arrived', 'there')
    .option('--by <person>', 'who goes', 'cli')
    .addHelpText(
      'after',
      '\nExamples:\n  aal alerts go 4f1c2ab09d3e --by siv\n  aal alerts go 4f1c2ab09d3e --arrived --by siv',
    )
    .action((id: string, own: { by: string; arrived?: boolean }, command: Command) =>
      act(
        command,
        id,
        'attend',
        own.by,
        { what: own.arrived ? 'arrived' : 'on-the-way' },
        `${own.by} is ${own.arrived ? 'there' : 'on the way'}.`,
      ),
    )

  alerts
    .command('note <alert> <text>')
    .description('Leave a note in its history for the others: no names, no diagnosis')
    .option('--by <person>', 'whose note', 'cli')
    .addHelpText('after', '\nExample:\n  aal alerts note 4f1c2ab09d3e "key is with the neighbour" --by siv')
    .action((id: string, text: string, own: { by: string }, command: Command) =>
      act(command, id, 'comment', own.by, { text }, `Noted on ${id}.`),
    )

  alerts
    .command('resolve <alert>')
    .description('End an alert, with its cause')
    .addOption(new Option('--cause <cause>', 'how it ended').choices(CAUSES).makeOptionMandatory())
    .option('--comment <text>', 'a note for the others')
    .option('--by <person>', 'who ends it', 'cli')
    .addHelpText('after', '\nExample:\n  aal alerts resolve 4f1c2ab09d3e --cause false --by siv')
    .action(async (id: string, own: { cause: string; comment?: string; by: string }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const body = {
        cause: own.cause,
        by: `operator:${own.by}`,
        via: 'cli',
        ...(own.comment !== undefined && { comment: own.comment }),
      }
      const answer = await withApi(options, (api) =>
        api.call('POST', `/api/alerts/${encodeURIComponent(id)}/resolve`, body),
      )
      if (options.json) printJson(answer)
      else printLine(`Resolved ${id}: ${own.cause}.`)
    })
}

/** Says to the hub what a person does about an alert. */
async function act(
  command: Command,
  id: string,
  what: string,
  by: string,
  more: object,
  done: string,
): Promise<void> {
  const options = command.optsWithGlobals<Options>()
  const answer = await withApi(options, (api) =>
    api.call('POST', `/api/alerts/${encodeURIComponent(id)}/${what}`, {
      by: `operator:${by}`,
      via: 'cli',
      ...more,
    }),
  )
  if (options.json) printJson(answer)
  else printLine(done)
}

/** `Alta (37 homes)`: those of now, and when it is over the most there were. */
function placeOf({ area, condition, homeCount = 0, detail }: AlertView): string {
  if (area === undefined) return 'the hub'
  const count = condition === 'cleared' ? (detail.most ?? homeCount) : homeCount
  return `${area || 'no area'} (${count} ${count === 1 ? 'home' : 'homes'})`
}

function formatAlerts(alerts: readonly AlertView[]): string {
  return formatTable(
    ['SINCE', 'SEVERITY', 'HANDLING', 'CONDITION', 'HOME', 'ABOUT', 'CODE', 'ALERT', 'WHAT'],
    alerts.map((alert) => [
      showTime(alert.raisedAt),
      showSeverity(alert.severity),
      alert.handling,
      alert.condition,
      alert.homeLabel ?? alert.home ?? placeOf(alert),
      alert.scope,
      alert.code,
      alert.id,
      `${alert.held ? 'HELD: ' : ''}${alert.test ? 'TEST: ' : ''}${alert.title.en}${alert.count > 1 ? ` (${alert.count} times)` : ''}`,
    ]),
  )
}
