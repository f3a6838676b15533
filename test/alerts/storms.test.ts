import { afterEach, describe, expect, it } from 'vitest'
import { stopCores } from '../core/bench.ts'
import { play } from './scenario.ts'
import { STORMS } from './storms.ts'

afterEach(stopCores)

describe('who is told of many alerts at once', () => {
  it.each(STORMS)('$name', async (scenario) => {
    const { told, end, says } = await play(scenario)
    expect(told).toEqual(scenario.told)
    if (scenario.says) expect(says).toEqual(scenario.says)
    if (scenario.end) expect(end).toEqual(scenario.end)
  })
})
