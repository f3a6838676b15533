import { styleText } from 'node:util'
import type { Command } from 'commander'
import type { HomeLine } from '../http/home-list.ts'
import type { HomeStatusView } from '../http/protection-view.ts'
import type { ProtectionState } from '../model/protection.ts'
import { localMinute } from '../time/local-time.ts'
import { CommandError } from './command-error.ts'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine, printMessage } from './print.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

interface Own {
  readonly all?: boolean
  readonly notProtected?: boolean
}

/** `aal home status` */
export function addHomeStatusCommand(home: Command): void {
  home
    .command('status [home]')
    .description('Is a home protected now? Each reason why not, what to do, and the minutes of each month')
    .option('--all', 'every home in a line, also those that are protected')
    .option('--not-protected', 'every home that is not protected (the default without a home)')
    .addHelpText(
      'after',
      '\nProtected: a gateway is connected, an alarm sensor is heard, rules look at falls and the button, and somebody is told.\nPartly: all that, and something is missing, such as a battery or the proof of a visit. Ends with 1 when a home is not\nprotected; partly, planned, paused and closed homes end with 0.' +
        '\n\nExamples:\n  aal home status h-0001\n  aal home status --not-protected\n  aal home status --all --json',
    )
    .action(async (id: string | undefined, own: Own, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      if (id !== undefined && (own.all || own.notProtected)) {
        throw new CommandError('Name a home, or say --all or --not-protected: not both.', 2)
      }
      await withApi(options, async (api) => {
        if (!api.isRunning) printMessage('The hub does not run: nothing is protected until it does.')
        if (id !== undefined) {
          const path = `/api/homes/${encodeURIComponent(id)}/status`
          const status = (await api.call('GET', path)) as HomeStatusView
          if (options.json) printJson(status)
          else printLine(formatStatus(status))
          if (status.state === 'not') process.exitCode = 1
          return
        }
        const answer = (await api.call('GET', '/api/homes/list')) as { homes: HomeLine[] }
        // What a home is called is an address or a name.
        const homes = answer.homes
          .filter(({ protection }) => own.all || protection === 'not')
          .map((line) => {
            const { label: _, ...rest } = line
            return rest
          })
        if (options.json) printJson(homes)
        else printLine(formatList(homes, answer.homes))
        if (homes.some(({ protection }) => protection === 'not')) process.exitCode = 1
      })
    })
}

const SHOWN: Readonly<
  Record<ProtectionState, readonly [text: string, colour: 'red' | 'yellow' | 'green' | 'gray']>
> = {
  not: ['NOT PROTECTED', 'red'],
  partly: ['partly', 'yellow'],
  protected: ['protected', 'green'],
  commissioning: ['being set up', 'gray'],
  planned: ['planned', 'gray'],
  paused: ['paused', 'gray'],
  closed: ['closed', 'gray'],
}

function showState(state: ProtectionState): string {
  const [text, colour] = SHOWN[state]
  return styleText(colour, text, { stream: process.stdout })
}

function formatList(homes: readonly HomeLine[], all: readonly HomeLine[]): string {
  const count = (state: ProtectionState): number => all.filter((one) => one.protection === state).length
  const inService = count('protected') + count('partly') + count('not')
  const sum = `${count('protected')} of ${inService} homes in service are protected, ${count('partly')} partly, ${count('not')} not.`
  if (homes.length === 0) return all.length === 0 ? 'No homes are registered.' : sum
  const table = formatTable(
    ['HOME', 'AREA', 'WHY', 'PROTECTED NOW'],
    homes.map(({ id, area, why, protection }) => [
      id,
      area ?? '',
      why?.replaceAll('-', ' ') ?? '',
      showState(protection),
    ]),
  )
  return `${table}\n\n${sum}`
}

function formatStatus(status: HomeStatusView): string {
  const { home, state, reasons, timezone, lastProof, unprotected } = status
  const at = (ms: number): string => localMinute(timezone, ms)
  const lines = [`${home}  ${showState(state)}`]
  for (const { means, todo, since, until } of reasons) {
    const times = [
      since === undefined ? undefined : `since ${at(since)}`,
      until === undefined ? undefined : `until ${at(until)}`,
    ].filter((one) => one !== undefined)
    lines.push('', `- ${means.en}${times.length > 0 ? ` (${times.join(', ')})` : ''}`, `  ${todo.en}`)
  }
  if (reasons.length === 0) lines.push('', 'Nothing is missing: an alarm from here comes through.')
  if (lastProof) lines.push('', `Proven ${at(lastProof.at)}, to be proven again ${at(lastProof.due)}.`)
  if (unprotected.length > 0) {
    const rows = unprotected.map(({ month, minutes, of }) => [month, String(minutes), String(of)])
    lines.push('', formatTable(['MONTH', 'MINUTES NOT PROTECTED', 'OF'], rows))
  }
  return lines.join('\n')
}
