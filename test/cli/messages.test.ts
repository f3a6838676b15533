import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MessageView } from '../../hub/http/message-routes.ts'
import { startElksApi } from '../helpers/elks-api.ts'
import type { ElksApi } from '../helpers/elks-api.ts'
import { runAal, startHubProcess, writeConfig } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { listen } from '../helpers/listen.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login } from '../helpers/mqtt-client.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

const SECRET = `whsec_${Buffer.from('a secret of twenty-eight bytes').toString('base64')}`
/** The provider of the test refuses this number for good. */
const INVALID = '+4700000009'
const RULES = `rules:
  - { id: fall, title: { en: Possible fall }, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }
`
const POLICIES = `policies:
  - id: all-ways
    use: { category: [safety], severity: [high] }
    steps: [{ to: { contacts: [family] }, by: [sms, webhook], wait: 30m }]
    repeat: { every: 1h }
`
const HOMES = `homes:
  - id: h-1
    timezone: Europe/Oslo
    sensors: [{ id: fall-1, profile: native }]
    contacts: [{ id: anne, phone: "${INVALID}", language: en, order: 1 }]
`

/** Each look is a process of its own, and other tests may have the machine. */
const SLOW = { timeout: 60_000 }

let elks: ElksApi
let hook: Awaited<ReturnType<typeof listen>>
let posts = 0
let config: string
let hub: HubProcess

beforeAll(async () => {
  elks = await startElksApi()
  hook = await listen((incoming, answer) => {
    if (incoming.method === 'POST') posts += 1
    answer.writeHead(410).end()
  })
  const rules = tempDir('messages-rules')
  mkdirSync(join(rules, 'policies'))
  writeFileSync(join(rules, 'fall.yaml'), RULES)
  writeFileSync(join(rules, 'policies', 'all.yaml'), POLICIES)
  config = `
rules: ${rules}
channels:
  - name: elks
    type: http
    request:
      url: ${elks.url}/a1/sms
      basic: { username: ${elks.username}, password: ${elks.password} }
      form: { from: AAL, to: "{to}", message: "{text}" }
    success: { at: /status, matches: ^created$ }
    never: [{ status: [403], matches: "^Invalid to number" }]
  - { name: nurses, type: webhook, url: "${hook.url}/aal", secret: ${SECRET} }
`
  hub = await startHubProcess({ config })
  await hub.api('POST', '/api/homes', { file: 'homes.yaml', text: HOMES })
  const login = await hub.api<Login>('POST', '/api/homes/h-1/gateways', {})
  const client = await connectRaw(hub.mqttPort, login)
  const fall = { kind: 'fall', value: 'detected' }
  client.send(publishPacket('homes/h-1/sensors/fall-1', fall, { qos: 1, messageId: 1 }))
  await client.waitFor('puback')
}, 90_000)

afterAll(async () => {
  await hub.kill('SIGTERM')
  await elks.stop()
  await hook.stop()
})

const run = (...args: string[]) => runAal(['messages', ...args, '--data', hub.data])

async function list(...args: string[]): Promise<MessageView[]> {
  const { code, stdout, stderr } = await run(...args, '--json')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as MessageView[]
}

const failed = (): Promise<MessageView[]> =>
  waitFor(
    'both messages to have failed',
    async () => {
      const rows = await list('failed')
      return rows.length === 2 && rows
    },
    SLOW,
  )

describe('aal messages', { timeout: 180_000 }, () => {
  it('failed lists what could never be delivered, webhooks too, without a number', async () => {
    const rows = (await failed()).toSorted((a, b) => (a.channel < b.channel ? -1 : 1))
    const common = { home: 'h-1', to: 'contact:anne', template: 'alert', state: 'failed', attempts: 1 }
    expect(rows).toMatchObject([
      { ...common, channel: 'sms', error: expect.stringMatching(/never take this message: 403/) },
      { ...common, channel: 'webhook', error: expect.stringMatching(/wants no more messages: 410/) },
    ])
    for (const row of rows) {
      expect(row).not.toHaveProperty('noRetry')
      expect(row.id).toBe(`${row.alert}.1.anne.${row.channel}`)
      expect(row.at).toBeGreaterThanOrEqual(row.queuedAt)
    }
    const { stdout } = await run('failed')
    expect(stdout).toMatch(/^WHEN +STATE +HOME +TO +BY/)
    expect(stdout).toContain('can be tried again; ')
    expect(stdout + JSON.stringify(rows)).not.toMatch(/4700000009|Possible fall/)
  })

  it('list shows all of one alert', async () => {
    const [{ alert = '' } = {}] = await failed()
    expect(await list('list', '--alert', alert)).toHaveLength(2)
    expect(await list('list', '--limit', '1')).toHaveLength(1)
    const none = await run('list', '--alert', 'none')
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('Cannot find the alert "none"') })
  })

  it('retry sends it once more, says so in the history, and refuses what makes no sense', async () => {
    const rows = await failed()
    const { id = '', alert = '' } = rows.find(({ channel }) => channel === 'webhook') ?? {}
    const before = posts
    expect(await run('retry', id, '--by', 'siv')).toMatchObject({
      code: 0,
      stdout: `Queued ${id} for contact:anne once more.\n`,
    })
    await waitFor('the second attempt', () => posts === before + 1, SLOW)
    const again = await waitFor(
      'it to fail again',
      async () => (await list('failed')).find((one) => one.id === id && one.attempts === 2),
      SLOW,
    )
    expect(again.queuedAt).toBeGreaterThan(rows.find((one) => one.id === id)?.queuedAt ?? Infinity)
    const { events } = await hub.api<{ events: { what: string; by: string; text?: string }[] }>(
      'GET',
      `/api/alerts/${alert}`,
    )
    expect(events).toContainEqual(
      expect.objectContaining({ what: 'resent', by: 'operator:siv', text: 'anne' }),
    )

    expect(await run('retry', 'nothing')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Cannot find the message "nothing"'),
    })
    await runAal(['alerts', 'ack', alert, '--by', 'tor', '--data', hub.data])
    const sms = rows.find(({ channel }) => channel === 'sms')?.id ?? ''
    expect(await run('retry', sms)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('operator:tor has the alert'),
    })
    await runAal(['alerts', 'resolve', alert, '--cause', 'false', '--data', hub.data])
    expect(await run('retry', id)).toMatchObject({ code: 1, stderr: expect.stringContaining('open no more') })
    expect((await list('failed')).every(({ noRetry }) => noRetry?.includes('open no more'))).toBe(true)
  })

  it('works while no hub runs', async () => {
    await hub.kill('SIGTERM')
    expect(await list('failed')).toHaveLength(2)
    const { id = '' } = (await list('failed'))[0] ?? {}
    const path = writeConfig(config)
    expect(await runAal(['messages', 'retry', id, '--data', hub.data, '--config', path])).toMatchObject({
      code: 1,
    })
  })
})
