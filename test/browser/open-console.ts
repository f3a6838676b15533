import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { createHttpApp } from '../../hub/http/app.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { exampleHome, memoryOffice } from '../http/memory-office.ts'
import type { MemoryOffice } from '../http/memory-office.ts'

const CONSOLE = join(import.meta.dirname, '../../hub/console')
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Still, where a test is not about what moves: a row that flashes keeps a core at work. */
export const EXAMPLE_BROWSER = {
  locale: 'en-GB',
  timezoneId: 'Europe/Oslo',
  reducedMotion: 'reduce',
} as const

export interface OpenConsole {
  readonly office: MemoryOffice
  readonly url: string
  readonly page: Page
  /** What the browser complained of, and what it asked of other hosts. */
  readonly complaints: string[]
  /** Signs in, and shows the page at this path. */
  open(path: string): Promise<void>
  close(): Promise<void>
}

/** Builds the console, if it is older than its source. */
export function buildConsole(): void {
  execFileSync(process.execPath, [join(CONSOLE, 'build.ts')])
}

/** The console on a real server before an office in memory with the home `h1`, in a browser context of its own. */
export async function openConsole(browser: Browser): Promise<OpenConsole> {
  const office = memoryOffice()
  office.addHome(...exampleHome('h1', 'Storgata 5'))
  const app = await createHttpApp({
    office,
    version: '0.0.0',
    phone: true,
    trusted: false,
    consoleDir: join(CONSOLE, 'dist'),
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const context = await browser.newContext(EXAMPLE_BROWSER)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) complaints.push(request.url())
  })
  return {
    office,
    url,
    page,
    complaints,
    async open(path) {
      await signIn(page, url, office.people.createSignInToken('siv'))
      await page.goto(`${url}${path}`)
      await page.locator('#main').waitFor()
    },
    async close() {
      await context.close()
      await app.close()
    },
  }
}

/** Signs the browser of a page in as the page of a link would, but opens no page: that takes longer than most tests. */
export async function signIn(page: Page, url: string, token: string): Promise<void> {
  const answer = await page.context().request.post(`${url}/api/session`, {
    headers: { 'x-aal': '1' },
    data: { token },
  })
  if (!answer.ok()) throw new Error(`Cannot sign in: ${await answer.text()}`)
}

/** What WCAG 2.2 A and AA find wrong on the page as it is, one line each, in the colours given. */
export async function accessFaults(page: Page, theme: 'dark' | 'light'): Promise<string[]> {
  await page.evaluate((chosen) => (document.documentElement.dataset['theme'] = chosen), theme)
  // Something that appears or flashes has other colours for a moment.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await waitFor('animations to end', () =>
    page.evaluate(() => document.getAnimations().every((one) => one.playState !== 'running')),
  )
  const results = (await page.evaluate(
    `${AXE}; axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })`,
  )) as AxeResults
  if (results.passes.length < 5) throw new Error('axe looked at nothing')
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
  )
}
