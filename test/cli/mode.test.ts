import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AlertView } from '../../hub/http/alert-view.ts'
import { runAal, startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { connectRaw } from '../helpers/mqtt-client.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const HOUR = 3_600_000
const folder = tempDir('mode')
const homes = join(folder, 'homes.yaml')
writeFileSync(
  homes,
  `homes:
  - { id: h-0001, timezone: Europe/Oslo, sensors: [{ id: fall-1, profile: native }] }
  - id: h-0002
    timezone: Europe/Oslo
    sensors: [{ id: fall-1, profile: native }]
    contacts:
      - { id: daughter, name: Anne, phone: "+4790000001", alias: Mor }
      - { id: geir, name: Geir, phone: "+4790000009", role: installer }
`,
)

let hub: HubProcess
beforeAll(async () => {
  hub = await startHubProcess()
  await runAal(['import', homes, '--data', hub.data])
})
afterAll(async () => {
  await hub.kill('SIGTERM')
})

interface View {
  readonly modes: readonly { mode: string; since: number; until?: number; by: string; why?: string }[]
}
const aal = (...args: string[]) => runAal([...args, '--data', hub.data])
const modes = async () => (JSON.parse((await aal('mode', 'h-0001', '--json')).stdout) as View).modes

describe('aal mode, while the hub runs', () => {
  it('sets, shows and ends a mode', async () => {
    expect((await aal('mode', 'h-0001')).stdout).toBe('No mode is in force in h-0001.\n')
    const set = await aal('mode', 'h-0001', 'away', '--for', '2h', '--by', 'siv', '--why', 'Visits Anne')
    expect(set).toMatchObject({ code: 0, stderr: '' })
    expect(set.stdout).toMatch(/^MODE +SINCE +UNTIL +BY +WHY\naway .* siv +Visits Anne\n$/)
    const [away] = await modes()
    expect(away).toMatchObject({ mode: 'away', by: 'operator:siv', why: 'Visits Anne' })
    // The end is counted from when it was asked for, a few ms before it began.
    const length = (away?.until ?? 0) - (away?.since ?? 0)
    expect(2 * HOUR - length).toBeGreaterThanOrEqual(0)
    expect(2 * HOUR - length).toBeLessThan(5_000)
    expect((await aal('mode', 'h-0001', 'away', 'off')).stdout).toBe('No mode is in force in h-0001.\n')
    expect((await aal('mode', 'h-0001', 'away', 'off')).code).toBe(0)
  })

  it('ends maintenance after 4 h at the latest, however often it is said, and says when', async () => {
    const { stderr } = await aal('mode', 'h-0001', 'maintenance', 'on', '--for', '9h')
    expect(stderr).toMatch(
      /^Maintenance ends by itself \d{4}-\d\d-\d\d \d\d:\d\d, after 4 h at most\. .* TEST, for the board alone: the home has no contact with role installer\.\n$/,
    )
    const [first] = await modes()
    expect((first?.until ?? 0) - (first?.since ?? 0)).toBe(4 * HOUR)
    await aal('mode', 'h-0001', 'maintenance')
    expect((await modes())[0]).toMatchObject({ since: first?.since, until: first?.until })
    await aal('mode', 'h-0001', 'maintenance', 'off')
    expect(await modes()).toEqual([])
  })

  it('says what is wrong, and what to do', async () => {
    expect(await aal('mode', 'h-0001', 'away', '--until', '2020-01-01 12:00')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^Cannot set away: 2020-01-01 12:00 has passed \(it is .* in the home\)\. Say a later time/,
      ) as string,
    })
    expect(await aal('mode', 'h-9', 'away')).toMatchObject({
      code: 1,
      stderr: 'Cannot find the home "h-9": it is not registered\n',
    })
    expect((await aal('mode', 'h-0001', 'holiday')).code).toBe(2)
    expect((await aal('mode', 'h-0001', 'away', '--for', '2h', '--until', '14:30')).code).toBe(2)
    expect(await aal('mode', 'h-0001', 'away', 'off', '--for', '2h')).toMatchObject({ code: 2 })
    expect(await modes()).toEqual([])
  })
})

it('a fall in maintenance is a test for the installer, and told to the family when nobody answers it', async () => {
  const { stdout } = await aal('gateway', 'add', 'h-0002', '--json')
  const gateway = await connectRaw(hub.mqttPort, JSON.parse(stdout) as { username: string; password: string })
  const alerts = async () =>
    JSON.parse((await aal('alerts', 'list', '--json')).stdout) as readonly AlertView[]
  const told = (alert: AlertView | undefined) => alert?.escalation.messages.map(({ contact }) => contact)
  const { stderr } = await aal('mode', 'h-0002', 'maintenance', '--for', '1h', '--by', 'geir')
  expect(stderr).toMatch(/marked TEST, for Geir and the board\.\n$/)

  const payload = JSON.stringify({ kind: 'fall', value: 'detected' })
  gateway.send({
    cmd: 'publish',
    topic: 'homes/h-0002/sensors/fall-1',
    payload,
    qos: 1,
    messageId: 1,
    dup: false,
    retain: false,
  })
  await gateway.waitFor('puback')
  gateway.destroy()
  const [test] = await alerts()
  expect(test).toMatchObject({
    rule: 'fall',
    test: true,
    modes: [{ mode: 'maintenance', by: 'operator:geir' }],
  })
  expect(told(test)).toEqual(['Geir'])
  expect((await aal('alerts', 'list')).stdout).toContain('TEST: Possible fall')

  const end = await aal('mode', 'h-0002', 'maintenance', 'off', '--by', 'geir')
  expect(end.stderr).toMatch(/^1 test that nobody had answered counts as real now/)
  const [real] = await alerts()
  expect(real).toMatchObject({ id: test?.id, handling: 'new' })
  expect(real).not.toHaveProperty('test')
  expect(told(real)).toEqual(['Geir', 'Anne'])
})
