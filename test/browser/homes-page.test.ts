import { describe, expect, it } from 'vitest'
import { waitFor } from '../helpers/wait-for.ts'
import { exampleAlert, exampleHome } from '../http/memory-office.ts'
import { eachConsole } from './open-console.ts'

const COUNT = 20_000
const AREAS = ['Alta', 'Vardø', 'Karasjok', 'Bodø']

const opened = eachConsole({
  async prepare({ office, page }) {
    for (let n = 1; n < COUNT; n++) {
      const [home, personal] = exampleHome(`home-${n}`, `Lia ${n}`)
      office.addHome({ ...home, area: AREAS[n % 4] ?? '' }, personal)
      if (n % 1000 === 500) office.setReachable(home.id, false)
    }
    const now = Date.now()
    const at = { raisedAt: now, openedAt: now, lastAt: now }
    office.put({
      alerts: [
        exampleAlert({ ...at, home: 'home-777', scope: 'home-777' }),
        exampleAlert({ ...at, id: 'a2', home: 'home-12', scope: 'home-12', severity: 'medium' }),
      ],
    })
    await page.setViewportSize({ width: 1280, height: 800 })
  },
})

const rows = () => opened.page.locator('.home-list li')
const names = async () => (await rows().locator('a').allTextContents()).slice(0, 4)

describe(`the homes page with ${COUNT} homes`, () => {
  it('shows those that need somebody first, then those that are not protected, and draws only what is seen', async () => {
    await opened.open('/homes')
    await rows().first().waitFor()
    expect(await names()).toEqual(['Lia 777', 'Lia 12', 'Lia 500', 'Lia 1500'])
    expect(await rows().count()).toBeLessThan(60)
    expect(await rows().first().getAttribute('aria-setsize')).toBe(String(COUNT))
    await opened.page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
    await opened.page.getByRole('link', { name: 'Lia 19999' }).waitFor()
    expect(opened.complaints).toEqual([])
  })

  it('finds a home by its name, by area and by state, as the address says', async () => {
    const { page } = opened
    await opened.open('/homes')
    await rows().first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('lia 1950')
    await waitFor('the home', async () => (await names())[0] === 'Lia 19500')
    await page.getByRole('searchbox').fill('')
    await page.getByRole('button', { name: /^Vardø/ }).click()
    await waitFor('the area', async () => (await names())[0] === 'Lia 777')
    await page.getByText(/^Not protected/).click()
    await page.getByText('There is no such home.').waitFor()
    await page.getByRole('button', { name: /^Alta/ }).click()
    await waitFor('the other area', async () => (await names())[0] === 'Lia 500')
    expect(new URL(page.url()).search).toBe('?area=Alta&state=not')
    await page.reload()
    await rows().first().waitFor()
    expect(await names()).toEqual(['Lia 500', 'Lia 1500', 'Lia 2500', 'Lia 3500'])
  })

  it('shows what is not in service as such, and finds it: nobody expects it to be protected', async () => {
    const { page, office } = opened
    const [home, personal] = exampleHome('home-20001', 'Lia 20001')
    office.addHome({ ...home, state: { is: 'paused', until: Date.now() + 3_600_000 } }, personal)
    office.setReachable('home-20001', false)
    await opened.open('/homes')
    await page.getByText('1 not in service.').waitFor()
    await page.getByText(/^Paused/).click()
    await waitFor('the paused home', async () => (await names()).join() === 'Lia 20001')
    expect(await rows().first().textContent()).toMatch(/Paused until \d\d:\d\d/)
    expect(new URL(page.url()).search).toBe('?state=paused')
    expect(opened.complaints).toEqual([])
  })

  it('can be used with the keys alone', async () => {
    const { page } = opened
    await opened.open('/homes')
    await rows().first().waitFor()
    const focused = () => page.evaluate(() => document.activeElement?.textContent)
    await page.keyboard.press('j')
    await waitFor('the first', async () => (await focused()) === 'Lia 777')
    for (let n = 0; n < 30; n++) await page.keyboard.press('j')
    await page.keyboard.press('k')
    await waitFor('one far below', async () => (await focused()) === 'Lia 8')
    await page.keyboard.press('Enter')
    await waitFor('its page', () => new URL(page.url()).pathname === '/homes/home-8')
  })

  it('moves up a home at once when something is raised there', async () => {
    await opened.open('/homes')
    await rows().first().waitFor()
    const now = Date.now()
    opened.office.put({
      alerts: [
        exampleAlert({ id: 'a9', home: 'home-19998', raisedAt: now - 60_000, openedAt: now, lastAt: now }),
      ],
    })
    await waitFor('the home', async () => (await names())[0] === 'Lia 19998')
  })
})
