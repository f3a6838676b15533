import { describe, expect, it } from 'vitest'
import { createAwayTimes } from '../../hub/office/away.ts'
import type { Commit } from '../../hub/core/core.ts'
import type { Input, JournalEntry } from '../../hub/model/input.ts'
import { EMPTY_COMMIT } from '../helpers/nothing-new.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const T = Date.UTC(2026, 10, 21, 3)

const entry = (now: number, input: Input): JournalEntry => ({ seq: 1, now, input })

function stream() {
  let told: (commit: Commit) => void = () => {}
  return {
    onCommit: (listener: (commit: Commit) => void) => {
      told = listener
      return () => (told = () => {})
    },
    commit: (...entries: JournalEntry[]) => told({ ...EMPTY_COMMIT, entries }),
  }
}

describe('createAwayTimes', () => {
  it('knows the starts and pauses of before and of the stream, newest first', () => {
    const { onCommit, commit } = stream()
    const away = createAwayTimes([entry(T, { type: 'start', aliveUntil: T - 4 * MINUTE })], onCommit)
    commit(entry(T + HOUR, { type: 'tick' }), entry(T + HOUR, { type: 'pause', from: T + HOUR - 90_000 }))
    expect(away.lately(T + HOUR)).toEqual([
      { from: T + HOUR - 90_000, until: T + HOUR },
      { from: T - 4 * MINUTE, until: T },
    ])
  })

  it('says nothing of a restart of some seconds, and forgets after eight hours', () => {
    const { onCommit } = stream()
    const known = [
      entry(T, { type: 'start', aliveUntil: T - 15_000 }),
      entry(T - HOUR, { type: 'pause', from: T - HOUR - MINUTE }),
    ]
    const away = createAwayTimes(known, onCommit)
    expect(away.lately(T)).toEqual([{ from: T - HOUR - MINUTE, until: T - HOUR }])
    expect(away.lately(T + 7 * HOUR)).toEqual([])
  })
})
