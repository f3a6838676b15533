import { expect, it } from 'vitest'
import { createErasures } from '../../hub/office/erasures.ts'
import type { ErasureParts } from '../../hub/office/erasures.ts'

const none = (): never => {
  throw new Error('not in this test')
}

it('createErasures looks again later where its list cannot be read, and ends nothing', async () => {
  const planned: (() => void)[] = []
  const errors: string[] = []
  let reads = 0
  const list = (): never[] => {
    reads++
    if (reads === 1) throw new Error('disk I/O error')
    return []
  }
  const parts: ErasureParts = {
    core: { home: none, take: none, openAlerts: none, now: none },
    registry: { personal: none },
    eraser: { count: none, sensorsOf: none, scrub: none, erase: none, tidy: none },
    store: { add: none, put: none, find: none, list },
    gateways: { disconnect: none },
    audit: { write: none },
    inTurn: none,
    remains: none,
    onChange: none,
    newest: none,
    later(call) {
      planned.push(call)
      return () => {}
    },
    log: { info: () => {}, error: (_, text) => void errors.push(text) },
  }
  const { start, stop } = createErasures(parts)
  start()
  await expect.poll(() => planned.length).toBe(1)
  expect(errors).toEqual(['Cannot go on erasing; tried again in a minute'])
  planned[0]?.()
  await stop()
  expect(reads).toBeGreaterThan(1)
})
