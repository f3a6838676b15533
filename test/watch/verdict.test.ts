import { describe, expect, it } from 'vitest'
import type { Sight, Trouble } from '../../hub/watch/ask-heartbeat.ts'
import { look, NOTHING_SEEN } from '../../hub/watch/verdict.ts'
import type { Change } from '../../hub/watch/verdict.ts'

const patience = { late: 3, back: 2, gap: 120 }
const well: Sight = { ok: true }
const bad = (what: Trouble, since?: number): Sight => ({
  ok: false,
  what,
  reason: 'so',
  ...(since !== undefined && { since }),
})

/** Looks every 30 from 0 on; gives the changes by time. */
function run(sights: readonly Sight[], times = sights.map((_, i) => i * 30)) {
  let verdict = NOTHING_SEEN
  const changes: [number, Change][] = []
  sights.forEach((sight, i) => {
    const now = times[i] ?? 0
    const next = look(verdict, sight, now, patience)
    verdict = next.verdict
    if (next.change.to !== 'none') changes.push([now, next.change])
  })
  return changes
}

describe('look', () => {
  it('believes three bad looks in a row, since the hub was last well', () => {
    const silent = bad('silent')
    expect(run([well, silent, silent, well, silent, silent, silent, silent])).toEqual([
      [180, { to: 'trouble', trouble: { what: 'silent', since: 90, at: 180 } }],
    ])
  })

  it('does not claim to know of a time before its own first look', () => {
    const silent = bad('silent')
    expect(run([silent, silent, silent])).toEqual([
      [60, { to: 'trouble', trouble: { what: 'silent', since: 0, at: 60 } }],
    ])
  })

  it('believes the end after two good looks', () => {
    const silent = bad('silent')
    const trouble = { what: 'silent', since: 0, at: 60 }
    expect(run([silent, silent, silent, well, silent, well, well, well])).toEqual([
      [60, { to: 'trouble', trouble }],
      [180, { to: 'well', was: trouble }],
    ])
  })

  it('says a trouble of another kind anew, and kinds that alternate once', () => {
    const [late, silent] = [bad('timers', 40), bad('silent')]
    expect(run([late, late, late, silent, silent, silent]).map(([at, change]) => [at, change.to])).toEqual([
      [60, 'trouble'],
      [150, 'trouble'],
    ])
    expect(run([late, silent, late, silent, late, silent]).map(([at, change]) => [at, change.to])).toEqual([
      [60, 'trouble'],
    ])
  })

  it('takes from the hub itself since when it is late', () => {
    expect(run([well, bad('messages', 600), bad('messages', 630), bad('messages', 660)])).toEqual([
      [90, { to: 'trouble', trouble: { what: 'messages', since: -570, at: 90 } }],
    ])
  })

  it('counts anew after a sleep of its own', () => {
    const silent = bad('silent')
    expect(run([well, silent, silent, silent, silent], [0, 30, 60, 1000, 1030])).toEqual([])
  })
})
