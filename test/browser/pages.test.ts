import { describe, expect, it } from 'vitest'
import { accessFaults, eachConsole, fileBrowser } from './open-console.ts'
import { EXAMPLE_PAGES, prepareExamples } from './page-examples.ts'

const browser = fileBrowser()

describe.each(EXAMPLE_PAGES)('the page $address', ({ address, shows }) => {
  // Opened once: what is looked for changes nothing.
  const opened = eachConsole({
    browser,
    once: true,
    async prepare({ office, open, page }) {
      prepareExamples(office)
      await open(address)
      await page.getByText(shows).first().waitFor()
    },
  })

  it.each(['dark', 'light'] as const)('can be used by everybody, in %s colours', async (theme) => {
    expect(await accessFaults(opened.page, theme)).toEqual([])
    expect(opened.complaints).toEqual([])
  })

  it('fits a phone, and has nothing on it that is too small for a thumb', async () => {
    await opened.page.setViewportSize({ width: 360, height: 740 })
    await opened.page.emulateMedia({ reducedMotion: 'no-preference' })
    await opened.page.reload()
    await opened.page.getByText(shows).first().waitFor()
    expect(await opened.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
    const small = await opened.page.locator('button, a:not(p a), summary').evaluateAll((targets) =>
      targets.flatMap((target) => {
        const { width, height } = target.getBoundingClientRect()
        return width > 0 && (width < 40 || height < 40) ? [`${target.textContent}: ${width} x ${height}`] : []
      }),
    )
    expect(small).toEqual([])
  })
})

describe('the frame', () => {
  const opened = eachConsole({ browser, prepare: ({ office }) => prepareExamples(office) })

  it('goes from page to page without a reload, and shows everywhere that somebody waits', async () => {
    const { page } = opened
    await opened.open('/')
    await page.evaluate(() => Object.assign(window, { stays: true }))
    await page.getByRole('navigation').getByRole('link', { name: 'Homes' }).click()
    await page.getByRole('heading', { name: 'Homes' }).waitFor()
    expect(await page.title()).toBe('(3) Homes · AAL hub')
    await page.getByRole('link', { name: '3 need a human' }).last().click()
    await page.getByRole('heading', { name: 'Possible fall' }).first().waitFor()
    expect(await page.evaluate(() => 'stays' in window)).toBe(true)
    expect(opened.complaints).toEqual([])
  })

  it('is dark on the board and light elsewhere, until somebody chooses', async () => {
    const { page } = opened
    const theme = () => page.locator('html').getAttribute('data-theme')
    await opened.open('/')
    expect(await theme()).toBe('dark')
    await page.getByRole('navigation').getByRole('link', { name: 'Homes' }).click()
    await page.getByRole('heading', { name: 'Homes' }).waitFor()
    expect(await theme()).toBe('light')
    await page.keyboard.press('?')
    await page.getByText('Dark', { exact: true }).click()
    expect(await theme()).toBe('dark')
    await page.reload()
    await page.getByRole('heading', { name: 'Homes' }).waitFor()
    expect(await theme()).toBe('dark')
  })

  it('comes compressed, as the browser can read it', async () => {
    const [script = ''] = /\/assets\/[^"]+\.js/.exec(await (await fetch(opened.url)).text()) ?? []
    const sent = async (encoding: string) => {
      const answer = await fetch(`${opened.url}${script}`, { headers: { 'accept-encoding': encoding } })
      expect((await answer.text()).length).toBeGreaterThan(10_000)
      return answer.headers.get('content-encoding')
    }
    expect(await sent('gzip')).toBe('gzip')
    expect(await sent('gzip, br')).toBe('br')
    expect(await sent('identity')).toBe(null)
  })

  it('says what is not there', async () => {
    await opened.open('/homes')
    await opened.page.evaluate(() => history.pushState(null, '', '/nowhere'))
    await opened.page.getByText('There is no such page.').waitFor()
    await opened.page.getByRole('link', { name: 'To the board' }).click()
    await opened.page.getByRole('heading', { name: 'Possible fall' }).first().waitFor()
  })
})

describe('the page of a home', () => {
  const opened = eachConsole({ browser, prepare: ({ office }) => prepareExamples(office) })

  it('sets a mode with its end and reason, and ends it', async () => {
    const { page } = opened
    await opened.open('/homes/h1')
    await page.getByRole('button', { name: 'Set a mode' }).click()
    const dialog = page.getByRole('dialog', { name: 'Set a mode for Storgata 5' })
    await dialog.getByText('Somebody works on the equipment').click()
    await dialog.getByLabel('Reason').fill('new batteries')
    await dialog.getByRole('button', { name: 'Set', exact: true }).click()
    await page.getByText(/Somebody works on the equipment .* until \d\d:\d\d/).waitFor()
    expect(opened.office.core.modes('h1')).toMatchObject([{ mode: 'maintenance', by: 'operator:siv' }])
    await page.getByRole('button', { name: 'End' }).click()
    await page.getByText('Nothing is set').waitFor()
    expect(opened.complaints).toEqual([])
  })

  it('says first whether anybody could know', async () => {
    const { page } = opened
    await opened.open('/homes/h2')
    await page.getByText('Not protected. No gateway is connected').waitFor()
    opened.office.setReachable('h2', true)
    opened.office.protections.set('h2', {
      state: 'partly',
      reasons: [{ code: 'sensor-silent', makes: 'partly', sensor: 'hall-door', since: 1 }],
    })
    await page.reload()
    await page.getByText('Partly protected. hall-door').waitFor()
  })
})
