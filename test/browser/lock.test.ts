import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { waitFor } from '../helpers/wait-for.ts'
import { exampleAlert } from '../http/memory-office.ts'
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
