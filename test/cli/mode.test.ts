import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runAal, startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const HOUR = 3_600_000
const folder = tempDir('mode')
const homes = join(folder, 'homes.yaml')
writeFileSync(
  homes,
  'homes:\n  - { id: h-0001, timezone: Europe/Oslo, sensors: [{ id: fall-1, profile: native }] }\n',
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
    expect((away?.until ?? 0) - (away?.since ?? 0)).toBe(2 * HOUR)
    expect((await aal('mode', 'h-0001', 'away', 'off')).stdout).toBe('No mode is in force in h-0001.\n')
    expect((await aal('mode', 'h-0001', 'away', 'off')).code).toBe(0)
  })

  it('ends maintenance after 4 h at the latest, however often it is said, and says when', async () => {
    const { stderr } = await aal('mode', 'h-0001', 'maintenance', 'on', '--for', '9h')
    expect(stderr).toMatch(/^Maintenance ends by itself \d{4}-\d\d-\d\d \d\d:\d\d\.\n$/)
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
