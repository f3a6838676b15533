import { expect, it } from 'vitest'
import { startChromium } from '../helpers/chromium.ts'
import { freePort } from '../helpers/free-port.ts'
import { startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { buildConsole, newPage, signIn } from './open-console.ts'

/** How often this hub has taken into its journal that boards were opened or closed. */
async function boardsSaid({ url }: HubProcess): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^aal_inputs_total\{type="boards"\} (\d+)/m.exec(metrics)?.[1] ?? 0)
}

it('a real board is in the journal once, whatever page is shown, loaded anew, and over a crash of the hub', async () => {
  await using stack = new AsyncDisposableStack()
  buildConsole()
  const httpPort = await freePort()
  const first = await startHubProcess({ httpPort })
  stack.defer(async () => void (await first.kill('SIGKILL')))
  expect(await boardsSaid(first)).toBe(0)
  const browser = await startChromium()
  stack.defer(() => browser.close())
  const page = await newPage(browser)
  await signIn(page, first.signIn)
  await waitFor('the board to be known', async () => (await boardsSaid(first)) === 1)
  for (const path of ['/homes', '/system', '/']) {
    await page.goto(`${first.url}${path}`)
    await page.locator('#main').waitFor()
  }
  expect(await boardsSaid(first)).toBe(1)

  await first.kill('SIGKILL')
  const second = await startHubProcess({ data: first.data, httpPort })
  stack.defer(async () => void (await second.kill('SIGKILL')))
  const back = await page.waitForResponse((answer) => answer.url().endsWith('/api/live') && answer.ok(), {
    timeout: 30_000,
  })
  expect(back.status()).toBe(200)
  expect(await boardsSaid(second)).toBe(0)
}, 90_000)
