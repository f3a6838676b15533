import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requireAccess } from '../../hub/http/access.ts'
import { createHttpApp } from '../../hub/http/app.ts'
import { ROLES, SCOPES } from '../../hub/model/person.ts'
import type { Areas, Role } from '../../hub/model/person.ts'
import { exampleAlert, exampleAreaAlert, exampleHome, memoryOffice } from './memory-office.ts'
import type { MemoryOffice } from './memory-office.ts'
import { BEGIN, declaredRoutes, END, readTable, routeTable } from './route-table.ts'

const DOCS = readFileSync(new URL('../../docs/people.md', import.meta.url), 'utf8')
const TABLE = readTable(DOCS).filter(({ url }) => !url.startsWith('/hooks/'))
const SOCKET_ONLY = TABLE.filter(
  ({ anybody, roles, scope }) => !anybody && roles.length === 0 && scope === '',
)

let now = Date.UTC(2026, 10, 21, 2, 13)
let office: MemoryOffice
let app: FastifyInstance

beforeAll(async () => {
  office = memoryOffice(() => now)
  office.people.add({ id: 'first', roles: ROLES, areas: 'all' })
  const [home, personal] = exampleHome('h1', 'Storgata 5')
  office.addHome({ ...home, area: 'Alta' }, personal)
  const [other, others] = exampleHome('h2', 'Storgata 6')
  office.addHome({ ...other, area: 'Vardø' }, others)
  office.put({
    alerts: [
      exampleAlert(),
      exampleAlert({ id: 'a2', home: 'h2', code: '1111' }),
      exampleAlert({ id: 'tech', category: 'technical', code: '2222' }),
      exampleAreaAlert([{ home: 'h2', since: now }]),
    ],
  })
  app = await createHttpApp({ office, version: '0.0.0', phone: true, trusted: false })
})
afterAll(() => app.close())

function person(id: string, roles: readonly Role[], areas: Areas = 'all') {
  if (!office.people.find(id)) office.people.add({ id, roles, areas })
  const signedIn = office.people.signIn(office.people.createSignInToken(id))
  return { cookie: `aal_session=${signedIn?.session}`, 'x-aal': '1' }
}

/** For programs alone, or for the command line on the hub. */
function isForNoPerson(method: string, url: string): boolean {
  const line = TABLE.find((one) => one.method === method && one.url === url)
  return line?.anybody === false && line.roles.length === 0
}

async function statusOf(method: string, url: string, headers: Record<string, string>): Promise<number> {
  const path = url.replaceAll(/:\w+/g, 'none')
  const request = { method, url: path, headers, payloadAsStream: true } as InjectOptions
  const answer = await app.inject(request)
  answer.stream().destroy()
  return answer.statusCode
}

describe('the table of routes in docs/people.md', () => {
  it('has a line for every route, as it is declared (npm run -s routes writes it)', async () => {
    const table = DOCS.slice(DOCS.indexOf(BEGIN) + BEGIN.length, DOCS.indexOf(END)).trim()
    expect(table.split('\n')).toEqual(routeTable(await declaredRoutes()).split('\n'))
    expect(TABLE.length).toBeGreaterThan(30)
  })

  it('is what nobody gets who has not signed in', async () => {
    for (const { method, url, anybody } of TABLE) {
      if (anybody || SOCKET_ONLY.some((one) => one.url === url)) continue
      expect(`${method} ${url} ${await statusOf(method, url, { 'x-aal': '1' })}`).toBe(`${method} ${url} 401`)
    }
  })

  it.each(ROLES)('is what somebody gets who is only %s', async (role) => {
    for (const { method, url, anybody, roles } of TABLE) {
      if (anybody || SOCKET_ONLY.some((one) => one.url === url)) continue
      const status = await statusOf(method, url, person(`only-${role}`, [role]))
      const may = roles.includes(role)
      expect(`${method} ${url} ${may ? [401, 403].includes(status) : status}`).toBe(
        `${method} ${url} ${may ? false : 403}`,
      )
    }
  })

  it.each(SCOPES)('is what a program gets that has only %s', async (scope) => {
    const token = office.people.createAccessToken({
      name: scope.replace(':', '-'),
      scopes: [scope],
      areas: 'all',
      by: 'x',
    })
    for (const line of TABLE) {
      if (line.anybody || SOCKET_ONLY.some((one) => one.url === line.url)) continue
      const status = await statusOf(line.method, line.url, { authorization: `Bearer ${token}` })
      const may = line.scope === scope
      expect(`${line.method} ${line.url} ${may ? [401, 403].includes(status) : status}`).toBe(
        `${line.method} ${line.url} ${may ? false : 403}`,
      )
    }
  })

  it('has routes that the network does not know at all', async () => {
    expect(SOCKET_ONLY.map(({ url }) => url)).toContain('/api/sign-in-links')
    for (const { method, url } of SOCKET_ONLY) {
      expect([403, 404]).toContain(await statusOf(method, url, person('all', ROLES)))
    }
  })

  it('has routes that no person may call, whatever they are', async () => {
    const forPrograms = TABLE.filter(({ method, url, scope }) => isForNoPerson(method, url) && scope !== '')
    expect(forPrograms.map(({ url }) => url)).toContain('/api/hooks/grafana')
    for (const { method, url } of forPrograms) {
      expect(`${method} ${url} ${await statusOf(method, url, person('all', ROLES))}`).toBe(
        `${method} ${url} 403`,
      )
    }
  })

  it('is what a locked screen gets', async () => {
    await office.people.setPassword('first', 'correct horse battery staple')
    for (const { method, url, anybody, whileLocked } of TABLE) {
      if (anybody || isForNoPerson(method, url)) continue
      const headers = person('first', ROLES)
      office.people.lock(headers.cookie.split('=')[1] ?? '')
      const status = await statusOf(method, url, headers)
      expect(`${method} ${url} ${whileLocked ? status === 423 : status}`).toBe(
        `${method} ${url} ${whileLocked ? false : 423}`,
      )
    }
  })

  it('has no change that a page of another site could cause', async () => {
    const headers = person('first', ROLES)
    for (const { method, url } of TABLE) {
      // Those behind links carry their own proof in the address (test/http/answer-link.test.ts).
      if (method === 'GET' || !url.startsWith('/api/')) continue
      if (SOCKET_ONLY.some((one) => one.url === url)) continue
      for (const foreign of [
        { cookie: headers.cookie },
        { ...headers, origin: 'https://evil.example' },
        { ...headers, origin: 'null' },
      ]) {
        expect(`${method} ${url} ${await statusOf(method, url, foreign)}`).toBe(`${method} ${url} 403`)
      }
    }
  })

  it('is what somebody gets who sees one area', async () => {
    for (const { method, url, anybody, areas } of TABLE) {
      if (anybody || isForNoPerson(method, url)) continue
      const status = await statusOf(method, url, person('in-alta', ROLES, ['Alta']))
      const expected = areas === 'all only' ? 403 : 'else'
      expect(`${method} ${url} ${status === 403 ? 403 : 'else'}`).toBe(`${method} ${url} ${expected}`)
    }
  })
})

describe('a route that does not say who may call it', () => {
  it('keeps the hub from starting, and the error says what to write', async () => {
    const bare = Fastify()
    requireAccess(bare)
    bare.get('/api/new', async () => 'x')
    bare.post('/api/new', { config: { roles: ['operator'] } }, async () => 'x')
    await expect(bare.ready()).rejects.toThrow(
      /Cannot serve GET.* \/api\/new: it does not say who may call it\. Add to the route: config: \{ roles:[^]*Cannot serve POST \/api\/new: it changes something/,
    )
    await bare.close()
  })
})

describe('areas', () => {
  const get = (url: string, headers: Record<string, string>) => app.inject({ url, headers })
  const alta = () => person('siv-alta', ['operator', 'installer', 'admin'], ['Alta'])

  it('are all that lists have', async () => {
    const homes = (await get('/api/homes', alta())).json().homes as { id: string }[]
    expect(homes.map(({ id }) => id)).toEqual(['h1'])
    const { alerts } = (await get('/api/alerts', alta())).json() as { alerts: { id: string }[] }
    expect(alerts.map(({ id }) => id).sort()).toEqual(['a1', 'tech'])
    const vardo = person('ola-vardo', ['operator'], ['Vardø'])
    const seen = (await get('/api/alerts', vardo)).json().alerts as { id: string }[]
    expect(seen.map(({ id }) => id).sort()).toEqual(['a2', 'area1'])
  })

  it.each([
    ['/api/homes/h2', '/api/homes/h9'],
    ['/api/homes/h2/modes', '/api/homes/h9/modes'],
    ['/api/homes/h2/holds', '/api/homes/h9/holds'],
    ['/api/homes/h2/limits', '/api/homes/h9/limits'],
    ['/api/homes/h2/series?kind=spo2', '/api/homes/h9/series?kind=spo2'],
    ['/api/alerts/a2', '/api/alerts/a9'],
  ])('hide %s as if it were not there', async (url, missing) => {
    const hidden = await get(url, alta())
    const none = await get(missing, alta())
    expect([hidden.statusCode, none.statusCode]).toEqual([404, 404])
    expect(hidden.json().detail.replace(/"\w+"/, '')).toBe(none.json().detail.replace(/"\w+"/, ''))
  })

  it('are kept by changes too', async () => {
    for (const [method, url, payload] of [
      ['POST', '/api/alerts/a2/acknowledge', {}],
      ['PUT', '/api/homes/h2/modes/away', {}],
      ['POST', '/api/homes/h2/reveal', { reason: 'curious' }],
      ['POST', '/api/homes/h2/gateways', {}],
    ] as const) {
      expect((await app.inject({ method, url, payload, headers: alta() })).statusCode).toBe(404)
    }
    expect(office.taken).toEqual([])
  })
})

describe('what a role is shown of an alert', () => {
  const alerts = async (headers: Record<string, string>) =>
    (await app.inject({ url: '/api/alerts', headers })).json().alerts as Record<string, unknown>[]

  it('has names for operators, what homes are called for others, and pseudonyms for programs', async () => {
    const [mine] = (await alerts(person('op', ['operator']))).filter(({ id }) => id === 'a1')
    expect(mine).toMatchObject({ homeLabel: 'Storgata 5', residentName: 'Kari Nordmann' })
    const [admins] = (await alerts(person('ad', ['admin']))).filter(({ id }) => id === 'a1')
    expect(admins).toMatchObject({ homeLabel: 'Storgata 5' })
    expect(JSON.stringify(admins)).not.toMatch(/Kari|Anne|Per/)
    const token = office.people.createAccessToken({
      name: 'grafana',
      scopes: ['read:alerts'],
      areas: 'all',
      by: 'x',
    })
    const shown = JSON.stringify(await alerts({ authorization: `Bearer ${token}` }))
    expect(shown).toContain('"h1"')
    expect(shown).not.toMatch(/Kari|Anne|Per|Storgata/)
  })

  it('is for installers only what they have to do with', async () => {
    const geir = person('geir', ['installer'])
    expect((await alerts(geir)).map(({ id }) => id).sort()).toEqual(['area1', 'tech'])
    expect((await app.inject({ url: '/api/alerts/a1', headers: geir })).statusCode).toBe(404)
  })
})

describe('a token', () => {
  it('acts in its own name, needs no header against other sites, and is refused when it is revoked', async () => {
    const order = {
      name: 'node-red',
      scopes: ['act:alerts', 'read:alerts'] as const,
      areas: 'all',
      by: 'x',
    } as const
    const authorization = `Bearer ${office.people.createAccessToken(order)}`
    const act = () =>
      app.inject({
        method: 'POST',
        url: '/api/alerts/a1/comment',
        headers: { authorization },
        payload: { text: 'x' },
      })
    expect((await act()).statusCode).toBe(200)
    expect(office.taken.at(-1)).toMatchObject({ by: 'token:node-red', via: 'api' })
    office.people.revokeAccessToken('node-red')
    expect((await act()).statusCode).toBe(401)
    expect(() => office.people.createAccessToken(order)).toThrow(/there is, or was, one/)
  })

  it.each([
    ['acknowledge', {}],
    ['take-over', {}],
    ['attend', { what: 'on-the-way' }],
    ['resolve', { cause: 'real' }],
  ])('passes on of alerts about a person only what a human did: %s', async (act, body) => {
    const order = { name: `desk-${act}`, scopes: ['act:alerts'] as const, areas: 'all', by: 'x' } as const
    const authorization = `Bearer ${office.people.createAccessToken(order)}`
    const ask = (alert: string, more: object) =>
      app.inject({
        method: 'POST',
        url: `/api/alerts/${alert}/${act}`,
        headers: { authorization },
        payload: { ...body, ...more },
      })
    const before = office.taken.length
    const refused = await ask('a1', {})
    expect([refused.statusCode, refused.json<{ reason?: string }>().reason]).toEqual([403, 'no-human'])
    expect(office.taken).toHaveLength(before)
    expect((await ask('a1', { human: 'Kari Nordmann' })).statusCode).toBe(400)
    for (const human of [`desk-${act}`, `Desk-${act}`, 'token:other', 'Token:other']) {
      const itself = await ask('a1', { human })
      expect([itself.statusCode, itself.json<{ detail: string }>().detail]).toEqual([
        400,
        `Cannot do this: "human" says which human did it, and "${human}" is a program. Say who, as an id such as button-desk.`,
      ])
    }
    expect(office.taken).toHaveLength(before)
    expect((await ask('a1', { human: 'button-desk' })).statusCode).toBe(200)
    expect(office.taken.slice(before)).toMatchObject([
      { type: act, by: `token:desk-${act}` },
      { type: 'comment', by: `token:desk-${act}`, text: 'button-desk' },
    ])
    expect((await ask('tech', {})).statusCode).toBe(200)
    expect(office.taken.slice(before + 2)).toMatchObject([{ type: act }])
  })

  it('counts, whatever session comes with it', async () => {
    const headers = { ...person('op', ['operator']), authorization: 'Bearer aal_wrong' }
    expect((await app.inject({ url: '/api/alerts', headers })).statusCode).toBe(401)
  })

  it('may ask 600 times in a minute', async () => {
    const token = office.people.createAccessToken({
      name: 'busy',
      scopes: ['read:rules'],
      areas: 'all',
      by: 'x',
    })
    const ask = async () =>
      (await app.inject({ url: '/api/rules', headers: { authorization: `Bearer ${token}` } })).statusCode
    for (let count = 0; count < 600; count++) expect(await ask()).toBe(200)
    expect(await ask()).toBe(429)
  })
})

describe('the audit log', () => {
  it('has who saw whose names and why, and nothing for pseudonyms', async () => {
    const siv = person('siv', ['operator', 'admin'])
    await app.inject({
      method: 'POST',
      url: '/api/homes/h1/reveal',
      headers: siv,
      payload: { reason: 'alert 4821' },
    })
    await app.inject({ url: '/api/alerts/a1', headers: { ...siv, 'x-reason': 'handover' } })
    await app.inject({ url: '/api/alerts/a1', headers: person('ad', ['admin']) })
    await app.inject({ url: '/api/homes/h1', headers: person('ad', ['admin']) })
    const rows = office.audit.list({ limit: 2 })
    expect(rows).toMatchObject([
      { who: 'person:siv', what: 'alert.read', whose: 'home:h1', why: 'handover', from: '127.0.0.1' },
      { who: 'person:siv', what: 'home.reveal', whose: 'home:h1', why: 'alert 4821' },
    ])
    expect(JSON.stringify(office.audit.list({ limit: 1000 }))).not.toMatch(/Kari|Anne|Storgata|\+47/)
  })

  it('can be asked what one person did, to one home or to any', async () => {
    const headers = person('mona', ['admin'])
    const tore = person('tore', ['operator'])
    for (const home of ['h1', 'h2']) {
      const url = `/api/homes/${home}/reveal`
      await app.inject({ method: 'POST', url, headers: tore, payload: { reason: 'alert 4821' } })
    }
    const rows = async (query: string) =>
      (await app.inject({ url: `/api/audit?${query}`, headers })).json().rows as { whose: string }[]
    expect((await rows('who=person:tore')).map(({ whose }) => whose)).toEqual(['home:h2', 'home:h1'])
    expect(await rows('who=person:tore&whose=home:h1')).toHaveLength(1)
    expect(await rows('who=person:nobody')).toEqual([])
  })

  it('has why somebody was removed, and for whom a link was made', async () => {
    const headers = person('mona', ['admin'])
    person('lars', ['installer'])
    const link = await app.inject({ method: 'POST', url: '/api/people/lars/sign-in-link', headers })
    const { signIn } = link.json() as { signIn: string }
    expect(office.people.signIn(signIn.split('#')[1] ?? '')).toMatchObject({ person: 'lars' })
    const unknown = await app.inject({ method: 'POST', url: '/api/people/nobody/sign-in-link', headers })
    expect(unknown.statusCode).toBe(404)
    expect(office.people.find('nobody')).toBeUndefined()
    await app.inject({
      method: 'DELETE',
      url: '/api/people/lars',
      headers: { ...headers, 'x-reason': 'left' },
    })
    const again = await app.inject({ method: 'POST', url: '/api/people/lars/sign-in-link', headers })
    expect(again.statusCode).toBe(409)
    expect(office.audit.list({ limit: 2 })).toMatchObject([
      { who: 'person:mona', what: 'person.remove', whose: 'person:lars', why: 'left' },
      { who: 'person:mona', what: 'person.link', whose: 'person:lars' },
    ])
  })

  it('goes page by page, newest first, and can be verified', async () => {
    const headers = person('mona', ['admin'])
    const first = (await app.inject({ url: '/api/audit?limit=3', headers })).json()
    expect(first.rows).toHaveLength(3)
    const second = (await app.inject({ url: `/api/audit?limit=3&cursor=${first.next}`, headers })).json()
    expect(second.rows[0].seq).toBe(first.rows[2].seq - 1)
    expect((await app.inject({ url: '/api/audit?cursor=x', headers })).statusCode).toBe(400)
    expect((await app.inject({ url: '/api/audit/verification', headers })).json()).toMatchObject({
      whole: true,
    })
  })

  it('is not answered from when it cannot be written', async () => {
    const write = office.audit.write
    Object.assign(office.audit, { write: () => Promise.reject(new Error('disk full')) })
    const request = { method: 'POST', url: '/api/homes/h1/reveal', payload: { reason: 'alert' } } as const
    const answer = await app.inject({ ...request, headers: person('siv', ['operator']) })
    Object.assign(office.audit, { write })
    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toMatch(/Kari|Anne/)
  })
})
