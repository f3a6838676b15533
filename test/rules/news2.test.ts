import { describe, expect, it } from 'vitest'
import { scoreNews2 } from '../../hub/rules/news2.ts'
import type { News2Kind, Vitals } from '../../hub/rules/news2.ts'

const WELL = {
  respiration_rate: 16,
  spo2: 98,
  oxygen: false,
  systolic: 130,
  heart_rate: 70,
  consciousness: 'A',
  body_temperature: 37,
} as const satisfies Vitals

describe('scoreNews2 gives the points of the chart', () => {
  // Both ends of every band, as the chart prints them.
  const chart: readonly (readonly [News2Kind, number, number])[] = [
    ['respiration_rate', 8, 3],
    ['respiration_rate', 9, 1],
    ['respiration_rate', 11, 1],
    ['respiration_rate', 12, 0],
    ['respiration_rate', 20, 0],
    ['respiration_rate', 21, 2],
    ['respiration_rate', 24, 2],
    ['respiration_rate', 25, 3],
    ['spo2', 91, 3],
    ['spo2', 92, 2],
    ['spo2', 93, 2],
    ['spo2', 94, 1],
    ['spo2', 95, 1],
    ['spo2', 96, 0],
    ['systolic', 90, 3],
    ['systolic', 91, 2],
    ['systolic', 100, 2],
    ['systolic', 101, 1],
    ['systolic', 110, 1],
    ['systolic', 111, 0],
    ['systolic', 219, 0],
    ['systolic', 220, 3],
    ['heart_rate', 40, 3],
    ['heart_rate', 41, 1],
    ['heart_rate', 50, 1],
    ['heart_rate', 51, 0],
    ['heart_rate', 90, 0],
    ['heart_rate', 91, 1],
    ['heart_rate', 110, 1],
    ['heart_rate', 111, 2],
    ['heart_rate', 130, 2],
    ['heart_rate', 131, 3],
    ['body_temperature', 35, 3],
    ['body_temperature', 35.1, 1],
    ['body_temperature', 36, 1],
    ['body_temperature', 36.1, 0],
    ['body_temperature', 38, 0],
    ['body_temperature', 38.1, 1],
    ['body_temperature', 39, 1],
    ['body_temperature', 39.1, 2],
  ]
  it.each(chart)('%s %d: %d', (kind, value, points) => {
    expect(scoreNews2({ ...WELL, [kind]: value }, 1).parts[kind]).toBe(points)
  })

  it.each([
    [83, false, 3],
    [84, false, 2],
    [86, false, 1],
    [88, false, 0],
    [97, false, 0],
    [92, true, 0],
    [93, true, 1],
    [94, true, 1],
    [95, true, 2],
    [96, true, 2],
    [97, true, 3],
  ])('spo2 %d on scale 2, on oxygen %s: %d', (spo2, oxygen, points) => {
    expect(scoreNews2({ ...WELL, spo2, oxygen }, 2).parts.spo2).toBe(points)
  })

  it.each(['C', 'V', 'P', 'U'])('consciousness %s: 3', (consciousness) => {
    expect(scoreNews2({ ...WELL, consciousness }, 1).parts.consciousness).toBe(3)
  })
})

describe('scoreNews2 says the risk', () => {
  it.each([
    ['low', {}, 0],
    ['low', { respiration_rate: 22, heart_rate: 120 }, 4],
    ['low-medium', { heart_rate: 135 }, 3],
    ['medium', { respiration_rate: 22, heart_rate: 120, systolic: 105 }, 5],
    ['high', { respiration_rate: 26, heart_rate: 135, systolic: 105 }, 7],
  ] as const)('%s', (risk, changed, total) => {
    expect(scoreNews2({ ...WELL, ...changed }, 1)).toMatchObject({ risk, total, missing: [] })
  })
})

describe('scoreNews2 with parameters that are not known', () => {
  it('names them and counts the others', () => {
    expect(scoreNews2({ heart_rate: 120, spo2: 95 }, 1)).toEqual({
      total: 3,
      parts: { spo2: 1, heart_rate: 2 },
      missing: ['respiration_rate', 'oxygen', 'systolic', 'consciousness', 'body_temperature'],
      risk: 'low',
    })
  })

  it('leaves the saturation open on scale 2 where it depends on the oxygen', () => {
    expect(scoreNews2({ spo2: 95 }, 2).missing).toContain('spo2')
    expect(scoreNews2({ spo2: 90 }, 2).parts.spo2).toBe(0)
  })
})
