import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConsentsView } from '../../hub/http/consent-routes.ts'
import { runAal, startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const folder = tempDir('consent')
function homes(more = ''): string {
  const file = join(folder, 'homes.yaml')
  writeFileSync(
    file,
    `homes:
  - id: h-0001
    timezone: Europe/Oslo
    contacts:
      - { id: anne, phone: "+4790000001", order: 1, quiet: { from: "22:00", to: "07:00" }, consent: { alerts: { given: 2025-11-01, source: form } } }
      - { id: per, phone: "+4790000002", order: 2${more} }
`,
  )
  return file
}

let hub: HubProcess
beforeAll(async () => {
  hub = await startHubProcess()
  await runAal(['import', homes(), '--data', hub.data])
})
afterAll(async () => {
  await hub.kill('SIGTERM')
})

const aal = (...args: string[]) => runAal([...args, '--data', hub.data])
const text = (contact: string, words: string) =>
  hub.api('POST', `/api/phone/h-0001/${contact}`, { text: words })

async function states(contact: string): Promise<Record<string, string>> {
  const { stdout } = await aal('consent', 'h-0001', contact, '--json')
  const [one] = (JSON.parse(stdout) as ConsentsView).contacts
  return Object.fromEntries((one?.kinds ?? []).map(({ kind, is, may }) => [kind, `${is} ${may}`]))
}

describe('aal consent', () => {
  it('shows what the file says, and that the rest is not recorded', async () => {
    expect(await states('anne')).toEqual({
      alerts: 'given true',
      receipts: 'unrecorded true',
      'all-well': 'unrecorded false',
      status: 'unrecorded false',
    })
    const { stdout } = await aal('home', 'show', 'h-0001')
    expect(stdout).toMatch(/anne .*alerts, receipts \(no consent recorded\).*22:00 to 07:00/)
  })

  it('records with the source; the same file again takes nothing of it back', async () => {
    const args = [
      'consent',
      'h-0001',
      'per',
      '--give',
      'alerts,all-well',
      '--withdraw',
      'receipts',
      '--by',
      'siv',
    ]
    expect((await aal(...args)).stderr).toContain('add --source')
    const { stdout } = await aal(...args, '--source', 'Called us')
    expect(stdout).toMatch(/per +receipts +NO +withdrawn +\d{4}-\d\d-\d\d \d\d:\d\d +siv +Called us/)
    expect((await aal('import', homes(), '--json')).stdout).toContain('"changed":0')
    expect(await states('per')).toMatchObject({ 'all-well': 'given true', receipts: 'withdrawn false' })
  })

  it('refuses what is no kind, and whom the home does not know', async () => {
    const wrong = await aal('consent', 'h-0001', 'per', '--give', 'alarms', '--source', 'x')
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('expected alerts, receipts') })
    const nobody = await aal('consent', 'h-0001', 'kari', '--give', 'alerts', '--source', 'x')
    expect(nobody.code).toBe(1)
    expect(nobody.stderr).toContain('there is no contact "kari" in home "h-0001": it has anne, per')
  })

  it('refuses a file that says what cannot be, with its place', async () => {
    const { code, stderr } = await aal(
      'import',
      homes(', consent: { alerts: { given: 2999-01-01, source: form }, status: { source: x } }'),
    )
    expect(code).toBe(1)
    expect(stderr).toMatch(/homes\.yaml:6:\d+.*expected "given" or "withdrawn"/s)
    const late = await aal('import', homes(', consent: { alerts: { given: 2999-01-01, source: form } }'))
    expect(late.stderr).toMatch(/homes\.yaml:6:\d+.*2999-01-01 has not come yet/s)
  })

  it('shows a STOP by SMS, which the same file does not undo, and START gives back what it took', async () => {
    expect(await text('anne', 'Stopp.')).toMatchObject({ matched: true, reason: 'stop' })
    await aal('import', homes())
    expect(await states('anne')).toMatchObject({ alerts: 'stopped false', receipts: 'stopped false' })
    expect((await aal('home', 'show', 'h-0001')).stdout).toMatch(/anne .*NOTHING; STOP since/)
    await text('anne', 'start')
    expect(await states('anne')).toMatchObject({ alerts: 'given true', 'all-well': 'unrecorded false' })
  })
})
