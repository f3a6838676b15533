import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import type { LimitsView } from '../http/limit-routes.ts'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine, showTime } from './print.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

interface ChangeFlags {
  readonly resident?: string
  readonly why: string
  readonly by: string
}

type Values = Readonly<Record<string, number | string>>

/** `aal limits list|set|unset` */
export function addLimitsCommands(program: Command): void {
  const limits = program
    .command('limits')
    .description('The limits that homes and residents have of their own')
    .addHelpText('after', '\nExample:\n  aal limits list h-0001')

  limits
    .command('list <home>')
    .description('List them, with who set them, when and why')
    .option('--all', 'every change that is kept, not only what is set now')
    .addHelpText('after', '\nExample:\n  aal limits list h-0001')
    .action(async (home: string, own: { all?: boolean }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const view = (await withApi(options, (api) => api.call('GET', pathOf(home)))) as LimitsView
      if (options.json) printJson(view)
      else printLine(own.all ? formatNotes(view.notes) : formatLimits(view.limits))
    })

  addChange(limits.command('set <home> <limits...>'), 'Set limits, in force at once: RULE.PARAMETER=VALUE')
    .addHelpText(
      'after',
      '\nWhat may be set, and within which bounds, says "aal rules status".' +
        '\n\nExamples:\n  aal limits set h-0001 --resident r1 low-spo2.limit=88 --why "Scale 2 prescribed" --by siv' +
        '\n  aal limits set h-0001 no-activity.quiet=6h --why "Sleeps long"',
    )
    .action(async (home: string, given: string[], own: ChangeFlags, command: Command) => {
      const set = given.reduce<Values>((values, one) => ({ ...values, ...readLimit(one) }), {})
      await change(home, { set }, own, command.optsWithGlobals<Options>())
    })

  addChange(limits.command('unset <home> <limits...>'), 'Take limits back: the rule has its own again')
    .addHelpText(
      'after',
      '\nExample:\n  aal limits unset h-0001 --resident r1 low-spo2.limit --why "Oxygen at home ended" --by siv',
    )
    .action(async (home: string, unset: string[], own: ChangeFlags, command: Command) => {
      await change(home, { unset }, own, command.optsWithGlobals<Options>())
    })
}

function addChange(command: Command, description: string): Command {
  return command
    .description(description)
    .requiredOption('--why <text>', "why; kept with the home's personal data")
    .option('--resident <id>', 'for this resident; without it for the whole home')
    .option('--by <person>', 'who decided it', 'cli')
}

async function change(
  home: string,
  what: { set: Values } | { unset: readonly string[] },
  { resident, why, by }: ChangeFlags,
  options: Options,
): Promise<void> {
  const body = { ...what, why, by: `operator:${by}`, via: 'cli', ...(resident !== undefined && { resident }) }
  const view = (await withApi(options, (api) => api.call('POST', pathOf(home), body))) as LimitsView
  if (options.json) printJson(view)
  else printLine(formatLimits(view.limits))
}

function pathOf(home: string): string {
  return `/api/homes/${encodeURIComponent(home)}/limits`
}

function readLimit(text: string): Values {
  const [name = '', value] = text.split(/=(.*)/s, 2)
  if (value === undefined || value === '') {
    throw new InvalidArgumentError(
      `Cannot read "${text}": expected RULE.PARAMETER=VALUE, such as low-spo2.limit=88`,
    )
  }
  return { [name]: /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value }
}

function formatLimits(limits: LimitsView['limits']): string {
  if (limits.length === 0) return "No limits of its own: the rules' defaults are in force."
  return formatTable(
    ['FOR', 'LIMIT', 'VALUE', 'DEFAULT', 'BOUNDS', 'SET', 'BY', 'WHY'],
    limits.map(({ resident, rule, param, value, bounds, unused, note }) => [
      resident ?? 'home',
      `${rule}.${param}`,
      `${value}${bounds?.unit === undefined ? '' : ` ${bounds.unit}`}`,
      String(bounds?.default ?? ''),
      bounds && (bounds.min ?? bounds.max) !== undefined ? `${bounds.min ?? ''} to ${bounds.max ?? ''}` : '',
      note ? showTime(note.at) : '',
      note?.by ?? 'import',
      unused === undefined ? (note?.why ?? '') : `NOT USED: ${unused}`,
    ]),
  )
}

function formatNotes(notes: LimitsView['notes']): string {
  if (notes.length === 0) return 'Nobody has changed a limit.'
  return formatTable(
    ['WHEN', 'FOR', 'LIMIT', 'FROM', 'TO', 'BY', 'WHY'],
    notes.map(({ at, resident, rule, param, from, to, by, via, why }) => [
      showTime(at),
      resident ?? 'home',
      `${rule}.${param}`,
      String(from ?? 'default'),
      String(to ?? 'default'),
      via === 'import' ? 'import' : by,
      why ?? '',
    ]),
  )
}
