import { expect, it } from 'vitest'
import { createCore } from '../../hub/core/create-core.ts'
import type { CoreOptions } from '../../hub/core/create-core.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import { createManualClock, home, RULES, START } from './bench.ts'

const HOUR = 3_600_000

function create(options: Partial<CoreOptions> = {}) {
  const clock = createManualClock()
  const store = options.store ?? createMemoryStore()
  const core = createCore({ store, clock, onFailure: () => {}, ...options })
  const motion = (at: number) =>
    core.take({
      type: 'reading',
      reading: { home: 'h1', sensor: 'a', kind: 'motion', value: true, at, receivedAt: at },
    })
  return { clock, store, core, motion }
}

const personal = { id: 'h1', residents: [], contacts: [] }

it('a process that stood still takes none of it for silence of the resident', async () => {
  const { clock, core, motion } = create({ noticesPauses: true })
  await core.take({ type: 'rules', files: RULES })
  await core.takeHome(home({ gateways: [] }), personal)
  await motion(START)
  clock.pass(5 * HOUR)
  await core.take({ type: 'tick' })
  await motion(clock.wall())
  expect(core.openAlerts()).toEqual([])
  core.stop()
})

it('after a pause, silence counts again', async () => {
  const { clock, core, motion } = create({ noticesPauses: true })
  await core.take({ type: 'rules', files: RULES })
  await core.takeHome(home({ gateways: [] }), personal)
  await motion(START)
  clock.pass(HOUR)
  await core.take({ type: 'tick' })
  await motion(clock.wall())
  for (let passed = 0; passed < 5 * HOUR; passed += 10_000) {
    clock.pass(10_000)
    await core.take({ type: 'tick' })
  }
  expect(core.openAlerts().map(({ rule }) => rule)).toEqual(['quiet'])
  core.stop()
})

it('the same time lived through is an absence', async () => {
  const { clock, core, motion } = create()
  await core.take({ type: 'rules', files: RULES })
  await core.takeHome(home({ gateways: [] }), personal)
  await motion(START)
  clock.pass(5 * HOUR)
  await core.take({ type: 'tick' })
  expect(core.openAlerts().map(({ rule, raisedAt }) => [rule, raisedAt])).toEqual([
    ['quiet', START + 4 * HOUR],
  ])
  core.stop()
})

it('a quiet core leaves the journal as it is until something is submitted', async () => {
  const first = create()
  await first.core.take({ type: 'rules', files: RULES })
  await first.core.takeHome(home(), personal)
  first.core.stop()
  const before = first.store.load().lastSeq
  const reader = create({ store: first.store, isQuiet: true })
  expect(reader.core.home('h1')?.id).toBe('h1')
  expect(first.store.load().lastSeq).toBe(before)
  await reader.motion(START)
  expect(first.store.load().lastSeq).toBe(before + 2)
  reader.core.stop()
})

it('rules on disk that no longer parse are not in force', async () => {
  const first = create()
  await first.core.take({
    type: 'rules',
    files: [{ name: 'old.yaml', text: 'rules: [{ id: x, whenn: 3 }]' }],
  })
  first.core.stop()
  const second = create({ store: first.store })
  expect(second.core.ruleFiles).toBeUndefined()
  second.core.stop()
})

it('contacts that come later are told of what waits', async () => {
  const { core } = create()
  await core.take({ type: 'rules', files: RULES })
  await core.takeHome(home({ contacts: [] }), personal)
  const fall = { home: 'h1', sensor: 'a', kind: 'fall', value: 'detected', at: START, receivedAt: START }
  await core.take({ type: 'reading', reading: fall })
  expect(core.openAlerts()[0]).not.toHaveProperty('nextStepAt')
  const commits: string[] = []
  core.onCommit(({ notifications }) => commits.push(...notifications.map(({ contact }) => contact ?? '')))
  await core.takeHome(home(), personal)
  await Promise.resolve()
  expect(commits).toEqual(['anne'])
  core.stop()
})
