import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registerHub } from './register-hub.ts'
import type { RegisterHub } from './register-hub.ts'

const PROXY = '10.0.0.7'
let hub: RegisterHub

beforeAll(async () => {
  hub = await registerHub({ trustProxy: [PROXY, 'fd00:7::/64'] })
})
afterAll(() => hub.stop())

/** Somebody tries a link that is none. @param forwarded what stands in X-Forwarded-For */
async function tryLink(remoteAddress: string, forwarded: string, app = hub.app): Promise<number> {
  const { statusCode } = await app.inject({
    method: 'POST',
    url: '/api/session',
    remoteAddress,
    headers: { 'x-aal': '1', 'x-forwarded-for': forwarded },
    payload: { token: 'a-link-that-is-none' },
  })
  return statusCode
}

/** @returns how often it was let through before it had to wait */
async function triesOf(call: (attempt: number) => Promise<number>): Promise<number> {
  for (let attempt = 0; attempt < 30; attempt++) if ((await call(attempt)) === 429) return attempt
  return 30
}

describe('behind a proxy that is trusted', () => {
  it('makes the browser wait that tries, and no other', async () => {
    expect(await triesOf(() => tryLink(PROXY, '198.51.100.1'))).toBeLessThanOrEqual(10)
    expect(await tryLink(PROXY, '198.51.100.1')).toBe(429)
    expect(await tryLink(PROXY, '198.51.100.2')).toBe(401)
    expect(await tryLink('fd00:7::1', '198.51.100.1')).toBe(429)
  })

  it('believes what the proxy added, not what the browser wrote before it', async () => {
    const tries = await triesOf((attempt) => tryLink(PROXY, `203.0.113.${attempt}, 198.51.100.3`))
    expect(tries).toBeLessThanOrEqual(10)
  })

  it('counts a forged X-Forwarded-For from elsewhere for nothing', async () => {
    const tries = await triesOf((attempt) => tryLink('203.0.113.200', `198.51.101.${attempt}`))
    expect(tries).toBeLessThanOrEqual(10)
    // Nobody else can be made to wait either.
    for (let attempt = 0; attempt < 30; attempt++) await tryLink('203.0.113.201', '198.51.100.9')
    expect(await tryLink(PROXY, '198.51.100.9')).toBe(401)
  })

  it('has the address of the browser in the audit log', async () => {
    const { people, audit } = hub.hub.office
    people.add({ id: 'siv', roles: ['admin'], areas: 'all' })
    const session = people.signIn(people.createSignInToken('siv'))?.session
    const make = (remoteAddress: string, name: string) =>
      hub.app.inject({
        method: 'POST',
        url: '/api/tokens',
        remoteAddress,
        headers: { cookie: `aal_session=${session}`, 'x-aal': '1', 'x-forwarded-for': '198.51.100.20' },
        payload: { name, scopes: ['read:alerts'] },
      })
    expect((await make(PROXY, 'over-the-proxy')).statusCode).toBe(200)
    expect((await make('203.0.113.202', 'past-the-proxy')).statusCode).toBe(200)
    const rows = audit.list({ limit: 10 }).filter(({ what }) => what === 'token.add')
    expect(Object.fromEntries(rows.map(({ whose, from }) => [whose, from]))).toEqual({
      'token:over-the-proxy': '198.51.100.20',
      'token:past-the-proxy': '203.0.113.202',
    })
  })
})

describe('without a proxy that is trusted', () => {
  it('counts X-Forwarded-For for nothing, from loopback neither', async () => {
    const plain = await registerHub()
    try {
      const tries = await triesOf((attempt) => tryLink('127.0.0.1', `198.51.100.${attempt}`, plain.app))
      expect(tries).toBeLessThanOrEqual(10)
    } finally {
      await plain.stop()
    }
  })
})

describe('GET /metrics', () => {
  const read = async (remoteAddress: string, headers = {}, app = hub.app): Promise<number> =>
    (await app.inject({ url: '/metrics', remoteAddress, headers })).statusCode
  const bearer = (scope: 'read:metrics' | 'read:alerts') => ({
    authorization: `Bearer ${hub.hub.office.people.createAccessToken({ name: scope.replace(':', '-'), scopes: [scope], areas: 'all', by: 'test' })}`,
  })

  it('is for programs on this machine', async () => {
    for (const here of ['127.0.0.1', '127.0.0.2', '::1', '::ffff:127.0.0.1'])
      expect(await read(here)).toBe(200)
    for (const there of ['10.0.0.9', '::ffff:10.0.0.9', 'fd00:8::1']) expect(await read(there)).toBe(401)
  })

  it('is not for whom a proxy on this machine passes on', async () => {
    const names = [
      'X-Forwarded-For',
      'X-Forwarded-Host',
      'X-Forwarded-Proto',
      'Forwarded',
      'X-Real-IP',
      'Via',
    ]
    for (const name of [...names, 'CF-Connecting-IP', 'True-Client-IP']) {
      expect(await read('127.0.0.1', { [name]: '127.0.0.1' }), name).toBe(401)
    }
    expect(await read(PROXY, { 'x-forwarded-for': '127.0.0.1' })).toBe(401)
  })

  it('is not for a page whose name leads to this machine (DNS rebinding)', async () => {
    for (const host of ['localhost', 'LOCALHOST:8080', '127.0.0.1:8080', '[::1]:8080', '127.8.0.1'])
      expect(await read('127.0.0.1', { host }), host).toBe(200)
    for (const host of [
      'evil.example:8080',
      'localhost.evil.example',
      '10.0.0.9',
      '[fd00::1]',
      'localhost:8080:1',
    ])
      expect(await read('127.0.0.1', { host }), host).toBe(401)
  })

  it('is for a token with the scope read:metrics, from anywhere', async () => {
    expect(await read('10.0.0.9', { host: 'hub.example', ...bearer('read:metrics') })).toBe(200)
    expect(await read('10.0.0.9', bearer('read:alerts'))).toBe(403)
    expect(await read('10.0.0.9', { authorization: 'Bearer aal_wrong' })).toBe(401)
  })

  it('is for all where the settings say so', async () => {
    const open = await registerHub({ metrics: 'all' })
    try {
      expect(await read('10.0.0.9', {}, open.app)).toBe(200)
    } finally {
      await open.stop()
    }
  })
})
