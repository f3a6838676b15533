import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'
import type { FaultRow } from './fault-row.ts'

type JudgedRow = FaultRow & { readonly ok: boolean }

/** Prints what the fault tests counted, at the end of `npm run test:faults`; as JSON into the file that `FAULTS_FILE` names. */
export default class FaultTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const all = modules
      .flatMap((module) => [...module.children.allTests()])
      .flatMap((test) => (test.meta().faults ?? []).map((row): JudgedRow => ({ ...row, ok: test.ok() })))
    const rows = Object.values(Object.groupBy(all, ({ fault }) => fault))
      .flatMap((same) => (same === undefined ? [] : [same.reduce(together)]))
      .toSorted((a, b) => (a.fault < b.fault ? -1 : 1))
    if (rows.length > 0) console.log(`\n${tableOf(rows)}\n`)
    const file = process.env['FAULTS_FILE']
    if (file !== undefined) writeFileSync(file, `${JSON.stringify(rows, undefined, 2)}\n`)
  }
}

const HEAD = [
  'fault',
  'times',
  'readings acknowledged',
  'falls, SOS',
  'lost',
  'doubled',
  'SMS twice',
  'recovery (median, most)',
  'fall to SMS meanwhile',
]

/** As several tests that inject the same give it. */
function together(one: JudgedRow, other: JudgedRow): JudgedRow {
  const doubledMessages =
    one.doubledMessages === undefined && other.doubledMessages === undefined
      ? undefined
      : (one.doubledMessages ?? 0) + (other.doubledMessages ?? 0)
  return {
    fault: one.fault,
    ok: one.ok && other.ok,
    times: one.times + other.times,
    readings: one.readings + other.readings,
    alarms: one.alarms + other.alarms,
    lost: one.lost + other.lost,
    doubled: one.doubled + other.doubled,
    ...(doubledMessages !== undefined && { doubledMessages }),
    recovery: [...(one.recovery ?? []), ...(other.recovery ?? [])],
    alarmDelays: [...(one.alarmDelays ?? []), ...(other.alarmDelays ?? [])],
  }
}

/** As Markdown. */
function tableOf(rows: readonly JudgedRow[]): string {
  const cells = rows.map((row) => [
    row.ok ? row.fault : `FAILED: ${row.fault}`,
    String(row.times),
    String(row.readings),
    String(row.alarms),
    String(row.lost),
    String(row.doubled),
    row.doubledMessages === undefined ? '' : String(row.doubledMessages),
    spread(row.recovery),
    spread(row.alarmDelays),
  ])
  const widths = HEAD.map((head, i) => Math.max(head.length, ...cells.map((row) => row[i]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(HEAD), rule, ...cells.map(line)].join('\n')
}

function spread(times: readonly number[] = []): string {
  const sorted = times.toSorted((a, b) => a - b)
  const [median, most] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted.at(-1)]
  if (median === undefined || most === undefined) return ''
  return sorted.length === 1 ? seconds(most) : `${seconds(median)}, ${seconds(most)}`
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 0)} s`
