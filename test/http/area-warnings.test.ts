import { afterAll, beforeAll, expect, it } from 'vitest'
import { registerHub } from './register-hub.ts'
import type { Call, RegisterHub } from './register-hub.ts'

let own: RegisterHub
let ida: Call
beforeAll(async () => {
  own = await registerHub()
  ida = own.person('ida', ['admin'])
  const ola = own.person('ola', ['installer'])
  await ola('POST', '/api/register', { id: 'h-1', timezone: 'Europe/Oslo', area: 'Alta' })
})
afterAll(() => own.stop())

const WARNING = 'Nothing is seen there yet: no home has the area "Altta"; did you mean "Alta"?'

it('a token for an area that no home has is made, and says so', async () => {
  const make = (name: string, areas: unknown) =>
    ida('POST', '/api/tokens', { name, scopes: ['read:alerts'], areas })
  expect((await make('a', ['Altta', 'Alta', ''])).json).toMatchObject({ name: 'a', warnings: [WARNING] })
  expect((await make('b', ['Alta'])).json.warnings).toBeUndefined()
  expect((await make('c', 'all')).json.warnings).toBeUndefined()
})

it('somebody who is added or changed for an area that no home has, likewise', async () => {
  const added = await ida('POST', '/api/people', { id: 'siv', roles: ['operator'], areas: ['Altta'] })
  expect(added.json).toMatchObject({ person: { areas: ['Altta'] }, warnings: [WARNING] })
  const mended = await ida('PATCH', '/api/people/siv', { areas: ['Alta'] })
  expect([mended.status, mended.json.warnings]).toEqual([200, undefined])
  expect((await ida('PATCH', '/api/people/siv', { areas: ['Altta'] })).json.warnings).toEqual([WARNING])
})
