import type { Command } from 'commander'
import type { IndicatorsView } from '../http/indicator-routes.ts'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine, showTime } from './print.ts'

const PARTS_SHOWN = 5

/** `aal indicators` */
export function addIndicatorsCommand(program: Command): void {
  program
    .command('indicators')
    .description('How well alarms are answered: figures with their targets and starting points')
    .option('--from <time>', 'a day (UTC) or a time with its zone (default: 28 days before --to)')
    .option('--to <time>', 'the same; exclusive (default: now)')
    .option('--explain', 'with definition, purpose, and how each is measured')
    .addHelpText(
      'after',
      '\nExamples:\n  aal indicators\n  aal indicators --from 2026-11-01 --to 2026-12-01\n  aal indicators --explain\n  aal indicators --json',
    )
    .action(async (own: { from?: string; to?: string; explain?: boolean }, command: Command) => {
      const options = command.optsWithGlobals<DataOptions & { json?: boolean }>()
      const query = new URLSearchParams()
      if (own.from !== undefined) query.set('from', own.from)
      if (own.to !== undefined) query.set('to', own.to)
      const report = (await withApi(options, (api) =>
        api.call('GET', `/api/indicators?${query}`),
      )) as IndicatorsView
      if (options.json) printJson(report)
      else printLine(formatReport(report, own.explain ?? false))
    })
}

type IndicatorView = IndicatorsView['indicators'][number]

function formatReport({ from, to, startingPoint, indicators }: IndicatorsView, explain: boolean): string {
  const rows = indicators.map((one) => [
    one.name.en,
    showFigure(one.value, one.unit),
    one.p90 === undefined ? '' : showFigure(one.p90, one.unit),
    showOf(one),
    one.target ? `${one.target.is} ${showFigure(one.target.value, one.unit)}` : '',
    startingPoint?.isOver ? showFigure(one.startingPoint?.value, one.unit) : 'not yet',
  ])
  const lines = [
    `${showTime(from)} to ${showTime(to)}`,
    '',
    formatTable(['INDICATOR', 'FIGURE', '9 OF 10', 'MEASURED ON', 'TARGET', 'STARTING POINT'], rows),
  ]
  for (const one of indicators) lines.push(...showParts(one))
  if (startingPoint && !startingPoint.isOver) {
    lines.push(
      '',
      `The starting point is the first 28 days of this hub: over at ${showTime(startingPoint.to)}.`,
    )
  }
  if (explain) {
    for (const one of indicators) {
      lines.push(
        '',
        `${one.name.en} (${one.id}, ${one.unit})`,
        `  ${one.definition}`,
        `  Why: ${one.purpose}`,
      )
      lines.push(`  How: ${one.measured}`)
      if (one.target)
        lines.push(`  Target: ${one.target.is} ${one.target.value} ${one.unit} (${one.target.source})`)
    }
  }
  return lines.join('\n')
}

function showOf({ id, of, among, total }: IndicatorView): string {
  const number = Math.round(of).toString()
  if (among !== undefined && among !== of) return `${number} of ${among}`
  if (id === 'unprotected') return `${Math.round(total ?? 0)} min in ${number} h of homes`
  return total === undefined ? number : `${total} of ${number}`
}

function showParts({ name, unit, parts = [] }: IndicatorView): string[] {
  return [...Map.groupBy(parts, ({ sort }) => sort)].flatMap(([sort, same]) => {
    const worst = same.filter(({ value = 0 }) => value > 0)
    if (worst.length === 0) return []
    const shown = worst.slice(0, PARTS_SHOWN).map(({ id, value }) => `  ${id}  ${showFigure(value, unit)}`)
    const more = worst.length > PARTS_SHOWN ? [`  … and ${worst.length - PARTS_SHOWN} more: --json`] : []
    return ['', `${name.en} by ${sort}, the worst first`, ...shown, ...more]
  })
}

function showFigure(value: number | undefined, unit: string): string {
  if (value === undefined) return '–'
  return `${Math.round(value * 10) / 10} ${unit}`
}
