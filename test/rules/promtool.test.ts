import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Transition } from '../../hub/model/alert.ts'
import type { PastReading } from '../../hub/rules/parse-readings.ts'
import { replay } from '../../hub/rules/replay.ts'
import { requireServer, serverMissing } from '../helpers/servers.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { START, rulesOf } from './bench.ts'

/**
 * Our `for`, `keep` and `absent` beside Prometheus' `for`, `keep_firing_for` and `absent_over_time`: the same on/off
 * series go through our replay and, as a rule unit test, through promtool, which evaluates once a second; which
 * alerts fire must be the same at every second.
 *
 * Where the meanings differ by design, both are shown the same:
 * - Our state holds until the next reading; a Prometheus series ends when samples do not come. So Prometheus has a
 *   sample of each second. Our replay has a reading of each second for every other home, and for the rest only the
 *   changes, which must make no difference.
 * - Our `absent` counts time in which the home can be reached and a sensor lives; here both always are. It counts
 *   from when the home is registered, `absent_over_time` finds nothing before the first sample: all begin with a sign.
 * - `absent_over_time` with [5s] looks at both ends in Prometheus 2 and leaves the older one out from 3 on. With
 *   [4999ms] and samples on whole seconds, a sample 5 s old is out of both.
 * - At one and the same moment, our stream has an order: what is due happens before what arrives. An evaluation of
 *   Prometheus sees the new value only. No two of them meet here: runs are odd, and so that no limit ends with one,
 *   `for` and `keep` are even, and `absent`, which counts from the last second of a run, is odd.
 */
interface Timing {
  readonly name: string
  /** Of `absent`: no condition, but signs of life. */
  readonly absent?: number
  readonly for?: number
  readonly keep?: number
}

const TIMINGS: readonly Timing[] = [
  ...[0, 2, 4, 10].flatMap((wait) =>
    [0, 2, 6, 12].map((keep) => ({ name: `for-${wait}-keep-${keep}`, for: wait, keep })),
  ),
  ...[3, 5, 13].flatMap((absent) =>
    [0, 6].map((keep) => ({ name: `absent-${absent}-keep-${keep}`, absent, keep })),
  ),
]
const SECONDS = 70
const HOMES = 30

/** On and off by odd runs; the first is on, as a sign of life. */
const series = fc
  .array(
    fc.oneof(
      fc.constantFrom(1, 3, 5),
      fc.nat({ max: 12 }).map((half) => 2 * half + 1),
    ),
    {
      minLength: SECONDS,
      maxLength: SECONDS,
    },
  )
  .map((runs) =>
    runs.flatMap((length, index) => Array<boolean>(length).fill(index % 2 === 0)).slice(0, SECONDS),
  )
const homes = fc.array(series, { minLength: HOMES, maxLength: HOMES })

const homeOf = (index: number): string => `h${index}`

/** What our rules say of the series. */
function ours(timings: readonly Timing[], list: readonly (readonly boolean[])[]): Transition[] {
  const rules = timings.map(({ name, absent, for: wait, keep }) => {
    const trigger =
      absent === undefined
        ? `on: water_leak, when: value${wait ? `, for: ${wait}s` : ''}`
        : `absent: { of: [motion], for: ${absent}s }`
    return `  - { id: ${name}, title: T, category: routine, severity: low, ${trigger}${keep ? `, keep: ${keep}s` : ''} }`
  })
  const readings: PastReading[] = []
  for (let second = 0; second < SECONDS; second++) {
    for (const [index, values] of list.entries()) {
      const value = values[second] ?? false
      const at = START + second * 1000
      const said = { home: homeOf(index), value, at, receivedAt: at }
      const isNew = value !== values[second - 1]
      if (isNew || index % 2 === 0) readings.push({ ...said, sensor: 'leak', kind: 'water_leak' })
      readings.push({ ...said, sensor: 'pir', kind: 'motion' })
    }
  }
  const until = START + (SECONDS - 1) * 1000
  return [...replay(readings, { rules: rulesOf(rules.join('\n')), until })]
}

/** Which alerts fire at each second, as `rule home`. */
function firingBySecond(transitions: readonly Transition[]): Set<string>[] {
  const firing = new Set<string>()
  let next = 0
  return Array.from({ length: SECONDS }, (_, second) => {
    for (let one = transitions[next]; one && one.at <= START + second * 1000; one = transitions[++next]) {
      const name = `${one.rule} ${one.home}`
      if (one.to === 'firing') firing.add(name)
      else firing.delete(name)
    }
    return new Set(firing)
  })
}

const run = promisify(execFile)

/** @returns where promtool does not find `firing`: `for-4-keep-0 h7 at 12s: only ours` */
async function promtoolDiffers(
  list: readonly (readonly boolean[])[],
  firing: readonly ReadonlySet<string>[],
): Promise<string[]> {
  const folder = tempDir('promtool')
  const rules = TIMINGS.flatMap(({ name, absent, for: wait, keep }) => {
    const times = { ...(wait && { for: `${wait}s` }), ...(keep && { keep_firing_for: `${keep}s` }) }
    if (absent === undefined) return [{ alert: name, expr: 'leak == 1', ...times }]
    // It takes the home's label from the selector; over all homes at once it would find only that all are absent.
    return list.map((_, index) => ({
      alert: name,
      expr: `absent_over_time(sign{home="${homeOf(index)}"}[${absent * 1000 - 1}ms])`,
      ...times,
    }))
  })
  const input = list.flatMap((values, index) => [
    { series: `leak{home="${homeOf(index)}"}`, values: values.map(Number).join(' ') },
    { series: `sign{home="${homeOf(index)}"}`, values: values.map((on) => (on ? '1' : '_')).join(' ') },
  ])
  const expected = firing.map((names, second) => ({
    expr: 'count by (alertname, home) (ALERTS{alertstate="firing"})',
    eval_time: `${second}s`,
    exp_samples: [...names].map((name) => {
      const [alert, home] = name.split(' ')
      return { labels: `{alertname="${alert}", home="${home}"}`, value: 1 }
    }),
  }))
  // JSON is YAML.
  const test = {
    rule_files: ['rules.json'],
    evaluation_interval: '1s',
    tests: [{ interval: '1s', input_series: input, promql_expr_test: expected }],
  }
  await writeFile(
    join(folder, 'rules.json'),
    JSON.stringify({ groups: [{ name: 'all', interval: '1s', rules }] }),
  )
  await writeFile(join(folder, 'test.json'), JSON.stringify(test))
  try {
    await run(requireServer('promtool'), ['test', 'rules', 'test.json'], { cwd: folder, maxBuffer: 1e9 })
    return []
  } catch (cause) {
    const { code, stdout, stderr } = cause as { code: unknown; stdout: string; stderr: string }
    const differences = differencesIn(stderr)
    if (code === 1 && differences.length > 0) return differences
    throw new Error(`promtool ended with ${String(code)}: ${stdout}${stderr}`.slice(0, 5000), { cause })
  }
}

/** Out of what promtool prints of an expression at a time with other samples (`exp`: ours, `got`: its own). */
function differencesIn(output: string): string[] {
  return [...output.matchAll(/time: (\w+),\s+exp:(.*)\s+got:(.*)/g)].flatMap(
    ([, time = '', exp = '', got = '']) => {
      const [we, they] = [exp, got].map(
        (text) =>
          new Set(
            [...text.matchAll(/alertname="(.*?)", home="(.*?)"/g)].map(([, rule, home]) => `${rule} ${home}`),
          ),
      ) as [Set<string>, Set<string>]
      return [
        ...[...we].filter((name) => !they.has(name)).map((name) => `${name} at ${time}: only ours`),
        ...[...they].filter((name) => !we.has(name)).map((name) => `${name} at ${time}: only promtool`),
      ]
    },
  )
}

describe.skipIf(serverMissing('promtool'))('replay beside promtool', () => {
  it('fires and clears `for`, `keep` and `absent` at the same second as Prometheus', async () => {
    await fc.assert(
      fc.asyncProperty(homes, async (list) => {
        const transitions = ours(TIMINGS, list)
        expect(await promtoolDiffers(list, firingBySecond(transitions))).toEqual([])
        // Looking once a second sees each of them: they come on the second, and never two at once.
        expect(transitions.filter(({ at }) => at % 1000 !== 0)).toEqual([])
        expect(new Set(transitions.map(({ to }) => to))).toEqual(new Set(['firing', 'cleared']))
        const moments = new Set(transitions.map(({ rule, home, at }) => `${rule} ${home} ${at}`))
        expect(moments.size).toBe(transitions.length)
        expect(transitions.length).toBeGreaterThan(1000)
      }),
      // Each run is one process with all homes; a smaller example would take many.
      { numRuns: 3, endOnFailure: true },
    )
  })

  it('would notice each of them one second off', async () => {
    const [list = []] = fc.sample(homes, 1)
    const wrong = new Map<string, Timing>([
      ['for-4-keep-0', { name: 'for-4-keep-0', for: 5 }],
      ['for-2-keep-6', { name: 'for-2-keep-6', for: 2, keep: 5 }],
      ['absent-5-keep-0', { name: 'absent-5-keep-0', absent: 6 }],
    ])
    const timings = TIMINGS.map((timing) => wrong.get(timing.name) ?? timing)
    const differs = await promtoolDiffers(list, firingBySecond(ours(timings, list)))
    expect(new Set(differs.map((text) => text.split(' ')[0]))).toEqual(new Set(wrong.keys()))
  })
})
