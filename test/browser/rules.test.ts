import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startHubProcess, writeRules } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { newPage, signIn, fileBrowser } from './open-console.ts'

const LOW = `rules:
  - id: low
    title: Low oxygen
    why: Somebody asked for it.
    category: health
    severity: low
    on: spo2
    when: value < 90
`

const browser = fileBrowser()
let page: Page
let hub: HubProcess
let folder: string

beforeAll(async () => {
  folder = writeRules({ 'low.yaml': LOW })
  hub = await startHubProcess({ config: `rules: ${folder}\n` })
  page = await newPage(browser())
  await signIn(page, hub.signIn)
}, 120_000)
afterAll(async () => void (await hub.kill('SIGTERM')))

it('a change is checked in its place, tried on the past of a real hub, and switched on with a reason', async () => {
  await page.getByRole('navigation').getByRole('link', { name: 'Rules' }).click()
  await page.getByRole('link', { name: 'Low oxygen' }).click()
  await page.getByText('Somebody asked for it.', { exact: true }).waitFor()
  await page.getByRole('link', { name: 'Try a change' }).click()
  const text = page.locator('textarea.code')
  const run = page.getByRole('button', { name: 'Try it on the last 30 days' })
  await page.getByText('The text is that in force.').waitFor()
  expect(await run.isDisabled()).toBe(true)

  await text.fill(LOW.replace('category: health', 'category: healthy'))
  await run.click()
  await page.getByRole('button', { name: 'low.yaml:5:15' }).click({ timeout: 20_000 })
  expect(
    await text.evaluate((area: HTMLTextAreaElement) => [area.selectionStart, area.selectionEnd]),
  ).toEqual([LOW.indexOf('    category'), LOW.indexOf('    severity')])

  const changed = LOW.replace('< 90', '< 88')
  await text.fill(changed)
  await run.click()
  await page.getByText('It would have called as often, and for the same.').waitFor({ timeout: 20_000 })
  expect(readFileSync(join(folder, 'low.yaml'), 'utf8')).toBe(LOW)
  await page.getByLabel('Why (it stands in the history)').fill('Too many at night.')
  await page.getByRole('button', { name: 'Switch on' }).click()
  await page.getByText(/^In force since .*, switched on by admin\.$/).waitFor()
  expect(readFileSync(join(folder, 'low.yaml'), 'utf8')).toBe(changed)

  await page.getByRole('link', { name: 'Rules' }).last().click()
  await page.getByText('Too many at night.').waitFor()
  const { rows } = await hub.api<{ rows: { what: string; why?: string }[] }>('GET', '/api/audit')
  expect(rows.find(({ what }) => what === 'rules.switch-on')?.why).toBe('Too many at night.')
}, 90_000)

it('a note is handed over, and the page is printed without names', async () => {
  await page.getByRole('navigation').getByRole('link', { name: 'Shift' }).click()
  await page.getByLabel('Write to the next shift').fill('Kari slept badly.')
  await page.getByRole('button', { name: 'Hand over' }).click()
  await page.getByText('Kari slept badly.').first().waitFor()
  await page.getByText('Read by nobody yet.').waitFor()
  await page.evaluate(() => Object.assign(window, { print: () => Object.assign(window, { printed: true }) }))
  await page.getByRole('button', { name: 'Print or PDF' }).click()
  await page.waitForFunction(() => 'printed' in window)
  await page.emulateMedia({ media: 'print' })
  expect(await page.getByText('Kari slept badly.').isVisible()).toBe(false)
  expect(await page.getByText('it is printed with names only').isVisible()).toBe(true)
  const { rows } = await hub.api<{ rows: { what: string; why?: string }[] }>('GET', '/api/audit')
  expect(rows.find(({ what }) => what === 'shift.print')?.why).toMatch(/^print, pseudonyms, /)
}, 120_000)
