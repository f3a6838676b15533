import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Presets, SingleBar } from 'cli-progress'
import { loadProfiles } from '../decode/load-profiles.ts'
import type { Transition } from '../model/alert.ts'
import type { Home } from '../model/home.ts'
import { parseHomes } from '../register/parse-homes.ts'
import { parseReadings } from '../rules/parse-readings.ts'
import type { PastReading } from '../rules/parse-readings.ts'
import { parseRules } from '../rules/parse-rules.ts'
import { replay, replayWithScores } from '../rules/replay.ts'
import type { ReplaySummary } from '../rules/replay.ts'
import { createRuleSet } from '../rules/rule.ts'
import type { RuleSet } from '../rules/rule.ts'
import type { Score } from '../rules/state.ts'
import { formatProblem } from '../source/problem.ts'
import type { Parsed } from '../source/problem.ts'
import { CommandError } from './command-error.ts'
import { printMessage, showSeverity } from './print.ts'
import { findRuleFiles, shippedRules } from './rule-paths.ts'

export interface ReplayFlags {
  readonly from: string
  readonly rules: string
  readonly homes?: string
  /** ms */
  readonly until?: number
  /** ms */
  readonly handle?: number
  readonly json: boolean
  /** Also each score that is computed. */
  readonly scores?: boolean
}

/** Fewer readings than this are replayed before a bar would be read. */
const WORTH_A_BAR = 200_000

/** `aal rules replay` */
export async function replayRules(flags: ReplayFlags): Promise<void> {
  const rules = await readRules(flags.rules)
  const homes = flags.homes === undefined ? undefined : await readHomes(flags.homes, rules)
  const readings = orFail(`Cannot replay ${flags.from}`, await readReadings(flags.from))
  const bar =
    process.stderr.isTTY && readings.length >= WORTH_A_BAR
      ? new SingleBar(
          { format: '{bar} {percentage}% of {total} readings', stream: process.stderr },
          Presets.shades_classic,
        )
      : undefined
  bar?.start(readings.length, 0)
  const run = (flags.scores ? replayWithScores : replay)(readings, {
    rules,
    ...(homes && { homes }),
    ...(flags.until !== undefined && { until: flags.until }),
    ...(flags.handle !== undefined && { handle: flags.handle }),
    ...(bar && { onProgress: (done) => bar.update(done) }),
  })
  const done = await print(run, flags.json ? toJson : toLine).finally(() => bar?.stop())
  if (done) describe(done.summary, done.count, flags)
}

/**
 * Writes as fast as the reader takes it, in large parts.
 * @returns undefined when the reader wants no more (`| head`)
 */
async function print(
  run: Generator<Transition | Score, ReplaySummary>,
  format: (line: Transition | Score) => string,
): Promise<{ count: number; summary: ReplaySummary } | undefined> {
  let count = 0
  let text = ''
  for (;;) {
    const next = run.next()
    if (!next.done) {
      if ('to' in next.value) count++
      text += `${format(next.value)}\n`
    }
    if (text.length > 65_536 || (next.done && text !== '')) {
      if (!(await write(text))) return undefined
      text = ''
    }
    if (next.done) return { count, summary: next.value }
  }
}

/** @returns whether there is still somebody who reads */
async function write(text: string): Promise<boolean> {
  try {
    if (!process.stdout.write(text)) await once(process.stdout, 'drain')
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EPIPE') return false
    throw cause
  }
}

function toJson(line: Transition | Score): string {
  if (!('to' in line)) {
    const { at, home, score, total, parts, missing, risk } = line
    return JSON.stringify({ at: new Date(at).toISOString(), home, score, total, parts, missing, risk })
  }
  const { at, home, rule, scope, to, severity } = line
  return JSON.stringify({ at: new Date(at).toISOString(), home, rule, scope, to, severity })
}

function toLine(line: Transition | Score): string {
  if (!('to' in line)) {
    const time = `${new Date(line.at).toISOString().replace('T', ' ').slice(0, 19)}Z`
    const about = line.resident === '' ? line.home : `${line.home}/${line.resident}`
    const lacks = line.missing.length > 0 ? `partial, without ${line.missing.join(', ')}` : ''
    const shown = `${line.total} ${line.risk}`
    return [time, 'score'.padEnd(7), shown.padEnd(13), line.score.padEnd(9), about.padEnd(20), lacks]
      .join('  ')
      .trimEnd()
  }
  const { at, rule, scope, to, severity, detail } = line
  const { kind, value, sensor } = detail
  const because = kind === undefined ? '' : `${sensor} ${kind} ${value}`
  const time = `${new Date(at).toISOString().replace('T', ' ').slice(0, 19)}Z`
  // Padded by hand: colours have a length, but no width.
  const shown = showSeverity(severity) + ' '.repeat('medium'.length - severity.length)
  return [time, to.padEnd(7), shown, rule.padEnd(16), scope.padEnd(20), because].join('  ').trimEnd()
}

function describe(summary: ReplaySummary, count: number, { json }: ReplayFlags): void {
  const { readings, duplicates, clashes, unregistered, faults } = summary
  if (!json) printMessage(`\n${count} transitions from ${readings} readings.`)
  if (duplicates > 0)
    printMessage(`${duplicates} readings were there before (same id, same content) and were dropped.`)
  if (clashes > 0)
    printMessage(`${clashes} readings came with an id that was used before with other content.`)
  if (unregistered.size > 0) {
    const left = [...unregistered.values()].reduce((sum, one) => sum + one, 0)
    const names = [...unregistered.keys()]
    const shown = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`
    printMessage(
      `${left} readings of ${names.length} sensors that are not registered were left out: ${shown}`,
    )
  }
  for (const { rule, home, reason } of faults) {
    printMessage(`The rule "${rule}" could not be evaluated, first in ${home}: ${reason}`)
  }
}

async function readRules(path: string): Promise<RuleSet> {
  const { rules } = await findRuleFiles([path])
  if (rules.length === 0) throw new CommandError(`Cannot find rules in ${path}: there is no *.yaml`)
  return orFail(`Cannot use the rules of ${path}`, parseRules(rules))
}

async function readHomes(path: string, rules: RuleSet): Promise<readonly Home[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new CommandError(`Cannot read ${path}: ${(cause as Error).message}`)
  })
  const profiles = await loadProfiles(fileURLToPath(new URL('../../devices/profiles', import.meta.url)))
  // A register may set limits of rules that are not replayed.
  const shipped = await readRules(shippedRules())
  const known = createRuleSet([...new Map([...shipped.rules, ...rules.rules]).values()])
  const parsed = orFail(`Cannot use the register ${path}`, parseHomes(path, text, profiles, known))
  return parsed.map(({ home }) => home)
}

async function readReadings(path: string): Promise<Parsed<PastReading[]>> {
  const input = path === '-' ? process.stdin : createReadStream(path)
  input.setEncoding('utf8')
  try {
    return await parseReadings(path === '-' ? 'standard input' : path, input as AsyncIterable<string>)
  } catch (cause) {
    throw new CommandError(`Cannot read ${path}: ${(cause as Error).message}`)
  }
}

function orFail<T>(what: string, parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value
  throw new CommandError(
    `${what}:\n${parsed.problems.map((problem) => `  ${formatProblem(problem)}`).join('\n')}`,
  )
}
