import { expect, it } from 'vitest'
import type { Point } from '../../hub/history/points.ts'
import { createHourlyIndicators } from '../../hub/office/hourly-indicators.ts'
import type { Figures } from '../../hub/threads/compute-indicators.ts'
import type { Span } from '../../hub/time/spans.ts'
import { INDICATOR_IDS } from '../../hub/model/indicator.ts'

const HOUR = 3_600_000
const START = Date.UTC(2026, 0, 5, 7, 20)
const FIGURES = Object.fromEntries(INDICATOR_IDS.map((id) => [id, { value: 1, of: 2 }])) as unknown as Figures

function hourly(compute: () => Promise<readonly Figures[]>) {
  let now = START
  let steady = 0
  const added: Point[][] = []
  const asked: Span[] = []
  const warnings: string[] = []
  const job = createHourlyIndicators({
    async figures(periods) {
      asked.push(...periods)
      return await compute()
    },
    add: (points) => void added.push([...points]),
    now: () => now,
    steady: () => steady,
    repeat: () => () => {},
    log: { warn: (_fields, message) => warnings.push(message) },
  })
  const pass = (ms: number) => {
    now += ms
    steady += ms
  }
  return { job, added, asked, warnings, pass }
}

it('gives a point of each indicator of the 24 hours before the full hour, once an hour', async () => {
  const { job, added, asked, pass } = hourly(async () => [FIGURES])
  await job.look()
  await job.look()
  const full = Date.UTC(2026, 0, 5, 7)
  expect(asked).toEqual([{ from: full - 24 * HOUR, to: full }])
  expect(added).toHaveLength(1)
  expect(added[0]?.map(({ tags, time }) => [tags['indicator'], time])).toEqual(
    INDICATOR_IDS.map((id) => [id, `${full}000000`]),
  )
  pass(HOUR)
  await job.look()
  expect(asked[1]).toEqual({ from: full - 23 * HOUR, to: full + HOUR })
})

it('comes less often where it takes long: a twentieth of the time of that thread at most', async () => {
  const { job, asked, pass } = hourly(async () => {
    pass(HOUR / 5)
    return [FIGURES]
  })
  await job.look()
  for (let minute = 0; minute < 225; minute++) {
    pass(60_000)
    await job.look()
  }
  expect(asked).toHaveLength(1)
  for (let minute = 0; minute < 20; minute++) {
    pass(60_000)
    await job.look()
  }
  expect(asked).toHaveLength(2)
})

it('says once what cannot be computed, and tries again', async () => {
  let isUp = false
  const { job, added, warnings, pass } = hourly(async () => {
    if (!isUp) throw new Error('no memory')
    return [FIGURES]
  })
  await job.look()
  pass(60_000)
  await job.look()
  expect(warnings).toHaveLength(1)
  isUp = true
  await job.look()
  expect(added).toHaveLength(1)
})
