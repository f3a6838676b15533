import { afterAll, beforeAll, expect, it } from 'vitest'
import { registerHub } from '../http/register-hub.ts'
import type { RegisterHub } from '../http/register-hub.ts'

let own: RegisterHub
beforeAll(async () => {
  own = await registerHub()
})
afterAll(() => own.stop())

it.each(['/healthz', '/api/session', '/api/nothing', '/a/no-such-link', '/metrics'])(
  'the answer to %s carries what browsers need to be careful',
  async (url) => {
    const { headers } = await own.app.inject(url)
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'") as string,
      'strict-transport-security': expect.stringMatching(/^max-age=\d{8,}/) as string,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
    expect(headers['content-security-policy']).not.toContain('unsafe')
    expect(headers).not.toHaveProperty('x-powered-by')
    expect(headers).not.toHaveProperty('server')
  },
)

it('the API sends no header by which a page of another site could read it', async () => {
  const { headers } = await own.app.inject({
    url: '/api/session',
    headers: { origin: 'https://evil.example' },
  })
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
})
