import { describe, expect, test } from 'vitest'
import { networkWords, retryAfter } from '../../hub/history/answer.ts'

describe('retryAfter', () => {
  const now = Date.UTC(2026, 10, 22, 12)

  test.each([
    ['0', 0],
    ['7', 7000],
    [' 120 ', 120_000],
    ['Sun, 22 Nov 2026 12:00:30 GMT', 30_000],
    ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['-3', undefined],
    ['', undefined],
    [undefined, undefined],
    [['7'], undefined],
  ])('%j is %s ms', (header, ms) => {
    expect(retryAfter(header, now)).toBe(ms)
  })
})

describe('networkWords', () => {
  test('says what an error of the network means, with its code', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' })
    expect(networkWords(refused)).toBe('nothing listens there (ECONNREFUSED)')
    expect(networkWords(Object.assign(new Error('x'), { code: 'EOTHER' }))).toBeUndefined()
    expect(networkWords(new Error('x'))).toBeUndefined()
  })
})
