import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AlertView } from '../../hub/http/alert-view.ts'
import { runAal, startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { connectRaw } from '../helpers/mqtt-client.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

const folder = tempDir('oncall')
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
mkdirSync(join(folder, 'rules/policies'), { recursive: true })
file(
  'rules/falls.yaml',
  'rules:\n  - { id: fall, title: Possible fall, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }\n',
)
/** Siv is on call all the time, but not in the next days from two on. */
file(
  'rules/policies/centre.yaml',
  `policies:
  - id: centre
    use: { category: [safety], severity: [high] }
    steps: [{ to: { oncall: centre }, wait: 2m }, { to: { contacts: [family] }, wait: 2m }]
    repeat: { every: 5m }
rotas:
  - id: centre
    timezone: Europe/Oslo
    shifts: [{ days: [daily], from: "07:00", to: "07:00", who: [siv] }]
    overrides: [{ from: "2020-12-24T15:30", to: "2020-12-25T15:30", who: [tor] }]
`,
)
const homes = file(
  'homes.yaml',
  `homes:
  - id: h-0001
    timezone: Europe/Oslo
    sensors: [{ id: fall-1, profile: native }]
    contacts: [{ id: daughter, name: Anne, phone: "+4790000001", alias: Mor }]
`,
)
const staff = file(
  'staff.yaml',
  'staff:\n  - { id: siv, name: Siv Olsen, phone: "+4790000021" }\n  - { id: tor, name: Tor }\n',
)

let hub: HubProcess
beforeAll(async () => {
  hub = await startHubProcess({ config: `rules: ${join(folder, 'rules')}\n` })
  await runAal(['import', homes, '--data', hub.data])
})
afterAll(async () => {
  await hub.kill('SIGTERM')
})
const aal = (...args: string[]) => runAal([...args, '--data', hub.data])
const alerts = async (): Promise<readonly AlertView[]> =>
  (await hub.api<{ alerts: AlertView[] }>('GET', '/api/alerts')).alerts

describe('aal staff and aal oncall, while the hub runs', () => {
  it('say who is missing, then who is on call, and what is left to do', async () => {
    const before = await aal('oncall', 'check')
    expect(before.code).toBe(1)
    expect(before.stdout).toMatch(
      /^centre: nobody is on call from .* \(Europe\/Oslo\)\nrota centre: "siv" is not registered/,
    )
    expect((await alerts()).map(({ rule }) => rule)).toEqual(['hub-oncall-gap'])

    const imported = await aal('staff', 'import', staff)
    expect(imported).toMatchObject({ code: 0, stdout: '2 read, 2 registered or changed, 0 forgotten.\n' })
    expect((await aal('staff', 'import', staff)).stdout).toMatch(/^2 read, 0 registered/)
    expect((await aal('staff', 'list')).stdout).toMatch(
      /^ID +NAME +PHONE .*\nsiv +Siv Olsen +\+4790000021 .*\ntor +Tor +nb\n$/,
    )
    expect(await alerts()).toEqual([])

    expect((await aal('oncall', 'now')).stdout).toMatch(/^ROTA +ON CALL\ncentre +Siv Olsen \(siv\)\n$/)
    const after = await aal('oncall', 'check')
    expect(after.stdout.trimEnd().split('\n')).toEqual([
      'centre: the override from 2020-12-24T15:30 to 2020-12-25T15:30 is over; it may be removed',
      'tor has no phone number: no SMS can reach them; aal staff import',
    ])
    expect(after.code).toBe(1)
  })

  it('refuse a file with errors whole, with their places', async () => {
    const { code, stderr } = await aal(
      'staff',
      'import',
      file('bad.yaml', 'staff: [{ id: siv }, { id: siv }]'),
    )
    expect(code).toBe(1)
    expect(stderr).toMatch(/bad\.yaml:1:28: Cannot register "siv" twice/)
  })
})

it('whoever is on call is told of a fall, answers by SMS, hands on, and the board knows all of it by name', async () => {
  const { stdout } = await aal('gateway', 'add', 'h-0001', '--json')
  const gateway = await connectRaw(hub.mqttPort, JSON.parse(stdout) as { username: string; password: string })
  const payload = JSON.stringify({ kind: 'fall', value: 'detected' })
  const topic = 'homes/h-0001/sensors/fall-1'
  gateway.send({ cmd: 'publish', topic, payload, qos: 1, messageId: 1, dup: false, retain: false })
  await gateway.waitFor('puback')
  gateway.destroy()
  const told = await waitFor('the message to be delivered', async () => {
    const [alert] = await alerts()
    return alert?.escalation.messages[0]?.state === 'delivered' ? alert : undefined
  })
  expect(told).toMatchObject({
    rule: 'fall',
    escalation: {
      messages: [
        { recipient: 'staff:siv', contact: 'Siv Olsen', channel: 'sms', deliveredAt: expect.any(Number) },
      ],
      next: { contact: 'Anne' },
    },
  })

  const answer = (text: string) => hub.api('POST', '/api/staff/siv/phone', { text })
  expect(await answer(`1 ${told.code}`)).toMatchObject({ matched: true })
  const [taken] = await alerts()
  expect(taken).toMatchObject({
    handling: 'acknowledged',
    handledBy: 'staff:siv',
    handledByName: 'Siv Olsen',
    escalation: { messages: [{ answer: { what: 'acknowledged' } }] },
  })
  const onPhone = async (): Promise<string[] | undefined> => {
    const { phones } = await hub.api<{ phones: { staff?: string; messages: { text: string }[] }[] }>(
      'GET',
      '/api/phone',
    )
    const texts = phones.find((one) => one.staff === 'siv')?.messages.map(({ text }) => text)
    return texts?.length === 3 ? texts : undefined
  }
  expect(await waitFor('the word of thanks', onPhone)).toEqual([
    expect.stringMatching(/^VARSEL: Possible fall i hjem h-0001 kl \d\d:\d\d\. Svar 1 \d{4}/),
    `1 ${told.code}`,
    expect.stringMatching(/^Takk for svaret\. Du tar deg av varselet i hjem h-0001/),
  ])

  for (const [args, says] of [
    [['hand-on', told.id, 'contact:daughter'], `Asked contact:daughter to take ${told.id}.`],
    [['go', told.id], 'ida is on the way.'],
    [['go', told.id, '--arrived'], 'ida is there.'],
    [['note', told.id, 'key is with the neighbour'], `Noted on ${told.id}.`],
    [['take-over', told.id], `Took over ${told.id}.`],
  ] as const) {
    expect(await aal('alerts', ...args, '--by', 'ida')).toMatchObject({ code: 0, stdout: `${says}\n` })
  }
  expect((await aal('alerts', 'hand-on', told.id, 'staff:nobody')).stderr).toMatch(
    /staff:nobody is neither a contact of the home nor of the staff/,
  )
  const { alert, events, people } = await hub.api<{
    alert: AlertView
    events: { what: string; byName?: string; text?: string }[]
    people: { id: string }[]
  }>('GET', `/api/alerts/${told.id}`)
  expect(alert).toMatchObject({ handledBy: 'operator:ida', attendance: { what: 'arrived', byName: 'ida' } })
  expect(people.map(({ id }) => id)).toEqual(['contact:daughter', 'staff:siv', 'staff:tor'])
  const acts = events.filter(({ what }) => what !== 'delivery')
  expect(acts.map(({ what, byName, text }) => [what, byName, text].filter(Boolean).join(' '))).toEqual([
    'raised high',
    'notified Siv Olsen',
    'acknowledged Siv Olsen',
    'handed-on ida Anne',
    'on-the-way ida',
    'arrived ida',
    'commented ida key is with the neighbour',
    'acknowledged ida',
  ])
})
