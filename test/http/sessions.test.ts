import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHttpApp } from '../../hub/http/app.ts'
import { exampleAlert, exampleHome, memoryOffice } from './memory-office.ts'
import type { MemoryOffice } from './memory-office.ts'

const PASSWORD = 'correct horse battery staple'
const MINUTE = 60_000

let now: number
let office: MemoryOffice
let app: FastifyInstance
let logged: string

beforeEach(async () => {
  now = Date.UTC(2026, 10, 21, 22)
  office = memoryOffice(() => now)
  office.addHome(...exampleHome('h1', 'Storgata 5'))
  office.put({ alerts: [exampleAlert()] })
  office.people.add({ id: 'siv', name: 'Siv Olsen', roles: ['operator'], areas: 'all' })
  await office.people.setPassword('siv', PASSWORD)
  logged = ''
  const log = pino({ level: 'trace' }, { write: (line: string) => void (logged += line) })
  app = await createHttpApp({ office, version: '0.0.0', phone: true, trusted: false, log })
})
afterEach(() => app.close())

const post = (url: string, payload: object, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url, payload, headers: { 'x-aal': '1', ...headers } })
const get = (url: string, headers: Record<string, string>) => app.inject({ url, headers })

async function signIn(password = PASSWORD, person = 'siv') {
  const answer = await post('/api/session', { person, password })
  return {
    answer,
    headers: { cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '', 'x-aal': '1' },
  }
}

describe('POST /api/session with a name and a password', () => {
  it('signs in, and says as what and until when', async () => {
    const { answer, headers } = await signIn()
    expect(answer.json()).toEqual({
      person: 'siv',
      name: 'Siv Olsen',
      roles: ['operator'],
      areas: 'all',
      phone: true,
      hasPassword: true,
      locked: false,
      locksAt: now + 30 * MINUTE,
      locksAfter: 30 * MINUTE,
      expiresAt: now + 14 * 60 * MINUTE,
    })
    expect(answer.headers['set-cookie']).toMatch(/; HttpOnly; SameSite=Strict$/)
    expect((await get('/api/session', headers)).json()).toEqual(answer.json())
    expect(office.audit.list({ limit: 1 })).toMatchObject([
      { who: 'person:siv', what: 'session.open', why: 'password' },
    ])
  })

  it('says the same of a wrong password and of somebody who is not known, and at last to wait', async () => {
    const wrong = (await signIn('wrong wrong wrong')).answer
    const unknown = (await signIn(PASSWORD, 'nobody')).answer
    expect([wrong.statusCode, unknown.statusCode]).toEqual([401, 401])
    expect(wrong.body).toBe(unknown.body)
    expect(wrong.headers['set-cookie']).toBeUndefined()
    for (let count = 0; count < 4; count++) await signIn('wrong wrong wrong')
    const { answer } = await signIn()
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '30'])
    expect(answer.json()).toMatchObject({
      reason: 'name-waits',
      detail:
        'Cannot try again yet: too many wrong passwords for this name. Wait 30 s, or use a sign-in link.',
    })
    expect(logged).not.toContain(PASSWORD)
  })

  it('is a session of its own, and ends the one that was in this browser', async () => {
    const { headers } = await signIn()
    const next = await post('/api/session', { person: 'siv', password: PASSWORD }, headers)
    expect(String(next.headers['set-cookie'])).not.toContain(headers.cookie)
    expect((await get('/api/session', headers)).statusCode).toBe(401)
    // Nobody can bring a session of their own making.
    const planted = { cookie: 'aal_session=planted', 'x-aal': '1' }
    const own = await post('/api/session', { person: 'siv', password: PASSWORD }, planted)
    expect(String(own.headers['set-cookie'])).not.toContain('planted')
    expect((await get('/api/session', planted)).statusCode).toBe(401)
  })

  it('says nothing that a cache may keep', async () => {
    const { headers } = await signIn()
    for (const url of ['/api/session', '/api/alerts', '/api/alerts/a1', '/api/homes/h1', '/api/homes/list']) {
      expect([url, (await get(url, headers)).headers['cache-control']]).toEqual([url, 'no-store'])
    }
  })

  it('is refused from another site, as every change is', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/session',
      payload: { person: 'siv', password: PASSWORD },
    })
    expect(answer.statusCode).toBe(403)
  })
})

describe('a locked screen', () => {
  it('keeps the board without names of people, refuses all else, and goes on with the password', async () => {
    const { headers } = await signIn()
    const board = async () => (await get('/api/alerts', headers)).body
    expect(await board()).toMatch(/Kari Nordmann/)
    now += 20 * MINUTE
    // What the board reads is no act.
    await board()
    now += 10 * MINUTE
    expect(await board()).toMatch(/Storgata 5/)
    expect(await board()).not.toMatch(/Kari|Anne/)
    expect((await get('/api/alerts/a1', headers)).body).not.toMatch(/Kari|Anne/)
    const story = await get('/api/alerts/a1/story', headers)
    expect([story.statusCode, Object.keys(story.json())]).toEqual([200, ['rule', 'similar']])
    expect((await get('/api/session', headers)).json()).toMatchObject({ locked: true })
    const acknowledge = () => post('/api/alerts/a1/acknowledge', {}, headers)
    const refused = await acknowledge()
    expect([refused.statusCode, refused.json().title]).toEqual([423, 'Locked'])
    expect(refused.headers['content-type']).toContain('application/problem+json')
    expect((await get('/api/homes/h1', headers)).statusCode).toBe(423)
    expect((await post('/api/homes/h1/reveal', { reason: 'alert' }, headers)).statusCode).toBe(423)
    expect(office.taken).toEqual([])

    expect((await post('/api/session/unlock', { password: 'wrong wrong wrong' }, headers)).statusCode).toBe(
      403,
    )
    expect((await acknowledge()).statusCode).toBe(423)
    expect((await post('/api/session/unlock', { password: PASSWORD }, headers)).json()).toMatchObject({
      locked: false,
    })
    expect((await acknowledge()).statusCode).toBe(200)
    expect(office.taken).toMatchObject([{ by: 'operator:siv' }])
  })

  it('does not come while the person is at it', async () => {
    const { headers } = await signIn()
    for (let count = 0; count < 5; count++) {
      now += 29 * MINUTE
      expect((await post('/api/session/act', {}, headers)).statusCode).toBe(200)
    }
    expect((await get('/api/homes/h1', headers)).statusCode).toBe(200)
  })

  it('names no colleague either', async () => {
    office.staff = () => [{ id: 'per', language: 'nb', name: 'Per Lie' }]
    const { headers } = await signIn()
    const shown = async () => (await get('/api/alerts/a1', headers)).body
    expect(await shown()).toContain('Per Lie')
    await post('/api/session/lock', {}, headers)
    expect(await shown()).not.toContain('Per Lie')
    expect(await shown()).toContain('staff:per')
  })

  it('comes although a page asks anew by itself', async () => {
    const { headers } = await signIn()
    for (let count = 0; count < 6; count++) {
      now += 6 * MINUTE
      await get('/api/homes/list', headers)
    }
    expect((await get('/api/session', headers)).json()).toMatchObject({ locked: true })
  })

  it('ends the session after ten wrong passwords, and tries no more of those that came at once', async () => {
    const { headers } = await signIn()
    await post('/api/session/lock', {}, headers)
    const unlock = (password: string) => post('/api/session/unlock', { password }, headers)
    for (let count = 0; count < 3; count++) {
      const wrong = await unlock('wrong wrong wrong')
      expect([wrong.statusCode, wrong.json().reason]).toEqual([403, 'wrong-password'])
    }
    const rest = await Promise.all([
      ...Array.from({ length: 7 }, () => unlock('wrong wrong wrong')),
      unlock(PASSWORD),
    ])
    const last = rest.at(-1)
    expect([last?.statusCode, last?.json().reason]).toEqual([401, 'signed-out'])
    expect((await get('/api/session', headers)).statusCode).toBe(401)
  })

  it('can be had at once', async () => {
    const { headers } = await signIn()
    expect((await post('/api/session/lock', {}, headers)).json()).toMatchObject({ locked: true })
    expect((await get('/api/homes', headers)).statusCode).toBe(423)
  })
})

describe('PUT /api/session/password', () => {
  const put = (payload: object, headers: Record<string, string>) =>
    app.inject({ method: 'PUT', url: '/api/session/password', payload, headers })

  it('wants the current one, ends other sessions, and says why it refuses one', async () => {
    const { headers } = await signIn()
    const other = await signIn()
    const next = 'ladder violin marmalade otter'
    expect((await put({ password: next }, headers)).statusCode).toBe(403)
    const weak = await put({ current: PASSWORD, password: 'password1234' }, headers)
    expect([weak.statusCode, weak.json().detail]).toEqual([422, expect.stringContaining('guessed first')])
    expect((await put({ current: PASSWORD, password: next }, headers)).statusCode).toBe(200)
    expect((await get('/api/session', other.headers)).statusCode).toBe(401)
    expect((await get('/api/session', headers)).statusCode).toBe(200)
    expect((await signIn()).answer.statusCode).toBe(401)
    expect((await signIn(next)).answer.statusCode).toBe(200)
  })

  it('sets the first one of somebody who came by a link', async () => {
    office.people.add({ id: 'ola', roles: ['operator'], areas: 'all' })
    const { session } = office.people.signIn(office.people.createSignInToken('ola')) ?? {}
    const headers = { cookie: `aal_session=${session}`, 'x-aal': '1' }
    expect((await put({ password: 'ladder violin marmalade otter' }, headers)).json()).toMatchObject({
      hasPassword: true,
    })
  })
})

describe('/api/people', () => {
  it('is how an admin adds, changes and removes people, each in the audit log', async () => {
    office.people.add({ id: 'mona', roles: ['admin'], areas: 'all' })
    const { session } = office.people.signIn(office.people.createSignInToken('mona')) ?? {}
    const headers = { cookie: `aal_session=${session}`, 'x-aal': '1' }
    const call = (method: 'PATCH' | 'DELETE' | 'PUT', url: string, payload?: object) =>
      app.inject({ method, url: `/api/people/${url}`, headers, ...(payload && { payload }) })
    const made = await post('/api/people', { id: 'geir', roles: ['installer'], areas: ['Alta'] }, headers)
    expect(made.json().person).toMatchObject({ id: 'geir', state: 'active', hasPassword: false })
    expect((await post('/api/people', { id: 'geir', roles: ['admin'] }, headers)).statusCode).toBe(409)
    expect((await post('/api/people', { id: 'x y', roles: ['admin'] }, headers)).statusCode).toBe(400)
    expect((await post('/api/people', { id: 'x', roles: [] }, headers)).statusCode).toBe(400)
    expect((await call('PATCH', 'geir', { areas: 'all' })).json().person).toMatchObject({ areas: 'all' })
    expect((await call('PUT', 'geir/password', { password: PASSWORD })).statusCode).toBe(204)
    expect((await call('DELETE', 'geir')).statusCode).toBe(204)
    expect((await call('DELETE', 'mona')).statusCode).toBe(409)
    expect((await call('DELETE', 'nobody')).statusCode).toBe(404)
    const rows = office.audit.list({ limit: 4, whose: 'person:geir' })
    expect(rows.map(({ who, what, why }) => [who, what, why])).toEqual([
      ['person:mona', 'person.remove', undefined],
      ['person:mona', 'person.password', undefined],
      ['person:mona', 'person.change', 'roles installer; areas all'],
      ['person:mona', 'person.add', 'roles installer; areas Alta'],
    ])
    expect(JSON.stringify(office.audit.list({ limit: 100 }))).not.toContain(PASSWORD)
  })
})
