import { Option } from 'commander'
import type { Command } from 'commander'
import type { Changed, ServiceView } from '../http/register-view.ts'
import { SERVICE_STATES } from '../model/service-state.ts'
import { localMinute } from '../time/local-time.ts'
import { CommandError } from './command-error.ts'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { printJson, printLine, printMessage } from './print.ts'

export interface ChangeOptions extends DataOptions {
  readonly json?: boolean
  readonly by: string
}

/** Whoever changes something from a command line means what is there now. */
export const WHATEVER_IT_IS = { 'if-match': '*' }

/** `aal home create|edit|state|pause|resume|close` */
export function addHomeChanges(home: Command): void {
  home
    .command('create [fields...]')
    .description('Register a home: planned, unless state=… says another. Fields are as in the import file')
    .option('--by <person>', 'who does it', 'cli')
    .addHelpText(
      'after',
      '\nExamples:\n  aal home create id=h-0003 timezone=Europe/Oslo "label=Storgata 5, 2. etg" area=Alta --by ola\n  aal home create id=h-0004 \'contacts=[{"id":"anne","name":"Anne","phone":"+47 900 00 001"}]\'',
    )
    .action(async (fields: string[], _own: object, command: Command) => {
      const options = command.optsWithGlobals<ChangeOptions>()
      const body = { timezone: 'Europe/Oslo', ...fieldsOf(fields) }
      tell(options, await change(options, 'POST', '/api/register', body, true))
    })

  home
    .command('edit <home> <fields...>')
    .description('Change fields of a home; without a value one is taken away')
    .option('--by <person>', 'who does it', 'cli')
    .addHelpText(
      'after',
      '\nExamples:\n  aal home edit h-0001 area=Vardø risk=3 access= --by ola\n  aal home edit h-0001 timezone=Europe/Oslo keySafe.code=0417',
    )
    .action(async (id: string, fields: string[], _own: object, command: Command) => {
      const options = command.optsWithGlobals<ChangeOptions>()
      tell(options, await change(options, 'PATCH', pathOf(id), fieldsOf(fields)))
    })

  home
    .command('state <home> [state]')
    .description('Show the state of a home, or bring it into another one')
    .option('--why <text>', "why; kept with the home's personal data")
    .option('--by <person>', 'who says so', 'cli')
    .addHelpText(
      'after',
      `\nStates: ${SERVICE_STATES.join(', ')}. What each means: docs/homes.md.\n\nExamples:\n  aal home state h-0001\n  aal home state h-0001 active --by ola`,
    )
    .action(async (id: string, state: string | undefined, own: { why?: string }, command: Command) => {
      const options = command.optsWithGlobals<ChangeOptions>()
      if (state === 'paused')
        throw new CommandError('A pause has an end and a reason: aal home pause HOME --until … --why …', 2)
      if (state === undefined) showService(options, await serviceOf(options, 'GET', `${pathOf(id)}/service`))
      else await setState(options, id, state, own.why)
    })

  home
    .command('pause <home>')
    .description(
      'Pause the service of a home: silence and activity call nobody, falls, SOS and smoke still do',
    )
    .addOption(new Option('--until <time>', 'when it ends by itself: "2026-12-01 14:00"').conflicts('for'))
    .option('--for <duration>', 'or how long it lasts: 12h, 14d')
    .requiredOption('--why <text>', "why; kept with the home's personal data")
    .option('--by <person>', 'who says so', 'cli')
    .addHelpText(
      'after',
      '\nExample:\n  aal home pause h-0001 --until "2026-12-01 14:00" --why "In hospital" --by siv',
    )
    .action(async (id: string, own: { until?: string; for?: string; why: string }, command: Command) => {
      const options = command.optsWithGlobals<ChangeOptions>()
      const { until, why } = own
      const body = {
        why,
        ...who(options),
        ...(until !== undefined && { until }),
        ...(own.for !== undefined && { for: own.for }),
      }
      showService(options, await serviceOf(options, 'PUT', `${pathOf(id)}/pause`, body))
    })

  home
    .command('resume <home>')
    .description('End the pause of a home')
    .option('--by <person>', 'who says so', 'cli')
    .addHelpText('after', '\nExample:\n  aal home resume h-0001 --by siv')
    .action(async (id: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<ChangeOptions>()
      showService(
        options,
        await serviceOf(options, 'DELETE', `${pathOf(id)}/pause?${new URLSearchParams(who(options))}`),
      )
    })

  home
    .command('close <home>')
    .description(
      'Close a home: its gateways are refused, no rule counts, and what is kept of it stays until its time',
    )
    .requiredOption('--why <text>', "why; kept with the home's personal data")
    .option('--by <person>', 'who says so', 'cli')
    .addHelpText('after', '\nExample:\n  aal home close h-0001 --why "Moved to a nursing home" --by siv')
    .action(async (id: string, own: { why: string }, command: Command) => {
      await setState(command.optsWithGlobals<ChangeOptions>(), id, 'closed', own.why)
    })
}

/** Fields as words: `label=Storgata 5`, `keySafe.code=0417`; JSON for what is no text. */
export function fieldsOf(words: readonly string[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const word of words) {
    const at = word.indexOf('=')
    if (at <= 0) throw new CommandError(`Cannot read "${word}": expected FIELD=VALUE, such as area=Alta`, 2)
    const [name = '', inner] = word.slice(0, at).split('.')
    const value = valueOf(name, word.slice(at + 1))
    fields[name] = inner === undefined ? value : { ...(fields[name] as object | undefined), [inner]: value }
  }
  return fields
}

const NUMBERS: ReadonlySet<string> = new Set(['risk', 'order', 'spo2Scale'])

function valueOf(name: string, text: string): unknown {
  if (text === '') return null
  if (name === 'tags') return text.split(',').map((tag) => tag.trim())
  if (NUMBERS.has(name) && /^\d+$/.test(text)) return Number(text)
  if (!/^[[{]/.test(text)) return text
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new CommandError(`Cannot read the value of ${name}: ${(cause as Error).message}`, 2)
  }
}

export function pathOf(home: string): string {
  return `/api/homes/${encodeURIComponent(home)}`
}

export async function change(
  options: ChangeOptions,
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
  mayCreate = false,
): Promise<Changed> {
  const query = new URLSearchParams(who(options))
  const answer = await withApi(
    options,
    (api) => api.call(method, `${path}?${query}`, body, WHATEVER_IT_IS),
    mayCreate,
  )
  return answer as Changed
}

export function tell({ json }: ChangeOptions, changed: Changed): void {
  if (json) printJson(changed)
  else
    printLine(
      changed.changed.length === 0
        ? `${changed.home}: it is so already.`
        : `${changed.home}: ${changed.changed.join(', ')}`,
    )
}

async function setState(
  options: ChangeOptions,
  id: string,
  state: string,
  why: string | undefined,
): Promise<void> {
  const body = { state, ...who(options), ...(why !== undefined && { why }) }
  showService(options, await serviceOf(options, 'PUT', `${pathOf(id)}/service`, body))
}

function who({ by }: ChangeOptions): { by: string; via: string } {
  return { by: `operator:${by}`, via: 'cli' }
}

async function serviceOf(
  options: ChangeOptions,
  method: 'GET' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
): Promise<ServiceView> {
  return (await withApi(options, (api) => api.call(method, path, body))) as ServiceView
}

function showService({ json }: ChangeOptions, view: ServiceView): void {
  if (json) {
    printJson(view)
    return
  }
  const { home, state, until, timezone, note } = view
  const end = until === undefined ? '' : ` until ${localMinute(timezone, until)}`
  const by = note ? `, by ${note.by.replace(/^operator:/, '')} since ${localMinute(timezone, note.at)}` : ''
  printLine(`${home} is ${state}${end}${by}.`)
  if (state === 'paused') {
    printMessage(
      'It ends by itself then, and the board says so. Falls, SOS, smoke, gas and CO call people meanwhile.',
    )
  }
}
