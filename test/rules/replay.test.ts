import { describe, expect, it } from 'vitest'
import { parseReadings } from '../../hub/rules/parse-readings.ts'
import { replay } from '../../hub/rules/replay.ts'
import type { ReplayOptions, ReplaySummary } from '../../hub/rules/replay.ts'
import { formatProblem } from '../../hub/source/problem.ts'
import { clock, home, rulesOf, sensor, show } from './bench.ts'

const FALL =
  '  - { id: fall, title: F, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }\n'
const LOW =
  '  - { id: low, title: L, category: health, severity: low, scope: resident, on: spo2, when: value < 90, for: 2m }\n'
const QUIET =
  '  - { id: quiet, title: Q, category: safety, severity: low, absent: { of: [motion], for: 10h } }\n'
const SILENT =
  '  - { id: silent, title: S, category: technical, severity: low, scope: sensor, on: availability, when: value == "offline" }\n'

const at = (time: string): string => new Date(clock(time)).toISOString()

interface Line {
  readonly [key: string]: unknown
}
const fall = (time: string, more: Line = {}): Line => ({
  at: at(time),
  home: 'h1',
  sensor: 'a',
  kind: 'fall',
  value: 'detected',
  ...more,
})
const spo2 = (time: string, value: number, more: Line = {}): Line => ({
  at: at(time),
  home: 'h1',
  sensor: 'o',
  kind: 'spo2',
  value,
  ...more,
})

async function run(
  lines: readonly Line[],
  rules: string,
  options: Omit<ReplayOptions, 'rules'> = {},
): Promise<{ said: string[]; summary: ReplaySummary }> {
  const parsed = await parseReadings('x.ndjson', [lines.map((line) => JSON.stringify(line)).join('\n')])
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  const said: string[] = []
  const running = replay(parsed.value, { rules: rulesOf(rules), ...options })
  for (;;) {
    const next = running.next()
    if (next.done) return { said, summary: next.value }
    said.push(show(next.value))
  }
}

describe('replay', () => {
  it('runs the clock from reading to reading, and no further than the last', async () => {
    const lines = [spo2('00:10', 85), fall('00:20'), spo2('00:30', 95), spo2('01:00', 85)]
    expect((await run(lines, FALL + LOW)).said).toEqual([
      '00:12 low firing low h1',
      '00:20 fall firing high h1',
      '00:30 low cleared low h1',
    ])
  })

  it('runs the clock on to --until, or stops it there', async () => {
    const lines = [spo2('00:10', 85), fall('00:20')]
    expect((await run(lines, FALL + LOW, { until: clock('00:12') })).said).toEqual([
      '00:12 low firing low h1',
    ])
    const { said } = await run([spo2('00:10', 85)], LOW, { until: clock('05:00') })
    expect(said).toEqual(['00:12 low firing low h1'])
  })

  it('takes readings in the order in which they arrived, not in that of the file', async () => {
    const lines = [spo2('00:30', 95), spo2('00:10', 85), fall('00:05', { receivedAt: at('00:40') })]
    const { said } = await run(lines, FALL + LOW)
    expect(said).toEqual(['00:12 low firing low h1', '00:30 low cleared low h1', '00:05 fall firing high h1'])
  })

  it('leaves lines of one time as they stand', async () => {
    const lines = [spo2('00:10', 85), spo2('00:10', 95), spo2('00:10', 85)]
    expect(
      (await run(lines, LOW.replace('for: 2m', 'scope: home').replace('scope: resident, ', ''))).said.map(
        (line) => line.split(' ')[2],
      ),
    ).toEqual(['firing', 'cleared', 'firing'])
  })

  it('lets nobody answer, unless --handle says when', async () => {
    const lines = [fall('00:10'), fall('00:40'), fall('01:30'), fall('05:00')]
    expect((await run(lines, FALL)).said.map((line) => line.split(' ')[2])).toEqual([
      'firing',
      'again',
      'again',
      'again',
    ])
    expect((await run(lines, FALL, { handle: 3_600_000, until: clock('06:00') })).said).toEqual([
      '00:10 fall firing high h1',
      '00:40 fall again high h1',
      '01:30 fall again high h1',
      '02:30 fall cleared high h1',
      '05:00 fall firing high h1',
      '06:00 fall cleared high h1',
    ])
  })

  it('drops the same reading of the last 7 days, and takes other content under its id', async () => {
    const lines = [
      fall('00:10', { id: '1' }),
      fall('00:10', { id: '1', receivedAt: at('00:20') }),
      fall('00:30', { id: '1' }),
      fall('00:30', { sensor: 'b', id: '1' }),
      fall('00:40'),
      fall('00:40'),
    ]
    const { said, summary } = await run(lines, FALL)
    expect(said).toHaveLength(5)
    expect(summary).toMatchObject({ readings: 5, duplicates: 1, clashes: 1 })
  })

  it('knows the sensors from what the readings say: alive for 25 h from the first on', async () => {
    const lines = [
      { at: at('01:00'), home: 'h1', sensor: 'm', kind: 'motion', value: true },
      { at: at('02:00'), home: 'h2', sensor: 'm', kind: 'motion', value: false },
    ]
    expect((await run(lines, QUIET + SILENT, { until: clock('80:00') })).said).toEqual([
      '11:00 quiet firing low h1',
      '12:00 quiet firing low h2',
      '06T02:00:00 silent firing low h1/m',
      '06T03:00:00 silent firing low h2/m',
    ])
  })

  it('knows of whom and where a reading is, also where only some lines say so', async () => {
    const lines = [
      spo2('00:10', 85),
      spo2('00:20', 95),
      spo2('00:30', 85, { resident: 'r1' }),
      spo2('00:40', 95),
      spo2('00:40', 96, { sensor: 'p', resident: 'r2' }),
    ]
    expect((await run(lines, LOW)).said).toEqual([
      '00:12 low firing low h1/r1',
      '00:20 low cleared low h1/r1',
      '00:32 low firing low h1/r1',
      '00:40 low cleared low h1/r1',
    ])
  })

  it('uses a register where there is one, and leaves out what is not in it', async () => {
    const homes = [
      home({ residents: [{ id: 'r1' }], sensors: [sensor('o'), sensor('never', { heardEvery: 600_000 })] }),
    ]
    const lines = [spo2('00:10', 85), fall('00:20'), fall('00:30')]
    const { said, summary } = await run(lines, FALL + LOW + SILENT, { homes, until: clock('01:00') })
    expect(said).toEqual(['00:12 low firing low h1/r1', '00:20 silent firing low h1/never'])
    expect(summary).toMatchObject({ readings: 1, unregistered: new Map([['h1/a', 2]]) })
  })

  it('holds homes of a register for reachable, but for what the history says of their gateways', async () => {
    const lines = [
      spo2('00:10', 85),
      { at: at('00:11'), home: 'h1', sensor: 'gw', kind: 'availability', value: 'offline' },
      { at: at('02:00'), home: 'h1', sensor: 'gw', kind: 'availability', value: 'online' },
    ]
    const homes = [home({ sensors: [sensor('o')] })]
    const { said } = await run(lines, LOW + SILENT, { homes, until: clock('03:00') })
    expect(said).toEqual([
      '00:11 silent firing low h1/gw',
      '02:00 silent cleared low h1/gw',
      '02:01 low firing low h1',
    ])
  })

  it('tells of rules that cannot be evaluated', async () => {
    const { summary } = await run([spo2('00:10', 85)], LOW.replace('value < 90', 'int(room) > 1'), {})
    expect(summary.faults).toEqual([])
    const broken = await run(
      [spo2('00:10', 90), spo2('00:11', 90)],
      LOW.replace('value < 90', '1 / int(value - 90) > 1'),
    )
    expect(broken.summary.faults).toEqual([{ rule: 'low', home: 'h1', reason: 'division by zero' }])
  })
})

describe('parseReadings', () => {
  const good = JSON.stringify(fall('00:10'))

  it.each([
    ['no JSON', '{"at":', 'x.ndjson:2:1: Cannot read this line as JSON'],
    [
      'a missing field',
      '{"home":"h","sensor":"s","kind":"sos","value":"pressed"}',
      'x.ndjson:2:1: Cannot take this line: it has no "at"',
    ],
    [
      'a time that is none',
      good.replace(/"at":"[^"]*"/, '"at":"yesterday"'),
      'Cannot take "at": is "yesterday", expected a time such as',
    ],
    [
      'an unknown kind',
      good.replace('"fall"', '"fal"'),
      'Cannot take the kind "fal": it is not known; did you mean "fall"?',
    ],
    [
      'a value of another sort',
      good.replace('"detected"', 'true'),
      'Cannot take this fall: its value is true, expected one of detected',
    ],
    [
      'a home that would break keys',
      good.replace('"h1"', '"h/1"'),
      'Cannot take "home": expected a name without | and /',
    ],
    ['something else', '[]', 'x.ndjson:2:1: '],
  ])('refuses %s, with the number of the line', async (_name, line, message) => {
    const parsed = await parseReadings('x.ndjson', [`${good}\n${line}\n${good}`])
    expect(parsed.ok).toBe(false)
    if (!parsed.ok) {
      expect(parsed.problems.map(formatProblem).join('\n')).toContain(message)
      expect(parsed.problems).toHaveLength(1)
    }
  })

  it('reads parts of any size, empty lines and the last line without an end', async () => {
    const text = `${good}\n\n${good}\r\n${good}`
    const parsed = await parseReadings('x.ndjson', [...text])
    expect(parsed).toMatchObject({ ok: true, value: [{ kind: 'fall' }, { kind: 'fall' }, { kind: 'fall' }] })
    expect(await parseReadings('x.ndjson', [''])).toEqual({ ok: true, value: [] })
  })

  it('takes times with an offset, and keeps when a reading came', async () => {
    const line = { ...fall('00:10'), at: '2026-01-05T02:10:00+02:00', receivedAt: at('00:30') }
    const parsed = await parseReadings('x.ndjson', [JSON.stringify(line)])
    expect(parsed).toMatchObject({ ok: true, value: [{ at: clock('00:10'), receivedAt: clock('00:30') }] })
  })
})
