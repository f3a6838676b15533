import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runAal, startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { connectRaw } from '../helpers/mqtt-client.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const HOMES = `homes:
  - id: h-0001
    timezone: Europe/Oslo
    residents: [{ id: r1, name: Kari Nordmann }]
    sensors:
      - { id: fall-1, profile: native, resident: r1 }
    contacts:
      - { id: daughter, phone: "+4790000001" }
`

const folder = tempDir('cli')
const write = (name: string, text: string): string => {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}
const homes = write('homes.yaml', HOMES)

let hub: HubProcess
beforeAll(async () => {
  hub = await startHubProcess()
})
afterAll(async () => {
  await hub.kill('SIGTERM')
})

/** Both ways: through the hub that runs on the folder, and on a folder that no hub is using. */
const ways = [
  ['while the hub runs', () => hub.data],
  ['while no hub runs', () => join(tempDir('cli'), 'data')],
] as const

describe.each(ways)('aal import, %s', (_, dataOf) => {
  it('registers homes; the same file again changes nothing, another one only what is different', async () => {
    const data = dataOf()
    const run = (file: string) => runAal(['import', file, '--json', '--data', data])
    expect(await run(homes)).toEqual({
      code: 0,
      signal: null,
      stdout: '{"homes":1,"changed":1,"limitsReplaced":0}\n',
      stderr: '',
    })
    expect((await run(homes)).stdout).toBe('{"homes":1,"changed":0,"limitsReplaced":0}\n')
    const two = write('two.yaml', `${HOMES}  - { id: h-0002, timezone: Europe/Oslo }\n`)
    expect((await run(two)).stdout).toBe('{"homes":2,"changed":1,"limitsReplaced":0}\n')
    expect((await runAal(['import', two, '--data', data])).stdout).toMatch(/^2 homes read, 0 registered/)
    expect((await runAal(['import', homes, '--data', data])).stdout).toMatch(/^1 home read, 0 registered/)
  })

  it('keeps the gateways that got credentials since', async () => {
    const data = dataOf()
    await runAal(['import', homes, '--data', data])
    await runAal(['gateway', 'add', 'h-0001', '--id', 'gw-kept', '--data', data])
    expect((await runAal(['import', homes, '--json', '--data', data])).stdout).toBe(
      '{"homes":1,"changed":0,"limitsReplaced":0}\n',
    )
  })

  it('says so when the file cannot be read', async () => {
    const { code, stderr } = await runAal(['import', join(folder, 'nowhere.yaml'), '--data', dataOf()])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^Cannot read .*nowhere\.yaml: no such file or directory/)
  })
})

describe('aal import', () => {
  beforeAll(() => hub.api('POST', '/api/homes', { text: HOMES }))

  it.each([
    [
      'a typo in a key',
      HOMES.replace('timezone', 'timezon'),
      [/:2:5: .*timezone.* is missing/, /:3:5: Cannot use the key "timezon" here.*did you mean "timezone"\?/],
    ],
    ['broken YAML', HOMES.replace('- { id: fall-1,', '- { id: fall-1'), [/:6:\d+: Cannot read this YAML: /]],
    [
      'an unknown profile',
      HOMES.replace('native', 'natve'),
      [/:6:32: Cannot register sensor "fall-1": there is no profile "natve"; did you mean "native"\?/],
    ],
    [
      'a time zone that is none',
      HOMES.replace('Oslo', 'Olso'),
      [/:3:15: .*timezone.*expected a time zone such as Europe\/Oslo/],
    ],
    [
      'a phone without country code',
      HOMES.replace('"+4790000001"', '90000001'),
      [/:8:32: .*phone.*in quotes/],
    ],
    [
      'a resident who is not there',
      HOMES.replace('resident: r1', 'resident: r2'),
      [/:6:\d+: .*there is no resident "r2"/],
    ],
    [
      'an id twice',
      HOMES.replace('id: daughter', 'id: x') + '  - { id: h-0001, timezone: UTC }\n',
      [/:9:11: Cannot register home "h-0001" twice/],
    ],
    ['no homes', 'homes: []\n', [/:1:8: /]],
    ['an empty file', '', [/:1:1: /]],
    [
      'several errors at once',
      HOMES.replace('Oslo', 'Olso').replace('"+4790000001"', '"12"').replace('residents', 'residnets'),
      [/:3:15: /, /:4:5: .*residnets/, /:8:32: /],
    ],
  ])('refuses %s with its place, and takes nothing of the file', async (_what, text, expected) => {
    const file = write('wrong.yaml', text)
    const { code, stdout, stderr } = await runAal(['import', file, '--json', '--data', hub.data])
    expect({ code, stdout }, stderr).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^Cannot import /)
    const places = stderr.split('\n').filter((line) => line.startsWith(`  ${file}:`))
    expect(places).toHaveLength(expected.length)
    for (const [index, pattern] of expected.entries()) expect(places[index]).toMatch(pattern)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(await hub.api('POST', '/api/homes', { text: HOMES })).toEqual({
      homes: 1,
      changed: 0,
      limitsReplaced: 0,
    })
  })
})

describe.each(ways)('aal gateway add, %s', (_, dataOf) => {
  it('shows credentials once, and refuses an id that has some', async () => {
    const data = dataOf()
    await runAal(['import', homes, '--data', data])
    const add = (...args: string[]) => runAal(['gateway', 'add', 'h-0001', ...args, '--data', data])
    const first = await add('--id', 'gw-0001', '--json')
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(first.stdout)).toEqual({
      home: 'h-0001',
      username: 'gw-0001',
      // 32 letters of 5 bits.
      password: expect.stringMatching(/^[a-z2-9]{32}$/) as string,
    })
    const second = await add('--id', 'gw-0001', '--json')
    expect({ code: second.code, stdout: second.stdout }).toEqual({ code: 1, stdout: '' })
    expect(second.stderr).toMatch(/^Cannot add gateway "gw-0001": it has credentials already/)

    const made = JSON.parse((await add('--json')).stdout) as { username: string }
    expect(made.username).toMatch(/^gw-[0-9a-f]{10}$/)
    const shown = await add()
    expect(shown.stdout).toMatch(/^home {6}h-0001\nusername {2}gw-[0-9a-f]+\npassword {2}\S{32}\n$/)
    expect(shown.stderr).toContain('The password is shown only now')
  })

  it('refuses a home that is not there, and an id that would not fit into a topic', async () => {
    const data = dataOf()
    await runAal(['import', homes, '--data', data])
    const unknown = await runAal(['gateway', 'add', 'h-0009', '--data', data])
    expect(unknown.code).toBe(1)
    expect(unknown.stderr).toMatch(/^Cannot add a gateway: there is no home "h-0009"\. Import it first/)
    const odd = await runAal(['gateway', 'add', 'h-0001', '--id', 'gw/1', '--data', data])
    expect(odd.code).toBe(1)
    expect(odd.stderr).toMatch(/^Cannot add gateway "gw\/1": expected letters, digits/)
  })
})

it('aal gateway add gives credentials with which a gateway connects at once', async () => {
  await runAal(['import', homes, '--data', hub.data])
  const { stdout } = await runAal(['gateway', 'add', 'h-0001', '--json', '--data', hub.data])
  const client = await connectRaw(hub.mqttPort, JSON.parse(stdout) as { username: string; password: string })
  client.destroy()
})
