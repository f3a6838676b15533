import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'
import type { FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createHttpApp } from '../../hub/http/app.ts'
import { ROLES } from '../../hub/model/person.ts'
import { createOidc, readIdentity, wasAskedSince } from '../../hub/people/oidc.ts'
import { memoryOffice } from '../http/memory-office.ts'
import type { MemoryOffice } from '../http/memory-office.ts'

const ACCOUNTS: Readonly<Record<string, object>> = {
  s1: { preferred_username: 'siv@centre.example', name: 'Siv Olsen', groups: ['aal-operators', 'staff'] },
  s2: { preferred_username: 'mona', name: 'Mona', groups: ['aal-operators'] },
  s3: { preferred_username: 'eve', groups: ['staff'] },
}

let issuer: string
let providerServer: Server
/** Where hubs of the tests are; each registers its own. */
const redirects: string[] = []

beforeAll(async () => {
  // It says each time that it is set up for a test.
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  providerServer = createServer()
  await new Promise<void>((fulfil) => providerServer.listen(0, '127.0.0.1', fulfil))
  issuer = `http://127.0.0.1:${(providerServer.address() as AddressInfo).port}`
})
afterAll(() => new Promise((fulfil) => providerServer.close(fulfil)))

let now: number
let office: MemoryOffice
let app: FastifyInstance
let url: string

function startProvider(): Provider {
  return new Provider(issuer, {
    clients: [
      {
        client_id: 'aal',
        client_secret: 'a secret of the test',
        token_endpoint_auth_method: 'client_secret_post',
        redirect_uris: redirects,
        post_logout_redirect_uris: [`${url}/sign-in`],
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['preferred_username', 'name', 'groups'] },
    conformIdTokenClaims: false,
    ttl: { IdToken: 3600, Interaction: 600, Grant: 600, Session: 600, AccessToken: 600 },
    cookies: { keys: ['k'] },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: async () => ({ sub, ...ACCOUNTS[sub] }) }),
  })
}

/** A browser: follows redirects by hand, with the cookies of each host. */
function browser() {
  const jars = new Map<string, Map<string, string>>()
  async function go(at: string, form?: Record<string, string>) {
    const { host } = new URL(at)
    const jar = jars.get(host) ?? new Map<string, string>()
    jars.set(host, jar)
    const answer = await fetch(at, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    })
    for (const line of answer.headers.getSetCookie()) {
      const [pair = '', ...rest] = line.split(';')
      const [name = '', value = ''] = pair.split(/=(.*)/s)
      if (value === '' || rest.some((part) => /expires=thu, 01 jan 1970/i.test(part))) jar.delete(name)
      else jar.set(name, value)
    }
    const location = answer.headers.get('location')
    return {
      status: answer.status,
      answer,
      text: await answer.text(),
      to: location ? new URL(location, at).href : '',
    }
  }
  /** Where the provider sends the browser back when it asks nothing. */
  async function follow(at: string): Promise<string> {
    let to = at
    for (let step = 0; step < 12 && !to.startsWith(url); step++) to = (await go(to)).to
    return to
  }
  return { go, follow, cookie: (name: string) => jars.get(new URL(url).host)?.get(name) }
}

/** Signs in at the provider as somebody; @returns the address to which it sends the browser back. */
async function upToCallback(tab: ReturnType<typeof browser>, sub: string, change = (at: URL) => at) {
  const begun = await tab.go(`${url}/api/oidc/sign-in`)
  expect(begun.status).toBe(303)
  let page = await tab.go(change(new URL(begun.to)).href)
  for (let step = 0; step < 12; step++) {
    if (page.to.startsWith(url)) return page.to
    if (page.to !== '') {
      page = await tab.go(page.to)
      continue
    }
    const [, action = ''] = /<form[^>]* action="([^"]+)"/.exec(page.text) ?? []
    const [, prompt = ''] = /name="prompt" value="([^"]+)"/.exec(page.text) ?? []
    expect(action).not.toBe('')
    page = await tab.go(new URL(action, issuer).href, {
      prompt,
      ...(prompt === 'login' && { login: sub, password: 'x' }),
    })
  }
  throw new Error(`The provider did not send the browser back: ${page.status} ${page.text.slice(0, 300)}`)
}

async function signIn(sub: string, change?: (at: URL) => URL, changeBack = (at: URL) => at) {
  const tab = browser()
  const back = await upToCallback(tab, sub, change)
  const end = await tab.go(changeBack(new URL(back)).href)
  return { tab, end, back, session: tab.cookie('aal_session') }
}

describe('signing in by a provider', () => {
  beforeEach(async () => {
    now = Date.now()
    office = memoryOffice(() => now)
    office.people.add({ id: 'mona', roles: ROLES, areas: 'all' })
    app = await createHttpApp({
      office,
      version: '0.0.0',
      phone: false,
      trusted: false,
      signInWith: createOidc({
        issuer,
        clientId: 'aal',
        clientSecret: 'a secret of the test',
        name: 'the centre',
        scope: 'openid profile',
        personClaim: 'preferred_username',
        roleClaim: 'groups',
        roles: { 'aal-operators': 'operator' },
        hubUrl: () => url,
        now: () => now,
      }),
    })
    url = await app.listen({ host: '127.0.0.1', port: 0 })
    redirects.splice(0, redirects.length, `${url}/api/oidc/callback`)
    providerServer.removeAllListeners('request')
    providerServer.on('request', startProvider().callback())
  })
  afterEach(async () => {
    providerServer.closeAllConnections()
    await app.close()
  })

  it('makes a person with the roles of its claims, signed in with a cookie no script can read', async () => {
    const { end, session } = await signIn('s1')
    expect(end.to).toBe(`${url}/`)
    const cookie = end.answer.headers.getSetCookie().find((line) => line.startsWith('aal_session='))
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict/)
    const who = await (
      await fetch(`${url}/api/session`, { headers: { cookie: `aal_session=${session}` } })
    ).json()
    expect(who).toMatchObject({
      person: 'siv',
      name: 'Siv Olsen',
      roles: ['operator'],
      areas: 'all',
      locked: false,
    })
    expect(who).toHaveProperty('locksAt')
    expect(office.people.find('siv')?.subject).toBe(`${issuer} s1`)
    expect(office.audit.list({ limit: 1 })).toMatchObject([
      { who: 'person:siv', what: 'session.open', why: 'oidc' },
    ])
  })

  it('signs out here and says where to sign out there', async () => {
    const { session } = await signIn('s1')
    const headers = { cookie: `aal_session=${session}`, 'x-aal': '1' }
    const answer = await fetch(`${url}/api/session`, { method: 'DELETE', headers })
    const { signOut } = (await answer.json()) as { signOut: string }
    expect(signOut.startsWith(`${issuer}/session/end?`)).toBe(true)
    expect(new URL(signOut).searchParams.get('id_token_hint')).toMatch(/^ey/)
    expect((await fetch(`${url}/api/session`, { headers })).status).toBe(401)
  })

  it('refuses who has none of the roles', async () => {
    const { end, session } = await signIn('s3')
    expect([end.to, session]).toEqual([`${url}/sign-in?refused=no-role`, undefined])
    expect(office.people.find('eve')).toBeUndefined()
  })

  it('makes nobody a colleague who only has their name, until an admin says that they are', async () => {
    const { end, session } = await signIn('s2')
    expect([end.to, session]).toEqual([`${url}/sign-in?refused=taken`, undefined])
    office.people.change('mona', { subject: `${issuer} s2` })
    // The only admin: what the provider says of roles counts all the same, later than what was here.
    expect((await signIn('s2')).session).toBeDefined()
    expect(office.people.find('mona')?.roles).toEqual(['operator'])
  })

  it('refuses who was removed', async () => {
    await signIn('s1')
    office.people.remove('siv')
    const { end, session } = await signIn('s1')
    expect([end.to, session]).toEqual([`${url}/sign-in?refused=removed`, undefined])
  })

  const set = (name: string, value: string) => (at: URL) => {
    at.searchParams.set(name, value)
    return at
  }

  it('refuses an ID token with another nonce', async () => {
    expect((await signIn('s1', set('nonce', 'another'))).end.to).toBe(`${url}/sign-in?refused=failed`)
  })

  it('refuses another state', async () => {
    expect((await signIn('s1', undefined, set('state', 'another'))).end.to).toBe(
      `${url}/sign-in?refused=failed`,
    )
  })

  it('refuses the answer of another issuer', async () => {
    const { end } = await signIn('s1', undefined, set('iss', 'https://evil.example'))
    expect(end.to).toBe(`${url}/sign-in?refused=failed`)
  })

  it('refuses a code whose PKCE challenge is not of this sign-in', async () => {
    const { end } = await signIn('s1', set('code_challenge', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'))
    expect(end.to).toBe(`${url}/sign-in?refused=failed`)
  })

  /** The provider as it is, but with something done before or after it answers. */
  const answerAs = (how: (path: string, response: ServerResponse) => void) => {
    providerServer.removeAllListeners('request')
    const answer = startProvider().callback()
    providerServer.on('request', (request, response) => {
      how(request.url ?? '', response)
      if (!response.writableEnded) void answer(request, response)
    })
  }

  it('refuses an ID token that has expired by our clock, and says that the clocks differ', async () => {
    answerAs((path, response) => {
      if (path !== '/token') return
      response.on('finish', () => {
        vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * 3_600_000 })
      })
    })
    const { end } = await signIn('s1')
    vi.useRealTimers()
    expect(end.to).toBe(`${url}/sign-in?refused=clock`)
    expect(office.people.find('siv')).toBeUndefined()
  })

  it('says that the provider refused them, or is away at the last step', async () => {
    const without = (name: string, value: string) => (at: URL) => {
      at.search = new URLSearchParams({
        error: value,
        state: at.searchParams.get('state') ?? '',
        iss: issuer,
      }).toString()
      return set(name, value)(at)
    }
    expect((await signIn('s1', undefined, without('error', 'access_denied'))).end.to).toBe(
      `${url}/sign-in?refused=denied`,
    )
    expect((await signIn('s1', undefined, without('error', 'temporarily_unavailable'))).end.to).toBe(
      `${url}/sign-in?refused=away`,
    )
    answerAs((path, response) => {
      if (path === '/token') response.writeHead(503).end()
    })
    expect((await signIn('s1')).end.to).toBe(`${url}/sign-in?refused=away`)
  })

  it('asks each time who is there, and refuses somebody whom the provider had from before', async () => {
    const { tab } = await signIn('s1')
    const begun = await tab.go(`${url}/api/oidc/sign-in`)
    expect(new URL(begun.to).searchParams.get('prompt')).toBe('login')
    // Whoever stands at the screen can change the address: the provider then asks nobody.
    now += 60_000
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
    const untold = new URL(begun.to)
    untold.searchParams.delete('prompt')
    untold.searchParams.delete('max_age')
    const back = await tab.follow(untold.href)
    const end = await tab.go(back)
    vi.useRealTimers()
    expect(end.to).toBe(`${url}/sign-in?refused=not-asked`)
  })

  it('refuses to finish twice, in another browser, or too late', async () => {
    const { tab, back } = await signIn('s1')
    expect((await tab.go(back)).to).toBe(`${url}/sign-in?refused=late`)
    const mine = browser()
    const theirs = await upToCallback(mine, 's1')
    expect((await browser().go(theirs)).to).toBe(`${url}/sign-in?refused=late`)
    now += 10 * 60_000
    expect((await mine.go(theirs)).to).toBe(`${url}/sign-in?refused=late`)
  })

  it('says that the provider cannot be reached, and does when it is there again', async () => {
    providerServer.removeAllListeners('request')
    providerServer.on('request', (_request, response) => response.writeHead(503).end())
    expect((await browser().go(`${url}/api/oidc/sign-in`)).to).toBe(`${url}/sign-in?refused=away`)
    providerServer.removeAllListeners('request')
    providerServer.on('request', startProvider().callback())
    expect((await signIn('s1')).session).toBeDefined()
  })

  it('is told to the page where people sign in', async () => {
    expect(await (await fetch(`${url}/api/sign-in-ways`)).json()).toEqual({
      password: true,
      link: true,
      oidc: { name: 'the centre', url: '/api/oidc/sign-in' },
    })
  })
})

describe('wasAskedSince', () => {
  const begun = 1_000_000
  it.each([
    [{ iat: 5000, auth_time: 4990 }, 20_000, true],
    // Their clock is hours before or after ours.
    [{ iat: 9_999_999, auth_time: 9_999_990 }, 20_000, true],
    [{ iat: 5000, auth_time: 4900 }, 20_000, false],
    [{ iat: 5000 }, 20_000, false],
  ])('of %j, %i ms after they were sent there, is %s', (claims, after, was) => {
    expect(wasAskedSince(begun, begun + after, claims)).toBe(was)
  })
})

describe('readIdentity', () => {
  const options = {
    personClaim: 'email',
    roleClaim: 'role',
    roles: { nurse: 'operator', it: 'admin' },
    areaClaim: 'sites',
  } as const
  const base = { iss: 'https://id.example', sub: 'abc' }

  it('takes one word as well as a list, and each role once', () => {
    expect(readIdentity({ ...base, role: 'nurse', sites: 'Alta', email: 'siv.li@x' }, options)).toEqual({
      ok: true,
      identity: { subject: 'https://id.example abc', id: 'siv.li', roles: ['operator'], areas: ['Alta'] },
    })
    expect(
      readIdentity({ ...base, role: ['it', 'it', 'nurse', 7], sites: ['a', 'b'] }, options),
    ).toMatchObject({
      identity: { id: 'abc', roles: ['operator', 'admin'], areas: ['a', 'b'] },
    })
  })

  it.each([{}, { role: 'NURSE' }, { role: ['constructor'] }, { role: ['toString'] }])(
    'gives nobody a role for %j',
    (claims) => {
      expect(readIdentity({ ...base, sites: 'a', ...claims }, options)).toMatchObject({
        ok: false,
        why: 'no-role',
      })
    },
  )

  it('gives nobody all areas because the claim is missing', () => {
    expect(readIdentity({ ...base, role: 'nurse' }, options)).toMatchObject({ ok: false, why: 'no-role' })
  })
})
