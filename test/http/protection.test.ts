import { afterEach, beforeEach, expect, it } from 'vitest'
import type { FastifyInstance } from 'fastify'
import { createHttpApp } from '../../hub/http/app.ts'
import { homeDetailSchema } from '../../hub/http/home-view.ts'
import { homeStatusSchema } from '../../hub/http/protection-view.ts'
import { exampleHome, memoryOffice } from './memory-office.ts'
import type { MemoryOffice } from './memory-office.ts'

let office: MemoryOffice
let app: FastifyInstance

beforeEach(async () => {
  office = memoryOffice(() => 1000)
  const [h1, personal] = exampleHome('h1', 'Storgata 5')
  office.addHome({ ...h1, area: 'Alta' }, personal)
  office.protections.set('h1', {
    state: 'partly',
    reasons: [{ code: 'battery-low', makes: 'partly', sensor: 'fall-1', value: 9, limit: 15 }],
  })
  app = await createHttpApp({ office, version: '0.0.0', phone: true, trusted: false })
})
afterEach(() => app.close())

function get(url: string, person = 'siv') {
  const session = office.people.signIn(office.people.createSignInToken(person))?.session ?? ''
  return app.inject({ url, cookies: { aal_session: session } })
}

it('GET /api/homes/:home/status says how a home is, why, what to do, and the minutes of each month', async () => {
  const answer = await get('/api/homes/h1/status')
  expect(homeStatusSchema.parse(answer.json())).toMatchObject({
    home: 'h1',
    state: 'partly',
    reasons: [
      {
        code: 'battery-low',
        sensor: 'fall-1',
        means: {
          en: expect.stringContaining('fall-1 is at 9 %, limit 15 %'),
          nb: expect.stringContaining('Batteriet'),
        },
        todo: { en: expect.stringContaining('battery'), nb: expect.stringContaining('batteri') },
      },
    ],
    unprotected: [{ month: '2026-10', minutes: 61, of: 44_640 }],
  })
  expect(answer.body).not.toMatch(/Storgata|Kari|Anne/)
})

it('GET /api/homes/:home/status is for installers too, of their areas alone, and for programs that read homes', async () => {
  office.people.add({ id: 'ola', roles: ['installer'], areas: ['Alta'] })
  office.people.add({ id: 'per', roles: ['installer'], areas: ['Bodø'] })
  expect((await get('/api/homes/h1/status', 'ola')).statusCode).toBe(200)
  expect((await get('/api/homes/h1/status', 'per')).statusCode).toBe(404)
  expect((await get('/api/homes/nowhere/status')).statusCode).toBe(404)
  const program = { name: 'p', scopes: ['read:homes'], areas: 'all', by: 'ida' } as const
  const headers = { authorization: `Bearer ${office.people.createAccessToken(program)}` }
  expect((await app.inject({ url: '/api/homes/h1/status', headers })).statusCode).toBe(200)
  expect((await app.inject({ url: '/api/homes/h1/status' })).statusCode).toBe(401)
})

it('GET /api/homes/:home has the same', async () => {
  const detail = homeDetailSchema.parse((await get('/api/homes/h1')).json())
  expect(detail.protection).toMatchObject({ state: 'partly', reasons: [{ code: 'battery-low' }] })
  expect(detail.service).toEqual({ state: 'active' })
})
