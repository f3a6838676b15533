import { Option } from 'commander'
import type { Command } from 'commander'
import { RAISED_CATEGORIES, RAISED_SEVERITIES } from '../model/input.ts'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { printJson, printLine } from './print.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

interface Raise {
  readonly title?: string
  readonly home?: string
  readonly sensor?: string
  readonly text?: string
  readonly category?: string
  readonly severity?: string
  readonly until?: string
  readonly resolve?: string
  readonly again?: boolean
  readonly clear?: boolean
}

interface Answer {
  readonly did: keyof typeof SAID
  readonly alert?: { readonly id: string; readonly count: number }
}

const SAID = {
  raised: 'Raised',
  again: 'Counted again',
  level: 'Raised the severity of',
  renewed: 'Renewed',
  cleared: 'Cleared',
  unchanged: 'Nothing new about',
} as const

const EXAMPLES = `
A script can end only what scripts on this hub raised; what is about safety or health only rules raise. The same
id is the same alert, in each home.

Examples:
  aal alerts raise backup --title "The backup of tonight failed" --severity medium
  aal alerts raise backup --clear
  aal alerts raise ups --title "UPS on battery" --home h-0001 --until 10m   # from cron every 5 minutes`

/** `aal alerts raise`: what a script on the hub found. */
export function addRaiseCommand(alerts: Command): void {
  alerts
    .command('raise <id>')
    .description('Raise a technical or routine alert from a script, or clear it')
    .option('--title <title>', 'what people read, in one line: no names')
    .option('--home <home>', 'about this home; else about the hub as a whole')
    .option('--sensor <sensor>', 'of that home')
    .option('--text <text>', 'more about it, on the page of the alert')
    .addOption(new Option('--category <category>', 'technical when not given').choices(RAISED_CATEGORIES))
    .addOption(new Option('--severity <severity>', 'low when not given').choices(RAISED_SEVERITIES))
    .option(
      '--until <time>',
      'it is over by itself then, unless it is raised again: 15m, or 2026-11-22T13:30Z',
    )
    .addOption(
      new Option('--resolve <how>', 'whether it takes a human when it is over: auto for technical').choices([
        'auto',
        'manual',
      ]),
    )
    .option('--again', 'it happened once more: counted, and whoever had it is asked anew')
    .option('--clear', 'it is over')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, own: Raise, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { clear, again, title, home, sensor, text, category, severity, until, resolve } = own
      const given = { title, home, sensor, text, category, severity, until, resolve, again }
      const body = {
        id,
        ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
        ...(clear && { state: 'cleared' }),
      }
      const answer = (await withApi(options, (api) => api.call('POST', '/api/alerts', body))) as Answer
      if (options.json) printJson(answer)
      else printLine(`${SAID[answer.did]} ${answer.alert?.id ?? id}.`)
    })
}
