import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runAal, startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'

describe('aal simulate', () => {
  let hub: HubProcess
  beforeAll(async () => {
    hub = await startHubProcess()
  })
  afterAll(async () => {
    await hub.kill('SIGTERM')
  })

  const simulate = (...args: string[]) =>
    runAal(['simulate', '--data', hub.data, '--url', `mqtt://127.0.0.1:${hub.mqttPort}`, '--json', ...args])

  it('registers homes with a running hub and lets them live, an incident among it', async () => {
    const { code, stdout, stderr } = await simulate(
      '--homes',
      '3',
      '--for',
      '2s',
      '--incident',
      'fall@sim-0002',
    )
    expect(code, stderr).toBe(0)
    const { acknowledged, p50, p99 } = JSON.parse(stdout) as {
      acknowledged: number
      p50: number
      p99: number
    }
    expect(acknowledged).toBeGreaterThan(20)
    expect(p50).toBeGreaterThan(0)
    expect(p99).toBeGreaterThanOrEqual(p50)

    const { alerts } = await hub.api<{ alerts: { home: string; rule: string }[] }>('GET', '/api/alerts')
    expect(alerts.map(({ home, rule }) => ({ home, rule }))).toEqual([{ home: 'sim-0002', rule: 'fall' }])
    const { undecoded } = await hub.api<{ undecoded: unknown[] }>('GET', '/api/undecoded')
    expect(undecoded).toEqual([])
    expect(statSync(join(hub.data, 'simulated-gateways.json')).mode & 0o777).toBe(0o600)
  })

  it('goes on with the same homes, and more of them, at the next run', async () => {
    expect((await simulate('--homes', '4', '--for', '1s')).code).toBe(0)
    const { homes } = await hub.api<{ homes: { id: string; gateways: number }[] }>('GET', '/api/homes')
    expect(homes.map(({ id, gateways }) => `${id} ${gateways}`)).toEqual([
      'sim-0001 1',
      'sim-0002 1',
      'sim-0003 1',
      'sim-0004 1',
    ])
  })

  it.each([
    [['--incident', 'fire@sim-0001'], 2, 'Expected NAME@HOME with a name of fall, sos'],
    [['--homes', '2', '--incident', 'fall@sim-0003'], 2, 'expected a home from sim-0001 to sim-0002'],
    [['--for', '10'], 2, 'Expected a duration'],
    [
      ['--homes', '1', '--url', 'mqtt://127.0.0.1:1'],
      1,
      'Cannot connect gateway gw-sim-0001 to mqtt://127.0.0.1:1',
    ],
  ])('%j ends with %i', async (args, exitCode, message) => {
    const { code, stdout, stderr } = await simulate(...args)
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' })
    expect(stderr).toContain(message)
  })
})
