import { describe, expect, it } from 'vitest'
import { diskLimits, judgeDisk } from '../../hub/watch/judge-disk.ts'
import type { DiskStage } from '../../hub/model/system.ts'

const MB = 1024 * 1024
const GB = 1024 * MB
const LIMITS = { low: 1000 * MB, history: 500 * MB, readings: 100 * MB, reserve: 50 * MB }

const judge = (free: number, before: DiskStage = 'ok', held = 50) =>
  judgeDisk({ free: free * MB, total: 64 * GB, held: held * MB }, LIMITS, before).stage

describe('judgeDisk', () => {
  it.each<[number, DiskStage]>([
    [1000, 'ok'],
    [999, 'low'],
    [500, 'low'],
    [499, 'no-history'],
    [100, 'no-history'],
    [99, 'alarms-only'],
    [25, 'alarms-only'],
    [24, 'reserve-used'],
    [0, 'reserve-used'],
  ])('with %i MB free beside the reserve it is %s', (free, stage) => {
    expect(judge(free)).toBe(stage)
  })

  it('counts the reserve as taken, whether or not it is: giving it up makes nothing better', () => {
    expect(judge(24, 'alarms-only')).toBe('reserve-used')
    expect(judge(74, 'reserve-used', 0)).toBe('reserve-used')
    expect(judge(148, 'ok', 0)).toBe('alarms-only')
    // Half of it is there.
    expect(judge(1024, 'ok', 25)).toBe('low')
  })

  it.each<[DiskStage, number, DiskStage]>([
    ['low', 1249, 'low'],
    ['low', 1250, 'ok'],
    ['no-history', 600, 'no-history'],
    ['no-history', 700, 'low'],
    ['alarms-only', 120, 'alarms-only'],
    ['alarms-only', 125, 'no-history'],
    ['reserve-used', 31, 'reserve-used'],
    ['reserve-used', 32, 'alarms-only'],
    ['reserve-used', 5000, 'ok'],
  ])('is better only with some distance: from %s with %i MB to %s', (before, free, stage) => {
    expect(judge(free, before)).toBe(stage)
  })

  it('says how much is free', () => {
    const { reason } = judgeDisk({ free: 12 * MB, total: GB, held: 50 * MB }, LIMITS)
    expect(reason).toBe('12 MB are free, beside 50 MB that are kept for alarms')
  })
})

describe('diskLimits', () => {
  it('takes what a large disk can spare', () => {
    const limits = diskLimits({}, 500 * GB)
    expect(limits).toEqual({ low: 2048 * MB, history: 512 * MB, readings: 64 * MB, reserve: 64 * MB })
  })

  it('takes shares of a small one, and what the configuration says', () => {
    expect(diskLimits({ readings: 7 }, 400 * MB)).toEqual({
      low: 40 * MB,
      history: 20 * MB,
      readings: 7,
      reserve: 20 * MB,
    })
  })
})
