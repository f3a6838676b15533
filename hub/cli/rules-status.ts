import type { Command } from 'commander'
import type { RulesStatusView } from '../http/rule-routes.ts'
import { formatProblem } from '../source/problem.ts'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine, showTime } from './print.ts'

/** `aal rules status` */
export function addRulesStatusCommand(rules: Command): void {
  rules
    .command('status')
    .description('The rules in force, since when, and what is wrong with the files if they are refused')
    .addHelpText(
      'after',
      '\nEnds with 1 while the files are refused.\n\nExamples:\n  aal rules status\n  aal rules status --json',
    )
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<DataOptions & { json?: boolean }>()
      const status = (await withApi(options, (api) => api.call('GET', '/api/rules'))) as RulesStatusView
      if (options.json) printJson(status)
      else printLine(formatStatus(status))
      if (status.refused) process.exitCode = 1
    })
}

function formatStatus({ folder, since, changes, rules, policies, refused }: RulesStatusView): string {
  const table = formatTable(
    ['RULE', 'SEVERITY', 'CATEGORY', 'TITLE', 'LIMITS'],
    rules.map(({ id, category, severity, levels, title, params }) => [
      id,
      levels.length > 0 ? levels.join(' > ') : severity,
      category,
      title['en'] ?? '',
      Object.entries(params)
        .map(([name, { default: value, unit, min, max }]) => {
          const bounds = min === undefined && max === undefined ? '' : ` (${min ?? ''} to ${max ?? ''})`
          return `${name} ${value}${unit === undefined ? '' : ` ${unit}`}${bounds}`
        })
        .join(', '),
    ]),
  )
  const parts = [
    table,
    '',
    formatTable(
      ['POLICY', 'FOR', 'WHO IS TOLD'],
      policies.map(({ id, use, steps, repeat }) => [
        id,
        use ? `${use.severity.join(', ')} ${use.category.join(', ')}` : 'rules that name it',
        `${steps.map(({ to, wait }) => `${to} (${wait})`).join(' > ')}; again from ${repeat.from} every ${repeat.every}`,
      ]),
    ),
    '',
    `${rules.length} rules of ${folder}${since === undefined ? '' : `, in force since ${showTime(since)}`}.`,
  ]
  for (const { id, held } of rules) {
    if (held > 0) {
      parts.push(
        `${id} is held for ${held} ${held === 1 ? 'home' : 'homes'}, where it calls nobody: aal hold list`,
      )
    }
  }
  const told: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['New then', changes?.added],
    ['Gone then', changes?.removed],
    ['Changed then, what they were counting was dropped', changes?.changed],
  ]
  for (const [what, ids] of told) {
    // At the first start every rule is new: that says nothing.
    if (ids && ids.length > 0 && ids.length < rules.length) parts.push(`${what}: ${ids.join(', ')}.`)
  }
  if (refused) {
    parts.push(
      '',
      `The files are refused since ${showTime(refused.at)}; the rules above stay in force.`,
      refused.reason,
      ...refused.problems.map((problem) => `  ${formatProblem(problem)}`),
    )
  }
  return parts.join('\n')
}
