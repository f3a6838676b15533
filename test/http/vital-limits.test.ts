import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { limitsOf } from '../../hub/http/vital-limits.ts'
import type { Home } from '../../hub/model/home.ts'
import { parseRules } from '../../hub/rules/parse-rules.ts'
import { exampleHome } from './memory-office.ts'

const name = 'vitals.yaml'
const text = readFileSync(join(import.meta.dirname, '../../rules', name), 'utf8')
const parsed = parseRules([{ name, text }])
if (!parsed.ok) throw new Error('The shipped rules have errors')
const rules = [...parsed.value.rules.values()]

describe('limitsOf', () => {
  const [home] = exampleHome('h1', 'Storgata 5')

  it('finds on which side each limit of the shipped rules is', () => {
    expect(limitsOf('spo2', home, 'r1', rules)).toEqual([{ rule: 'low-spo2', at: 90, side: 'low' }])
    expect(limitsOf('heart_rate', home, 'r1', rules)).toEqual([
      { rule: 'heart-rate-high', at: 131, side: 'high' },
      { rule: 'heart-rate-low', at: 40, side: 'low' },
    ])
    expect(limitsOf('humidity', home, undefined, rules)).toEqual([])
  })

  it("takes the person's own", () => {
    const own: Home = { ...home, residents: [{ id: 'r1', params: { 'low-spo2': { limit: 83 } } }] }
    expect(limitsOf('spo2', own, 'r1', rules)).toEqual([{ rule: 'low-spo2', at: 83, side: 'low' }])
  })
})
