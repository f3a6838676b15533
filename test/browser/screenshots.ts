import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { startChromium } from '../helpers/chromium.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { visitPictures } from './visit-pictures.ts'

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
  const picture = async (name: string): Promise<void> => {
    await page.waitForTimeout(1500)
    await page.screenshot({ path: join(IMAGES, `${name}.png`) })
  }
  const show = async (path: string, text: string, width = 1280, height = 720): Promise<void> => {
    await page.setViewportSize({ width, height })
    await page.goto(new URL(path, signIn).href)
    await page.getByText(text).first().waitFor()
  }
  await picture('board')
  await page.evaluate(() => (document.documentElement.dataset['theme'] = 'light'))
  await picture('board-light')
  await page.setViewportSize({ width: 390, height: 844 })
  await picture('board-phone')
  await show('/?wall', 'Possible fall', 1920, 1080)
  await picture('board-wall')

  await show('/homes/h-0001', 'Vital signs')
  await picture('home')
  await page.evaluate(() => (document.documentElement.dataset['theme'] = 'dark'))
  await page.setViewportSize({ width: 390, height: 844 })
  await picture('home-phone')
  await show('/', 'Possible fall')
  await page.keyboard.press('j')
  await page.keyboard.press('h')
  await page.getByRole('link', { name: 'The whole alert' }).first().click()
  await page.getByText('The hours around it').waitFor()
  await picture('alert')
  await show('/shift', 'Against the targets')
  await picture('shift')
  await show('/rules', 'Possible fall')
  await picture('rules')
  await show('/system', 'Journal')
  await picture('system')

  await page.evaluate(() => (document.documentElement.dataset['theme'] = 'light'))
  await show('/phone', 'Phones')
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

  await visitPictures(page, new URL(signIn).origin, picture)
} finally {
  await browser.close()
  demo.kill('SIGINT')
  await exited
}
