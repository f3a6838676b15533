import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { createHttpApp } from '../../hub/http/app.ts'
import { startChromium } from '../helpers/chromium.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { exampleHome, memoryOffice } from '../http/memory-office.ts'
import type { MemoryOffice } from '../http/memory-office.ts'

const CONSOLE = join(import.meta.dirname, '../../hub/console')
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** Still, where a test is not about what moves: a row that flashes keeps a core at work. */
const EXAMPLE_BROWSER = { locale: 'en-GB', timezoneId: 'Europe/Oslo', reducedMotion: 'reduce' } as const

/** Builds the console, if it is older than its source. */
export function buildConsole(): void {
  execFileSync(process.execPath, [join(CONSOLE, 'build.ts')])
}

/** One browser for the tests of a file, and the console built for it. */
export function fileBrowser(): () => Browser {
  let browser: Browser | undefined
  beforeAll(async () => {
    buildConsole()
    browser = await startChromium()
  }, 120_000)
  afterAll(() => browser?.close())
  return () => {
    if (!browser) throw new Error('The browser is there while tests run')
    return browser
  }
}

/** A page in a browser context of its own, for somebody in Oslo who reads English. */
export async function newPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  return await (await browser.newContext({ ...EXAMPLE_BROWSER, ...options })).newPage()
}

/** Signs in as the page behind a link would, without opening that page, and shows the page at this path. */
export async function signIn(page: Page, link: string, path = '/'): Promise<void> {
  const { origin, hash } = new URL(link)
  const answer = await page.context().request.post(`${origin}/api/session`, {
    headers: { 'x-aal': '1' },
    data: { token: hash.slice(1) },
  })
  if (!answer.ok()) throw new Error(`Cannot sign in: ${await answer.text()}`)
  await page.goto(`${origin}${path}`)
  await page.locator('#main').waitFor()
}

/** Gathers what the browser complains of, and what the page asks of other hosts than its own. */
export function complaintsOf(page: Page, url: string): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) complaints.push(request.url())
  })
  return complaints
}

export interface OpenConsole {
  readonly office: MemoryOffice
  readonly url: string
  /** Where nobody is signed in until `open`. */
  readonly page: Page
  /** Of that page: what the browser complained of, and what it asked of other hosts. */
  readonly complaints: string[]
  /** Signs in as `siv`, who may do everything unless the office knows them, and shows the page at this path. */
  open(path: string): Promise<void>
  /** Signs in somebody in a browser context of their own. */
  openAs(person: string, path?: string, options?: BrowserContextOptions): Promise<Page>
  /** Another browser context, where nobody is signed in. */
  newPage(): Promise<Page>
  /** A link with which this person signs in. */
  linkOf(person: string): string
  /** Every connection to the hub breaks; it is there for new ones. */
  dropConnections(): void
  /** The hub goes, and comes back on the same port. */
  stopHub(): Promise<void>
  startHub(): Promise<void>
  close(): Promise<void>
}

/** The console on a real server before an office in memory with the home `h1`. */
export async function openConsole(browser: Browser, now?: () => number): Promise<OpenConsole> {
  const office = memoryOffice(now)
  office.addHome(...exampleHome('h1', 'Storgata 5'))
  const createApp = () =>
    createHttpApp({
      office,
      version: '0.0.0',
      phone: true,
      trusted: false,
      consoleDir: join(CONSOLE, 'dist'),
    })
  let app = await createApp()
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const contexts: BrowserContext[] = []
  const openPage = async (options?: BrowserContextOptions): Promise<Page> => {
    const opened = await newPage(browser, options)
    contexts.push(opened.context())
    return opened
  }
  const linkOf = (person: string): string => `${url}/sign-in#${office.people.createSignInToken(person)}`
  const page = await openPage()
  return {
    office,
    url,
    page,
    complaints: complaintsOf(page, url),
    open: (path) => signIn(page, linkOf('siv'), path),
    async openAs(person, path, options) {
      const opened = await openPage(options)
      await signIn(opened, linkOf(person), path)
      return opened
    },
    newPage: () => openPage(),
    linkOf,
    dropConnections: () => app.server.closeAllConnections(),
    stopHub: () => app.close(),
    async startHub() {
      app = await createApp()
      await app.listen({ host: '127.0.0.1', port: Number(new URL(url).port) })
    },
    async close() {
      for (const context of contexts) await context.close()
      await app.close()
    },
  }
}

/**
 * A new console for each test of a file or group, in one browser. What is read of it is that of the test that runs.
 */
export function eachConsole({
  browser = fileBrowser(),
  once = false,
  now,
  prepare,
}: ConsoleOptions = {}): OpenConsole {
  let opened: OpenConsole | undefined
  const [before, after] = once ? [beforeAll, afterAll] : [beforeEach, afterEach]
  before(async () => {
    opened = await openConsole(browser(), now)
    await prepare?.(opened)
  })
  after(() => opened?.close())
  return new Proxy({} as OpenConsole, {
    get(_target, name: keyof OpenConsole) {
      if (!opened) throw new Error('The console is there while tests run')
      return opened[name]
    },
  })
}

interface ConsoleOptions {
  /** For groups of a file that share it. */
  readonly browser?: () => Browser
  /** All tests of the file or group have the same. */
  readonly once?: boolean
  /** The hub's clock. */
  readonly now?: () => number
  /** Puts into the office what every test finds there. */
  readonly prepare?: (opened: OpenConsole) => void | Promise<void>
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
