import { Argument, Option } from 'commander'
import type { Command } from 'commander'
import type { AllHoldsView, HoldsView } from '../http/hold-routes.ts'
import { localMinute } from '../time/local-time.ts'
import { CommandError } from './command-error.ts'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine, printMessage, showTime } from './print.ts'

interface Options extends DataOptions {
  readonly json?: boolean
  readonly until?: string
  readonly for?: string
  readonly why?: string
  readonly by: string
}

/** `aal hold HOME [RULE] [on|off]` and `aal hold list` */
export function addHoldCommands(program: Command): void {
  const hold = program
    .command('hold')
    .description('Hold a rule for a home: for a while its alerts are shown, and nobody is called')
    .argument('<home>')
    .argument('[rule]', 'not given: shows what is held')
    .addArgument(new Argument('[state]').choices(['on', 'off']).default('on'))
    .addOption(
      new Option('--until <time>', 'when it ends by itself: 14:30, "2026-11-22 14:30"').conflicts('for'),
    )
    .option('--for <duration>', 'or how long it lasts: 2h, 7d; at most 14 days')
    .option('--why <text>', "why; asked for, and kept with the home's personal data")
    .option('--by <person>', 'who says so', 'cli')
    .addHelpText(
      'after',
      '\nTimes without a zone are by the clock of the home. The rule goes on watching, and its alerts are on the board,\nmarked as held. When the hold ends, those that nobody has answered and that are still so are told to the contacts.\nFalls, SOS, smoke, gas and carbon monoxide cannot be held.' +
        '\n\nExamples:' +
        '\n  aal hold list                                every hold in every home' +
        '\n  aal hold h-0001                              those of one home' +
        '\n  aal hold h-0001 no-activity --for 2h --by siv --why "At the hospital for a check"' +
        '\n  aal hold h-0001 no-activity off --by siv',
    )
    .action(
      async (
        home: string,
        rule: string | undefined,
        state: 'on' | 'off',
        _own: unknown,
        command: Command,
      ) => {
        const options = command.optsWithGlobals<Options>()
        checkUsage(home, rule, state, options)
        const [before, view] = await callFor(home, rule, state, options)
        if (options.json) printJson(view)
        else printLine(formatHolds(view))
        if (rule !== undefined) printMessage(aboutHold(rule, state, before, view))
      },
    )

  hold
    .command('list')
    .description('Every hold in every home')
    .addHelpText('after', '\nExample:\n  aal hold list')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { holds } = (await withApi(options, (api) => api.call('GET', '/api/holds'))) as AllHoldsView
      if (options.json) printJson(holds)
      else printLine(formatAll(holds))
    })
}

function checkUsage(home: string, rule: string | undefined, state: 'on' | 'off', options: Options): void {
  const end = options.until ?? options.for
  const isSet = rule !== undefined && state === 'on'
  const example = `Such as: aal hold ${home} ${rule ?? 'no-activity'} --for 2h --why "At the hospital for a check"`
  if (!isSet && end !== undefined) {
    throw new CommandError(
      `Cannot use --until or --for here: only a rule that is held has an end. ${example}`,
      2,
    )
  }
  if (!isSet) return
  if (end === undefined) {
    throw new CommandError(`Cannot hold ${rule} without an end: add --for or --until. ${example}`, 2)
  }
  if (options.why === undefined || options.why.trim() === '') {
    throw new CommandError(
      `Cannot hold ${rule} without a reason: add --why, so that others understand why nobody is called. ${example}`,
      2,
    )
  }
}

/** @returns what was held before, and what is now */
async function callFor(
  home: string,
  rule: string | undefined,
  state: 'on' | 'off',
  options: Options,
): Promise<readonly [before: HoldsView, now: HoldsView]> {
  const path = `/api/homes/${encodeURIComponent(home)}/holds`
  const by = `operator:${options.by}`
  return withApi(options, async (api) => {
    const before = (await api.call('GET', path)) as HoldsView
    if (rule === undefined) return [before, before]
    const own = `${path}/${encodeURIComponent(rule)}`
    if (state === 'off') {
      const query = new URLSearchParams({ by, via: 'cli' })
      return [before, (await api.call('DELETE', `${own}?${query}`)) as HoldsView]
    }
    const end = options.until === undefined ? { for: options.for } : { until: options.until }
    const body = { by, via: 'cli', why: options.why, ...end }
    return [before, (await api.call('PUT', own, body)) as HoldsView]
  })
}

/** What whoever holds a rule must know: until when, and what becomes of what is open. */
function aboutHold(rule: string, state: 'on' | 'off', before: HoldsView, view: HoldsView): string {
  const was = before.holds.find((hold) => hold.rule === rule)
  if (state === 'off') {
    if (!was) return `${rule} was not held in ${view.home}.`
    if (was.unanswered === 0) return `${rule} calls people again. None of its alerts waited.`
    const what = was.unanswered === 1 ? '1 alert waited' : `${was.unanswered} alerts waited`
    return `${rule} calls people again. ${what}: what is still so is told to the contacts now. See: aal alerts list`
  }
  const now = view.holds.find((hold) => hold.rule === rule)
  if (!now) return `${rule} is not held.`
  const open =
    now.unanswered === 0
      ? ''
      : ` ${now.unanswered === 1 ? '1 alert of it is' : `${now.unanswered} alerts of it are`} open, and nobody else is told of ${now.unanswered === 1 ? 'it' : 'them'}: see aal alerts list`
  return `${rule} calls nobody about ${view.home} until ${localMinute(view.timezone, now.until)}; the board still shows its alerts.${open}`
}

export function formatHolds({ home, timezone, holds }: HoldsView): string {
  if (holds.length === 0) return `No rule is held in ${home}.`
  return formatTable(
    ['RULE', 'SINCE', 'UNTIL', 'OPEN', 'BY', 'WHY'],
    holds.map(({ rule, since, until, by, why, unanswered }) => [
      rule,
      localMinute(timezone, since),
      localMinute(timezone, until),
      String(unanswered),
      by.replace(/^operator:/, ''),
      why ?? '',
    ]),
  )
}

function formatAll(holds: AllHoldsView['holds']): string {
  if (holds.length === 0) return 'No rule is held in any home.'
  return formatTable(
    ['HOME', 'RULE', 'SINCE', 'UNTIL', 'OPEN', 'BY', 'WHY'],
    holds.map(({ home, rule, since, until, by, why, unanswered }) => [
      home,
      rule,
      showTime(since),
      showTime(until),
      String(unanswered),
      by.replace(/^operator:/, ''),
      why ?? '',
    ]),
  )
}
