import { describe, expect, it } from 'vitest'
import { toJson, toLine } from '../../hub/cli/show-transition.ts'
import type { Transition } from '../../hub/model/alert.ts'

const AT = Date.UTC(2026, 10, 21, 2, 12)
const FALL: Transition = {
  at: AT,
  home: 'h1',
  rule: 'fall',
  scope: 'h1/r1',
  to: 'firing',
  severity: 'high',
  detail: { sensor: 's1', kind: 'fall', value: 'detected' },
}
const OUTAGE: Transition = {
  at: AT,
  area: 'Vardø',
  rule: 'gateway-silent',
  scope: 'area/Vardø',
  to: 'firing',
  severity: 'medium',
  detail: {
    homes: [
      { home: 'h2', since: AT, risk: 3 },
      { home: 'h1', since: AT },
    ],
    most: 2,
  },
}

describe('toJson', () => {
  it('is one object about a home, as the contract says, or about an area with its homes', () => {
    expect(JSON.stringify(toJson(FALL))).toBe(
      '{"at":"2026-11-21T02:12:00.000Z","home":"h1","rule":"fall","scope":"h1/r1","to":"firing","severity":"high"}',
    )
    expect(JSON.stringify(toJson(OUTAGE))).toBe(
      '{"at":"2026-11-21T02:12:00.000Z","area":"Vardø","homes":["h2","h1"],"rule":"gateway-silent","scope":"area/Vardø","to":"firing","severity":"medium"}',
    )
  })
})

describe('toLine', () => {
  it('ends with why it fired', () => {
    expect(toLine(FALL)).toMatch(/h1\/r1 +s1 fall detected$/)
    expect(toLine(OUTAGE)).toMatch(/area\/Vardø +2 homes: h2 h1$/)
  })
})
