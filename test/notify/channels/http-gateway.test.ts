import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseConfig } from '../../../hub/config.ts'
import { createHttpGatewayHooks, readReport } from '../../../hub/notify/channels/http-gateway-hooks.ts'
import { createMemoryCalls, createTakeOnce } from '../../../hub/notify/take-once.ts'
import { createHttpGateway, readHttpAnswer } from '../../../hub/notify/channels/http-gateway.ts'
import { buildRequest } from '../../../hub/notify/channels/http-request.ts'
import type { RequestTemplate } from '../../../hub/notify/channels/http-request.ts'
import { receive, selectText } from '../../../hub/notify/channels/select-field.ts'
import { bodyOf, listen } from '../../helpers/listen.ts'

const soon = (): AbortSignal => AbortSignal.timeout(10_000)
/** What could break out of a URL, a form, JSON, XML, or a template. */
const NASTY = `Ø & "A" <b> 'c' \\ {to} {secret.key} %41 + ; = # ? / \n 😀 š`
const VALUES = { to: '+4790000001', digits: '4790000001', text: NASTY, id: 'a.1', 'secret.key': 's&ecret' }
const template = (more: Partial<RequestTemplate>): RequestTemplate => ({
  method: 'POST',
  url: 'https://sms.example',
  headers: {},
  ...more,
})
const body = async ({ url, init }: ReturnType<typeof buildRequest>): Promise<string> =>
  await new Request(url, init).text()

describe('buildRequest', () => {
  test('encodes values in an address', () => {
    const { url } = buildRequest(
      template({ method: 'GET', url: 'https://sms.example/{id}?k={secret.key}&to={to}&m={text}' }),
      VALUES,
    )
    const { searchParams, pathname } = new URL(url)
    expect([pathname, ...searchParams]).toEqual([
      '/a.1',
      ['k', 's&ecret'],
      ['to', '+4790000001'],
      ['m', NASTY],
    ])
  })

  test('encodes values in a form', async () => {
    const built = buildRequest(template({ form: { 'a[b]': 'x {to}', m: '{text}' } }), VALUES)
    expect([...new URLSearchParams(await body(built))]).toEqual([
      ['a[b]', 'x +4790000001'],
      ['m', NASTY],
    ])
    expect(new Request(built.url, built.init).headers.get('content-type')).toMatch(/form-urlencoded/)
  })

  test('encodes values in JSON, however deep, and leaves all else as it is', async () => {
    const json = { a: [{ m: '{text}', n: 1, ok: true, nothing: null }], k: '{to}/{id}' }
    const built = buildRequest(template({ json }), VALUES)
    expect(JSON.parse(await body(built))).toEqual({
      a: [{ m: NASTY, n: 1, ok: true, nothing: null }],
      k: '+4790000001/a.1',
    })
    expect(new Headers(built.init.headers).get('content-type')).toBe('application/json')
  })

  test('escapes values in XML, and leaves out what XML cannot hold', async () => {
    const built = buildRequest(template({ xml: '<m to="{to}">{text}</m>' }), {
      ...VALUES,
      text: 'a<b>&"\u0001\u{1F600}',
    })
    expect(await body(built)).toBe('<m to="+4790000001">a&#60;b&#62;&#38;&#34;\u{1F600}</m>')
  })

  test('fills headers, and signs in by Basic in UTF-8 [RFC 7617]', () => {
    const { init } = buildRequest(
      template({ headers: { 'X-Key': '{secret.key}' }, basic: { username: 'hub', password: 'pøss' } }),
      VALUES,
    )
    const headers = new Headers(init.headers)
    expect(headers.get('x-key')).toBe('s&ecret')
    expect(headers.get('authorization')).toBe(`Basic ${Buffer.from('hub:pøss').toString('base64')}`)
  })

  test('does not fill a value into a value', async () => {
    const built = buildRequest(template({ form: { m: '{text}' } }), { ...VALUES, text: '{secret.key}' })
    expect(new URLSearchParams(await body(built)).get('m')).toBe('{secret.key}')
  })
})

describe('readHttpAnswer', () => {
  const conditions = {
    success: { at: '/status', matches: '^ok$' },
    never: [{ status: [422] }, { at: '/error/code', matches: '^bad_number$' }],
    reference: { at: '/ids/0' },
  }
  test.each([
    [200, '{"status":"ok","ids":[42]}', { ok: true, to: 'accepted', reference: '42' }],
    [201, '{"status":"ok"}', { ok: true, to: 'accepted' }],
    [200, '{"status":"no"}', { ok: false, retry: true }],
    [200, '<html>ok</html>', { ok: false, retry: true }],
    [200, '', { ok: false, retry: true }],
    [302, '{"status":"ok"}', { ok: false, retry: true }],
    [422, '', { ok: false, retry: false }],
    [200, '{"error":{"code":"bad_number","number":"+4790000001"}}', { ok: false, retry: false }],
    [400, '{"error":{"code":"bad_sender"}}', { ok: false, retry: true }],
    [401, '', { ok: false, retry: true }],
    [429, '', { ok: false, retry: true }],
    [503, '', { ok: false, retry: true }],
  ])('reads %i %j', (status, text, expected) => {
    const result = readHttpAnswer(status, text, 'sms.example', conditions)
    expect(result).toMatchObject(expected)
    expect(JSON.stringify(result)).not.toContain('4790000001')
  })

  test('finds a reference by a pattern in text', () => {
    const result = readHttpAnswer(200, 'OK id=77 credits=3', 'h', {
      success: { matches: '^OK' },
      never: [],
      reference: { matches: 'id=(\\d+)' },
    })
    expect(result).toEqual({ ok: true, to: 'accepted', reference: '77' })
  })
})

describe('createHttpGateway', () => {
  test('follows no redirect: the request holds a number and a secret', async () => {
    const asked: string[] = []
    const portal = await listen((request, response) => {
      asked.push(request.url ?? '')
      response.writeHead(302, { location: '/login' }).end('{"status":"ok"}')
    })
    const channel = createHttpGateway({
      name: 'x',
      request: template({ url: `${portal.url}/send` }),
      secrets: {},
      success: {},
      never: [],
    })
    expect(await channel.send({ id: 'n', to: '+4790000001', text: 'x' }, soon())).toMatchObject({
      retry: true,
    })
    expect(asked).toEqual(['/send'])
    await portal.stop()
  })

  test('checks the address that it is told to', async () => {
    let status = 200
    const server = await listen((_request, response) => response.writeHead(status).end())
    const check = (more: object) =>
      createHttpGateway({
        name: 'x',
        request: template({ url: `${server.url}/send` }),
        secrets: {},
        success: {},
        never: [],
        ...more,
      }).check?.(soon())
    const own = { check: { url: `${server.url}/balance`, status: [200] } }
    expect(await check(own)).toEqual({ ok: true })
    status = 404
    expect(await check({})).toEqual({ ok: true })
    expect(await check(own)).toMatchObject({ ok: false })
    status = 502
    expect(await check({})).toMatchObject({ ok: false })
    await server.stop()
  })
})

describe('createHttpGatewayHooks', () => {
  const token = 't'.repeat(22)
  const taken: unknown[] = []
  const take = async (...all: unknown[]): Promise<void> => void taken.push(...all)
  const hooks = createHttpGatewayHooks({
    channel: 'x',
    token,
    reports: {
      list: '/results',
      id: '/ref',
      status: '/state',
      delivered: ['DONE'],
      failed: ['LOST'],
      reason: '/why',
    },
    inbound: { from: 'number', text: 'msg', id: 'ref' },
    sink: { deliver: take, answer: take },
    takeOnce: createTakeOnce('x', createMemoryCalls(), Date.now),
  })
  const call = async (name: string, text: string, query: Record<string, string> = {}) =>
    await hooks
      .find((one) => one.name === name)
      ?.take({ url: '', query: { token, ...query }, headers: {}, body: text })

  test('takes several reports of one call, and passes over what is none', async () => {
    const results = [
      { ref: 'n1', state: 'done' },
      { ref: 'n2', state: 'LOST', why: 'EC_ABSENT' },
      { ref: 'n3', state: 'underway' },
      { state: 'done' },
      7,
    ]
    expect(await call('delivery', JSON.stringify({ results }))).toMatchObject({ status: 200 })
    expect(taken).toEqual([
      { notification: 'n1', to: 'delivered' },
      { notification: 'n2', to: 'failed', error: 'The provider could not deliver it: EC_ABSENT' },
      { notification: 'n3', to: 'accepted' },
    ])
  })

  test.each(['', '{}', '{"results":{}}', '[1', '{"results":[]}'])('says 400 to %j', async (text) => {
    expect(await call('delivery', text)).toMatchObject({ status: 400 })
  })

  test('takes an SMS from a query as from a form', async () => {
    taken.length = 0
    expect(await call('inbound', '', { number: '4790000001', msg: 'ja æ' })).toMatchObject({ status: 200 })
    expect(await call('inbound', 'number=%2B4790000001&msg=ja+%C3%A6&ref=2')).toMatchObject({ status: 200 })
    expect(taken).toEqual(['+4790000001', 'ja æ', '+4790000001', 'ja æ'])
    expect(await call('inbound', 'number=2000&msg=x')).toMatchObject({ status: 400 })
  })

  test('readReport shows no number and no sentence of the provider’s', () => {
    const fields = { id: 'id', status: 'status', delivered: ['1'], failed: ['0'], reason: 'why' }
    const said = (why: string) => readReport(receive('', { id: 'n', status: '0', why }), fields)?.error
    expect(said('4790000001')).not.toContain('4790000001')
    expect(said('The phone +4790000001 is off')).toBe('The provider could not deliver it')
  })
})

describe('selectText', () => {
  test.each([
    ['/a/0/b', 'x'],
    ['/c~1d', 'y'],
    ['/n', '7'],
    ['/ok', 'true'],
    ['/a', undefined],
    ['/a/1', undefined],
    ['/__proto__/toString', undefined],
    ['field', undefined],
  ])('reads %s as RFC 6901 says', (pointer, expected) => {
    const received = receive('{"a":[{"b":"x"}],"c/d":"y","n":7,"ok":true}')
    expect(selectText(received, pointer)).toBe(expected)
  })

  test('takes the field of the query, which the hub wrote, before one of the form', () => {
    expect(selectText(receive('id=theirs', { id: 'ours' }), 'id')).toBe('ours')
  })
})

describe('docs/hub.channels.example.yaml', () => {
  const file = join(import.meta.dirname, '../../../docs/hub.channels.example.yaml')
  const parsed = parseConfig(file, readFileSync(file, 'utf8'))

  test('is a configuration that the hub takes', () => {
    expect(parsed.ok ? [] : parsed.problems).toEqual([])
  })

  test.each([
    ['elks', '{"status":"created","id":"s1"}', '403 Invalid to number'],
    ['sveve', '{"response":{"msgOkCount":1,"stdSMSCount":1,"ids":[42]}}', undefined],
    ['gatewayapi', '{"ids":[421332671],"usage":{"currency":"DKK"}}', undefined],
  ])('describes %s so that its documented answers are understood', async (name, accepted, refused) => {
    if (!parsed.ok) throw new Error('does not parse')
    const settings = parsed.value.channels.find((one) => one.name === name)
    if (settings?.type !== 'http') throw new Error(`${name} is no HTTP gateway`)
    const { at, matches } = settings.success
    const conditions = {
      success: { ...(at !== undefined && { at }), ...(matches !== undefined && { matches }) },
      never: settings.never.map(({ status, ...rest }) => ({
        ...(status && { status }),
        ...(rest.at !== undefined && { at: rest.at }),
        ...(rest.matches !== undefined && { matches: rest.matches }),
      })),
      reference: { at: settings.reference?.at ?? '' },
    }
    expect(readHttpAnswer(200, accepted, name, conditions)).toMatchObject({
      ok: true,
      reference: expect.any(String),
    })
    expect(
      readHttpAnswer(200, '{"response":{"fatalError":"Feil brukernavn"}}', name, conditions),
    ).toMatchObject({
      ok: false,
      retry: true,
    })
    if (refused === undefined) return
    const [status = '', ...words] = refused.split(' ')
    expect(readHttpAnswer(Number(status), words.join(' '), name, conditions)).toMatchObject({ retry: false })
  })

  test('sends what a provider of JSON documents', async () => {
    if (!parsed.ok) throw new Error('does not parse')
    const settings = parsed.value.channels.find((one) => one.name === 'gatewayapi')
    if (settings?.type !== 'http') throw new Error('it is no HTTP gateway')
    let got: unknown
    const server = await listen(async (request, response) => {
      got = JSON.parse(await bodyOf(request))
      response.end('{"ids":[1]}')
    })
    const channel = createHttpGateway({
      name: 'gatewayapi',
      request: template({ url: server.url, json: settings.request.json }),
      secrets: {},
      success: { at: '/ids/0' },
      never: [],
    })
    expect(await channel.send({ id: 'a.1', to: '+4790000001', text: 'Áhkku "1"' }, soon())).toMatchObject({
      ok: true,
    })
    expect(got).toMatchObject({
      message: 'Áhkku "1"',
      userref: 'a.1',
      recipients: [{ msisdn: '4790000001' }],
    })
    await server.stop()
  })
})
