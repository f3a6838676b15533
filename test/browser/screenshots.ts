import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { startChromium } from '../helpers/chromium.ts'
import { waitFor } from '../helpers/wait-for.ts'

/** Takes the pictures of the README from the real demo: `npm run screenshots`. */
const ROOT = join(import.meta.dirname, '../..')
const OSLO = { locale: 'en-GB', timezoneId: 'Europe/Oslo' }
const IMAGES = join(ROOT, 'docs/images')

const demo = spawn(
  process.execPath,
  [join(ROOT, 'hub/aal.js'), 'demo', '--mqtt-port', '0', '--http-port', '0'],
  { stdio: ['ignore', 'pipe', 'inherit'] },
)
let out = ''
demo.stdout.on('data', (part) => (out += String(part)))
const exited = new Promise<void>((fulfil) => demo.once('exit', () => fulfil()))
const browser = await startChromium()
try {
  const signIn = await waitFor('the demo to start', () => /http:\S+\/sign-in#\S+/.exec(out)?.[0], {
    timeout: 60_000,
  })
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, ...OSLO })
  const page = await context.newPage()
  await page.goto(signIn)
  await page.getByText('Possible fall').first().waitFor({ timeout: 60_000 })
  const isNext = (): boolean => (out.match(/ALERT (high|medium|low)/g)?.length ?? 0) >= 2
  await waitFor('a second incident', isNext, { timeout: 240_000 })
  await page.waitForTimeout(1500)
  await page.screenshot({ path: join(IMAGES, 'board.png') })
  await page.setViewportSize({ width: 390, height: 844 })
  await page.screenshot({ path: join(IMAGES, 'board-phone.png') })

  await page.setViewportSize({ width: 1280, height: 720 })
  await page.goto(new URL('/homes/h-0001', signIn).href)
  await page.getByText('Vital signs').waitFor()
  await page.waitForTimeout(1500)
  await page.screenshot({ path: join(IMAGES, 'home.png') })

  await page.goto(new URL('/phone', signIn).href)
  await page
    .getByRole('button', { name: /take it/ })
    .first()
    .click()
  await page
    .getByText(/Thanks for your answer/)
    .first()
    .waitFor({ timeout: 5000 })
    .catch(() => {})
  await page.screenshot({ path: join(IMAGES, 'phone.png') })
} finally {
  await browser.close()
  demo.kill('SIGINT')
  await exited
}
