import type { IncomingHttpHeaders } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Webhook } from 'standardwebhooks'
import { createWebhookChannel, keyOf } from '../../../hub/notify/channels/webhook.ts'
import type { WebhookOptions } from '../../../hub/notify/channels/webhook.ts'
import { bodyOf, listen } from '../../helpers/listen.ts'
import type { TestServer } from '../../helpers/listen.ts'

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes ok!').toString('base64')}`
const DAY = 86_400_000
const soon = (): AbortSignal => AbortSignal.timeout(10_000)

describe('createWebhookChannel', () => {
  let calls: { headers: IncomingHttpHeaders; body: string }[]
  let status: number
  let server: TestServer
  let options: WebhookOptions

  beforeAll(async () => {
    server = await listen(async (request, response) => {
      calls.push({ headers: request.headers, body: await bodyOf(request) })
      response.writeHead(status, { location: '/elsewhere' }).end()
    })
    options = { name: 'ops', url: server.url, secret: SECRET, giveUpAfter: 3 * DAY, now: Date.now }
  })
  beforeEach(() => {
    calls = []
    status = 204
  })
  afterAll(() => server.stop())

  const message = { id: 'a1.1.ops.webhook', to: 'ops', text: 'Mulig fall', queuedAt: Date.now() }

  test('posts what the standard’s own library verifies, with the same id for each attempt', async () => {
    const channel = createWebhookChannel(options)
    await channel.send({ ...message, subject: 'Fall', facts: { home: 'h-1', severity: 'high' } }, soon())
    await channel.send(message, soon())
    const [first, second] = calls
    const verified = new Webhook(SECRET).verify(first?.body ?? '', { ...first?.headers } as Record<
      string,
      string
    >)
    expect(verified).toEqual({
      type: 'notification',
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: {
        id: message.id,
        to: 'ops',
        subject: 'Fall',
        text: 'Mulig fall',
        facts: { home: 'h-1', severity: 'high' },
      },
    })
    expect(first?.headers['webhook-id']).toMatch(/^msg_[0-9a-f]{32}$/)
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
  })

  test('makes no signature that holds for another time or another text', async () => {
    await createWebhookChannel(options).send(message, soon())
    const { headers, body } = calls[0] ?? { headers: {}, body: '' }
    const verify = (text: string, more: object) => () =>
      new Webhook(SECRET).verify(text, { ...headers, ...more } as Record<string, string>)
    expect(verify(body, {})).not.toThrow()
    expect(verify(body.replace('fall', 'fell'), {})).toThrow('signature')
    const later = String(Number(headers['webhook-timestamp']) + 1)
    expect(verify(body, { 'webhook-timestamp': later })).toThrow('signature')
  })

  test.each([
    [200, { ok: true, to: 'accepted' }],
    [204, { ok: true, to: 'accepted' }],
    [302, { ok: false, retry: true }],
    [400, { ok: false, retry: true }],
    [401, { ok: false, retry: true }],
    [410, { ok: false, retry: false }],
    [429, { ok: false, retry: true }],
    [500, { ok: false, retry: true }],
  ])('reads %i', async (answer, expected) => {
    status = answer
    expect(await createWebhookChannel(options).send(message, soon())).toMatchObject(expected)
    expect(calls).toHaveLength(1)
  })

  test('gives a message up after its time, and not before', async () => {
    status = 500
    const at = (days: number) =>
      createWebhookChannel({ ...options, now: () => message.queuedAt + days * DAY }).send(message, soon())
    expect(await at(2.9)).toMatchObject({ retry: true })
    expect(await at(3.1)).toMatchObject({ retry: false, error: expect.stringContaining('within 3 days') })
    expect(calls).toHaveLength(1)
  })
})

describe('keyOf', () => {
  test.each(['', 'whsec_', 'whsec_c2hvcnQ=', 'plain', `whsec_${'A'.repeat(100)}`, 'whsec_not base64!'])(
    'refuses %j and says how to make one',
    (secret) => expect(() => keyOf(secret)).toThrow(/openssl rand/),
  )
})
