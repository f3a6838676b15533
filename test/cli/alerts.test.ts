import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runAal, startHubProcess, writeConfig } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login } from '../helpers/mqtt-client.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const HOMES = `homes:
  - { id: h-1, timezone: Europe/Oslo, sensors: [{ id: fall-1, profile: native }] }
  - { id: h-2, timezone: Europe/Oslo, sensors: [{ id: fall-1, profile: native }] }
`

let hub: HubProcess
/** A folder with the same, on which no hub runs. */
let left: string

/** Starts a hub on which two people have fallen, and somebody's sensor says something odd. */
async function hubWithFalls(): Promise<HubProcess> {
  const started = await startHubProcess()
  await started.api('POST', '/api/homes', { text: HOMES })
  for (const home of ['h-1', 'h-2']) {
    const login = await started.api<Login>('POST', `/api/homes/${home}/gateways`, {})
    const client = await connectRaw(started.mqttPort, login)
    const fall = { kind: 'fall', value: 'detected' }
    client.send(publishPacket(`homes/${home}/sensors/fall-1`, fall, { qos: 1, messageId: 1 }))
    client.send(publishPacket(`homes/${home}/sensors/who`, 'hello\n"there"', { qos: 1, messageId: 2 }))
    await client.waitFor('puback', ({ messageId }) => messageId === 2)
  }
  return started
}

beforeAll(async () => {
  hub = await hubWithFalls()
  const other = await hubWithFalls()
  left = other.data
  await other.kill('SIGTERM')
})
afterAll(async () => {
  await hub.kill('SIGTERM')
})

type Row = Record<string, unknown> & { readonly id: string; readonly home: string }

describe.each([
  ['while the hub runs', () => hub.data],
  ['while no hub runs', () => left],
])('aal alerts, %s', (_, dataOf) => {
  const run = (...args: string[]) => runAal([...args, '--data', dataOf()])
  const list = async (...args: string[]): Promise<Row[]> => {
    const { code, stdout, stderr } = await run('alerts', 'list', '--json', ...args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return JSON.parse(stdout) as Row[]
  }
  const inHome = (rows: readonly Row[], home: string): Row => {
    const row = rows.find((one) => one.home === home && one['rule'] === 'fall')
    if (!row) throw new Error(`There is no alert of ${home}`)
    return row
  }

  it('lists, acknowledges and resolves', async () => {
    const rows = await list()
    const first = inHome(rows, 'h-1')
    expect(first).toMatchObject({
      rule: 'fall',
      scope: 'h-1',
      severity: 'high',
      category: 'safety',
      condition: 'active',
      handling: 'new',
      count: 1,
      raisedAt: expect.any(Number) as number,
    })
    expect((await run('alerts', 'list')).stdout).toMatch(
      /^SINCE +SEVERITY +HANDLING +CONDITION +HOME +ABOUT +CODE +ALERT +WHAT\n.* h-2 +h-2 +\d{4} +/,
    )

    const acknowledged = await run('alerts', 'ack', first.id, '--by', 'siv')
    expect(acknowledged).toMatchObject({ code: 0, stdout: `Acknowledged ${first.id}.\n`, stderr: '' })
    expect(inHome(await list(), 'h-1')).toMatchObject({ handling: 'acknowledged', handledBy: 'operator:siv' })
    const again = await run('alerts', 'ack', first.id, '--by', 'ola')
    expect(again.code).toBe(1)
    expect(again.stderr).toMatch(/acknowledged by operator:siv already/)

    const resolved = await run(
      'alerts',
      'resolve',
      first.id,
      '--cause',
      'false',
      '--comment',
      'bent down',
      '--json',
    )
    expect(resolved).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(resolved.stdout)).toMatchObject({
      alert: { id: first.id, handling: 'resolved', cause: 'false' },
    })
    expect((await list()).map(({ id }) => id)).not.toContain(first.id)
    expect(inHome(await list('--all'), 'h-1')).toMatchObject({ handling: 'resolved', cause: 'false' })
    const late = await run('alerts', 'ack', first.id)
    expect(late.code).toBe(1)
    expect(late.stderr).toMatch(new RegExp(`${first.id}`))
  })

  it('raises what a script found, and clears it', async () => {
    const args = ['--home', 'h-1', '--title', 'UPS on battery', '--until', '15m', '--json']
    const raised = await run('alerts', 'raise', 'ups', ...args)
    expect({ code: raised.code, stderr: raised.stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(raised.stdout)).toMatchObject({
      did: 'raised',
      alert: { rule: 'script:cli', scope: 'h-1/ups', category: 'technical', severity: 'low' },
    })
    const cleared = await run('alerts', 'raise', 'ups', '--home', 'h-1', '--clear')
    expect(cleared).toMatchObject({ code: 0, stderr: '' })
    expect(cleared.stdout).toMatch(/^Cleared [0-9a-f]{12}\.\n$/)
    const refused = await run('alerts', 'raise', 'ups', '--home', 'h-1')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('title: expected what people read')
  })

  it('says so when there is no such alert', async () => {
    const { code, stdout, stderr } = await run('alerts', 'ack', 'fffffffffff0')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('fffffffffff0')
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('lists what could not be read, with the reason', async () => {
    const { code, stdout } = await run('undecoded', 'list', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject([
      { home: 'h-2', topic: 'homes/h-2/sensors/who', payload: 'hello\n"there"' },
      { home: 'h-1', reason: expect.stringContaining('no sensor of home h-1 is registered') as string },
    ])
    const shown = await run('undecoded', 'list', '--limit', '1')
    // One line for one message, whatever is in it.
    expect(shown.stdout.trimEnd().split('\n')).toHaveLength(2)
    expect(shown.stdout).toContain('hello\\n')
    expect(shown.stdout).toMatch(/^WHEN +HOME +TOPIC .*\n.* h-2 +homes\/h-2\//)
  })
})

describe('aal, on a folder that is no hub’s', () => {
  it('says so instead of making one', async () => {
    const data = join(tempDir('cli'), 'data')
    const { code, stdout, stderr } = await runAal(['alerts', 'list', '--json', '--data', data])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe(`Cannot find a hub's data in ${data}. Name its folder with --data DIR.\n`)
  })

  it('takes the folder from the configuration too', async () => {
    const config = writeConfig(`data: ${left}\n`)
    const { code, stdout } = await runAal(['alerts', 'list', '--all', '--json', '--config', config])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).not.toEqual([])
  })
})
