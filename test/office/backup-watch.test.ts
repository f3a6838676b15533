import { afterEach, expect, it } from 'vitest'
import type { SystemFacts } from '../../hub/model/system.ts'
import { watchBackups } from '../../hub/office/backup-watch.ts'
import { startCore, stopCores } from '../core/bench.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import { waitFor } from '../helpers/wait-for.ts'

const HOUR = 3_600_000

afterEach(stopCores)

it('watchBackups: says once that the newest backup is older than two days, until there is a new one', async () => {
  const store = createMemoryStore()
  const { core } = await startCore(store)
  let backup: SystemFacts['backup']
  let hourly = (): void => {}
  let looks = 0
  const watch = watchBackups({
    core,
    last: async () => {
      looks++
      return backup
    },
    repeat(call, ms) {
      expect(ms).toBe(HOUR)
      hourly = call
      return () => {}
    },
    log: { error: (fields) => expect.fail(JSON.stringify(fields)) },
  })
  const found = () => core.openAlerts().filter(({ rule }) => rule === 'hub-backup')
  async function look(madeAgo: number | undefined, open: number): Promise<void> {
    backup = madeAgo === undefined ? undefined : { madeAt: core.now() - madeAgo, isEncrypted: true }
    const before = looks
    hourly()
    await waitFor('the look', () => looks > before && found().length === open)
  }

  await look(undefined, 0)
  await look(49 * HOUR, 0)
  await look(51 * HOUR, 1)
  expect(found()[0]).toMatchObject({
    severity: 'low',
    category: 'technical',
    detail: { reason: expect.stringMatching(/^the newest backup is of \d{4}-\d\d-\d\d$/) },
  })
  const entries = store.journal().length
  await look(51 * HOUR, 1)
  expect(store.journal()).toHaveLength(entries)
  await look(HOUR, 0)
  watch.stop()
})
