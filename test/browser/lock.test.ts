import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { waitFor } from '../helpers/wait-for.ts'
import { exampleAlert, exampleNotification } from '../http/memory-office.ts'
import { accessFaults, eachConsole } from './open-console.ts'

const PASSWORD = 'correct horse battery staple'
const MINUTE = 60_000

/** The hub's clock is so far ahead, ms. */
let ahead = 0

const opened = eachConsole({
  now: () => Date.now() + ahead,
  async prepare({ office }) {
    ahead = 0
    office.people.add({ id: 'siv', name: 'Siv Olsen', roles: ['operator'], areas: 'all' })
    office.people.add({ id: 'per', name: 'Per Lie', roles: ['operator'], areas: 'all' })
    await office.people.setPassword('siv', PASSWORD)
    await office.people.setPassword('per', PASSWORD)
    const now = Date.now()
    office.put({ alerts: [exampleAlert({ raisedAt: now, openedAt: now, lastAt: now })] })
  },
})

const lockBar = (page: Page) => page.getByText('Locked. Siv Olsen is signed in.')
const unlock = async (page: Page, password: string) => {
  const dialog = page.getByRole('dialog', { name: 'The screen is locked' })
  await dialog.getByLabel('Password').fill(password)
  await dialog.getByRole('button', { name: 'Unlock' }).click()
}

describe('the lock of the screen', () => {
  it('comes by itself, leaves the board live and hides names; an act asks for the password and goes on', async () => {
    const page = await opened.openAs('siv')
    await page.getByText('Kari N').first().waitFor()

    ahead = 31 * MINUTE
    await lockBar(page).waitFor()
    await page.getByText('Kari N').first().waitFor({ state: 'detached' })
    await page.getByText('Storgata 5').first().waitFor()

    const now = Date.now() + ahead
    const smoke = { en: 'Smoke', nb: 'Røyk' }
    opened.office.put({
      alerts: [exampleAlert({ id: 'a2', title: smoke, raisedAt: now, openedAt: now, lastAt: now })],
    })
    await page.getByRole('heading', { name: 'Smoke' }).waitFor()
    expect(await accessFaults(page, 'dark')).toEqual([])

    await page.getByRole('button', { name: 'Take it' }).first().click()
    await unlock(page, 'not the password at all')
    await page.getByText('That is not the password. Nothing was done.').waitFor()
    expect(opened.office.taken).toEqual([])
    expect(await accessFaults(page, 'light')).toEqual([])
    await unlock(page, PASSWORD)
    await waitFor('the act to go on', () => opened.office.taken.length === 1, { timeout: 30_000 })
    await page.getByText('taken by you').waitFor()
    await lockBar(page).waitFor({ state: 'detached' })
    await page.getByText('Kari N').first().waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }, 120_000)

  it('does nothing when the password is not given', async () => {
    const page = await opened.openAs('siv')
    await page.getByRole('button', { name: 'Lock the screen' }).click()
    await page.getByRole('button', { name: 'Take it' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.getByRole('button', { name: 'Take it' }).isEnabled()).toBe(true)
    expect(opened.office.taken).toEqual([])
  }, 120_000)

  it('keeps a dialog with what was typed in it, and goes on with that', async () => {
    const page = await opened.openAs('siv')
    await page.getByRole('button', { name: 'Take it' }).click()
    await page.getByText('taken by you').waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('r')
    await page.getByLabel('Comment').fill('She is up again')
    const context = page.context()
    const cookie = (await context.cookies()).find(({ name }) => name === 'aal_session')
    opened.office.people.lock(cookie?.value ?? '')
    await page.getByText('Real').click()
    await page.getByRole('button', { name: 'Resolve as' }).click()
    await unlock(page, PASSWORD)
    await waitFor(
      'the alert to be resolved',
      () => opened.office.taken.find(({ type }) => type === 'resolve'),
      {
        timeout: 30_000,
      },
    )
    expect(opened.office.taken.at(-1)).toMatchObject({ cause: 'real', comment: 'She is up again' })
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }, 120_000)

  it('is at once with the key L, in every tab, and shows no page but the board', async () => {
    const page = await opened.openAs('siv', '/homes')
    await page.getByRole('link', { name: 'Storgata 5' }).waitFor()
    const other = await page.context().newPage()
    await other.goto(opened.url)
    await other.getByText('Kari N').first().waitFor()

    await page.keyboard.press('Shift+L')
    await page.getByText('This page is locked').waitFor()
    expect(await page.getByText('Storgata 5').count()).toBe(0)
    await lockBar(other).waitFor()
    expect(await accessFaults(page, 'light')).toEqual([])

    await page.locator('#main').getByRole('button', { name: 'Unlock' }).click()
    await unlock(page, PASSWORD)
    await page.getByRole('link', { name: 'Storgata 5' }).waitFor()
    await lockBar(other).waitFor({ state: 'detached' })
  }, 120_000)

  it('stays away while somebody uses the screen, and comes for each of two people by themselves', async () => {
    const siv = await opened.openAs('siv')
    const per = await opened.openAs('per')
    ahead = 20 * MINUTE
    const acted = siv.waitForResponse((answer) => answer.url().endsWith('/api/session/act'))
    await siv.keyboard.press('Shift')
    await acted
    ahead = 40 * MINUTE
    await per.getByText('Locked. Per Lie is signed in.').waitFor()
    expect(await lockBar(siv).count()).toBe(0)
    await siv.getByRole('button', { name: 'Take it' }).click()
    await siv.getByText('taken by you').waitFor()
    // What Per sees is live, and names nobody.
    await per.getByText('taken by siv').waitFor()
    expect(await per.getByText('Siv Olsen').count()).toBe(0)
  }, 120_000)

  it('shows an alert without names and without the day of the home', async () => {
    const page = await opened.openAs('siv', '/alerts/a1')
    await page.getByText('Kari').first().waitFor()
    const refused: string[] = []
    page.on('response', (answer) => answer.status() === 423 && refused.push(answer.url()))
    await page.keyboard.press('Shift+L')
    await lockBar(page).waitFor()
    await page.getByText('are there when the screen is unlocked').waitFor()
    await page.getByRole('heading', { name: 'The same in this home before' }).waitFor()
    expect(await page.content()).not.toMatch(/Kari|Anne/)
    expect(await page.getByText('Limits as they are now').count()).toBe(0)
    await page.reload()
    await page.getByRole('heading', { name: 'Why it was raised' }).waitFor()
    expect(await page.content()).not.toMatch(/Kari|Anne/)
    expect(refused).toEqual([])
    expect(await accessFaults(page, 'light')).toEqual([])
    await page.getByRole('button', { name: 'Take it' }).click()
    await unlock(page, PASSWORD)
    await page.getByText('Taken by you').waitFor()
    await page.getByText('Kari').first().waitFor()
  }, 120_000)

  it('asks for the password before an answer from a phone, too', async () => {
    opened.office.put({ notifications: [exampleNotification({ queuedAt: Date.now() })] })
    const page = await opened.openAs('siv', '/phone')
    await page.getByLabel('Answer').fill('on my way')
    const cookie = (await page.context().cookies()).find(({ name }) => name === 'aal_session')
    opened.office.people.lock(cookie?.value ?? '')
    const answered = page.waitForResponse((one) => one.url().includes('/api/phone/') && one.status() === 200)
    await page.getByRole('button', { name: 'Send' }).click()
    await unlock(page, PASSWORD)
    await answered
  }, 120_000)

  it('hides names when its time comes and the hub is away, and is the hub’s again when that is back', async () => {
    const page = await opened.openAs('siv')
    await page.getByText('Kari N').first().waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('h')
    await page.getByText('Kari Nordmann').first().waitFor()
    await page.clock.install({ time: Date.now() })
    await page.context().setOffline(true)
    opened.dropConnections()
    await page.clock.runFor(20_000)
    await page.getByText('No contact since').waitFor()
    expect(await page.getByText('Kari N').count()).toBeGreaterThan(0)
    await page.clock.runFor(29 * MINUTE)
    expect(await lockBar(page).count()).toBe(0)
    await page.clock.runFor(2 * MINUTE)
    await lockBar(page).waitFor()
    expect(await page.content()).not.toMatch(/Kari|Anne/)
    await page.getByText('Storgata 5').first().waitFor()

    await page.context().setOffline(false)
    await page.clock.runFor(20_000)
    // By the hub's own clock half an hour has not gone.
    await lockBar(page).waitFor({ state: 'detached' })
    await page.getByText('Kari N').first().waitFor()
  }, 120_000)

  it('and signing out are done when the hub is heard again, and hide names at once', async () => {
    const page = await opened.openAs('siv')
    await page.getByText('Kari N').first().waitFor()
    let isAway = true
    await page.route('**/api/session/lock', (route) => (isAway ? route.abort() : route.fallback()))
    await page.route('**/api/session', (route) =>
      isAway && route.request().method() === 'DELETE' ? route.abort() : route.fallback(),
    )
    await page.keyboard.press('Shift+L')
    await lockBar(page).waitFor()
    expect(await page.content()).not.toMatch(/Kari|Anne/)
    await page.getByRole('button', { name: 'Keys and settings' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('you are not signed out yet').waitFor()
    await page.reload()
    await page.getByText('you are not signed out yet').waitFor()
    isAway = false
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    await page.goBack()
    expect(await page.content()).not.toMatch(/Kari|Anne/)
    await page.goto(opened.url)
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
  }, 120_000)

  it('after a session is over asks about what waited, and only whose it was', async () => {
    const page = await opened.openAs('siv')
    await page.getByText('Kari N').first().waitFor()
    let isOver = true
    // On the way of the act to the hub: else the stream may have told it before.
    await page.route('**/acknowledge', async (route) => {
      if (isOver) await opened.office.people.setPassword('siv', PASSWORD)
      await route.fallback()
    })
    await page.getByRole('button', { name: 'Take it' }).click()
    const signIn = async (person: string) => {
      await page.getByText('Your session is over. Sign in again to go on.').waitFor()
      await page.getByLabel('Name').fill(person)
      await page.getByLabel('Password').fill(PASSWORD)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.locator('#main').waitFor()
    }
    await page.getByText('What you were about to do waits').waitFor()
    await signIn('siv')
    isOver = false
    const dialog = page.getByRole('dialog', { name: 'Do you still want this?' })
    await dialog.getByText('Take the alert: Possible fall · Storgata 5').waitFor()
    expect(await accessFaults(page, 'dark')).toEqual([])
    expect(opened.office.taken).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByText('taken by you').waitFor()
    expect(opened.office.taken).toMatchObject([{ type: 'acknowledge', by: 'operator:siv' }])
    await dialog.waitFor({ state: 'detached' })

    const now = Date.now()
    opened.office.put({ alerts: [exampleAlert({ id: 'a2', raisedAt: now, openedAt: now, lastAt: now })] })
    await page.getByRole('button', { name: 'Take it' }).waitFor()
    isOver = true
    await page.getByRole('button', { name: 'Take it' }).click()
    await signIn('per')
    await page.getByRole('button', { name: 'Take it' }).waitFor()
    expect(await dialog.count()).toBe(0)
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
    expect(opened.office.taken).toHaveLength(1)
  }, 120_000)

  it('is no way round for the page that the browser keeps for its back button', async () => {
    const page = await opened.openAs('siv')
    await page.getByText('Kari N').first().waitFor()
    const kept = (type: string) =>
      page.evaluate((name) => window.dispatchEvent(new PageTransitionEvent(name, { persisted: true })), type)
    await kept('pagehide')
    expect(await page.getByText('Kari N').first().isVisible()).toBe(false)
    opened.office.people.remove('siv')
    await kept('pageshow')
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
  }, 120_000)

  it('ends after sign-out, for somebody else to sign in', async () => {
    const page = await opened.openAs('siv')
    await page.getByRole('button', { name: 'Lock the screen' }).click()
    await page.getByRole('button', { name: 'Unlock' }).click()
    await page.getByRole('button', { name: 'Not Siv Olsen? Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
  }, 120_000)

  it('is not offered to somebody without a password, who can set one', async () => {
    opened.office.people.add({ id: 'kim', roles: ['operator'], areas: 'all' })
    const page = await opened.openAs('kim')
    expect(await page.getByRole('button', { name: 'Lock the screen' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Keys and settings' }).click()
    await page.getByText('Without a password this screen never locks.').waitFor()
    await page.getByRole('button', { name: 'Set a password' }).click()
    const dialog = page.getByRole('dialog', { name: 'Set a password' })
    await dialog.getByLabel('New password').fill('short')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByRole('alert').waitFor()
    await dialog.getByLabel('New password').fill('an umbrella for tuesdays')
    await dialog.getByLabel('Show what I type').check()
    expect(await accessFaults(page, 'light')).toEqual([])
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Your password is saved.').waitFor()
    await page.getByRole('button', { name: 'Lock the screen' }).click()
    await page.getByText('Locked. kim is signed in.').waitFor()
    expect(opened.office.people.find('kim')?.hasPassword).toBe(true)
  }, 120_000)
})
