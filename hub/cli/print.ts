import { styleText } from 'node:util'
import type { Severity } from '../model/alert.ts'
import { printable } from '../source/printable.ts'

/** A plain table: columns as wide as they need to be, no lines. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
  return [line(header), ...rows.map(line)].join('\n')
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

export function printLine(text: string): void {
  process.stdout.write(`${printable(text)}\n`)
}

/** For people, beside the result: never on stdout, which scripts read. */
export function printMessage(text: string): void {
  process.stderr.write(`${printable(text)}\n`)
}

const COLOURS = { high: 'red', medium: 'yellow', low: 'cyan', info: 'gray' } as const
const SHAPES = { high: '▲!!!', medium: '◆!! ', low: '●!  ', info: '○   ' } as const

/** Shape, word and, on a terminal, colour. */
export function showSeverity(severity: Severity): string {
  return styleText(COLOURS[severity], `${SHAPES[severity]} ${severity}`, { stream: process.stdout })
}

/** `2026-11-21 23:50:07`, local time of this machine. */
export function showTime(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 19).replace('T', ' ')
}
