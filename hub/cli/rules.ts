import { styleText } from 'node:util'
import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import type { RuleFile } from '../model/input.ts'
import { parseRuleFolder } from '../core/parse-rule-folder.ts'
import { parseRules } from '../rules/parse-rules.ts'
import { parseRuleTests } from '../rules/rule-test.ts'
import { runRuleTest } from '../rules/run-rule-test.ts'
import { parseDuration } from '../source/duration.ts'
import { formatProblem } from '../source/problem.ts'
import type { Problem } from '../source/problem.ts'
import { CommandError } from './command-error.ts'
import { parseTime } from './parse-time.ts'
import { printJson, printLine, printMessage } from './print.ts'
import { findRuleFiles, readRuleFile, ruleFileOf, shippedRules, testFileOf } from './rule-paths.ts'
import { replayRules } from './rules-replay.ts'
import { addRulesSchemaCommand } from './rules-schema.ts'
import { addRulesStatusCommand } from './rules-status.ts'

interface Options {
  readonly json?: boolean
}

/** `aal rules check|test|replay|schema|status` */
export function addRulesCommands(program: Command): void {
  const rules = program
    .command('rules')
    .description('Check, test and replay rule files; see which are in force')

  rules
    .command('check [paths...]')
    .description('Check rule files, the tests beside them and policies: every error, with file:line:column')
    .addHelpText('after', '\nExamples:\n  aal rules check\n  aal rules check my-rules/ night.yaml --json')
    .action(async (paths: string[], _own: object, command: Command) => {
      await checkRules(orShipped(paths), command.optsWithGlobals<Options>())
    })

  rules
    .command('test [paths...]')
    .description('Run the tests beside rule files: x.test.yaml tests the rules of x.yaml')
    .addHelpText('after', '\nExamples:\n  aal rules test\n  aal rules test rules/falls.test.yaml')
    .action(async (paths: string[], _own: object, command: Command) => {
      await testRules(orShipped(paths), command.optsWithGlobals<Options>())
    })

  rules
    .command('replay')
    .description('Run rules over a history under a virtual clock: what would they have said?')
    .requiredOption(
      '--from <path>',
      "readings as NDJSON, one a line (- for standard input), or a hub's data folder",
    )
    .option('--rules <path>', 'rule file or folder (default: the shipped rules)')
    .option(
      '--compare <path>',
      'other rules: how often each set calls for somebody, and what only one of them says',
    )
    .option(
      '--homes <file>',
      'the register, as for "aal import"; without it sensors count from their first reading',
    )
    .option('--until <time>', 'where the clock stops (default: the last reading)', parseTime)
    .option(
      '--handle <duration>',
      'resolve what is latched this long after its last event (default: never)',
      parseWait,
    )
    .option('--scores', 'also each score that is computed (NEWS2), one line each')
    .addHelpText(
      'after',
      '\nA line: {"at":"2026-11-21T22:00:00.000Z","home":"h1","sensor":"s1","kind":"motion","value":true}, and optionally' +
        '\nroom, role, resident, id, receivedAt. Nobody answers in a replay unless --handle says so.' +
        '\n\nA data folder is only read, also while its hub runs: readings, links, register and downtime as they were, and' +
        '\nwhat people resolved then, unless --handle is given.' +
        '\n\n--compare counts every firing and again by shift (day from 07, evening from 15, night from 23, local time; a' +
        '\nnight belongs to the day on which it begins) and by rule. With --json one object: a, b, total, shifts, rules,' +
        '\nonlyA, onlyB.' +
        '\n\nExamples:\n  aal rules replay --from history.ndjson' +
        '\n  aal rules replay --rules night.yaml --from history.ndjson --handle 1h --json > said.ndjson' +
        '\n  aal rules replay --from data --rules rules --compare my-rules',
    )
    .action(async (own: ReplayFlags, command: Command) => {
      const json = command.optsWithGlobals<Options>().json ?? false
      await replayRules({ ...own, json, rules: own.rules ?? shippedRules() })
    })

  addRulesStatusCommand(rules)

  addRulesSchemaCommand(rules)
}

interface ReplayFlags {
  readonly from: string
  readonly rules?: string
  readonly compare?: string
  readonly homes?: string
  readonly until?: number
  readonly handle?: number
  readonly scores?: boolean
}

async function checkRules(paths: readonly string[], { json }: Options): Promise<void> {
  const { rules, tests, policies, isWhole } = await findRuleFiles(paths)
  if (rules.length + tests.length + policies.length === 0)
    throw new CommandError(`Cannot find rules in ${paths.join(', ')}: no *.yaml`)
  // A file of rules that is named without the policies it belongs with may name any.
  const whole = isWhole ? parseRuleFolder([...rules, ...policies]) : undefined
  const parsed = whole ?? parseRules(rules)
  const problems = [...(parsed.ok ? [] : parsed.problems)]
  for (const test of tests) {
    const own = await rulesOfTest(test)
    const read = own.ok ? parseRuleTests(test, own.value) : own
    if (!read.ok) problems.push(...read.problems)
  }
  const unique = [...new Map(problems.map((problem) => [formatProblem(problem), problem])).values()]
  const count = parsed.ok
    ? ('policies' in parsed.value ? parsed.value.rules : parsed.value).rules.size
    : undefined
  const size = whole?.ok ? whole.value.policies.policies.size : 0
  const told = size === 0 ? '' : ` and ${size} ${size === 1 ? 'policy' : 'policies'}`
  if (json) {
    printJson({
      files: rules.length + tests.length + policies.length,
      rules: count ?? null,
      problems: unique,
    })
  } else if (unique.length > 0) {
    printLine(unique.map(showProblem).join('\n'))
    printMessage(`\n${unique.length === 1 ? '1 error' : `${unique.length} errors`}.`)
  } else {
    printLine(`${count} rules${told} in ${rules.length + policies.length} files: no errors.`)
  }
  if (unique.length > 0) process.exitCode = 1
}

async function testRules(paths: readonly string[], { json }: Options): Promise<void> {
  const found = await findRuleFiles(paths)
  const results: { file: string; name: string; failures: readonly Problem[] }[] = []
  const problems: Problem[] = []
  const known = new Set(found.tests.map(({ name }) => name))
  const tests = [...found.tests]
  for (const { name } of found.rules) {
    const beside = testFileOf(name)
    if (known.has(beside)) continue
    if (paths.includes(name)) tests.push(await readRuleFile(beside))
    else
      problems.push({ file: name, line: 1, column: 1, message: `Cannot find tests: there is no ${beside}` })
  }
  if (tests.length + problems.length === 0)
    throw new CommandError(`Cannot find tests in ${paths.join(', ')}: no *.test.yaml`)
  for (const test of tests) {
    const rules = await rulesOfTest(test)
    const parsed = rules.ok ? parseRuleTests(test, rules.value) : rules
    if (!parsed.ok) problems.push(...parsed.problems)
    else if (rules.ok) {
      for (const one of parsed.value) {
        results.push({ file: test.name, name: one.name, failures: runRuleTest(one, rules.value) })
      }
    }
  }
  const failed = results.filter(({ failures }) => failures.length > 0)
  if (json) {
    printJson({ tests: results.length, failed: failed.length, problems, results })
  } else {
    for (const { name, failures } of failed) {
      printLine(
        `${styleText('red', 'failed', { stream: process.stdout })}  ${name}\n  ${failures.map(showProblem).join('\n  ')}`,
      )
    }
    if (problems.length > 0) printLine(problems.map(showProblem).join('\n'))
    printLine(`${results.length - failed.length} of ${results.length} tests passed.`)
  }
  if (failed.length + problems.length > 0) process.exitCode = 1
}

async function rulesOfTest(test: RuleFile) {
  const rules = await readRuleFile(ruleFileOf(test.name)).catch(() => undefined)
  if (rules) return parseRules([rules])
  const message = `Cannot find the rules that it tests: there is no ${ruleFileOf(test.name)}`
  return { ok: false as const, problems: [{ file: test.name, line: 1, column: 1, message }] }
}

function showProblem(problem: Problem): string {
  const { file, line, column, message } = problem
  return `${styleText('bold', `${file}:${line}:${column}:`, { stream: process.stdout })} ${message}`
}

function orShipped(paths: readonly string[]): readonly string[] {
  return paths.length > 0 ? paths : [shippedRules()]
}

function parseWait(text: string): number {
  const wait = parseDuration(text)
  if (wait === undefined) throw new InvalidArgumentError('Expected a duration such as 1h or 90s.')
  return wait
}
