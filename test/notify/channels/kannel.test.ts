import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseKannelDelivery, parseKannelInbound } from '../../../hub/notify/channels/kannel-hooks.ts'
import {
  createKannelChannel,
  kannelInboundUrl,
  readAnswer,
  readStatus,
} from '../../../hub/notify/channels/kannel.ts'
import type { KannelOptions } from '../../../hub/notify/channels/kannel.ts'
import { createPhoneChannel } from '../../../hub/notify/channels/phone.ts'
import { createRoutedChannel } from '../../../hub/notify/routed-channel.ts'
import { freePort } from '../../helpers/free-port.ts'
import { startKannel } from '../../helpers/kannel.ts'
import type { Kannel } from '../../helpers/kannel.ts'
import { waitFor } from '../../helpers/wait-for.ts'

const TO = '+4790000001'
const TOKEN = 'tøken %A&/+'
const soon = (): AbortSignal => AbortSignal.timeout(10_000)
const message = (id: string, to = TO) => ({ id, to, text: `text of ${id}` })

async function listen(listener: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe('createKannelChannel with a real Kannel', () => {
  /** What Kannel called: path and query. */
  const calls: { path: string; query: Record<string, string> }[] = []
  let hub: Awaited<ReturnType<typeof listen>>
  let kannel: Kannel
  let options: KannelOptions

  beforeAll(async () => {
    hub = await listen((request, response) => {
      const url = new URL(request.url ?? '', 'http://hub')
      calls.push({ path: url.pathname, query: Object.fromEntries(url.searchParams) })
      response.end()
    })
    const callback = { url: `${hub.url}/`, token: TOKEN }
    kannel = await startKannel({ inboundUrl: kannelInboundUrl(callback) })
    const { sendUrl: url, username, password, from } = kannel
    options = { url, username, password, from, callback }
  })
  afterAll(async () => {
    await kannel?.stop()
    hub?.server.close()
  })

  const reports = (id: string) =>
    calls
      .filter(({ path, query }) => path === '/hooks/kannel/delivery' && query['id'] === id)
      .map(({ query }) => ({ token: query['token'], report: parseKannelDelivery(query) }))

  test('gets told what became of a message, whatever signs are in its id', async () => {
    const id = 'a1/1/døtter %d %A&=+/sms'
    expect(await createKannelChannel(options).send(message(id), soon())).toEqual({ ok: true, to: 'accepted' })
    const told = await waitFor('both delivery reports', () => {
      const found = reports(id)
      return found.length >= 2 && found
    })
    expect(told).toContainEqual({ token: TOKEN, report: { ok: true, notification: id, to: 'accepted' } })
    expect(told).toContainEqual({ token: TOKEN, report: { ok: true, notification: id, to: 'delivered' } })
  })

  test('has a message accepted while the SMS centre is away, and delivered when it is back', async () => {
    await kannel.stopSmsc()
    const id = 'smsc-away'
    expect(await createKannelChannel(options).send(message(id), soon())).toEqual({ ok: true, to: 'accepted' })
    expect(reports(id).filter(({ report }) => report.ok && report.to === 'delivered')).toEqual([])
    await kannel.startSmsc()
    await waitFor('the delivery report', () =>
      reports(id).find(({ report }) => report.ok && report.to === 'delivered'),
    )
  })

  test('says by the status page that the SMS centre is gone, and a route goes by the other way', async () => {
    const status = { url: kannel.statusUrl, password: kannel.password, smsc: 'SMSC' }
    const channel = createKannelChannel({ ...options, status })
    const other = createPhoneChannel()
    const states: unknown[] = []
    const route = createRoutedChannel({
      kind: 'sms',
      channels: [channel, other],
      later(call, ms) {
        const timer = setTimeout(call, ms)
        return () => clearTimeout(timer)
      },
      onState: ({ ok }) => states.push(ok),
      checkEvery: 50,
    })
    expect(await channel.check?.(soon())).toEqual({ ok: true })
    route.start()
    expect(await route.send(message('n1'), soon())).toMatchObject({ via: 'kannel' })
    await kannel.stopSmsc()
    await waitFor('the outage to be told', () => states.length === 1)
    expect(await route.send(message('n2'), soon())).toMatchObject({ via: 'phone', to: 'delivered' })
    await kannel.startSmsc()
    await waitFor('the recovery to be told', () => states.length === 2)
    expect(await route.send(message('n3'), soon())).toMatchObject({ via: 'kannel' })
    expect(states).toEqual([false, true])
    await route.stop()
  })

  test('says what is wrong with the status page, without its password', async () => {
    const at = (more: object) =>
      createKannelChannel({ ...options, status: { url: kannel.statusUrl, ...more } }).check?.(soon())
    expect(await at({ password: kannel.password, smsc: 'OTHER' })).toMatchObject({
      ok: false,
      error: expect.stringContaining('no SMS centre "OTHER"'),
    })
    const result = await at({ password: 'wrong-status-password' })
    expect(result).toMatchObject({ ok: false, error: expect.stringContaining('refuses the password') })
    expect(JSON.stringify(result)).not.toContain('wrong-status-password')
  })

  test.each(['1 4821', 'Ja, jeg kommer på flekken! 100 % + æøå', 'Juo, čđŋšŧž 4821'])(
    'hears the answer %j from a phone',
    async (text) => {
      const before = calls.length
      await kannel.answer('4790000001', text)
      const call = await waitFor('the inbound call', () =>
        calls.slice(before).find(({ path }) => path === '/hooks/kannel/inbound'),
      )
      expect(call.query['token']).toBe(TOKEN)
      expect(parseKannelInbound(call.query)).toEqual({
        ok: true,
        id: expect.stringMatching(/^[\da-f-]{36}$/),
        from: TO,
        text,
      })
    },
  )

  test('finds a wrong password worth a retry, and says what to check', async () => {
    const channel = createKannelChannel({ ...options, password: 'wrong-password' })
    const result = await channel.send(message('n1'), soon())
    expect(result).toMatchObject({
      ok: false,
      retry: true,
      error: expect.stringMatching(/refused the user name, the password .*check the configuration/),
    })
    expect(JSON.stringify(result)).not.toContain('wrong-password')
  })

  test('finds a wrong address worth a retry', async () => {
    const channel = createKannelChannel({ ...options, url: `${kannel.sendUrl}-not` })
    expect(await channel.send(message('n1'), soon())).toMatchObject({
      ok: false,
      retry: true,
      error: expect.stringMatching(/check its address and configuration: 404/),
    })
  })

  test('finds a missing sender worth a retry: it is a matter of configuration', async () => {
    const { from: _, ...without } = options
    expect(await createKannelChannel(without).send(message('n1'), soon())).toMatchObject({
      ok: false,
      retry: true,
      error: expect.stringContaining('Sender missing'),
    })
  })

  test.each(['', '+', '90000001', '+47 90000001', '+4790000001 +4790000002', 'Anne'])(
    'does not try the number %j again',
    async (to) => {
      expect(await createKannelChannel(options).send(message('n1', to), soon())).toMatchObject({
        ok: false,
        retry: false,
      })
    },
  )
})

describe('createKannelChannel', () => {
  const options = { username: 'hub', password: 'secret-password', from: '2000' }

  test('finds a Kannel that is down worth a retry, and shows neither password nor number', async () => {
    const port = await freePort()
    const channel = createKannelChannel({ ...options, url: `http://127.0.0.1:${port}/cgi-bin/sendsms` })
    const result = await channel.send(message('n1'), soon())
    expect(result).toEqual({
      ok: false,
      retry: true,
      error: `Kannel at 127.0.0.1:${port} cannot be reached: ECONNREFUSED`,
    })
  })

  test('finds one that never answers worth a retry', async () => {
    const silent = await listen(() => {})
    const abort = new AbortController()
    const sending = createKannelChannel({ ...options, url: silent.url }).send(message('n1'), abort.signal)
    silent.server.once('request', () => abort.abort())
    expect(await sending).toMatchObject({ ok: false, retry: true, error: expect.stringContaining('in time') })
    silent.server.closeAllConnections()
    silent.server.close()
  })

  test('does not believe 200 by something that is not Kannel, nor follow where it points', async () => {
    const asked: string[] = []
    const portal = await listen((request, response) => {
      asked.push(request.url ?? '')
      if (asked.length === 1) response.writeHead(302, { location: '/login' })
      response.end('<html>'.repeat(100_000))
    })
    const channel = createKannelChannel({ ...options, url: portal.url })
    expect(await channel.send(message('n1'), soon())).toMatchObject({ ok: false, retry: true })
    expect(await channel.send(message('n1'), soon())).toMatchObject({ ok: false, retry: true })
    expect(asked.filter((url) => url.includes('login'))).toEqual([])
    portal.server.closeAllConnections()
    portal.server.close()
  })
})

describe('readAnswer', () => {
  // The texts are those of gw/smsbox.c in Kannel 1.4.5.
  test.each([
    [202, '0: Accepted for delivery', 'accepted'],
    [202, '3: Queued for later delivery', 'accepted'],
    [202, 'Sent.', 'accepted'],
    [403, 'Not routable. Do not try again.', 'never'],
    [400, 'Number(s) has/have been denied by white- and/or black-lists.', 'never'],
    [400, 'Empty receiver number not allowed, rejected', 'never'],
    [403, 'Authorization failed for sendsms', 'retry'],
    [400, 'Sender missing and no global set, rejected', 'retry'],
    [503, 'Temporal failure, try again later.', 'retry'],
    [500, 'Sending failed.', 'retry'],
    [200, '0: Accepted for delivery', 'retry'],
    [404, 'Unknown request.', 'retry'],
    [302, '', 'retry'],
  ])('reads %i %j as %s', (status, text, expected) => {
    const result = readAnswer(status, text, 'kannel:13013')
    expect(result.ok ? result.to : result.retry ? 'retry' : 'never').toBe(expected)
  })
})

describe('readStatus', () => {
  const page = (status: string, ...lines: string[]) =>
    `Kannel bearerbox version \`1.4.5'.\n\nStatus: ${status}, uptime 0d 0h 0m 4s\n\nSMSC connections:\n${lines.map((line) => `    ${line}\n`).join('')}`
  test.each([
    [200, page('running', 'SMSC[SMSC]    FAKE:20001 (online 4s, rcvd: sms 0)'), true],
    [
      200,
      page('running', 'A[A]    SMPP:h (re-connecting, rcvd: sms 0)', 'B[B]    SMPP:h (online 1s, rcvd)'),
      true,
    ],
    [200, page('running', 'A[A]    SMPP:h (re-connecting, rcvd: sms 0)'), false],
    [200, page('running'), false],
    [200, page('suspended', 'A[A]    SMPP:h (online 4s, rcvd: sms 0)'), false],
    [200, 'Denied', false],
    [404, '', false],
  ])('reads %i %j', (status, text, ok) => {
    expect(readStatus(status, text, 'kannel:13000').ok).toBe(ok)
  })
})
