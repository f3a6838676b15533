import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Profile } from '../../hub/decode/profile.ts'
import type { AlertView } from '../../hub/http/alert-view.ts'
import { noticeChannels, noticeConnector, noticeMissingProfiles } from '../../hub/office/notices.ts'
import { home, startCore, stopCores } from '../core/bench.ts'
import { runAal, startHubProcess } from '../helpers/hub-process.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

afterEach(stopCores)

const ALL = new Map([['native', {} as Profile]])
const NONE = new Map<string, Profile>()

describe('noticeMissingProfiles', () => {
  async function missing() {
    const store = createMemoryStore()
    const bench = await startCore(store)
    await noticeMissingProfiles(bench.core, NONE)
    return { bench, store, open: () => bench.core.openAlerts().map(({ rule, scope }) => `${rule} ${scope}`) }
  }

  it('raises a technical alert for each sensor that nobody can read, and names it', async () => {
    const { bench, open } = await missing()
    expect(open()).toEqual(['hub-profile-missing h1/a', 'hub-profile-missing h1/b'])
    expect(bench.core.openAlerts()[0]).toMatchObject({
      category: 'technical',
      detail: {
        sensor: 'a',
        reason: 'there is no profile "native" any more: nothing that "a" sends can be read',
      },
    })
    expect(bench.core.openAlerts()[0]).not.toHaveProperty('nextStepAt')
  })

  it('says it once while it is so, and again when somebody has closed it', async () => {
    const { bench, store, open } = await missing()
    const before = store.journal().length
    await noticeMissingProfiles(bench.core, NONE)
    expect(store.journal()).toHaveLength(before)
    const alert = bench.core.openAlerts()[0]?.id ?? ''
    await bench.take({ type: 'resolve', alert, by: 'operator:siv', via: 'cli', cause: 'equipment' })
    await noticeMissingProfiles(bench.core, NONE)
    expect(open()).toHaveLength(2)
  })

  it('resolves it when the profile is back, or the sensor is gone, for the homes that are asked about', async () => {
    const { bench, open } = await missing()
    await bench.take({ type: 'home', home: home({ sensors: home().sensors.slice(0, 1) }) })
    await noticeMissingProfiles(bench.core, NONE)
    expect(open()).toEqual(['hub-profile-missing h1/a'])
    await noticeMissingProfiles(bench.core, ALL, [])
    expect(open()).toEqual(['hub-profile-missing h1/a'])
    await noticeMissingProfiles(bench.core, ALL)
    expect(open()).toEqual([])
  })
})

describe('noticeChannels', () => {
  function route(...names: readonly string[]) {
    const down = new Set<string>()
    const states = () =>
      names.map((channel) =>
        down.has(channel) ? { channel, ok: false, error: 'no answer' } : { channel, ok: true },
      )
    return { down, states }
  }

  it('says of the last channel of a way by which others people can be told of it, and when that changes', async () => {
    const { core } = await startCore(createMemoryStore())
    const routes = { sms: route('kannel', 'modem'), email: route('mail') }
    const alerts = () =>
      core.openAlerts().map(({ scope, detail }) => [scope, detail.reason, detail.wayDown?.others])

    routes.sms.down.add('kannel')
    await noticeChannels(core, routes, 'kannel')
    expect(alerts()).toEqual([['hub/kannel', 'kannel: no answer', undefined]])

    routes.sms.down.add('modem')
    await noticeChannels(core, routes, 'modem')
    expect(alerts()).toEqual([
      ['hub/kannel', 'kannel: no answer', ['email']],
      ['hub/modem', 'modem: no answer', ['email']],
    ])

    routes.email.down.add('mail')
    await noticeChannels(core, routes, 'mail')
    expect(alerts()).toEqual([
      ['hub/kannel', 'kannel: no answer', []],
      ['hub/modem', 'modem: no answer', []],
      ['hub/mail', 'mail: no answer', []],
    ])

    routes.sms.down.delete('modem')
    await noticeChannels(core, routes, 'modem')
    expect(alerts()).toEqual([
      ['hub/kannel', 'kannel: no answer', undefined],
      ['hub/mail', 'mail: no answer', ['sms']],
    ])
  })

  it('leaves the alert about another channel that it has not heard of since it started', async () => {
    const bench = await startCore(createMemoryStore())
    await bench.take({ type: 'notice', notice: 'hub-channel-down', channel: 'kannel', on: true })
    await noticeChannels(bench.core, { sms: route('kannel', 'modem') }, 'modem')
    expect(bench.core.openAlerts()).toHaveLength(1)
  })
})

it('noticeConnector says why a broker of others cannot be reached, newly when that changes, and when it is over', async () => {
  const { core } = await startCore(createMemoryStore())
  const facts = { connector: 'ttn', since: 1 }
  const alerts = () =>
    core.openAlerts().map(({ rule, scope, category, detail }) => [rule, scope, category, detail.reason])
  await noticeConnector(core, { ...facts, ok: false, error: 'nothing answers there' })
  await noticeConnector(core, { ...facts, connector: 'city', ok: true })
  const [rule, scope, category] = ['hub-connector-down', 'hub/ttn', 'technical']
  expect(alerts()).toEqual([[rule, scope, category, 'ttn: nothing answers there']])
  await noticeConnector(core, { ...facts, ok: false, error: 'its certificate has expired' })
  expect(alerts()).toEqual([[rule, scope, category, 'ttn: its certificate has expired']])
  await noticeConnector(core, { ...facts, ok: true })
  expect(alerts()).toEqual([])
})

it('a hub whose profile was taken away says which sensor is deaf, until it has another one', async () => {
  const folder = tempDir('notices')
  const profiles = join(folder, 'profiles')
  cpSync(join(import.meta.dirname, '../../devices/profiles'), profiles, { recursive: true })
  const config = `profiles: ${profiles}\n`
  const data = join(folder, 'data')
  const homes = (profile: string) => {
    const file = join(folder, `${profile}.yaml`)
    writeFileSync(
      file,
      `homes:\n  - { id: h-0001, timezone: Europe/Oslo, sensors: [{ id: door-1, profile: ${profile} }] }\n`,
    )
    return file
  }
  const alerts = async () =>
    JSON.parse((await runAal(['alerts', 'list', '--json', '--data', data])).stdout) as readonly AlertView[]
  const first = await startHubProcess({ config, data })
  await runAal(['import', homes('zigbee2mqtt-contact'), '--data', data])
  expect(await alerts()).toEqual([])
  await first.kill('SIGTERM')

  rmSync(join(profiles, 'zigbee2mqtt-contact.yaml'))
  const second = await startHubProcess({ config, data })
  try {
    expect(await alerts()).toMatchObject([
      { rule: 'hub-profile-missing', home: 'h-0001', sensor: 'door-1', category: 'technical' },
    ])
    expect((await runAal(['import', homes('native'), '--data', data])).code).toBe(0)
    await waitFor('the alert to resolve', async () => (await alerts()).length === 0)
  } finally {
    await second.kill('SIGTERM')
  }
})
