import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runAal, startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const folder = tempDir('change-home')
let hub: HubProcess
beforeAll(async () => {
  hub = await startHubProcess()
})
afterAll(async () => {
  await hub.kill('SIGTERM')
})
const aal = (...args: string[]) => runAal([...args, '--data', hub.data])

describe('aal home, sensor, gateway, export and import', () => {
  it('register a home, change it, and write it so that it can be read again', async () => {
    expect(
      await aal('home', 'create', 'id=h-1', 'label=Bjørkøya 3', 'keySafe.code=0417', '--by', 'ola'),
    ).toMatchObject({ code: 0, stdout: 'h-1: home\n' })
    expect((await aal('sensor', 'add', 'h-1', 'door', 'profile=zigbee2mqtt-contact', 'room=hall')).code).toBe(
      0,
    )
    expect((await aal('sensor', 'replace', 'h-1', 'door', 'address=door-2', '--json')).stdout).toMatch(
      /"changed":\["sensors\/door\/address"\]/,
    )
    expect((await aal('home', 'state', 'h-1', 'active', '--by', 'ola')).stdout).toMatch(
      /^h-1 is active, by ola/,
    )
    expect(await aal('home', 'pause', 'h-1', '--for', '2d', '--why', 'Hospital')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^h-1 is paused until/),
    })
    expect((await aal('home', 'resume', 'h-1')).stdout).toMatch(/^h-1 is active/)

    const csv = join(folder, 'homes.csv')
    writeFileSync(csv, (await aal('export', '--format', 'csv')).stdout)
    expect((await aal('import', csv, '--dry-run')).stdout).toMatch(
      /0 homes changed, 1 home as they are\. Nothing was changed/,
    )
    writeFileSync(
      csv,
      readFileSync(csv, 'utf8')
        .replace(/^h-1.*door-2.*$/m, 'h-1;;;UTC;Vardø')
        .replace(/\uFEFF/, ''),
    )
    const dry = await aal('import', csv, '--dry-run')
    expect(dry.stdout).toMatch(
      /- sensors\/door: there[^]*\+ area: Vardø[^]*Would go away \(1\): h-1: sensors\/door/,
    )
    expect(dry.stdout).not.toContain('0417')
    expect((await aal('export', '--homes', 'h-1')).stdout).toContain('address: door-2')
  })

  it('say what is wrong where it was written', async () => {
    const wrong = await aal('home', 'edit', 'h-1', 'timezone=Europe/Olso')
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('did you mean "Europe/Oslo"?') })
    const typed = await aal('home', 'create', 'id=h-9', 'contacts=[{"id":"anne","phone":"900 00 001"}]')
    expect(typed).toMatchObject({ code: 1, stderr: expect.stringContaining('is it "+47 900 00 001"?') })
    expect(await aal('home', 'edit', 'h-1', 'nonsense')).toMatchObject({ code: 2 })
    expect(await aal('home', 'state', 'h-1', 'paused')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('aal home pause'),
    })
  })
})
