import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseConfig } from '../../hub/config.ts'
import { startHub } from '../../hub/hub.ts'
import type { RunningHub } from '../../hub/hub.ts'
import { listen } from '../helpers/listen.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const OUTSIDE = 'https://hub.example.no'
const TOKEN = 'hook-token-0123456789abcdef'
const AUTH = 'a'.repeat(32)
const PHONE = '+4790000001'
const data = join(tempDir('replayed'), 'data')

let hub: RunningHub
let provider: Awaited<ReturnType<typeof listen>>
let code: string

/** Calls of each provider, byte by byte as they were overheard: the sender's number, an id, and words. */
const PROVIDERS = {
  twilio: (id: string, text: string) => {
    const form = { Body: text, From: PHONE, MessageSid: `SM${id}` }
    const url = `${OUTSIDE}/hooks/twilio/inbound`
    const signed = Object.entries(form).toSorted().flat().join('')
    const signature = createHmac('sha1', AUTH)
      .update(url + signed)
      .digest('base64')
    return post('/hooks/twilio/inbound', new URLSearchParams(form).toString(), {
      'x-twilio-signature': signature,
    })
  },
  kannel: (id: string, text: string) =>
    get(`/hooks/kannel/inbound?${new URLSearchParams({ token: TOKEN, from: PHONE, text, id }).toString()}`),
  elks: (id: string, text: string) =>
    post(
      `/hooks/elks/inbound?token=${TOKEN}`,
      new URLSearchParams({ from: PHONE, message: text, id }).toString(),
    ),
}

const get = async (path: string) => (await fetch(`${hub.url}${path}`)).status
const post = async (path: string, body: string, headers = {}) =>
  (
    await fetch(`${hub.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    })
  ).status

async function start(): Promise<RunningHub> {
  const config = parseConfig(
    'hub.yaml',
    `data: ${data}
mqtt: { port: 0 }
http: { port: 0, url: "${OUTSIDE}" }
channels:
  - { name: twilio, type: twilio, accountSid: AC${'0'.repeat(32)}, authToken: ${AUTH}, from: "+4759440000", url: "${provider.url}" }
  - { name: kannel, type: kannel, url: "${provider.url}", username: aal, password: secret, secret: ${TOKEN} }
  - name: elks
    type: http
    request: { url: "${provider.url}", form: { to: "{to}" } }
    token: ${TOKEN}
    inbound: { from: from, text: message, id: id }
`,
  )
  if (!config.ok) throw new Error(JSON.stringify(config.problems))
  return await startHub({ config: config.value, log: pino({ level: 'silent' }), onFailure: () => {} })
}

beforeAll(async () => {
  provider = await listen((_request, response) => response.end('{}'))
  hub = await start()
  await hub.office.importHomes(
    'homes.yaml',
    `homes:
  - id: h1
    timezone: Europe/Oslo
    sensors: [{ id: fall-1, profile: native, room: bathroom }]
    contacts: [{ id: anne, name: Anne, phone: "${PHONE}", language: nb }]
`,
  )
  const now = hub.core.now()
  const fall = { home: 'h1', sensor: 'fall-1', kind: 'fall', value: 'detected', at: now, receivedAt: now }
  await hub.core.take({ type: 'reading', reading: fall })
  code = alertOf()?.code ?? ''
  expect(code).toMatch(/^\d{4}$/)
})
afterAll(async () => {
  await hub.stop()
  await provider.stop()
})

const alertOf = () => hub.core.openAlerts().find(({ home }) => home === 'h1')
const handling = () => alertOf()?.handling

it('takes no answer twice that was overheard and is sent again, over a restart of the hub neither', async () => {
  const names = Object.keys(PROVIDERS) as (keyof typeof PROVIDERS)[]
  for (const name of names) {
    const call = PROVIDERS[name]
    expect([name, await call('1', `1 ${code}`), handling()]).toEqual([name, 200, 'acknowledged'])
    expect([name, await call('2', `2 ${code}`), handling()]).toEqual([name, 200, 'new'])
    expect([name, await call('1', `1 ${code}`), handling()]).toEqual([name, 200, 'new'])
  }
  await hub.stop()
  hub = await start()
  for (const name of names) {
    expect([name, await PROVIDERS[name]('1', `1 ${code}`), handling()]).toEqual([name, 200, 'new'])
  }
  // The same words in an SMS of their own count.
  for (const name of names) {
    expect([name, await PROVIDERS[name]('3', `1 ${code}`), handling()]).toEqual([name, 200, 'acknowledged'])
    expect([name, await PROVIDERS[name]('4', `2 ${code}`), handling()]).toEqual([name, 200, 'new'])
  }
})
