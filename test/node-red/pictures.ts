import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { startChromium } from '../helpers/chromium.ts'
import { startHubProcess } from '../helpers/hub-process.ts'
import { startMosquitto } from '../helpers/mosquitto.ts'
import { installNodes, PACKAGE, startNodeRed } from '../helpers/node-red.ts'
import type { FlowNode } from '../helpers/node-red.ts'
import { tempDir } from '../helpers/temp-dir.ts'

/** Takes the pictures of docs/node-red.md from a real Node-RED: part of `npm run screenshots`. */
const IMAGES = process.argv[2] ?? join(import.meta.dirname, '../../docs/images')

const userDir = tempDir('node-red-pictures')
const [hub, broker] = await Promise.all([startHubProcess(), startMosquitto(), installNodes(userDir)])
const red = await startNodeRed({ userDir })
const browser = await startChromium()
try {
  const { token } = await hub.api<{ token: string }>('POST', '/api/tokens', {
    name: 'node-red',
    scopes: ['read:alerts', 'act:alerts', 'read:history', 'raise:alerts'],
  })
  const flows = ['01 - Lamp at a fall', '02 - Door open at night', '03 - UPS on battery'].flatMap(
    (name) => JSON.parse(readFileSync(join(PACKAGE, 'examples', `${name}.json`), 'utf8')) as FlowNode[],
  )
  const byId = new Map(flows.map((node) => [node.id, node]))
  await red.deploy(
    [...byId.values()].map((node) => {
      if (node.type === 'aal-hub') return { ...node, url: hub.url, credentials: { token } }
      return node.type === 'mqtt-broker' ? { ...node, port: String(broker.port) } : node
    }),
  )
  for (const [name, locale] of [
    ['', 'en-GB'],
    ['-nb', 'nb-NO'],
  ] as const) {
    const page = await open(locale)
    await page.screenshot({ path: join(IMAGES, `node-red-flow${name}.png`) })
    await page.locator('#aal1alert0000000').dblclick()
    await page.locator('#node-input-atLeast').waitFor()
    await page.waitForTimeout(1000)
    await page.screenshot({ path: join(IMAGES, `node-red-alert${name}.png`) })
    await page.close()
  }
} finally {
  await browser.close()
  await Promise.all([red.stop(), broker.stop(), hub.kill('SIGTERM')])
}

/** The editor as whoever signs in finds it, with the first example before them. */
async function open(locale: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, locale })
  await page.goto(red.url)
  await page.locator('#node-dialog-login-username').fill('admin')
  await page.locator('#node-dialog-login-password').fill(red.password)
  await page.keyboard.press('Enter')
  await page.locator('#aal1alert0000000').waitFor()
  // The palette shows our nodes when what stands above them is folded.
  await page.locator('#red-ui-palette-header-AAL').scrollIntoViewIfNeeded()
  await page.waitForTimeout(1500)
  return page
}
