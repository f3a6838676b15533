import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHttpApp } from '../../hub/http/app.ts'
import type { SeenView } from '../../hub/http/seen-routes.ts'
import type { Areas, Role } from '../../hub/model/person.ts'
import { exampleHome, memoryOffice } from './memory-office.ts'
import type { MemoryOffice } from './memory-office.ts'

const PATH = '/api/homes/h1/seen'

let office: MemoryOffice
let app: FastifyInstance

beforeEach(async () => {
  office = memoryOffice(() => 1000)
  for (const [id, area] of [
    ['h1', 'Alta'],
    ['h2', 'Vardø'],
  ] as const) {
    const [home, personal] = exampleHome(id, id)
    office.addHome({ ...home, area }, personal)
  }
  const seen = { firstAt: 1, lastAt: 3, heardAt: 2, count: 2, topics: ['zigbee2mqtt/hall/door'] }
  office.putSeen('h1', {
    ...seen,
    address: 'hall/door',
    payload: '{"contact":true}',
    announced: {
      homeassistant: { name: 'from HA', maker: 'Aqara', keys: ['contact'] },
      zigbee2mqtt: { name: 'hall/door', model: 'MCCGQ11LM', power: 'battery' },
    },
  })
  office.putSeen('h2', { ...seen, address: 'other' })
  app = await createHttpApp({ office, version: '0.0.0', phone: false, trusted: false })
})
afterEach(() => app.close())

function as(roles: readonly Role[], areas: Areas = 'all') {
  const id = roles.join('-')
  office.people.add({ id, roles, areas })
  const { session } = office.people.signIn(office.people.createSignInToken(id))!
  return (method: 'GET' | 'POST', url: string, payload?: object) =>
    app.inject({
      method,
      url,
      headers: { 'x-aal': '1' },
      cookies: { aal_session: session },
      ...(payload && { payload }),
    })
}

describe('/api/homes/:home/seen', () => {
  it('tells what is seen in one home, as its bridge knows it best', async () => {
    const answer = await as(['installer'])('GET', PATH)
    expect(answer.json<SeenView>()).toEqual({
      home: 'h1',
      now: 1000,
      ignored: 0,
      seen: [
        {
          address: 'hall/door',
          name: 'hall/door',
          maker: 'Aqara',
          model: 'MCCGQ11LM',
          power: 'battery',
          announcedBy: ['zigbee2mqtt', 'homeassistant'],
          firstAt: 1,
          heardAt: 2,
          lastAt: 3,
          count: 2,
          topics: ['zigbee2mqtt/hall/door'],
          payload: '{"contact":true}',
          likely: [],
        },
      ],
    })
  })

  it('is for installers and admins, of their areas', async () => {
    expect((await as(['operator'])('GET', PATH)).statusCode).toBe(403)
    expect((await as(['admin'])('GET', PATH)).statusCode).toBe(200)
    const vardo = as(['installer'], ['Vardø'])
    expect((await vardo('GET', PATH)).statusCode).toBe(404)
    expect((await vardo('POST', `${PATH}/hall%2Fdoor/ignore`)).statusCode).toBe(404)
    expect((await vardo('GET', '/api/homes/h2/seen')).json<SeenView>().seen).toHaveLength(1)
  })

  it('hides one and shows it again, and the audit log says who did', async () => {
    const installer = as(['installer'])
    const hidden = await installer('POST', `${PATH}/hall%2Fdoor/ignore`)
    expect(hidden.json<SeenView>()).toMatchObject({ seen: [], ignored: 1 })
    const all = (await installer('GET', `${PATH}?ignored=true`)).json<SeenView>()
    expect(all.seen).toMatchObject([{ ignored: { at: 1000, by: 'operator:installer' } }])
    const shown = await installer('POST', `${PATH}/hall%2Fdoor/ignore`, { on: false })
    expect(shown.json<SeenView>()).toMatchObject({ seen: [{ address: 'hall/door' }], ignored: 0 })
    expect((await installer('POST', `${PATH}/none/ignore`)).statusCode).toBe(404)
    const rows = office.audit.list({ limit: 10 }).filter(({ what }) => what === 'seen.ignore')
    expect(rows.map(({ who, whose }) => `${who} ${whose}`)).toContain('person:installer home:h1')
  })
})
