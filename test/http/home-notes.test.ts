import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHttpApp } from '../../hub/http/app.ts'
import type { HomeNotesView } from '../../hub/http/home-note-routes.ts'
import type { Areas, Role } from '../../hub/model/person.ts'
import { exampleHome, memoryOffice } from './memory-office.ts'
import type { MemoryOffice } from './memory-office.ts'

const NOW = Date.UTC(2026, 10, 22, 6)
const PATH = '/api/homes/h1/notes'

let office: MemoryOffice
let app: FastifyInstance

beforeEach(async () => {
  office = memoryOffice(() => NOW)
  for (const [id, area] of [
    ['h1', 'Alta'],
    ['h2', 'Vardø'],
  ] as const) {
    const [home, personal] = exampleHome(id, id)
    office.addHome({ ...home, area }, personal)
  }
  app = await createHttpApp({ office, version: '0.0.0', phone: false, trusted: false })
})
afterEach(() => app.close())

/** Signs somebody in; the returned function asks as them. */
function as(id: string, roles: readonly Role[] = ['operator'], areas: Areas = 'all') {
  office.people.add({ id, roles, areas, ...(id === 'siv' && { name: 'Siv Olsen' }) })
  const { session } = office.people.signIn(office.people.createSignInToken(id))!
  return (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
    app.inject({
      method,
      url,
      headers: { 'x-aal': '1' },
      cookies: { aal_session: session },
      ...(payload && { payload }),
    })
}

describe('the notes of a home', () => {
  it('are of one home, newest first, with who wrote them, and gone when removed', async () => {
    const siv = as('siv')
    await siv('POST', PATH, { text: ' The dog barks. ' })
    await siv('POST', '/api/homes/h2/notes', { text: 'Another home.' })
    const { notes } = (await siv('POST', PATH, { text: 'Deaf on the left ear.' })).json<HomeNotesView>()
    expect(notes).toMatchObject([
      { text: 'Deaf on the left ear.', by: 'siv', byName: 'Siv Olsen', at: NOW },
      { text: 'The dog barks.' },
    ])
    const remove = (home: string) => siv('DELETE', `/api/homes/${home}/notes/${notes[0]?.id}`)
    expect((await remove('h2')).statusCode).toBe(404)
    expect((await remove('h1')).json<HomeNotesView>().notes).toMatchObject([{ text: 'The dog barks.' }])
    expect((await remove('h1')).statusCode).toBe(404)
    const rows = office.audit.list({ limit: 10 }).filter(({ what }) => what.startsWith('note'))
    expect(rows.map(({ what, whose }) => `${what} ${whose}`)).toEqual([
      'note.remove home:h1',
      'note.write home:h1',
      'note.write home:h2',
      'note.write home:h1',
    ])
    expect(JSON.stringify(rows)).not.toContain('dog')
    // Never in the stream.
    expect(office.taken).toEqual([])
  })

  it('are for operators of the area, and each look stands in the audit log', async () => {
    await as('siv')('POST', PATH, { text: 'Private.' })
    const look = async (id: string, roles: readonly Role[], areas: Areas = 'all') =>
      (await as(id, roles, areas)('GET', PATH)).statusCode
    expect(await look('ida', ['installer'])).toBe(403)
    expect(await look('ada', ['admin'])).toBe(403)
    expect(await look('per', ['operator'], ['Vardø'])).toBe(404)
    expect(await look('ola', ['operator'], ['Alta'])).toBe(200)
    expect(office.audit.list({ limit: 1 })).toMatchObject([
      { who: 'person:ola', what: 'notes.read', whose: 'home:h1' },
    ])
  })

  it('are few enough to be read', async () => {
    const siv = as('siv')
    for (let count = 0; count < 20; count++) await siv('POST', PATH, { text: `Note ${count}` })
    expect((await siv('POST', PATH, { text: 'One more.' })).statusCode).toBe(409)
    expect((await siv('POST', PATH, { text: ' ' })).statusCode).toBe(400)
    expect((await siv('GET', PATH)).json<HomeNotesView>().notes).toHaveLength(20)
  })
})
