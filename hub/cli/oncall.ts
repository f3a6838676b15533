import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import type { OncallView } from '../http/staff-routes.ts'
import { Temporal } from 'temporal-polyfill'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine } from './print.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

/** `aal oncall check|now` */
export function addOncallCommands(program: Command): void {
  const oncall = program
    .command('oncall')
    .description('Who is on call, and what is wrong with the rotas of the next days')
    .addHelpText('after', '\nExamples:\n  aal oncall now\n  aal oncall check --days 28')

  oncall
    .command('check')
    .description('Look for times when nobody is on call, unknown people, missing numbers, old overrides')
    .option('--days <n>', 'how far ahead (1 to 100)', parseDays, 14)
    .addHelpText(
      'after',
      '\nEnds with 1 when something is found.\n\nExamples:\n  aal oncall check\n  aal oncall check --days 28 --json',
    )
    .action(async (own: { days: number }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const view = await ask(options, own.days)
      if (options.json) printJson(view)
      else printLine(formatFindings(view, own.days))
      if (view.findings.length > 0) process.exitCode = 1
    })

  oncall
    .command('now')
    .description('Who is on call now, by rota')
    .addHelpText('after', '\nExamples:\n  aal oncall now\n  aal oncall now --json')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { rotas } = await ask(options, 1)
      if (options.json) printJson(rotas)
      else {
        printLine(
          rotas.length === 0
            ? 'There are no rotas: docs/policies.md shows how to write one.'
            : formatTable(['ROTA', 'ON CALL'], rotas.map(formatRota)),
        )
      }
    })
}

async function ask(options: Options, days: number): Promise<OncallView> {
  return (await withApi(options, (api) => api.call('GET', `/api/oncall?days=${days}`))) as OncallView
}

function formatRota({ id, isSetUp, onCall }: OncallView['rotas'][number]): [string, string] {
  if (!isSetUp) return [id, 'nobody: the rota names nobody yet']
  if (onCall.length === 0) return [id, 'nobody']
  const shown = onCall.map(
    (one) =>
      `${one.name === undefined ? one.id : `${one.name} (${one.id})`}${one.isKnown ? '' : ', not registered'}`,
  )
  return [id, shown.join('; ')]
}

/** What `aal oncall check` prints. */
export function formatFindings({ rotas, findings }: OncallView, days: number): string {
  if (rotas.length === 0 && findings.length === 0) {
    return 'There are no rotas: docs/policies.md shows how to write one.'
  }
  if (findings.length === 0) return `Somebody is on call all the time in the next ${days} days.`
  const zones = new Map(rotas.map(({ id, timezone }) => [id, timezone]))
  return findings.map((finding) => formatFinding(finding, zones)).join('\n')
}

function formatFinding(finding: OncallView['findings'][number], zones: ReadonlyMap<string, string>): string {
  switch (finding.type) {
    case 'gap': {
      const zone = zones.get(finding.rota) ?? 'UTC'
      return `${finding.rota}: nobody is on call from ${local(zone, finding.from)} to ${local(zone, finding.to)} (${zone})`
    }
    case 'unknown':
      return `${finding.where}: "${finding.id}" is not registered; aal staff import, or correct the id`
    case 'no-phone':
      return `${finding.id} has no phone number: no SMS can reach them; aal staff import`
    case 'past-override':
      return `${finding.rota}: the override from ${finding.from} to ${finding.to} is over; it may be removed`
    case 'empty':
      return `${finding.rota}: a policy counts on it, and it names nobody yet; steps that call it are passed over`
  }
}

/** `Sat 2026-11-28 07:00`, by the clock of the rota. */
function local(timezone: string, at: number): string {
  const time = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone)
  const weekday = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][time.dayOfWeek - 1]
  return `${weekday} ${time.toPlainDate().toString()} ${time.toPlainTime().toString({ smallestUnit: 'minute' })}`
}

function parseDays(text: string): number {
  const days = Number(text)
  if (!Number.isInteger(days) || days < 1 || days > 100) {
    throw new InvalidArgumentError('Expected a number of days from 1 to 100.')
  }
  return days
}
