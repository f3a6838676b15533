import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AlertView } from '../../hub/http/alert-view.ts'
import type { AllHoldsView, HoldsView } from '../../hub/http/hold-routes.ts'
import type { RulesStatusView } from '../../hub/http/rule-routes.ts'
import { runAal, startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { connectRaw } from '../helpers/mqtt-client.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const HOUR = 3_600_000
const folder = tempDir('hold')
const homes = join(folder, 'homes.yaml')
writeFileSync(
  homes,
  `homes:
  - { id: h-0001, timezone: Europe/Oslo, sensors: [{ id: door-1, profile: native }] }
  - id: h-0002
    timezone: Europe/Oslo
    sensors: [{ id: leak-1, profile: native, room: kitchen }]
    contacts:
      - { id: daughter, name: Anne, phone: "+4790000001", alias: Mor }
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

const aal = (...args: string[]) => runAal([...args, '--data', hub.data])
const holdsOf = async (home: string) => (await hub.api<HoldsView>('GET', `/api/homes/${home}/holds`)).holds
const hold = (...args: string[]) => aal('hold', 'h-0001', ...args)

describe('aal hold, while the hub runs', () => {
  it('holds a rule, shows that everywhere, and lifts it', async () => {
    expect((await hold()).stdout).toBe('No rule is held in h-0001.\n')
    const set = await hold('no-activity', '--for', '2h', '--by', 'siv', '--why', 'At the hospital')
    expect(set.code).toBe(0)
    expect(set.stdout).toMatch(
      /^RULE +SINCE +UNTIL +OPEN +BY +WHY\nno-activity +\d.* 0 +siv +At the hospital\n$/,
    )
    expect(set.stderr).toMatch(
      /^no-activity calls nobody about h-0001 until \d{4}-\d\d-\d\d \d\d:\d\d; the board still shows its alerts\.\n$/,
    )
    const [held] = await holdsOf('h-0001')
    expect(held).toMatchObject({ rule: 'no-activity', by: 'operator:siv', why: 'At the hospital' })
    expect(Math.abs((held?.until ?? 0) - (held?.since ?? 0) - 2 * HOUR)).toBeLessThan(1000)

    expect((await aal('hold', 'list')).stdout).toMatch(/^HOME .*\nh-0001 +no-activity .* At the hospital\n$/)
    const { holds } = await hub.api<AllHoldsView>('GET', '/api/holds')
    expect(holds).toMatchObject([{ home: 'h-0001', title: { en: expect.any(String) as string } }])
    const { rules } = await hub.api<RulesStatusView>('GET', '/api/rules')
    expect(rules.filter((rule) => rule.held > 0)).toMatchObject([{ id: 'no-activity', held: 1 }])
    expect((await aal('rules', 'status')).stdout).toContain('no-activity is held for 1 home')

    const end = await hold('no-activity', 'off')
    expect(end).toMatchObject({ code: 0, stdout: 'No rule is held in h-0001.\n' })
    expect(end.stderr).toBe('no-activity calls people again. None of its alerts waited.\n')
    expect((await hold('no-activity', 'off')).stderr).toBe('no-activity was not held in h-0001.\n')
    expect(await holdsOf('h-0001')).toEqual([])
  })

  it.each(['fall', 'carbon-monoxide'])('never holds %s', async (rule) => {
    const { code, stderr } = await hold(rule, '--for', '2h', '--why', 'Beeps')
    expect(code).toBe(1)
    expect(stderr).toMatch(
      new RegExp(`^Cannot hold ${rule}: it is about .*never held back\\. While .* maintenance\\n$`),
    )
    expect(await holdsOf('h-0001')).toEqual([])
  })

  it.each([
    [
      ['no-activty', '--for', '2h', '--why', 'x'],
      1,
      'Cannot hold no-activty: there is no rule "no-activty"; did you mean "no-activity"?',
    ],
    [
      ['no-activity', '--until', '2020-01-01 12:00', '--why', 'x'],
      1,
      'Cannot hold no-activity: 2020-01-01 12:00 has passed',
    ],
    [
      ['no-activity', '--for', '15d', '--why', 'x'],
      1,
      'Cannot hold no-activity: a hold lasts 14 days at most.',
    ],
    [['no-activity', '--for', 'long', '--why', 'x'], 1, 'Cannot hold no-activity: "long" is no duration'],
    [['no-activity', '--why', 'x'], 2, 'Cannot hold no-activity without an end'],
    [['no-activity', '--for', '2h'], 2, 'Cannot hold no-activity without a reason'],
    [['no-activity', 'off', '--for', '2h'], 2, 'Cannot use --until or --for here'],
  ])('%j is refused, and says why', async (args, code, words) => {
    const refused = await hold(...args)
    expect(refused).toMatchObject({ code, stdout: '' })
    expect(refused.stderr).toContain(words)
    expect(await holdsOf('h-0001')).toEqual([])
  })

  it('knows only registered homes', async () => {
    expect(await aal('hold', 'h-9', 'no-activity', '--for', '2h', '--why', 'x')).toMatchObject({
      code: 1,
      stderr: 'Cannot find the home "h-9": it is not registered\n',
    })
  })
})

it('an alert of a held rule waits on the board, marked, and its contact is told when the hold is lifted', async () => {
  const { stdout } = await aal('gateway', 'add', 'h-0002', '--json')
  const gateway = await connectRaw(hub.mqttPort, JSON.parse(stdout) as { username: string; password: string })
  const alerts = async () =>
    (JSON.parse((await aal('alerts', 'list', '--json')).stdout) as readonly AlertView[]).filter(
      ({ rule }) => rule === 'water-leak',
    )
  const args = ['hold', 'h-0002', 'water-leak'] as const
  expect(await aal(...args, '--for', '1h', '--why', 'The plumber is there')).toMatchObject({ code: 0 })

  gateway.send({
    cmd: 'publish',
    topic: 'homes/h-0002/sensors/leak-1',
    payload: JSON.stringify({ kind: 'water_leak', value: true }),
    qos: 1,
    messageId: 1,
    dup: false,
    retain: false,
  })
  await gateway.waitFor('puback')
  gateway.destroy()
  const [held] = await alerts()
  expect(held).toMatchObject({
    held: true,
    handling: 'new',
    hold: { why: 'The plumber is there', by: 'operator:cli' },
    escalation: { messages: [] },
  })
  expect((await aal('alerts', 'list')).stdout).toContain('HELD: ')
  expect(await holdsOf('h-0002')).toMatchObject([{ unanswered: 1 }])

  const lifted = await aal(...args, 'off')
  expect(lifted.stderr).toMatch(/^water-leak calls people again\. 1 alert waited: what is still so is told/)
  const [real] = await alerts()
  expect(real).toMatchObject({ id: held?.id, escalation: { messages: [{ contact: 'Anne' }] } })
  expect(real).not.toHaveProperty('held')
  expect(real).not.toHaveProperty('hold')
})

it('the hold and its reason are there after a restart, and an import leaves them', async () => {
  await hold('no-activity', '--for', '3h', '--why', 'Visits her sister')
  await hub.kill('SIGTERM')
  // The same commands open the data folder themselves while no hub runs.
  expect((await aal('import', homes)).code).toBe(0)
  expect((await aal('hold', 'list')).stdout).toContain('Visits her sister')
  hub = await startHubProcess({ data: hub.data })
  expect(await holdsOf('h-0001')).toMatchObject([{ why: 'Visits her sister' }])
})
