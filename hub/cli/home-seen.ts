import type { Command } from 'commander'
import type { SeenView } from '../http/seen-routes.ts'
import { openApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine } from './print.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

interface Own {
  readonly all?: boolean
  readonly ignore?: string
  readonly show?: string
  readonly by: string
}

/** `aal home seen` */
export function addHomeSeenCommand(home: Command): void {
  home
    .command('seen <home>')
    .description(
      'Show what gateways of a home send or tell of that is not registered, with the likely profile',
    )
    .option('--all', 'those that somebody hid, too')
    .option('--ignore <address>', 'hide one: it is none of the hub')
    .option('--show <address>', 'show one again that was hidden')
    .option('--by <person>', 'who hides or shows it', 'cli')
    .addHelpText(
      'after',
      '\nRegister one with its address and profile (aal import): then it is no longer in this list. What somebody hid still\nraises its alarms. Remembered for 30 days after it was last heard; 100 of each home.' +
        '\n\nExamples:\n  aal home seen h-0001\n  aal home seen h-0001 --ignore kitchen-lamp --by siv\n  aal home seen h-0001 --all --json',
    )
    .action(async (id: string, own: Own, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const path = `/api/homes/${encodeURIComponent(id)}/seen`
      const api = await openApi(options)
      try {
        for (const [address, on] of [
          [own.ignore, true],
          [own.show, false],
        ] as const) {
          if (address === undefined) continue
          const body = { on, by: `operator:${own.by}`, via: 'cli' }
          await api.call('POST', `${path}/${encodeURIComponent(address)}/ignore`, body)
        }
        const view = (await api.call('GET', own.all ? `${path}?ignored=true` : path)) as SeenView
        if (options.json) printJson(view)
        else printLine(formatSeen(view))
      } finally {
        await api.close()
      }
    })
}

function formatSeen({ home, seen, ignored, now }: SeenView): string {
  const hidden = ignored === 0 ? '' : `\n${ignored} hidden: aal home seen ${home} --all`
  if (seen.length === 0) return `Nothing speaks in ${home} that is not registered.${hidden}`
  const table = formatTable(
    ['ADDRESS', 'DEVICE', 'HEARD', 'MESSAGES', 'LIKELY PROFILE', 'WHY'],
    seen.map((device) => {
      const [likely] = device.likely
      return [
        `${device.address}${device.ignored ? ' (hidden)' : ''}`,
        [device.maker, device.model].filter(Boolean).join(' '),
        device.heardAt === undefined ? 'not yet' : ago(now - device.heardAt),
        String(device.count),
        likely ? `${likely.profile} (${Math.round(likely.score * 100)} %)` : 'none fits',
        likely?.why.map(sayReason).join('; ') ?? '',
      ]
    }),
  )
  return `${table}${hidden}`
}

function sayReason(why: SeenView['seen'][number]['likely'][number]['why'][number]): string {
  switch (why.by) {
    case 'model':
      return `its model is ${why.model}`
    case 'maker':
      return `it is made by ${why.maker}`
    case 'keys':
      return `it sends ${why.keys.join(', ')}`
    case 'unfit':
      return `BUT ${why.reason}`
  }
}

function ago(ms: number): string {
  const [count, unit] =
    ms < 60_000
      ? [ms / 1000, 's']
      : ms < 3_600_000
        ? [ms / 60_000, 'min']
        : ms < 86_400_000
          ? [ms / 3_600_000, 'h']
          : [ms / 86_400_000, 'd']
  return `${Math.max(0, Math.floor(count))} ${unit} ago`
}
