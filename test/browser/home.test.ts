import { describe, expect, it } from 'vitest'
import { exampleAlert } from '../http/memory-office.ts'
import { accessFaults, eachConsole } from './open-console.ts'
import { shippedRules } from './page-examples.ts'

const PASSWORD = 'correct horse battery staple'

const opened = eachConsole({
  prepare({ office }) {
    const now = Date.now()
    office.put({ alerts: [exampleAlert({ raisedAt: now, openedAt: now, lastAt: now })] })
  },
})

describe('the page of a home', () => {
  it('says whether it is protected now, why not, and what to do; the board counts it', async () => {
    const { page, office } = opened
    office.protections.set('h1', {
      state: 'partly',
      reasons: [
        { code: 'battery-low', makes: 'partly', sensor: 'fall-1', value: 9, limit: 15 },
        { code: 'contact-stopped', makes: 'nothing', contact: 'son' },
      ],
    })
    await opened.open('/homes/h1')
    await page.getByText('Partly protected. The battery of fall-1 is at 9 %, limit 15 %.').waitFor()
    const section = page.getByRole('region', { name: 'Protected now' })
    await section.getByText('Bring a new battery at the next visit.').waitFor()
    await section.getByText('son wrote STOP').waitFor()
    await section.locator('summary').click()
    await section.getByText('2026-10').waitFor()
    expect(await section.getByRole('row').last().textContent()).toContain('1 h 01')
    expect(await accessFaults(page, 'light')).toEqual([])
    expect(await accessFaults(page, 'dark')).toEqual([])
    await opened.open('/')
    await page.getByText('1 in part').waitFor()
    expect(opened.complaints).toEqual([])
  })

  it('shows names and numbers for a reason, which is kept, and hides them by itself', async () => {
    const { page, office } = opened
    await page.clock.install()
    await opened.open('/homes/h1')
    await page.getByText('1 resident. 2 contacts are told, in order.').waitFor()
    expect(await page.getByText('Kari Nordmann').count()).toBe(0)
    await page.getByRole('button', { name: 'Show names and numbers' }).click()
    const dialog = page.getByRole('dialog', { name: 'Why do you need' })
    expect(await accessFaults(page, 'light')).toEqual([])
    await dialog.getByRole('button', { name: 'calling the resident' }).click()
    await page.getByText('Kari Nordmann').waitFor()
    expect(await page.getByRole('link', { name: '+4790000001' }).getAttribute('href')).toBe('tel:+4790000001')
    expect(office.audit.list({ limit: 50 })).toContainEqual(
      expect.objectContaining({
        who: 'person:siv',
        what: 'home.reveal',
        whose: 'home:h1',
        why: 'calling the resident',
      }),
    )
    expect(await accessFaults(page, 'dark')).toEqual([])
    expect(await accessFaults(page, 'light')).toEqual([])
    await page.clock.fastForward('05:01')
    await page.getByText('1 resident. 2 contacts').waitFor()
    expect(await page.getByText('Kari Nordmann').count()).toBe(0)
    await page
      .getByRole('link', { name: /Possible fall/ })
      .first()
      .click()
    await page.getByRole('link', { name: 'Names and numbers' }).click()
    await dialog.getByLabel('Another reason').fill('moving')
    await dialog.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByText('Kari Nordmann').waitFor()
    await page.getByRole('button', { name: 'Hide them' }).click()
    expect(await page.getByText('Kari Nordmann').count()).toBe(0)
    expect(opened.complaints).toEqual([])
  })

  it('shows no name when the screen was locked, and none when it is unlocked', async () => {
    const { page, office } = opened
    office.people.add({ id: 'siv', roles: ['operator'], areas: 'all' })
    await office.people.setPassword('siv', PASSWORD)
    await opened.open('/homes/h1')
    await page.getByRole('button', { name: 'Show names and numbers' }).click()
    await page.getByRole('button', { name: 'visiting' }).click()
    await page.getByText('Kari Nordmann').waitFor()
    await page.getByRole('heading', { name: 'Storgata 5' }).click()
    await page.keyboard.press('Shift+L')
    await page.getByText('This page is locked').waitFor()
    expect(await page.getByText('Kari Nordmann').count()).toBe(0)
    await page.locator('#main').getByRole('button', { name: 'Unlock' }).click()
    const dialog = page.getByRole('dialog', { name: 'The screen is locked' })
    await dialog.getByLabel('Password').fill(PASSWORD)
    await dialog.getByRole('button', { name: 'Unlock' }).click()
    await page.getByRole('button', { name: 'Show names and numbers' }).waitFor()
    expect(await page.getByText('Kari Nordmann').count()).toBe(0)
  })

  it('keeps notes, which stand on the alerts of the home too, and go when they are removed', async () => {
    const { page } = opened
    await opened.open('/homes/h1')
    await page.getByText('Nothing is written down about this home.').waitFor()
    await page.getByRole('button', { name: 'Write a note' }).click()
    await page.getByLabel('What whoever is on duty').fill('The dog barks and does not bite.')
    await page.getByRole('button', { name: 'Keep the note' }).click()
    await page.getByRole('button', { name: 'Remove the note' }).waitFor()
    expect(await accessFaults(page, 'dark')).toEqual([])
    await page
      .getByRole('link', { name: /Possible fall/ })
      .first()
      .click()
    await page.getByRole('heading', { name: 'Notes of the centre' }).waitFor()
    await page.getByText('The dog barks').waitFor()
    await page.getByRole('link', { name: 'Storgata 5' }).click()
    await page.getByRole('button', { name: 'Remove the note' }).click()
    await page.getByText('Nothing is written down about this home.').waitFor()
    expect(opened.office.taken).toEqual([])
    expect(opened.complaints).toEqual([])
  })

  it('holds a rule with its end and reason, and offers no alarm', async () => {
    const { page, office } = opened
    office.rulesInForce = shippedRules('doors.yaml', 'falls.yaml')
    await opened.open('/homes/h1')
    await page.getByRole('button', { name: 'Hold a rule' }).click()
    const dialog = page.getByRole('dialog', { name: 'Hold a rule for Storgata 5' })
    const choice = dialog.getByLabel('Rule')
    await choice.getByText('Front door open at night').waitFor({ state: 'attached' })
    const offered = await choice.getByRole('option').allTextContents()
    expect(offered).not.toContain('Possible fall')
    expect(offered[0]).toBe('Choose one')
    const hold = dialog.getByRole('button', { name: 'Hold it' })
    expect(await hold.isDisabled()).toBe(true)
    await choice.selectOption('Front door open at night')
    await dialog.getByText('12 hours').click()
    await dialog.getByLabel('Reason').fill('painters are there')
    expect(await accessFaults(page, 'light')).toEqual([])
    await hold.click()
    await page.getByText(/is held .*until/).waitFor()
    expect(office.holds('h1').holds).toMatchObject([
      { rule: 'front-door-open-night', by: 'operator:siv', why: 'painters are there' },
    ])
    expect(opened.complaints).toEqual([])
  })

  it('shows days by the hour, with the same hatching, and a line for each alert', async () => {
    const { page, office } = opened
    const now = Date.now()
    const hour = 3_600_000
    const ago = (hours: number) => ({ sensor: 'fall-1', at: now - hours * hour })
    office.pastReadings.push(
      { ...ago(100), kind: 'motion', value: true },
      { ...ago(50), kind: 'spo2', value: 91 },
      { ...ago(49), kind: 'spo2', value: 95 },
      { ...ago(2), kind: 'fall', value: 'detected' },
    )
    await opened.open('/homes/h1')
    await page.getByText('7 days').click()
    await page.getByRole('heading', { name: 'The last 7 days' }).waitFor()
    await page.getByRole('img', { name: /bathroom, Motion: sensed in . hours?.*could not know/ }).waitFor()
    await page.getByText('91–95 %').waitFor()
    await page.getByText('1 alert in these days').click()
    await page.locator('.past-alerts').getByRole('link', { name: 'Possible fall' }).waitFor()
    for (const theme of ['dark', 'light'] as const) expect(await accessFaults(page, theme)).toEqual([])
    await page.getByText('30 days').click()
    await page.getByRole('heading', { name: 'The last 30 days' }).waitFor()
    expect(await accessFaults(page, 'light')).toEqual([])
    await page.setViewportSize({ width: 360, height: 740 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
    expect(opened.complaints).toEqual([])
  })
})
