import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { serviceManager } from '../../hub/cli/service-manager.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const PID = 42
const NOTIFIED = { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '90000000', WATCHDOG_PID: '42' }

function start(env: Readonly<Record<string, string>>, fails = false) {
  const told: string[] = []
  const warnings: object[] = []
  const manager = serviceManager(
    env,
    PID,
    { warn: (fields: object) => void warnings.push(fields) } as never,
    async (words) => {
      if (fails) throw new Error('spawn systemd-notify ENOENT')
      told.push(words[0] ?? '')
    },
  )
  return { manager, told, warnings }
}

it('serviceManager: tells systemd that the hub is ready, three times in its limit that it is alive, and that it stops', async () => {
  const { manager, told } = start(NOTIFIED)
  await vi.advanceTimersByTimeAsync(100_000)
  expect(told).toEqual([])
  await manager.ready()
  await vi.advanceTimersByTimeAsync(90_000)
  expect(told).toEqual(['READY=1', 'WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1'])
  await manager.stopping()
  await vi.advanceTimersByTimeAsync(90_000)
  expect(told.slice(4)).toEqual(['STOPPING=1'])
})

it.each([
  ['nobody, where nobody asks to be told', {}, []],
  ['of no beats, where no watchdog is set', { NOTIFY_SOCKET: '@x' }, ['READY=1']],
  ['of no beats, where they are for another process', { ...NOTIFIED, WATCHDOG_PID: '7' }, ['READY=1']],
])('serviceManager: tells %s', async (_name, env, expected) => {
  const { manager, told } = start(env)
  await manager.ready()
  await vi.advanceTimersByTimeAsync(200_000)
  expect(told).toEqual(expected)
})

it('serviceManager: a systemd that cannot be told keeps no hub from working', async () => {
  const { manager, warnings } = start(NOTIFIED, true)
  await manager.ready()
  await manager.stopping()
  expect(warnings).toHaveLength(2)
})
