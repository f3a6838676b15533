import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { parseConfig } from '../../hub/config.ts'
import { startHub } from '../../hub/hub.ts'
import type { RunningHub } from '../../hub/hub.ts'
import { ProblemsError } from '../../hub/source/problem.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const hubs: RunningHub[] = []
afterEach(async () => {
  for (const hub of hubs.splice(0)) await hub.stop()
})

async function start(data: string): Promise<RunningHub> {
  const config = parseConfig('hub.yaml', `data: ${data}\n`)
  if (!config.ok) throw new Error(JSON.stringify(config.problems))
  const log = pino({ level: 'silent' })
  const hub = await startHub({ config: config.value, log, offline: true, onFailure: () => {} })
  hubs.push(hub)
  return hub
}

const home = (n: number, phone = n): string => `  - id: h-${n}
    timezone: Europe/Oslo
    residents: [{ id: r1, name: Kari Nordmann ${n} }]
    sensors:
      - { id: fall-1, profile: native, room: bathroom, resident: r1 }
      - { id: door-1, profile: native, room: hall }
    contacts: [{ id: daughter, phone: "+479${String(phone).padStart(7, '0')}", alias: Mor }]
`
/** More than is read beside the stream: a thread reads it. */
const MANY = `homes:\n${Array.from({ length: 120 }, (_, index) => home(index)).join('')}`

describe('importHomes', () => {
  it('takes some homes in one transaction, and goes on where it was interrupted', async () => {
    const data = join(tempDir('import'), 'data')
    const hub = await start(data)
    const commits: number[] = []
    hub.core.onCommit(({ entries }) => {
      commits.push(entries.filter(({ input }) => input.type === 'home').length)
      if (commits.length === 2) hub.core.stop()
    })
    await expect(hub.office.importHomes('homes.yaml', MANY)).rejects.toThrow('the hub is stopping')
    expect(commits).toEqual([50, 50])
    await hub.stop()

    const again = await start(data)
    expect([...again.core.homes()]).toHaveLength(100)
    const counts = { homes: 120, limitsReplaced: 0 }
    const left = Array.from({ length: 20 }, (_, index) => `h-${100 + index}`)
    const { importHomes } = again.office
    expect(await importHomes('homes.yaml', MANY)).toEqual({
      ...counts,
      changed: 20,
      changedHomes: left,
      toldChanged: left,
    })
    expect(await importHomes('homes.yaml', MANY)).toEqual({
      ...counts,
      changed: 0,
      changedHomes: [],
      toldChanged: [],
    })
    expect(again.office.personal('h-7')?.residents).toEqual([{ id: 'r1', name: 'Kari Nordmann 7' }])
  })

  it('takes nothing of a long file with an error, and says where it is', async () => {
    const hub = await start(join(tempDir('import'), 'data'))
    const error: unknown = await hub.office
      .importHomes(
        'homes.yaml',
        `${MANY}${home(120).replace('profile: native, room: hall', 'profile: nativ')}`,
      )
      .catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(ProblemsError)
    expect(error).toMatchObject({ problems: [{ file: 'homes.yaml', line: 847 }] })
    expect([...hub.core.homes()]).toEqual([])
  })

  it('says of a workbook how to save it', async () => {
    const hub = await start(join(tempDir('import'), 'data'))
    const error: unknown = await hub.office.importHomes('homes.xlsx', 'PK').catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(ProblemsError)
    expect(error).toMatchObject({
      problems: [{ message: expect.stringContaining('save it as "CSV UTF-8"') }],
    })
  })

  it('leaves a gateway to the home that it stands in, and names that home to nobody who adds one', async () => {
    const hub = await start(join(tempDir('import'), 'data'))
    await hub.office.importHomes('homes.yaml', `homes:\n${home(1)}${home(2)}`)
    await hub.office.addGateway('h-1', { id: 'gw-1' })
    await expect(hub.office.addGateway('h-2', { id: 'gw-1' })).rejects.toThrow(
      'Cannot register gateway "gw-1" in home h-2: it belongs to another home. Choose another id',
    )
  })

  it('knows the STOP of a number that the same file moves to another home', async () => {
    const hub = await start(join(tempDir('import'), 'data'))
    await hub.office.importHomes('homes.yaml', `homes:\n${home(1)}${home(2)}`)
    await hub.office.takeAnswer('+4790000001', 'STOP')
    await hub.office.importHomes('homes.yaml', `homes:\n${home(1, 7)}${home(2, 1)}`)
    const isStopped = (id: string) => hub.core.home(id)?.contacts[0]?.stopped !== undefined
    expect([isStopped('h-1'), isStopped('h-2')]).toEqual([false, true])
  })

  it('keeps the STOP of a number that stood nowhere for a while, until its owner writes START', async () => {
    const folder = join(tempDir('import'), 'data')
    const hub = await start(folder)
    const put = (contact: number) => hub.office.importHomes('homes.yaml', `homes:\n${home(1, contact)}`)
    const isStopped = () => hub.core.home('h-1')?.contacts[0]?.stopped !== undefined
    await put(1)
    await hub.office.takeAnswer('+4790000001', 'STOP')
    await put(7)
    expect(isStopped()).toBe(false)
    await put(1)
    expect(isStopped()).toBe(true)
    await hub.office.takeAnswer('+4790000001', 'START')
    await put(7)
    await put(1)
    expect(isStopped()).toBe(false)
  })
})
