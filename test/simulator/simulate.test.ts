import { rmSync, statSync } from 'node:fs'
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

  const simulate = (args: readonly string[], input?: string) =>
    runAal(
      ['simulate', '--data', hub.data, '--url', `mqtt://127.0.0.1:${hub.mqttPort}`, '--json', ...args],
      input === undefined ? {} : { input },
    )
  /** What it told, an object a line. */
  const toldIn = (stdout: string) =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { what: string; home?: string; [fact: string]: unknown })

  it('registers homes with a running hub and lets them live, an incident among it', async () => {
    const args = ['--homes', '3', '--for', '2s', '--incident', 'fall@sim-0002']
    const { code, stdout, stderr } = await simulate(args)
    expect(code, stderr).toBe(0)
    const told = toldIn(stdout)
    expect(told.filter(({ what }) => what !== 'status').map(({ what }) => what)).toEqual([
      'registered',
      'connected',
      'incident',
      'ended',
    ])
    const { acknowledged, lost, p50, p99 } = told.at(-1) ?? ({} as Record<string, unknown>)
    expect(acknowledged).toBeGreaterThan(20)
    expect(lost).toBe(0)
    expect(p50).toBeGreaterThan(0)
    expect(p99).toBeGreaterThanOrEqual(Number(p50))

    const { alerts } = await hub.api<{ alerts: { home: string; rule: string }[] }>('GET', '/api/alerts')
    expect(alerts.map(({ home, rule }) => ({ home, rule }))).toEqual([{ home: 'sim-0002', rule: 'fall' }])
    const { undecoded } = await hub.api<{ undecoded: unknown[] }>('GET', '/api/undecoded')
    expect(undecoded).toEqual([])
    expect(statSync(join(hub.data, 'simulated-gateways.json')).mode & 0o777).toBe(0o600)
  })

  it('goes on with the same homes, and more of them, at the next run', async () => {
    expect((await simulate(['--homes', '4', '--for', '1s'])).code).toBe(0)
    const { homes } = await hub.api<{ homes: { id: string; gateways: number }[] }>('GET', '/api/homes')
    expect(homes.map(({ id, gateways }) => `${id} ${gateways}`)).toEqual([
      'sim-0001 1',
      'sim-0002 1',
      'sim-0003 1',
      'sim-0004 1',
    ])
  })

  it('gives a gateway another password where the file with the first is lost', async () => {
    rmSync(join(hub.data, 'simulated-gateways.json'))
    const { code, stdout, stderr } = await simulate(['--homes', '1', '--for', '1s'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(Number(toldIn(stdout).at(-1)?.['acknowledged'])).toBeGreaterThan(0)
  })

  it('does for a hundred homes what lines on stdin say, and brings what a drop-out kept back', async () => {
    const orders = [
      'dropout hus-0007 1m',
      'fall hus-0007',
      'battery 2 front-door 8',
      'clock hus-0004 +3m',
      'fall hus-0999',
      'nonsense 1',
    ]
    const { code, stdout, stderr } = await simulate(
      ['--homes', '100', '--prefix', 'hus', '--speed', '60x', '--seed', '7', '--for', '3s'],
      `${orders.join('\n')}\n`,
    )
    expect(code, stderr).toBe(0)
    const told = toldIn(stdout).filter(({ what }) => what !== 'status')
    expect(told.map(({ what, home }) => `${what} ${home ?? ''}`.trim())).toEqual([
      'registered',
      'connected',
      'link-down hus-0007',
      'incident hus-0007',
      'incident hus-0007',
      'battery hus-0002',
      'clock hus-0004',
      'refused',
      'refused',
      'link-up hus-0007',
      'ended',
    ])
    expect(told[7]?.['why']).toContain('expected a home from hus-0001 to hus-0100')
    const { alerts } = await hub.api<{ alerts: { home: string; rule: string }[] }>('GET', '/api/alerts')
    // What happened without a link is known when it is back.
    expect(alerts).toContainEqual(expect.objectContaining({ home: 'hus-0007', rule: 'fall' }))
    expect(alerts).toContainEqual(expect.objectContaining({ home: 'hus-0002', rule: 'battery-low' }))
  })

  it.each([
    [['--incident', 'fire@sim-0001'], 2, 'Cannot do "fire@sim-0001": there is no "fire"'],
    [['--homes', '2', '--incident', 'fall@sim-0003'], 2, 'expected a home from sim-0001 to sim-0002'],
    [['--for', '10'], 2, 'Expected a duration'],
    [
      ['--homes', '1', '--url', 'mqtt://127.0.0.1:1'],
      1,
      'Cannot connect gateway gw-sim-0001 to mqtt://127.0.0.1:1',
    ],
  ])('%j ends with %i', async (args, exitCode, message) => {
    const { code, stdout, stderr } = await simulate(args)
    expect(code).toBe(exitCode)
    expect(stdout).not.toContain('connected')
    expect(stderr).toContain(message)
  })
})
