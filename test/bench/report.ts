import { execFileSync } from 'node:child_process'
import { cpus, release, totalmem, type } from 'node:os'
import { fileURLToPath } from 'node:url'
import { isMet } from './figures.ts'
import type { Aim, Figure } from './figures.ts'

/** Where and when something was measured, and with what. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly kernel: string
  readonly node: string
  readonly date: string
  /** Of the checkout; with a plus sign when something in it was changed. */
  readonly commit: string
}

export function thisMachine(now: number): Machine {
  const list = cpus()
  return {
    cpu: list[0]?.model.trim() ?? 'unknown',
    cores: list.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release().split('-')[0]}`,
    node: process.versions.node,
    date: new Date(now).toISOString().slice(0, 10),
    commit: commitOf(fileURLToPath(new URL('../..', import.meta.url))),
  }
}

function commitOf(folder: string): string {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const changed = git('status', '--porcelain', '--', 'hub', 'rules', 'test/bench', 'package.json')
    return `${git('rev-parse', '--short=10', 'HEAD').trim()}${changed === '' ? '' : '+'}`
  } catch {
    return 'unknown'
  }
}

export function sayMachine({ cpu, cores, memoryGb, kernel, node, date, commit }: Machine): string {
  return `Measured ${date} at commit ${commit}: ${cpu}, ${cores} cores, ${memoryGb} GB, ${kernel}, Node ${node}.`
}

export function showValue(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** `≥ 0.8: met`; nothing where nothing was promised. */
export function showAim(figure: Figure): string {
  const { aim } = figure
  return aim ? `${sayAim(aim)}: ${isMet(figure) === true ? 'met' : 'missed'}` : ''
}

function sayAim(aim: Aim): string {
  return 'least' in aim ? `≥ ${aim.least.toLocaleString('en')}` : `≤ ${aim.most.toLocaleString('en')}`
}

/** What stands beside a figure: between what the rounds lay, both sides of a ratio, of what it is. */
export function showNote({ span, sides, note }: Figure): string {
  return [
    ...(span ? [`${showValue(span[0])} to ${showValue(span[1])}`] : []),
    ...(sides ? [`${showValue(sides[0])} / ${showValue(sides[1])}`] : []),
    ...(note === undefined ? [] : [note]),
  ].join('; ')
}

/**
 * For a page: a sentence on the machine, and the figures of one part.
 * @param quick of short runs, which are less exact: the table says so
 */
export function markdownTable(figures: readonly Figure[], machine: Machine, quick = false): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|')
  const rows = figures.map((figure) => {
    const cells = [
      `\`${figure.name}\``,
      showValue(figure.value),
      figure.unit,
      showAim(figure),
      showNote(figure),
    ]
    return `| ${cells.map(cell).join(' | ')} |`
  })
  return [
    `${sayMachine(machine)}${quick ? ' Short runs (`--quick`): less exact.' : ''}`,
    '',
    '| figure | value | unit | aim | between what the rounds lay, and of what it is |',
    '| --- | ---: | --- | --- | --- |',
    ...rows,
  ].join('\n')
}

/**
 * Puts a table between the marks of its part, in the place of what stands there.
 * @throws Error when the page has no such marks
 */
export function insertTable(page: string, part: string, table: string): string {
  const [begin, end] = [`<!-- bench:${part} -->`, `<!-- /bench:${part} -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from)
    throw new Error(`Cannot write the table of "${part}": the page has no ${begin} … ${end}`)
  return `${page.slice(0, from + begin.length)}\n${table}\n${page.slice(to)}`
}
