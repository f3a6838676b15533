import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HomeDetail } from '../../hub/http/home-view.ts'
import { runAal, startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { connectRaw } from '../helpers/mqtt-client.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const homes = join(tempDir('home'), 'homes.yaml')
writeFileSync(
  homes,
  `homes:
  - id: h-0001
    label: Storgata 5
    timezone: Europe/Oslo
    area: Alta
    residents: [{ id: r1, name: Kari }]
    sensors:
      - { id: oximeter, profile: native, room: bedroom }
      - { id: door-1, profile: native }
    contacts:
      - { id: daughter, name: Anne, phone: "+4790000001" }
  - { id: h-0002, timezone: Europe/Oslo, area: Hammerfest, sensors: [] }
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

describe('aal home list', () => {
  it('shows every home, or those of an area, without names', async () => {
    expect((await aal('home', 'list')).stdout).toMatch(
      /^HOME +AREA +LINK .*\nh-0001 +Alta +up .*\nh-0002 +Hammerfest .*\n$/,
    )
    const { stdout } = await aal('home', 'list', '--area', 'Alta', '--json')
    expect(JSON.parse(stdout)).toMatchObject([{ id: 'h-0001', sensors: 2, contacts: 1 }])
    expect(stdout).not.toContain('Storgata')
    expect((await aal('home', 'list', '--area', 'Oslo')).stdout).toBe(
      'No home is registered in the area "Oslo".\n',
    )
  })
})

describe('aal home status', () => {
  it('says why a home is not protected and what to do, and ends with 1', async () => {
    const { stdout, code } = await aal('home', 'status', 'h-0001')
    expect(stdout).toMatch(
      /^h-0001 {2}NOT PROTECTED\n\n- None of the sensors that call for help is heard\.\n {2}Call the resident/,
    )
    expect(stdout).not.toMatch(/Storgata|Anne/)
    expect(code).toBe(1)
  })

  it('lists those that are not protected, or all', async () => {
    const { stdout, code } = await aal('home', 'status')
    expect(stdout).toMatch(/^HOME +AREA +WHY +PROTECTED NOW\nh-0001 +Alta +no alarm heard +NOT PROTECTED\n/)
    expect(stdout).toMatch(/\n\n0 of 2 homes in service are protected, 0 partly, 2 not\.\n$/)
    expect(code).toBe(1)
    await aal('home', 'close', 'h-0002', '--why', 'moved')
    const lines = JSON.parse((await aal('home', 'status', '--all', '--json')).stdout)
    expect(lines).toMatchObject([
      { id: 'h-0001', protection: 'not', why: 'no-alarm-heard' },
      { id: 'h-0002', protection: 'closed' },
    ])
    expect(await aal('home', 'status', 'h-0002')).toMatchObject({ code: 0 })
    expect(await aal('home', 'status', 'h-0002', '--all')).toMatchObject({ code: 2 })
  })
})

describe('aal home show', () => {
  it('shows what an installer must know: links, sensors, what is in force, whom it calls', async () => {
    const { stdout } = await aal('gateway', 'add', 'h-0001', '--id', 'gw-1', '--json')
    expect((await aal('home', 'show', 'h-0001')).stdout).toMatch(/\ngw-1 +NOT CONNECTED +made\n/)
    const login = JSON.parse(stdout) as { username: string; password: string }
    const gateway = await connectRaw(hub.mqttPort, login)
    gateway.send({
      cmd: 'publish',
      topic: 'homes/h-0001/sensors/oximeter',
      payload: JSON.stringify({ kind: 'spo2', value: 96 }),
      qos: 1,
      messageId: 1,
      dup: false,
      retain: false,
    })
    await gateway.waitFor('puback')
    await aal('mode', 'h-0001', 'carer', '--for', '1h', '--why', 'Wound care')
    await aal('hold', 'h-0001', 'no-activity', '--for', '2h', '--why', 'At the hospital')

    const shown = (await aal('home', 'show', 'h-0001')).stdout
    expect(shown).toMatch(/^Home +h-0001\nArea +Alta\nTime zone +Europe\/Oslo\nLink +up\n/)
    expect(shown).toMatch(/\ngw-1 +connected +made\n/)
    expect(shown).toMatch(/\noximeter +bedroom +native +yes +\d{4}-.* +spo2 96 %\n/)
    expect(shown).toMatch(/\ndoor-1 +native +NEVER HEARD +never/)
    expect(shown).toMatch(/\n1 +daughter +family/)
    expect(shown).toMatch(/\ncarer +\d/)
    expect(shown).toMatch(/\nno-activity +\d.* 0 +cli\n/)
    expect(shown).not.toMatch(/Kari|Anne|Storgata|\+47|hospital|Wound/)
    gateway.destroy()
  })

  it('says names and reasons only when asked, and the log says who asked', async () => {
    const shown = await aal('home', 'show', 'h-0001', '--personal', '--by', 'siv', '--why', 'alert 4821')
    expect(shown.stdout).toMatch(/^Home +h-0001 +Storgata 5\n/)
    for (const word of ['Kari', 'Anne', '+4790000001']) expect(shown.stdout).toContain(word)
    const log = await aal('audit', 'list', '--home', 'h-0001')
    expect(log.stdout).toMatch(/operator:siv +home\.reveal +home:h-0001 +socket +alert 4821/)
    expect(log.stdout).not.toMatch(/Kari|Anne/)
    expect((await aal('audit', 'verify')).stdout).toMatch(/^Whole: \d+ rows/)
  })

  it('knows only registered homes', async () => {
    expect(await aal('home', 'show', 'h-9')).toMatchObject({
      code: 1,
      stderr: 'Cannot find the home "h-9": it is not registered\n',
    })
  })

  it('works while no hub runs, and says so', async () => {
    await hub.kill('SIGTERM')
    const { stdout, stderr } = await aal('home', 'show', 'h-0001', '--json')
    expect((JSON.parse(stdout) as HomeDetail).sensors[0]).toMatchObject({
      id: 'oximeter',
      last: [{ value: 96 }],
    })
    expect(stderr).toBe('The hub does not run: links and values are as it last knew them.\n')
  })
})
