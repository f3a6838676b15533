import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTwilioHooks, readTwilioStatus } from '../../../hub/notify/channels/twilio-hooks.ts'
import { createMemoryCalls, createTakeOnce } from '../../../hub/notify/take-once.ts'
import { createTwilioChannel } from '../../../hub/notify/channels/twilio.ts'
import type { TwilioOptions } from '../../../hub/notify/channels/twilio.ts'
import { prepareHooks } from '../../helpers/hook-server.ts'
import type { HookServer } from '../../helpers/hook-server.ts'
import { listen } from '../../helpers/listen.ts'
import { startTwilioApi } from '../../helpers/twilio-api.ts'
import type { TwilioApi } from '../../helpers/twilio-api.ts'

const soon = (): AbortSignal => AbortSignal.timeout(10_000)
const message = (id: string, to = '+4790000001') => ({ id, to, text: `text of ${id}` })

let api: TwilioApi
let hooks: HookServer
let options: TwilioOptions

beforeAll(async () => {
  api = await startTwilioApi()
  hooks = await prepareHooks()
  const { accountSid, authToken, from, url: apiUrl } = api
  options = { name: 'twilio', accountSid, authToken, from, hubUrl: `${hooks.url}/`, apiUrl }
  await hooks.start(
    createTwilioHooks({
      channel: 'twilio',
      authToken,
      hubUrl: `${hooks.url}/`,
      sink: hooks.sink,
      takeOnce: createTakeOnce('twilio', createMemoryCalls(), Date.now),
    }),
  )
})
afterAll(async () => {
  await api.stop()
  await hooks.stop()
})

describe('createTwilioChannel', () => {
  test.each([
    ['+15005550001', false, '21211'],
    ['+15005550009', false, '21614'],
    ['+15005550004', false, '21610'],
    ['+15005550029', true, '20429'],
    ['+15005550050', true, '20503'],
  ])('reads the refusal of %s', async (to, retry, code) => {
    const result = await createTwilioChannel(options).send(message('n1', to), soon())
    expect(result).toMatchObject({ ok: false, retry, error: expect.stringContaining(code) })
    expect(JSON.stringify(result)).not.toContain(to)
  })

  test('finds a sender that is not the account’s worth a retry: people put it right', async () => {
    const result = await createTwilioChannel({ ...options, from: '+4799999999' }).send(message('n1'), soon())
    expect(result).toMatchObject({
      ok: false,
      retry: true,
      error: expect.stringMatching(/configuration.*21606/),
    })
    expect(JSON.stringify(result)).not.toContain('4799999999')
  })

  test('gives the id that Twilio has for the message', async () => {
    expect(await createTwilioChannel(options).send(message('n1'), soon())).toEqual({
      ok: true,
      to: 'accepted',
      reference: expect.stringMatching(/^SM[0-9a-f]{32}$/),
    })
  })

  test('does not believe what is not Twilio', async () => {
    const portal = await listen((_request, response) => response.end('<html>Sign in</html>'))
    const channel = createTwilioChannel({ ...options, apiUrl: portal.url })
    expect(await channel.send(message('n1'), soon())).toMatchObject({ ok: false, retry: true })
    expect(await channel.check?.(soon())).toMatchObject({ ok: false })
    await portal.stop()
  })

  test('asks for no reports where Twilio cannot reach the hub', () => {
    const { hubUrl: _, ...without } = options
    expect(createTwilioChannel(without).reports).toBe(false)
    expect(createTwilioChannel(options).reports).toBe(true)
  })
})

describe('createTwilioHooks', () => {
  const inbound = (): string => `${hooks.url}/hooks/twilio/inbound`

  test('hands on every report, and says 503 while the hub cannot keep it', async () => {
    await createTwilioChannel(options).send(message('n2'), soon())
    hooks.full = true
    expect((await api.report('n2', 'sent')).status).toBe(503)
    hooks.full = false
    expect((await api.report('n2', 'delivered')).status).toBe(200)
    expect((await api.report('n2', 'sent')).status).toBe(200)
    expect((await api.report('n2', 'undelivered', 30003)).status).toBe(200)
    expect(hooks.reports).toEqual([
      { notification: 'n2', to: 'delivered' },
      { notification: 'n2', to: 'accepted' },
      { notification: 'n2', to: 'failed', error: 'Twilio says undelivered, code 30003' },
    ])
  })

  test('takes an SMS once, however often Twilio tells it, and answers with no message', async () => {
    hooks.full = true
    expect((await api.inbound(inbound(), '+4790000001', '1 4821', 'SM1')).status).toBe(503)
    hooks.full = false
    for (let i = 0; i < 2; i++) {
      const answer = await api.inbound(inbound(), '+4790000001', '1 4821', 'SM1')
      expect([answer.status, await answer.text()]).toEqual([200, '<Response/>'])
      expect(answer.headers.get('content-type')).toMatch(/^text\/xml/)
    }
    await api.inbound(inbound(), '+4790000001', '1 4821', 'SM2')
    expect(hooks.answers).toEqual([
      { from: '+4790000001', text: '1 4821' },
      { from: '+4790000001', text: '1 4821' },
    ])
  })

  test('refuses a signature of another body, another address, or another account', async () => {
    const before = hooks.answers.length
    const refused = hooks.refused.length
    const seen: { url: string; signature: string; body: string }[] = []
    const spy = await listen(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const signature = String(request.headers['x-twilio-signature'])
      seen.push({ url: request.url ?? '', signature, body: Buffer.concat(chunks).toString() })
      response.end()
    })
    await api.inbound(`${spy.url}/hooks/twilio/inbound`, '+4790000001', '1 4821')
    await spy.stop()
    const { signature = '', body = '' } = seen[0] ?? {}
    const post = (url: string, payload: string, header = signature) =>
      fetch(url, {
        method: 'POST',
        headers: { 'x-twilio-signature': header, 'content-type': 'application/x-www-form-urlencoded' },
        body: payload,
      })
    expect((await post(inbound(), body)).status).toBe(403)
    expect((await post(`${inbound()}?x=1`, body)).status).toBe(403)
    expect((await post(inbound(), body.replace('4821', '4822'))).status).toBe(403)
    expect((await post(inbound(), body, '')).status).toBe(403)
    expect(hooks.answers).toHaveLength(before)
    expect(hooks.refused.slice(refused)).toEqual(Array.from({ length: 4 }, () => 'twilio'))
  })

  test('says 400 to what is signed and makes no sense', async () => {
    expect((await api.inbound(inbound(), 'Telenor', 'Hei')).status).toBe(400)
  })
})

test.each([
  ['read', 'delivered'],
  ['delivered', 'delivered'],
  ['queued', 'accepted'],
  ['sending', 'accepted'],
  ['canceled', 'failed'],
  ['failed', 'failed'],
  ['new-word', undefined],
])('readTwilioStatus reads %s as %s', (MessageStatus, to) => {
  expect(readTwilioStatus('n1', { MessageStatus })?.to).toBe(to)
})
