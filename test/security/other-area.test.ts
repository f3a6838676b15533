import { afterAll, beforeAll, expect, it } from 'vitest'
import { registerHub } from '../http/register-hub.ts'
import type { RegisterHub } from '../http/register-hub.ts'

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

let own: RegisterHub
let alert: string
let headers: Record<string, string>
let routes: (readonly [method: string, path: string])[]

/** Two areas with an open alert each; whoever asks sees Alta alone. */
beforeAll(async () => {
  own = await registerHub()
  const { office } = own.hub
  await office.importHomes(
    'homes.yaml',
    ['h-alta Alta Storgata +4790000001', 'h-vardo Vardø Kanarigata +4790000002']
      .map((line) => line.split(' '))
      .reduce(
        (text, [id, area, label, phone]) =>
          `${text}  - { id: ${id}, timezone: Europe/Oslo, area: ${area}, label: ${label}, residents: [{ id: r1, name: ${label} }], sensors: [{ id: fall-1, profile: native }], contacts: [{ id: anne, name: ${label}, phone: "${phone}", language: nb }] }\n`,
        'homes:\n',
      ),
  )
  const now = office.core.now()
  for (const home of ['h-alta', 'h-vardo']) {
    const fall = { home, sensor: 'fall-1', kind: 'fall', value: 'detected', at: now, receivedAt: now }
    await office.core.take({ type: 'reading', reading: fall })
  }
  alert = office.core.openAlerts().find(({ home }) => home === 'h-vardo')?.id ?? ''
  const { people } = office
  people.add({ id: 'alma', roles: ['operator', 'installer'], areas: ['Alta'] })
  const session = people.signIn(people.createSignInToken('alma'))?.session
  headers = { cookie: `aal_session=${session}`, 'x-aal': '1', 'if-match': '*' }
  const { paths } = (await own.app.inject({ url: '/api/openapi.json', headers })).json<OpenApi>()
  routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).flatMap((method) =>
      path.startsWith('/api/live') ? [] : [[method, path] as const],
    ),
  )
})
afterAll(() => own.stop())

const meant = (path: string): string =>
  path
    .replace('{home}', 'h-vardo')
    .replace('{id}', alert)
    .replaceAll(/\{\w+\}/g, 'fall-1')

it('no read of any route tells an operator of one area of a home of another', async () => {
  const asked = [
    '',
    '?home=h-vardo&kind=fall&from=0&whose=home:h-vardo',
    '?text=Kanari&area=Vard%C3%B8&homes=h-vardo&names=true',
  ]
  const told: string[] = []
  let answered = 0
  for (const [method, path] of routes) {
    if (method !== 'get') continue
    for (const query of asked) {
      const { statusCode, body } = await own.app.inject({ url: meant(path) + query, headers })
      expect(statusCode, path).toBeLessThan(500)
      if (statusCode >= 400) continue
      answered++
      if (/h-vardo|Vardø|Kanari|90000002/.test(body) || body.includes(alert))
        told.push(`${path}${query}: ${body.slice(0, 200)}`)
    }
  }
  expect(told).toEqual([])
  expect(answered).toBeGreaterThan(20)
})

it('no change of any route does anything to it', async () => {
  const { core, register } = own.hub.office
  const seen = () =>
    JSON.stringify([
      core.home('h-vardo'),
      core.openAlerts().find(({ id }) => id === alert),
      register.read('h-vardo'),
    ])
  const before = seen()
  const payload = {
    home: 'h-vardo',
    homes: ['h-vardo'],
    alert,
    alerts: [alert],
    reason: 'x',
    why: 'x',
    cause: 'test',
    for: '1h',
    text: 'x',
    state: 'closed',
    label: 'x',
  }
  for (const [method, path] of routes) {
    // What concerns whoever asks: their own session.
    if (method === 'get' || path.startsWith('/api/session')) continue
    const { statusCode } = await own.app.inject({
      method: method.toUpperCase() as 'POST',
      url: meant(path),
      headers,
      ...(method !== 'delete' && { payload }),
    })
    expect(statusCode, `${method} ${path}`).toBeLessThan(500)
    if (path.includes('{home}') || path.startsWith('/api/alerts/'))
      expect(statusCode, `${method} ${path}`).toBeGreaterThanOrEqual(400)
  }
  expect(seen()).toBe(before)
})

it.each(['/%ff', '/s/%ff', '/api/homes/%E0%A4%A'])(
  'an address that cannot be read is refused in words: %s',
  async (url) => {
    const answer = await own.app.inject({ url })
    expect(answer.statusCode).toBe(400)
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
    expect(answer.json()).toEqual({
      type: 'about:blank',
      status: 400,
      title: 'Bad request',
      detail: 'Cannot read the address of this request.',
    })
  },
)
