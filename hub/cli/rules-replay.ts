import { once } from 'node:events'
import type { Said } from '../rules/playback.ts'
import type { ReplaySummary } from '../rules/replay.ts'
import { openHistory, readRules } from './past-history.ts'
import { printMessage } from './print.ts'
import { showProgress } from './replay-progress.ts'
import { compareReplays } from './rules-compare.ts'
import { toJson, toLine } from './show-transition.ts'

export interface ReplayFlags {
  readonly from: string
  readonly rules: string
  /** Other rules, to compare with. */
  readonly compare?: string
  readonly homes?: string
  /** ms */
  readonly until?: number
  /** ms */
  readonly handle?: number
  readonly json: boolean
  /** Also each score that is computed. */
  readonly scores?: boolean
}

/** `aal rules replay` */
export async function replayRules(flags: ReplayFlags): Promise<void> {
  const rules = await readRules(flags.rules)
  const other = flags.compare === undefined ? undefined : await readRules(flags.compare)
  const history = await openHistory(flags.from, flags.homes, other ? [other, rules] : [rules])
  const options = {
    ...(flags.until !== undefined && { until: flags.until }),
    ...(flags.handle !== undefined && { handle: flags.handle }),
  }
  try {
    if (other && flags.compare !== undefined) {
      const sets = { a: { path: flags.rules, rules }, b: { path: flags.compare, rules: other } }
      compareReplays(history, sets, options, flags.json)
      return
    }
    const bar = showProgress(history)
    const { onProgress } = bar
    const run = history.run({
      ...options,
      rules,
      scores: flags.scores === true,
      ...(onProgress && { onProgress }),
    })
    const format = flags.json ? (one: Said) => JSON.stringify(toJson(one)) : toLine
    const done = await print(run, format).finally(() => bar.stop())
    if (done) describe(done.summary, done.count, flags)
  } finally {
    history.close()
  }
}

/**
 * Writes as fast as the reader takes it, in large parts.
 * @returns undefined when the reader wants no more (`| head`)
 */
async function print(
  run: Generator<Said, ReplaySummary>,
  format: (line: Said) => string,
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
