import type { FastifyInstance, InjectOptions } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHttpApp } from '../../hub/http/app.ts'
import type { HttpOptions } from '../../hub/http/app.ts'
import { NO_POLICIES } from '../../hub/alerts/policy.ts'
import {
  exampleAlert,
  exampleAreaAlert,
  exampleHome,
  exampleNotification,
  memoryOffice,
} from './memory-office.ts'
import type { MemoryOffice } from './memory-office.ts'

const NOW = Date.UTC(2026, 10, 21, 2, 13)
/** What answers without a session. Anything new here is a decision. */
const OPEN = [
  'GET /healthz',
  'GET /readyz',
  'GET /metrics',
  'POST /api/session',
  'GET /hooks/kannel/delivery',
  'POST /hooks/twilio/inbound',
  'GET /api/heartbeat',
  'GET /api/openapi.json',
  // Their token proves who asks; without it they show and change nothing.
  'GET /a/:token',
  'POST /a/:token',
  'GET /d/:token',
  'POST /d/:token',
  'GET /s/:token',
  'GET /link.css',
  'GET /api/sign-in-ways',
]

let office: MemoryOffice
let app: FastifyInstance
let hookCalls: unknown[]
let refused: string[]

const options = (): HttpOptions => ({
  office,
  version: '0.0.0',
  phone: true,
  trusted: false,
  hooks: [
    {
      channel: 'kannel',
      name: 'delivery',
      methods: ['GET'],
      take: async (call) => {
        hookCalls.push(call)
        return call.query['token'] === 'right' ? { status: 200, text: 'ok' } : { status: 403, text: '' }
      },
    },
    {
      channel: 'twilio',
      name: 'inbound',
      methods: ['POST'],
      take: async (call) => {
        hookCalls.push(call)
        return { status: 200, text: '<Response/>', type: 'text/xml' }
      },
    },
  ],
  onHookRefused: (channel) => refused.push(channel),
})

beforeEach(async () => {
  office = memoryOffice(() => NOW)
  hookCalls = []
  refused = []
  office.addHome(...exampleHome('h1', 'Storgata 5'))
  app = await createHttpApp(options())
})
afterEach(() => app.close())

async function signIn(to = app): Promise<{ cookie: string; 'x-aal': string }> {
  const answer = await to.inject({
    method: 'POST',
    url: '/api/session',
    headers: { 'x-aal': '1' },
    payload: { token: office.people.createSignInToken('siv') },
  })
  expect(answer.statusCode).toBe(200)
  return { cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '', 'x-aal': '1' }
}

describe('every route', () => {
  it('refuses who has no session, but for the open ones', async () => {
    const routes: string[] = []
    const listing = await createHttpApp(options())
    // Fastify's own list: a route nobody thought of is in it too.
    const tree = listing.printRoutes({ commonPrefix: false, includeHooks: false })
    await listing.close()
    const path: string[] = []
    for (const line of tree.split('\n')) {
      const match = /^((?:│ {3}| {4})*)(?:├── |└── )(.*?)(?: \((.*)\))?$/.exec(line)
      if (!match) continue
      const [, indent = '', part = '', methods] = match
      path.length = indent.length / 4
      path.push(part)
      for (const method of methods?.split(', ') ?? []) routes.push(`${method} ${path.join('')}`)
    }
    expect(routes).toContain('POST /api/homes/:home/gateways')
    expect(routes.length).toBeGreaterThan(20)
    const answered: string[] = []
    for (const route of routes) {
      const [method, url = ''] = route.split(' ')
      if (method === 'HEAD' || url.startsWith('/api/docs')) continue
      const request = { method, url: url.replaceAll(/:\w+/g, 'h1') } as InjectOptions
      const answer = await app.inject({ ...request, headers: { 'x-aal': '1' } })
      if (answer.statusCode !== 401) answered.push(route)
      else expect(answer.headers['content-type']).toContain('application/problem+json')
    }
    // Signing in without a token is a bad request, not a refusal.
    expect(answered.sort()).toEqual([...OPEN].sort())
  })

  it('refuses a session that was signed out', async () => {
    const headers = await signIn()
    expect((await app.inject({ url: '/api/alerts', headers })).statusCode).toBe(200)
    expect((await app.inject({ method: 'DELETE', url: '/api/session', headers })).statusCode).toBe(204)
    expect((await app.inject({ url: '/api/alerts', headers })).statusCode).toBe(401)
  })

  it.each([
    ['the header', {}],
    ['the header, with a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['an origin of its own', { 'x-aal': '1', origin: 'https://evil.example' }],
    ['an origin at all', { 'x-aal': '1', origin: 'null' }],
  ])('refuses a change without %s', async (_, given) => {
    office.put({ alerts: [exampleAlert()] })
    const { cookie } = await signIn()
    const request = { method: 'POST', url: '/api/alerts/a1/acknowledge' } as const
    const answer = await app.inject({ ...request, headers: { cookie, ...given } })
    expect(answer.statusCode).toBe(403)
    expect(answer.json()).toMatchObject({ status: 403, detail: expect.stringContaining('Cannot make this') })
    expect(office.taken).toEqual([])
    const own = { cookie, 'x-aal': '1', origin: 'http://localhost:80', host: 'localhost' }
    expect((await app.inject({ ...request, headers: own })).statusCode).toBe(200)
  })

  it('carries a policy that allows no inline script or style', async () => {
    const policy = String((await app.inject('/healthz')).headers['content-security-policy'])
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("style-src 'self';")
    expect(policy).not.toContain('unsafe')
  })
})

describe('/api/session', () => {
  it('signs in once with a token, with a cookie no script can read', async () => {
    const token = office.people.createSignInToken('siv')
    const request = {
      method: 'POST',
      url: '/api/session',
      headers: { 'x-aal': '1' },
      payload: { token },
    } as const
    const first = await app.inject(request)
    expect(first.json()).toMatchObject({ person: 'siv', phone: true })
    expect(first.headers['set-cookie']).toMatch(/^aal_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
    const second = await app.inject(request)
    expect(second.statusCode).toBe(401)
    expect(second.json()).toMatchObject({
      title: 'Not signed in',
      detail: expect.stringMatching(/^Cannot sign in/),
    })
    expect(second.headers['set-cookie']).toBeUndefined()
  })

  it('marks the cookie Secure outside loopback, and keeps the token when plain HTTP would lose it', async () => {
    const token = office.people.createSignInToken('siv')
    const from = (origin: string) =>
      app.inject({
        method: 'POST',
        url: '/api/session',
        headers: { 'x-aal': '1', host: 'hub.example', origin },
        payload: { token },
      })
    expect((await from('http://hub.example')).json().detail).toMatch(/use HTTPS/)
    expect((await from('https://hub.example')).headers['set-cookie']).toMatch(/; Secure/)
  })

  it('stops guessing', async () => {
    const guess = () =>
      app.inject({
        method: 'POST',
        url: '/api/session',
        headers: { 'x-aal': '1' },
        payload: { token: 'wrong' },
      })
    for (let count = 0; count < 10; count++) expect((await guess()).statusCode).toBe(401)
    const answer = await guess()
    expect(answer.statusCode).toBe(429)
    expect(answer.json().detail).toMatch(/^Cannot try again yet: .* Wait 1 minute/)
    expect(answer.headers['retry-after']).toBeDefined()
  })

  it('says who is signed in', async () => {
    expect((await app.inject({ url: '/api/session', headers: await signIn() })).json()).toEqual({
      person: 'siv',
      roles: ['operator', 'installer', 'admin'],
      areas: 'all',
      phone: true,
      hasPassword: false,
      locked: false,
      locksAfter: 30 * 60_000,
      expiresAt: NOW + 14 * 3_600_000,
    })
  })
})

describe('/api/alerts', () => {
  it('gives an alert as the board shows it', async () => {
    office.put({
      alerts: [exampleAlert()],
      notifications: [exampleNotification(), exampleNotification({ id: 'x', template: 'taken' })],
      events: ['accepted', 'delivered'].map((text, index) => ({
        alert: 'a1',
        now: NOW,
        at: NOW + index,
        what: 'delivery',
        by: 'contact:daughter',
        via: 'sms',
        text,
      })),
    })
    const { alerts } = (await app.inject({ url: '/api/alerts', headers: await signIn() })).json()
    const { progress: _, ...alert } = exampleAlert()
    expect(alerts).toEqual([
      {
        ...alert,
        homeLabel: 'Storgata 5',
        residentName: 'Kari Nordmann',
        sensor: 'fall-1',
        room: 'bathroom',
        timezone: 'Europe/Oslo',
        escalation: {
          messages: [
            {
              id: 'a1/1/daughter/sms',
              recipient: 'contact:daughter',
              contact: 'Anne',
              channel: 'sms',
              state: 'delivered',
              at: NOW + 1,
              queuedAt: exampleNotification().queuedAt,
              acceptedAt: NOW,
              deliveredAt: NOW + 1,
            },
          ],
          next: { at: exampleAlert().nextStepAt, contact: 'Per' },
        },
      },
    ])
  })

  it('gives resolved alerts page by page, after the open ones, each once', async () => {
    const resolved = Array.from({ length: 7 }, (_, index) =>
      // Two of them at one time.
      exampleAlert({ id: `r${index}`, handling: 'resolved', openedAt: 1000 + Math.min(index, 5) }),
    )
    office.put({ alerts: [exampleAlert(), ...resolved] })
    const headers = await signIn()
    const ids: string[][] = []
    for (let next: string | undefined = ''; next !== undefined;) {
      const query: string = next === '' ? '' : `&cursor=${next}`
      const answer = await app.inject({ url: `/api/alerts?all=true&limit=3${query}`, headers })
      const page = answer.json() as { alerts: { id: string }[]; next?: string }
      ids.push(page.alerts.map(({ id }) => id))
      next = page.next
    }
    expect(ids).toEqual([['a1', 'r6', 'r5', 'r4'], ['r3', 'r2', 'r1'], ['r0']])
    const bad = await app.inject({ url: '/api/alerts?all=true&cursor=W10', headers })
    expect([bad.statusCode, bad.json().detail]).toEqual([400, expect.stringContaining('"cursor"')])
  })

  it('takes over, hands on, notes, and says who goes there, in the name of who signed in', async () => {
    office.put({ alerts: [exampleAlert()] })
    const headers = await signIn()
    const post = (what: string, payload: object) =>
      app.inject({ method: 'POST', url: `/api/alerts/a1/${what}`, headers, payload })
    const who = { alert: 'a1', by: 'operator:siv', via: 'console' }
    expect((await post('take-over', { by: 'operator:ola' })).json()).toMatchObject({
      alert: { handledBy: 'operator:siv' },
    })
    expect((await post('hand-on', { to: 'contact:son' })).json()).toMatchObject({
      alert: { handedTo: 'contact:son', handedToName: 'Per' },
    })
    expect((await post('attend', { what: 'on-the-way' })).json()).toMatchObject({
      alert: { attendance: { what: 'on-the-way', by: 'operator:siv', byName: 'siv' } },
    })
    expect((await post('comment', { text: ' key outside ' })).statusCode).toBe(200)
    expect(office.taken).toEqual([
      { type: 'take-over', ...who },
      { type: 'hand-on', to: 'contact:son', ...who },
      { type: 'attend', what: 'on-the-way', ...who },
      { type: 'comment', text: 'key outside', ...who },
    ])
    for (const [what, payload] of [
      ['hand-on', { to: 'operator:ola' }],
      ['attend', { what: 'asleep' }],
      ['comment', { text: '  ' }],
    ] as const) {
      expect((await post(what, payload)).statusCode).toBe(400)
    }
    const { people } = (await app.inject({ url: '/api/alerts/a1', headers })).json()
    expect(people).toEqual([
      { id: 'contact:daughter', name: 'Anne' },
      { id: 'contact:son', name: 'Per' },
    ])
  })

  it('gives the four facts about a message, and who of the care centre cannot be reached', async () => {
    const step = { to: { type: 'oncall' as const, rota: 'centre' }, by: ['sms' as const], wait: 60_000 }
    const policy = {
      id: 'p',
      use: { category: ['safety' as const], severity: ['high' as const] },
      steps: [step] as const,
      repeat: { from: 0, every: 60_000 },
    }
    office.policySet = { ...NO_POLICIES, policies: new Map([['p', policy]]) }
    const at = exampleNotification().queuedAt
    const by = { alert: 'a1', by: 'contact:daughter', via: 'sms' }
    office.put({
      alerts: [exampleAlert()],
      notifications: [exampleNotification()],
      events: [
        { ...by, now: at + 1, at: at + 1, what: 'delivery', text: 'accepted' },
        { ...by, now: at + 2, at: at + 2, what: 'delivery', text: 'delivered' },
        { ...by, now: at + 3, at: at + 3, what: 'declined' },
      ],
    })
    const { alert } = (await app.inject({ url: '/api/alerts/a1', headers: await signIn() })).json()
    expect(alert.escalation).toMatchObject({
      messages: [
        { queuedAt: at, acceptedAt: at + 1, deliveredAt: at + 2, answer: { what: 'declined', at: at + 3 } },
      ],
      outOfReach: ['centre'],
      next: { contact: 'Per' },
    })
  })

  it('says where each contact wrote STOP', async () => {
    const home = office.core.home('h1')
    if (!home) throw new Error('There is no home')
    const stopped = { since: NOW }
    office.put({ alerts: [exampleAlert()] })
    const seen = async () =>
      (await app.inject({ url: '/api/alerts/a1', headers: await signIn() })).json().alert.escalation
        .allStopped
    expect(await seen()).toBeUndefined()
    office.core.home = () => ({ ...home, contacts: home.contacts.map((one) => ({ ...one, stopped })) })
    expect(await seen()).toBe(true)
  })

  it('says of a message that went once more by which channel it did not arrive', async () => {
    const at = exampleNotification().queuedAt
    const by = { alert: 'a1', by: 'contact:daughter', via: 'sms' }
    office.put({
      alerts: [exampleAlert()],
      notifications: [exampleNotification({ state: 'accepted', via: 'elks', notBy: ['kannel'] })],
      events: [
        { ...by, now: at + 1, at: at + 1, what: 'delivery', text: 'accepted' },
        { ...by, now: at + 9, at: at + 9, what: 'rerouted', text: 'kannel: no report' },
        { ...by, now: at + 10, at: at + 10, what: 'delivery', text: 'accepted' },
      ],
    })
    const { alert, events } = (await app.inject({ url: '/api/alerts/a1', headers: await signIn() })).json()
    expect(alert.escalation.messages).toMatchObject([
      { state: 'accepted', at: at + 10, acceptedAt: at + 1, via: 'elks', notBy: ['kannel'] },
    ])
    expect(events[1]).toMatchObject({ what: 'rerouted', text: 'kannel: no report' })
  })

  it('gives an alert about an area with its homes by name, all of them by its own address only', async () => {
    const homes = Array.from({ length: 201 }, (_, index) => ({ home: `h${index + 1}`, since: NOW, risk: 3 }))
    office.put({ alerts: [exampleAreaAlert(homes)] })
    const headers = await signIn()
    const { alerts } = (await app.inject({ url: '/api/alerts', headers })).json()
    expect(alerts).toHaveLength(1)
    expect(alerts[0]).toMatchObject({
      area: 'Vardø',
      homeCount: 201,
      timezone: 'Europe/Oslo',
      detail: { most: 203 },
      escalation: { messages: [] },
    })
    expect(alerts[0]).not.toHaveProperty('home')
    expect(alerts[0].detail).not.toHaveProperty('homes')
    expect(alerts[0].homes).toHaveLength(200)
    expect(alerts[0].homes.slice(0, 2)).toEqual([
      { home: 'h1', label: 'Storgata 5', since: NOW, risk: 3 },
      { home: 'h2', since: NOW, risk: 3 },
    ])
    const whole = (await app.inject({ url: '/api/alerts/area1', headers })).json()
    expect(whole.alert.homes).toHaveLength(201)
    const url = '/api/alerts/area1/acknowledge'
    expect((await app.inject({ method: 'POST', url, headers, payload: {} })).statusCode).toBe(200)
  })

  it('takes and resolves as whoever is signed in, whatever the body says', async () => {
    office.put({ alerts: [exampleAlert()] })
    const headers = await signIn()
    const post = (what: string, payload: object) =>
      app.inject({ method: 'POST', url: `/api/alerts/a1/${what}`, headers, payload })
    expect((await post('acknowledge', { by: 'operator:boss' })).json().alert).toMatchObject({
      handling: 'acknowledged',
      handledByName: 'siv',
    })
    expect((await post('resolve', { cause: 'nap' })).statusCode).toBe(400)
    expect((await post('resolve', { cause: 'pet', comment: ' the cat ' })).statusCode).toBe(200)
    expect(office.taken).toEqual([
      { type: 'acknowledge', alert: 'a1', by: 'operator:siv', via: 'console' },
      { type: 'resolve', alert: 'a1', by: 'operator:siv', via: 'console', cause: 'pet', comment: 'the cat' },
    ])
    const again = await post('acknowledge', {})
    expect([again.statusCode, again.json().detail]).toEqual([409, 'Cannot do this: it is resolved already.'])
    expect((await app.inject({ url: '/api/alerts', headers })).json().alerts).toEqual([])
    expect((await app.inject({ url: '/api/alerts?all=true', headers })).json().alerts).toHaveLength(1)
    const { events } = (await app.inject({ url: '/api/alerts/a1', headers })).json()
    expect(events.map((one: { what: string }) => one.what)).toEqual(['acknowledged', 'resolved'])
  })

  it('names the contacts in the history of an alert', async () => {
    const event = { alert: 'a1', now: NOW, at: NOW, via: 'timer', by: 'hub', what: 'notified' } as const
    office.put({ alerts: [exampleAlert()], events: [{ ...event, text: 'contact:daughter' }] })
    const { events } = (await app.inject({ url: '/api/alerts/a1', headers: await signIn() })).json()
    expect(events).toEqual([{ ...event, byName: undefined, text: 'Anne' }])
  })

  it('answers 404 for an alert that is none', async () => {
    const answer = await app.inject({ url: '/api/alerts/zz', headers: await signIn() })
    expect(answer.statusCode).toBe(404)
    expect(answer.json().detail).toMatch(/^Cannot find the alert "zz"/)
  })
})

describe('the admin socket', () => {
  it('needs no session and may act for another', async () => {
    const admin = await createHttpApp({ ...options(), trusted: true })
    office.put({ alerts: [exampleAlert(), exampleAlert({ id: 'a2' })] })
    const post = (id: string, payload?: object) =>
      admin.inject({ method: 'POST', url: `/api/alerts/${id}/acknowledge`, ...(payload && { payload }) })
    expect((await post('a1')).statusCode).toBe(200)
    expect((await post('a2', { by: 'operator:siv', via: 'api' })).statusCode).toBe(200)
    expect(office.taken).toEqual([
      { type: 'acknowledge', alert: 'a1', by: 'operator:cli', via: 'cli' },
      { type: 'acknowledge', alert: 'a2', by: 'operator:siv', via: 'api' },
    ])
    await admin.close()
  })
})

describe('an unknown address', () => {
  it('sends a browser to the board, and tells everybody else', async () => {
    const pages = await createHttpApp({ ...options(), consoleDir: import.meta.dirname })
    const ask = (url: string, accept: string) => pages.inject({ url, headers: { accept } })
    const html = 'text/html,application/xhtml+xml,*/*;q=0.8'
    const page = await ask('/foo?x=1', html)
    expect([page.statusCode, page.headers.location]).toEqual([302, '/'])
    for (const answer of [await ask('/foo', '*/*'), await ask('/api/foo', html)]) {
      expect(answer.statusCode).toBe(404)
      expect(answer.headers['content-type']).toContain('application/problem+json')
    }
    await pages.close()
  })
})

describe('/api/homes/:home/holds', () => {
  const call = async (method: 'GET' | 'PUT' | 'DELETE', path: string, payload?: object) =>
    app.inject({ method, url: `/api/${path}`, headers: await signIn(), ...(payload && { payload }) })

  it('holds a rule with a reason, shows that, and lifts it, in the name of whoever signed in', async () => {
    const set = await call('PUT', 'homes/h1/holds/door-open', { for: '2h', why: 'Moving', by: 'operator:x' })
    const held = { rule: 'door-open', by: 'operator:siv', via: 'console', why: 'Moving' }
    expect(set.json()).toMatchObject({ home: 'h1', holds: [held] })
    expect((await call('GET', 'homes/h1/holds')).json()).toMatchObject({ holds: [held] })
    expect((await call('GET', 'holds')).json()).toMatchObject({ holds: [{ home: 'h1', ...held }] })
    office.put({ alerts: [exampleAlert(), exampleAlert({ id: 'door', rule: 'door-open', held: true })] })
    expect((await call('GET', 'alerts/door')).json()).toMatchObject({
      alert: { held: true, hold: { why: 'Moving', by: 'operator:siv' } },
    })
    expect((await call('GET', 'alerts/a1')).json()).toMatchObject({ alert: { otherHolds: 1 } })
    expect((await call('DELETE', 'homes/h1/holds/door-open')).json()).toMatchObject({ holds: [] })
  })

  it.each([
    ['h9/holds/door-open', { for: '2h', why: 'x' }, 404],
    ['h1/holds/fall', { for: '2h', why: 'x' }, 422],
    ['h1/holds/door-open', { for: '2h' }, 400],
    ['h1/holds/door-open', { for: '2h', why: ' ' }, 400],
    ['h1/holds/door-open', { why: 'x' }, 400],
    ['h1/holds/door-open', { for: '2h', until: '14:30', why: 'x' }, 400],
  ])('refuses %s with %j', async (path, payload, status) => {
    expect((await call('PUT', `homes/${path}`, payload)).statusCode).toBe(status)
    expect((await call('GET', 'holds')).json()).toEqual({ holds: [] })
  })
})

describe('GET /api/homes/:home', () => {
  const get = async (path: string) => app.inject({ url: `/api/homes/${path}`, headers: await signIn() })

  it('shows a home by its pseudonyms, and names only to whoever asks for them', async () => {
    office.put({ alerts: [exampleAlert()] })
    const plain = await get('h1')
    expect(plain.json()).toMatchObject({
      home: 'h1',
      gateways: [{ id: 'gw-1', online: true, credentials: true }],
      sensors: [{ id: 'fall-1', alive: false, last: [] }],
      contacts: [
        { id: 'daughter', order: 1, role: 'family' },
        { id: 'son', order: 2 },
      ],
      alerts: [{ id: 'a1', rule: 'fall' }],
    })
    expect(plain.body).not.toMatch(/Kari|Anne|Storgata|\+47/)
    const reveal = async (payload: object) =>
      app.inject({ method: 'POST', url: '/api/homes/h1/reveal', headers: await signIn(), payload })
    expect((await reveal({})).statusCode).toBe(400)
    expect((await reveal({ reason: 'alert 4821' })).json()).toMatchObject({
      label: 'Storgata 5',
      residents: [{ name: 'Kari Nordmann' }],
      contacts: [{ name: 'Anne' }, { name: 'Per' }],
    })
    expect((await get('h9')).statusCode).toBe(404)
  })
})

describe('/api/homes/:home/modes', () => {
  const call = async (method: 'GET' | 'PUT' | 'DELETE', path: string, payload?: object) => {
    const url = `/api/homes/${path}`
    return app.inject({ method, url, headers: await signIn(), ...(payload && { payload }) })
  }

  it('sets, shows and ends a mode in the name of whoever signed in', async () => {
    const set = await call('PUT', 'h1/modes/maintenance', { for: '2h', by: 'operator:someone' })
    const mode = { mode: 'maintenance', since: NOW, until: NOW + 4 * 3_600_000 }
    const expected = { home: 'h1', modes: [{ ...mode, by: 'operator:siv', via: 'console' }] }
    expect(set.json()).toMatchObject(expected)
    expect((await call('GET', 'h1/modes')).json()).toMatchObject(expected)
    expect((await call('DELETE', 'h1/modes/maintenance')).json()).toMatchObject({ modes: [] })
  })

  it('needs nothing but the mode', async () => {
    expect((await call('PUT', 'h1/modes/away')).json()).toMatchObject({ modes: [{ mode: 'away' }] })
  })

  it.each([
    ['h9/modes/away', {}, 404],
    ['h1/modes/holiday', {}, 400],
    ['h1/modes/away', { until: '14:30', for: '2h' }, 400],
    ['h1/modes/away', { until: '2020-01-01 12:00' }, 422],
    ['h1/modes/away', { why: ' ' }, 400],
  ])('refuses %s with %j', async (path, payload, status) => {
    expect((await call('PUT', path, payload)).statusCode).toBe(status)
    expect((await call('GET', 'h1/modes')).json()).toMatchObject({ modes: [] })
  })
})

describe('/api/homes', () => {
  it('takes an import as YAML and as JSON', async () => {
    const headers = await signIn()
    for (const request of [
      { payload: 'homes: []', headers: { ...headers, 'content-type': 'text/yaml' } },
      { payload: { file: 'a.yaml', text: 'homes: []' }, headers },
    ]) {
      const answer = await app.inject({ method: 'POST', url: '/api/homes', ...request })
      expect(answer.json()).toEqual({ homes: 1, changed: 1, limitsReplaced: 0 })
    }
  })

  it('gives every error of a file, with its place', async () => {
    const payload = { file: 'a.yaml', text: 'bad' }
    const answer = await app.inject({ method: 'POST', url: '/api/homes', headers: await signIn(), payload })
    expect(answer.statusCode).toBe(422)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.json()).toEqual({
      type: 'about:blank',
      status: 422,
      title: 'Cannot be taken',
      detail: 'Cannot import these homes: 2 errors',
      problems: [
        { file: 'a.yaml', line: 2, column: 3, message: 'Cannot take line 2.' },
        { file: 'a.yaml', line: 4, column: 3, message: 'Cannot take line 4.' },
      ],
    })
  })

  it('lists homes, makes gateways, and gives series and undecoded messages', async () => {
    const headers = await signIn()
    office.setReachable('h1', false)
    const get = async (url: string) => (await app.inject({ url, headers })).json()
    expect((await get('/api/homes')).homes).toEqual([
      {
        id: 'h1',
        label: 'Storgata 5',
        timezone: 'Europe/Oslo',
        gateways: 1,
        residents: 1,
        sensors: 1,
        contacts: 2,
        reachable: false,
        holds: 0,
      },
    ])
    const gateway = (home: string) =>
      app.inject({ method: 'POST', url: `/api/homes/${home}/gateways`, headers, payload: { id: 'gw-7' } })
    expect((await gateway('h1')).json()).toEqual({ home: 'h1', username: 'gw-7', password: 'shown-once' })
    expect((await gateway('h9')).statusCode).toBe(404)
    expect((await get('/api/homes/h1/series?kind=body_temperature&from=5&to=9')).points).toEqual([
      { at: 5, value: 36.6 },
    ])
    expect(office.seriesQueries).toEqual([
      { home: 'h1', kind: 'body_temperature', from: 5, to: 9, limit: 10_000 },
    ])
    expect((await get('/api/undecoded?limit=1')).undecoded).toHaveLength(1)
  })
})

describe('lists in pages', () => {
  const notifications = ['m1', 'm2', 'm3', 'm4', 'm5'].map((id, index) =>
    // Two of the same millisecond: a page may end between them.
    exampleNotification({
      id,
      queuedAt: NOW + Math.floor(index / 2),
      state: index % 2 === 0 ? 'failed' : 'delivered',
    }),
  )

  async function pages(path: string): Promise<string[][]> {
    const headers = await signIn()
    const all: string[][] = []
    let next: string | undefined
    do {
      const cursor: string = next === undefined ? '' : `&cursor=${encodeURIComponent(next)}`
      const answer = (await app.inject({ url: `${path}${cursor}`, headers })).json()
      all.push(answer.messages.map(({ id }: { id: string }) => id))
      next = answer.next
    } while (next !== undefined)
    return all
  }

  it.each([
    ['all messages', '/api/messages?limit=2', [['m5', 'm4'], ['m3', 'm2'], ['m1']]],
    [
      'those of an alert',
      '/api/messages?limit=3&alert=a1',
      [
        ['m5', 'm4', 'm3'],
        ['m2', 'm1'],
      ],
    ],
    ['those that failed', '/api/messages?limit=2&state=failed', [['m5', 'm3'], ['m1']]],
    ['those that fill a page', '/api/messages?limit=5', [['m5', 'm4', 'm3', 'm2', 'm1']]],
  ])('gives %s, none twice and none left out', async (_, path, expected) => {
    office.put({ alerts: [exampleAlert()], notifications })
    expect(await pages(path)).toEqual(expected)
  })

  it('goes on behind what others may see alone', async () => {
    const [home, personal] = exampleHome('h2', 'Lia 2')
    office.addHome({ ...home, area: 'Alta' }, personal)
    office.put({
      notifications: notifications.map((one, index) => (index % 2 ? { ...one, home: 'h2' } : one)),
    })
    office.people.add({ id: 'ida', roles: ['operator'], areas: ['Alta'] })
    const session = office.people.signIn(office.people.createSignInToken('ida'))?.session ?? ''
    const { messages, next } = (
      await app.inject({ url: '/api/messages?limit=1', cookies: { aal_session: session } })
    ).json()
    expect(messages.map(({ id }: { id: string }) => id)).toEqual(['m4'])
    const url = `/api/messages?limit=1&cursor=${next}`
    const second = (await app.inject({ url, cookies: { aal_session: session } })).json()
    expect(second.messages.map(({ id }: { id: string }) => id)).toEqual(['m2'])
    expect(second).not.toHaveProperty('next')
  })

  it.each(['/api/messages', '/api/undecoded'])('%s refuses a cursor of another list', async (path) => {
    const answer = await app.inject({ url: `${path}?cursor=eyJ4IjoxfQ`, headers: await signIn() })
    expect([answer.statusCode, answer.json().detail]).toEqual([
      400,
      expect.stringContaining('Cannot use "cursor"'),
    ])
  })
})

describe('/api/phone', () => {
  it('shows what each phone got and wrote, and takes an answer as from that phone', async () => {
    office.put({
      alerts: [exampleAlert()],
      notifications: [
        exampleNotification(),
        exampleNotification({ id: 'q', contact: 'son', state: 'queued' }),
      ],
    })
    const headers = await signIn()
    const phones = async () => (await app.inject({ url: '/api/phone', headers })).json().phones
    expect(await phones()).toMatchObject([
      { home: 'h1', contact: 'daughter', name: 'Anne', messages: [{ from: 'hub', code: '4821' }] },
    ])
    const answer = await app.inject({
      method: 'POST',
      url: '/api/phone/h1/daughter',
      headers,
      payload: { text: '1 4821' },
    })
    expect(answer.json()).toEqual({ matched: true, reason: 'Taken.' })
    expect(office.taken).toMatchObject([{ type: 'acknowledge', by: 'contact:daughter', via: 'sms' }])
    const [phone] = await phones()
    expect(phone.messages.map((one: { from: string }) => one.from)).toEqual(['hub', 'phone'])
    expect(phone.messages[0].code).toBeUndefined()
  })

  it('shows many that went in one message as that message', async () => {
    const digest = { id: 'd1', code: '5520', count: 2 }
    office.put({
      alerts: [exampleAlert()],
      notifications: [exampleNotification(), exampleNotification({ id: 'member', digest })],
    })
    const headers = await signIn()
    const { phones } = (await app.inject({ url: '/api/phone', headers })).json()
    expect(phones[0].messages).toHaveLength(1)
    const { messages } = (await app.inject({ url: '/api/messages', headers })).json()
    expect(messages.map(({ id, others }: { id: string; others?: number }) => [id, others])).toEqual(
      expect.arrayContaining([
        ['member', 1],
        [exampleNotification().id, undefined],
      ]),
    )
  })

  it('puts an answer before what the hub says to it in the same millisecond', async () => {
    const queuedAt = NOW
    office.put({ notifications: [exampleNotification({ template: 'taken', queuedAt })] })
    await office.takeAnswer('+4790000001', 'yes')
    const { phones } = (await app.inject({ url: '/api/phone', headers: await signIn() })).json()
    expect(phones[0].messages.map((one: { from: string }) => one.from)).toEqual(['phone', 'hub'])
  })

  it('is not there when messages go to real phones', async () => {
    const real = await createHttpApp({ ...options(), phone: false })
    expect((await real.inject({ url: '/api/phone', headers: await signIn(real) })).statusCode).toBe(404)
    await real.close()
  })
})

describe('/hooks', () => {
  it('hands a call to its hook as it came, and answers as the hook says', async () => {
    const answer = await app.inject('/hooks/kannel/delivery?token=right&id=7&id=8&type=%C3%B8')
    expect([answer.statusCode, answer.body]).toEqual([200, 'ok'])
    expect(hookCalls).toMatchObject([
      { url: '/hooks/kannel/delivery?token=right&id=7&id=8&type=%C3%B8', body: '' },
    ])
    expect(hookCalls).toMatchObject([{ query: { token: 'right', id: '8', type: 'ø' } }])
    expect(refused).toEqual([])
  })

  it('hands on the body of a POST byte by byte, and wants no header of ours', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/hooks/twilio/inbound',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': 'abc' },
      payload: 'Body=%C3%B8+1&From=%2B47',
    })
    expect([answer.statusCode, answer.body]).toEqual([200, '<Response/>'])
    expect(answer.headers['content-type']).toMatch(/^text\/xml/)
    expect(hookCalls).toMatchObject([
      { body: 'Body=%C3%B8+1&From=%2B47', headers: { 'x-twilio-signature': 'abc' } },
    ])
  })

  it('refuses and counts a call that does not prove who makes it', async () => {
    expect((await app.inject('/hooks/kannel/delivery?token=wrong')).statusCode).toBe(403)
    expect(refused).toEqual(['kannel'])
  })

  it('refuses a body larger than any report, and a hook that no channel has', async () => {
    const post = (url: string, payload: string) => app.inject({ method: 'POST', url, payload })
    expect((await post('/hooks/twilio/inbound', 'x'.repeat(65 * 1024))).statusCode).toBe(413)
    expect((await post('/hooks/other/inbound', 'x')).statusCode).toBe(404)
    expect(hookCalls).toEqual([])
  })
})

describe('health', () => {
  it('says why it is not ready', async () => {
    expect((await app.inject('/readyz')).statusCode).toBe(200)
    office.notReadyReason = 'The disk is full.'
    const answer = await app.inject('/readyz')
    expect([answer.statusCode, answer.json().detail]).toEqual([503, 'The disk is full.'])
    expect((await app.inject('/healthz')).statusCode).toBe(200)
    expect((await app.inject('/metrics')).body).toBe('aal_up 1\n')
  })
})

describe('errors', () => {
  it('are problem documents without the insides of the hub', async () => {
    office.undecoded = () => {
      throw new Error('SQLITE_CORRUPT at /secret/path')
    }
    const answer = await app.inject({ url: '/api/undecoded', headers: await signIn() })
    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toMatch(/SQLITE|secret|stack/)
    expect(answer.json().detail).toMatch(/^Cannot answer: /)
  })

  it('say what cannot be read', async () => {
    office.put({ alerts: [exampleAlert()] })
    const headers = { ...(await signIn()), 'content-type': 'application/json' }
    const answer = await app.inject({ method: 'POST', url: '/api/alerts/a1/resolve', headers, payload: '{' })
    expect(answer.statusCode).toBe(400)
    expect(answer.headers['content-type']).toContain('application/problem+json')
  })
})

describe('/api/openapi.json', () => {
  it('describes every route that is for others, with its schemas', async () => {
    const api = (await app.inject('/api/openapi.json')).json()
    expect(api.openapi).toBe('3.1.0')
    expect(Object.keys(api.paths)).toEqual(
      expect.arrayContaining([
        '/api/session',
        '/api/alerts/{id}/resolve',
        '/api/homes/{home}/series',
        '/api/live',
      ]),
    )
    expect(api.components.schemas.Alert.properties.severity.enum).toEqual(['high', 'medium', 'low', 'info'])
    expect(api.paths['/api/alerts'].get).toMatchObject({
      description: expect.stringContaining('programs with the scope `read:alerts`'),
      security: [{ session: [] }, { token: ['read:alerts'] }],
    })
    expect(api.paths['/healthz'].get.security).toEqual([])
    const references = [...JSON.stringify(api).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)]
    expect(references.length).toBeGreaterThan(10)
    for (const [, name = ''] of references) expect(api.components.schemas).toHaveProperty(name)
  })

  it('has a page that loads nothing from elsewhere', async () => {
    const page = await app.inject('/api/docs/')
    expect(page.statusCode).toBe(200)
    expect(page.body).not.toMatch(/(src|href)="(https?:)?\/\//)
  })
})

describe('GET /api/indicators', () => {
  const ask = async (query: string) => app.inject({ url: `/api/indicators${query}`, headers: await signIn() })

  it('gives figures with what they mean, for the last 28 days when nothing is said', async () => {
    const answer = (await ask('')).json()
    expect(answer).toMatchObject({ from: NOW - 28 * 86_400_000, to: NOW })
    expect(answer.indicators).toEqual([
      expect.objectContaining({
        id: 'answered-60',
        unit: '%',
        value: 50,
        of: 2,
        target: { is: 'at least', value: 97.5, source: expect.stringContaining('TSA') },
        startingPoint: { value: 40, of: 10 },
      }),
    ])
  })

  it('takes days and times with a zone, up to now', async () => {
    const from = new Date(NOW - 3 * 86_400_000).toISOString()
    expect((await ask(`?from=${from}&to=2099-01-01`)).json()).toMatchObject({
      from: Date.parse(from),
      to: NOW,
    })
  })

  it.each(['?from=yesterday', '?from=2026-01-01T12:00', '?from=2099-01-01', '?from=2020-01-01'])(
    'refuses %s',
    async (query) => {
      const answer = await ask(query)
      expect(answer.statusCode).toBe(400)
      expect(answer.json().detail).toMatch(/^Cannot /)
    },
  )
})
