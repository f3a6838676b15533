import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startChromium } from '../helpers/chromium.ts'
import { serverMissing } from '../helpers/servers.ts'
import { startLinkBench } from '../http/link-bench.ts'
import type { LinkBench } from '../http/link-bench.ts'

/** Where to put pictures of the pages, for whoever wants to look at them. */
const PICTURES = process.env['LINK_PICTURES']
const MINUTE = 60_000

let browser: Browser
beforeAll(async () => {
  if (!serverMissing('chromium')) browser = await startChromium()
})
afterAll(() => browser?.close())

async function open(hub: LinkBench, path: string, colorScheme: 'light' | 'dark' = 'light', width = 360) {
  const context = await browser.newContext({
    viewport: { width, height: 640 },
    colorScheme,
    // As on a phone that is old, or kept from it.
    javaScriptEnabled: false,
  })
  const page = await context.newPage()
  await page.goto(`${hub.url}${path}`)
  return page
}

async function picture(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    if (!PICTURES) return
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}.png`), fullPage: true })
  }
}

describe.skipIf(serverMissing('chromium'))('the page behind a link, without scripts', () => {
  it('has the next action as its largest thing, in reach of a thumb', async () => {
    const hub = await startLinkBench()
    await hub.fall()
    hub.bench.clock.pass(4 * MINUTE)
    const path = hub.link('contact:daughter')
    const page = await open(hub, path)
    await picture(page, 'open')
    const take = await page.getByRole('button', { name: 'Jeg tar det' }).boundingBox()
    const cannot = await page.getByRole('button', { name: 'Jeg kan ikke' }).boundingBox()
    const heading = await page.getByRole('heading', { level: 1 }).boundingBox()
    expect(take!.height).toBeGreaterThanOrEqual(80)
    expect(take!.width * take!.height).toBeGreaterThan(heading!.width * heading!.height)
    expect(cannot!.height).toBeGreaterThanOrEqual(48)
    expect(cannot!.y + cannot!.height).toBeLessThan(640)

    await page.getByRole('button', { name: 'Jeg tar det' }).click()
    await page.getByText('Du tar det').waitFor()
    expect(new URL(page.url()).pathname).toBe(path)
    await picture(page, 'mine')
    // Reloading sends no form again.
    await page.reload()
    await page.getByRole('button', { name: 'Jeg kan ikke likevel' }).click()
    await page.getByText('Takk, vi spør andre').waitFor()
    await picture(page, 'declined')
  })

  it.each(['light', 'dark'] as const)('has contrast enough (WCAG AA) when it is %s', async (scheme) => {
    const hub = await startLinkBench()
    const alert = await hub.fall()
    await hub.bench.take({ type: 'hand-on', alert, to: 'contact:nurse', by: 'operator:siv', via: 'console' })
    const page = await open(hub, hub.link('contact:nurse'), scheme)
    await page.getByRole('button', { name: 'Send me a code' }).click()
    await page.getByLabel('Code from the SMS').fill('000000')
    await page.getByRole('button', { name: 'Show address and key' }).click()
    const colours = await coloursOf(page)
    expect(colours.length).toBeGreaterThan(8)
    for (const { text, on, what } of colours) {
      expect(contrast(text, on), `${what}: ${text} on ${on}`).toBeGreaterThanOrEqual(4.5)
    }
  })

  it.each([320, 360, 1280])('needs no sideways scrolling at %d px', async (width) => {
    const hub = await startLinkBench()
    await hub.fall()
    for (const path of [hub.link('contact:daughter'), `/a/${'A'.repeat(22)}`]) {
      const page = await open(hub, path, 'light', width)
      const size = await page.locator('html').evaluate((html) => [html.scrollWidth, html.clientWidth])
      expect(size[0]).toBeLessThanOrEqual(size[1]!)
    }
  })

  it('leads a nurse from the message to the door', async () => {
    const hub = await startLinkBench()
    const alert = await hub.fall()
    await hub.bench.take({ type: 'hand-on', alert, to: 'contact:nurse', by: 'operator:siv', via: 'console' })
    const page = await open(hub, hub.link('contact:nurse'))
    await picture(page, 'nurse-open')
    await page.getByRole('button', { name: 'I’ll take it' }).click()
    await page.getByText('You have it').waitFor()
    await picture(page, 'nurse-mine')
    await page.getByRole('button', { name: 'Send me a code' }).click()
    await page.getByText('The code is on its way').waitFor()
    await picture(page, 'nurse-code')
    await page.getByLabel('Code from the SMS').fill('12')
    await page.getByRole('button', { name: 'Show address and key' }).click()
    await page.getByText('That was not the code').waitFor()
    await picture(page, 'nurse-wrong')
    await page.getByLabel('Code from the SMS').fill(hub.message('contact:nurse')?.text.slice(0, 6) ?? '')
    await page.getByRole('button', { name: 'Show address and key' }).click()
    await page.getByText('Kanarigata 17').waitFor()
    await picture(page, 'nurse-way')
    await page.getByRole('button', { name: 'I am on my way' }).click()
    await page.getByText('On the way since').waitFor()
    await picture(page, 'nurse-on-the-way')
    await page.getByRole('button', { name: 'I am there' }).click()
    await page.getByText('There since').waitFor()
    expect(hub.office.alert(alert)?.attendance?.what).toBe('arrived')
  })

  it('says what to do where it opens nothing, or somebody else has it', async () => {
    const hub = await startLinkBench()
    await hub.fall()
    const path = hub.link('contact:daughter')
    await hub.bench.pass(2 * MINUTE)
    await hub.post(hub.link('contact:son'), { do: 'take' })
    const page = await open(hub, path)
    await page.getByText('Per tar seg av det (03:14)').waitFor()
    await picture(page, 'other')
    await page.goto(`${hub.url}/a/${'A'.repeat(22)}`)
    await page.getByText('113').waitFor()
    await picture(page, 'unknown')
  })
})

interface Colours {
  readonly what: string
  readonly text: string
  readonly on: string
}

/** Every text on the page with the colour behind it. */
async function coloursOf(page: Page): Promise<Colours[]> {
  return await page.locator('main *').evaluateAll((all) =>
    all
      .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()))
      .map((one) => {
        let behind: Element | null = one
        const colourOf = (element: Element): string => getComputedStyle(element).backgroundColor
        while (behind && colourOf(behind) === 'rgba(0, 0, 0, 0)') behind = behind.parentElement
        return {
          what: `${one.tagName} ${one.textContent?.trim().slice(0, 30)}`,
          text: getComputedStyle(one).color,
          on: behind ? colourOf(behind) : 'rgb(255, 255, 255)',
        }
      }),
  )
}

/** [WCAG 2.2, 1.4.3] */
function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map((one) => {
    const part = Number(one) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
