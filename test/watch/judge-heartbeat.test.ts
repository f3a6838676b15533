import { describe, expect, it } from 'vitest'
import { judgeHeartbeat } from '../../hub/watch/judge-heartbeat.ts'

const well = { now: 1000, writtenAgo: 10_000, timerLate: 0, outboxAge: 0 }

describe('judgeHeartbeat', () => {
  it('lets small ages pass', () => {
    expect(judgeHeartbeat(well)).toEqual({ well: true })
    expect(judgeHeartbeat({ ...well, writtenAgo: 30_000, timerLate: 30_000, outboxAge: 600_000 })).toEqual({
      well: true,
    })
  })

  it.each([
    [{ writtenAgo: 30_001 }, 'writes', 'nothing was written to the disk for 30s'],
    [{ timerLate: 31_000 }, 'timers', 'the oldest timer that is due is late by 31s'],
    [{ outboxAge: 601_000 }, 'messages', 'a message to a person has not left for 10m1s'],
    [{ writtenAgo: 40_000, timerLate: 90_000 }, 'writes', 'nothing was written to the disk for 40s'],
  ])('says what is wrong: %o', (change, what, reason) => {
    expect(judgeHeartbeat({ ...well, ...change })).toMatchObject({ well: false, what, reason })
  })
})
