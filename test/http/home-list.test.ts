import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { FastifyInstance } from 'fastify'
import { createHttpApp } from '../../hub/http/app.ts'
import { homeListSchema, homeRowSchema } from '../../hub/http/home-list.ts'
import type { HomeLine, HomeRow } from '../../hub/http/home-list.ts'
import { exampleAlert, exampleHome, memoryOffice } from './memory-office.ts'
import type { MemoryOffice } from './memory-office.ts'

let office: MemoryOffice
let app: FastifyInstance
let now: number

beforeEach(async () => {
  now = 1_000_000
  office = memoryOffice(() => now)
  const [h1, personal] = exampleHome('h1', 'Storgata 5')
  office.addHome({ ...h1, area: 'Alta' }, personal)
  office.addHome(...exampleHome('h2', 'Lia 2'))
  office.setReachable('h2', false)
  app = await createHttpApp({ office, version: '0.0.0', phone: true, trusted: false })
})
afterEach(() => app.close())

function get(headers: Record<string, string> = {}, person = 'siv', url = '/api/homes/list') {
  const session = office.people.signIn(office.people.createSignInToken(person))?.session ?? ''
  return app.inject({ url, headers, cookies: { aal_session: session } })
}

async function homes(person?: string): Promise<readonly HomeLine[]> {
  return homeListSchema.parse((await get({}, person)).json()).homes
}

describe('GET /api/homes', () => {
  it('counts what the register has, by what somebody may see, also just after somebody who sees less', async () => {
    office.people.add({ id: 'ida', roles: ['installer'], areas: ['Alta'] })
    const rows = async (person?: string) =>
      ((await get({}, person, '/api/homes')).json() as { homes: readonly HomeRow[] }).homes
    expect(await rows('ida')).toMatchObject([{ id: 'h1', label: 'Storgata 5', area: 'Alta', holds: 0 }])
    expect(z.array(homeRowSchema.strict()).parse(await rows())).toMatchObject([
      { id: 'h1' },
      { id: 'h2', reachable: false },
    ])
  })
})

describe('GET /api/homes/list', () => {
  it('has a line for each home, with what is open there that calls somebody', async () => {
    office.put({
      alerts: [
        exampleAlert({ severity: 'medium' }),
        exampleAlert({ id: 'a2', severity: 'high' }),
        exampleAlert({ id: 'a3', test: true }),
        exampleAlert({ id: 'a4', held: true }),
        exampleAlert({ id: 'a5', handling: 'resolved' }),
      ],
    })
    const sensors = exampleHome('h1', '')[0].sensors.length
    expect(await homes()).toEqual([
      {
        id: 'h1',
        label: 'Storgata 5',
        area: 'Alta',
        reachable: true,
        sensors,
        alerts: 2,
        worst: 'high',
        protection: 'protected',
      },
      { id: 'h2', label: 'Lia 2', reachable: false, sensors, protection: 'not', why: 'no-link' },
    ])
  })

  it('has the state of a home that is not in service in the place of whether it is protected', async () => {
    const [h3, personal] = exampleHome('h3', 'Lia 3')
    office.addHome({ ...h3, state: { is: 'paused', until: 2_000_000 } }, personal)
    office.addHome({ ...h3, id: 'h4', state: { is: 'planned' } }, { ...personal, id: 'h4' })
    expect((await homes()).slice(2)).toMatchObject([
      { id: 'h3', protection: 'paused', until: 2_000_000 },
      { id: 'h4', protection: 'planned' },
    ])
  })

  it('is new at once when an alert changes', async () => {
    expect(await homes()).toMatchObject([{ id: 'h1' }, { id: 'h2' }])
    office.put({ alerts: [exampleAlert()] })
    expect(await homes()).toMatchObject([{ id: 'h1', alerts: 1 }, { id: 'h2' }])
  })

  it('shows somebody the homes of their areas alone, also just after somebody who sees all', async () => {
    office.people.add({ id: 'ida', roles: ['installer'], areas: ['Alta'] })
    expect(await homes()).toHaveLength(2)
    expect(await homes('ida')).toMatchObject([{ id: 'h1', label: 'Storgata 5' }])
  })

  it('gives a program no names, and refuses who has no session', async () => {
    const token = office.people.createAccessToken({
      name: 'p',
      scopes: ['read:homes'],
      areas: 'all',
      by: 'ida',
    })
    const headers = { authorization: `Bearer ${token}` }
    const answer = await app.inject({ url: '/api/homes/list', headers })
    expect(answer.json().homes[0]).not.toHaveProperty('label')
    expect((await app.inject({ url: '/api/homes/list' })).statusCode).toBe(401)
  })

  it('is compressed for who can read that', async () => {
    for (let n = 0; n < 100; n++) office.addHome(...exampleHome(`x${n}`, `Lia ${n}`))
    const answer = await get({ 'accept-encoding': 'gzip' })
    expect(answer.headers['content-encoding']).toBe('gzip')
    expect(JSON.parse(String(gunzipSync(answer.rawPayload))).homes).toHaveLength(102)
    expect((await get()).headers).not.toHaveProperty('content-encoding')
  })
})
