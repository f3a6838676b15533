import { afterEach, expect, it } from 'vitest'
import type { Shedding } from '../../hub/broker/shed-readings.ts'
import { createDiskWatch } from '../../hub/office/disk-watch.ts'
import type { DiskLimits } from '../../hub/watch/judge-disk.ts'
import { startCore, stopCores } from '../core/bench.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

afterEach(stopCores)

const MUCH = Number.MAX_SAFE_INTEGER
/** The disk of the test stays as it is: what is asked of it changes. */
const ASKED = {
  ok: { low: 0, history: 0, readings: 0 },
  low: { low: MUCH, history: 0, readings: 0 },
  'no-history': { low: MUCH, history: MUCH, readings: 0 },
  'reserve-used': { low: MUCH, history: MUCH, readings: MUCH },
}

async function start(first: keyof typeof ASKED = 'ok') {
  const store = createMemoryStore()
  const bench = await startCore(store)
  const wanted: { -readonly [K in keyof DiskLimits]: number } = { ...ASKED[first], reserve: 0 }
  let isHeld = true
  let looks = 0
  const said: string[] = []
  let notKept: Record<string, number> = {}
  const shedding: Shedding = {
    isOn: false,
    take: () => {
      const taken = notKept
      notKept = {}
      return taken
    },
    total: () => 7,
  }
  let lookAgain = (): void => {}
  const log = (_fields: object, message: string) => void said.push(message)
  const watch = createDiskWatch({
    folder: tempDir('disk'),
    wanted,
    core: bench.core,
    reserve: {
      held() {
        looks++
        return 0
      },
      async take() {
        isHeld = true
      },
      release() {
        const was = isHeld
        isHeld = false
        return was
      },
    },
    shedding,
    writeHistory: (on) => said.push(`history ${on ? 'on' : 'off'}`),
    repeat(call) {
      lookAgain = call
      return () => {}
    },
    log: { info: log, warn: log, error: log },
  })
  await watch.start()
  return {
    ...bench,
    watch,
    shedding,
    said,
    count: (home: string, readings: number) => (notKept[home] = readings),
    holds: () => isHeld,
    open: () => bench.core.openAlerts().map(({ rule, severity }) => `${rule} ${severity}`),
    shedEntries: () =>
      store.journal().flatMap(({ entry: { input } }) => (input.type === 'shed' ? [input] : [])),
    async becomes(stage: keyof typeof ASKED) {
      Object.assign(wanted, ASKED[stage])
      lookAgain()
      await waitFor(`the disk to be ${stage}`, () => watch.state()?.stage === stage)
      // What follows from it is told right behind.
      await new Promise(setImmediate)
      await bench.core.take({ type: 'tick' })
    },
    async look() {
      const before = looks
      lookAgain()
      await waitFor('a look', () => looks > before)
      await new Promise(setImmediate)
      await bench.core.take({ type: 'tick' })
    },
  }
}

it('sheds history, then readings, and takes all up again', async () => {
  const disk = await start()
  expect([disk.open(), disk.shedding.isOn]).toEqual([[], false])

  await disk.becomes('low')
  expect(disk.open()).toEqual(['hub-disk-low medium'])
  await disk.becomes('no-history')
  expect(disk.open()).toEqual(['hub-disk-low medium'])
  expect(disk.said).toContain('history off')
  expect(disk.shedding.isOn).toBe(false)

  await disk.becomes('reserve-used')
  expect(disk.open()).toEqual(['hub-disk-full high'])
  expect([disk.shedding.isOn, disk.core.alarmsOnlySince(), disk.holds()]).toEqual([
    true,
    disk.core.now(),
    false,
  ])

  disk.count('h1', 3)
  await disk.becomes('ok')
  expect(disk.open()).toEqual([])
  expect([disk.shedding.isOn, disk.core.alarmsOnlySince()]).toEqual([false, undefined])
  expect(disk.shedEntries()).toEqual([
    { type: 'shed', on: true },
    { type: 'shed', on: false, since: expect.any(Number), notKept: { h1: 3 } },
  ])
  expect(disk.said.at(-1)).toMatch(/^history on|^the disk/)
})

it('says once a minute how many readings of which homes were not kept', async () => {
  const disk = await start('reserve-used')
  expect(disk.shedding.isOn).toBe(true)
  disk.count('h1', 3)
  await disk.look()
  expect(disk.shedEntries()).toHaveLength(1)
  disk.clock.pass(60_000)
  await disk.look()
  await waitFor('the second entry', () => disk.shedEntries().length === 2)
  expect(disk.shedEntries().at(-1)).toEqual({ type: 'shed', on: true, notKept: { h1: 3 } })
  await waitFor('the alert to say so', () =>
    /7 readings were not kept/.test(disk.core.openAlerts()[0]?.detail.reason ?? ''),
  )
})

it('gives up the reserve at once for a commit that found no room, and believes it though the machine says there is some', async () => {
  const disk = await start()
  expect(disk.watch.makeRoom()).toBe(true)
  expect(disk.watch.makeRoom()).toBe(false)
  await waitFor('the disk to be believed full', () => disk.watch.state()?.stage === 'reserve-used')
  await waitFor('readings to be shed', () => disk.shedding.isOn)
  disk.clock.pass(600_000)
  await disk.becomes('ok')
  expect(disk.shedding.isOn).toBe(false)
})
