import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Provider } from 'oidc-provider'
import type { FastifyInstance } from 'fastify'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createHttpApp } from '../../hub/http/app.ts'
import { createOidc } from '../../hub/people/oidc.ts'
import { startChromium } from '../helpers/chromium.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { exampleAlert, exampleHome, memoryOffice } from '../http/memory-office.ts'
import type { MemoryOffice } from '../http/memory-office.ts'
import { accessFaults, buildConsole } from './open-console.ts'

const DIST = join(import.meta.dirname, '../../hub/console/dist')
const DEADLINE = 120_000
const SECRET = 'a secret of the test'

let browser: Browser
let providerServer: Server
let issuer: string
let office: MemoryOffice
let app: FastifyInstance
let url: string
let page: Page
let answer: (request: IncomingMessage, response: ServerResponse) => void

beforeAll(async () => {
  // It says each time that it is set up for a test.
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  buildConsole()
  browser = await startChromium()
  office = memoryOffice()
  const [home, personal] = exampleHome('h1', 'Storgata 5')
  office.addHome({ ...home, area: 'Alta' }, personal)
  const now = Date.now()
  office.put({ alerts: [exampleAlert({ raisedAt: now, openedAt: now, lastAt: now })] })
  providerServer = createServer((request, response) => answer(request, response))
  await new Promise<void>((fulfil) => providerServer.listen(0, '127.0.0.1', fulfil))
  // Another site than the hub, as it is outside of tests.
  issuer = `http://localhost:${(providerServer.address() as AddressInfo).port}`
  app = await createHttpApp({
    office,
    version: '0.0.0',
    phone: false,
    trusted: false,
    consoleDir: DIST,
    signInWith: createOidc({
      issuer,
      clientId: 'aal',
      clientSecret: SECRET,
      name: 'the centre',
      scope: 'openid profile',
      personClaim: 'preferred_username',
      roleClaim: 'groups',
      roles: { 'aal-operators': 'operator' },
      areaClaim: 'areas',
      hubUrl: () => url,
      now: () => Date.now(),
    }),
  })
  url = await app.listen({ host: '127.0.0.1', port: 0 })
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'aal',
        client_secret: SECRET,
        token_endpoint_auth_method: 'client_secret_post',
        redirect_uris: [`${url}/api/oidc/callback`],
        post_logout_redirect_uris: [`${url}/sign-in`],
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['preferred_username', 'name', 'groups', 'areas'] },
    conformIdTokenClaims: false,
    ttl: { IdToken: 600, Interaction: 600, Grant: 600, Session: 600, AccessToken: 600 },
    cookies: { keys: ['k'] },
    findAccount: (_ctx, sub) => ({
      accountId: sub,
      claims: async () => ({
        sub,
        preferred_username: 'siv',
        name: 'Siv Olsen',
        groups: ['aal-operators'],
        areas: ['Alta'],
      }),
    }),
  }).callback()
  answer = (request, response) => void provider(request, response)
}, DEADLINE)
afterAll(async () => {
  await browser.close()
  await app.close()
  providerServer.closeAllConnections()
  await new Promise((fulfil) => providerServer.close(fulfil))
})

beforeEach(async () => {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Oslo' })
  // The provider's own pages ask for a font of somebody else.
  await context.route(/^https:/, (route) => route.abort())
  page = await context.newPage()
  page.setDefaultTimeout(30_000)
  return () => context.close()
})

const outside = () => page.getByRole('link', { name: 'Sign in with the centre' })

/** At the provider's page. */
async function signInThere(): Promise<void> {
  await page.locator('input[name=login]').fill('s1')
  await page.locator('input[name=password]').fill('x')
  await page.locator('button[type=submit]').click()
  const consent = page.locator('form[action$="/interaction"], input[name=prompt][value=consent]')
  await waitFor('the provider to go on', async () => {
    const at = page.url()
    return at.startsWith(url) || (at.startsWith(issuer) && (await consent.count()) > 0)
  })
  if (page.url().startsWith(issuer)) await page.locator('button[type=submit]').click()
  await page.waitForURL((at) => at.href.startsWith(url))
}

const sessionOf = async () =>
  (await page.context().cookies(url)).find(({ name }) => name === 'aal_session')?.value ?? ''

describe('signing in at the organisation', () => {
  it(
    'brings name, role and areas; unlocking asks there again, and then for the act that waited',
    async () => {
      await page.goto(url)
      await outside().click()
      await signInThere()
      await page.getByText('Kari N').first().waitFor()
      expect(office.people.find('siv')).toMatchObject({
        name: 'Siv Olsen',
        roles: ['operator'],
        areas: ['Alta'],
      })

      await page.goto(`${url}/alerts/a1`)
      await page.getByRole('button', { name: 'Take it' }).waitFor()
      await page.keyboard.press('Shift+L')
      await page.getByText('Locked. Siv Olsen is signed in.').waitFor()
      await page.getByRole('button', { name: 'Take it' }).click()
      await page.getByRole('link', { name: 'Sign in again with the centre' }).click()
      // The provider knows them still, and asks all the same.
      await signInThere()
      const dialog = page.getByRole('dialog', { name: 'Do you still want this?' })
      await dialog.getByText('Take the alert: Possible fall · Storgata 5').waitFor()
      expect(new URL(page.url()).pathname).toBe('/alerts/a1')
      expect(office.taken).toEqual([])
      expect(await accessFaults(page, 'light')).toEqual([])
      await dialog.getByRole('button', { name: 'Do it' }).click()
      await page.getByText('Taken by you').waitFor()
      expect(office.taken).toMatchObject([{ type: 'acknowledge', by: 'operator:siv' }])

      // The session is over.
      const ending = await sessionOf()
      // On the way of the act to the hub: else the stream may have told it before.
      await page.route('**/comment', (route) => {
        office.people.signOut(ending)
        return route.fallback()
      })
      await page.getByRole('textbox', { name: 'Note' }).fill('Called her')
      await page.getByRole('button', { name: 'Add' }).click()
      await page.getByText('What you were about to do waits').waitFor()
      await outside().click()
      await signInThere()
      await dialog.getByText('Called her').waitFor()
      await dialog.getByRole('button', { name: 'Leave it' }).click()
      await dialog.waitFor({ state: 'detached' })
      await page.reload()
      await page.getByText('Taken by you').waitFor()
      expect([await dialog.count(), office.taken.length]).toEqual([0, 1])

      await page.getByRole('button', { name: 'Keys and settings' }).click()
      const session = await sessionOf()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.waitForURL((at) => at.href.startsWith(issuer))
      expect(office.people.session(session)).toBeUndefined()
      await page.goBack()
      await page.getByRole('button', { name: 'Sign in' }).waitFor()
      expect(await page.content()).not.toMatch(/Kari|Anne/)
    },
    DEADLINE,
  )

  it(
    'says what to do when it is refused there, or cannot be reached; the password is still a way',
    async () => {
      await page.goto(url)
      await outside().click()
      await page.locator('input[name=login]').waitFor()
      await page.getByRole('link', { name: 'Cancel' }).click()
      await page.getByText('did not let you in, or you cancelled').waitFor()

      const provider = answer
      answer = (_request, response) => void response.writeHead(503).end()
      onTestFinished(() => {
        answer = provider
      })
      await outside().click()
      await page.getByText('cannot be reached. Use your password, or a link.').waitFor()
      expect(page.url()).toBe(`${url}/sign-in`)
      expect(await accessFaults(page, 'light')).toEqual([])
      const person = 'mona'
      office.people.add({ id: person, roles: ['operator'], areas: 'all' })
      await office.people.setPassword(person, 'correct horse battery staple')
      await page.getByLabel('Name').fill(person)
      await page.getByLabel('Password').fill('correct horse battery staple')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByText('Kari N').first().waitFor()
    },
    DEADLINE,
  )
})
