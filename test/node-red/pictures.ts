import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { startChromium } from '../helpers/chromium.ts'
import { startHubProcess } from '../helpers/hub-process.ts'
import { startMosquitto } from '../helpers/mosquitto.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login } from '../helpers/mqtt-client.ts'
import { exampleFlow, importFlows, installNodes, startNodeRed } from '../helpers/node-red.ts'
import { tempDir } from '../helpers/temp-dir.ts'

/** Takes the pictures of docs/node-red.md from a real Node-RED: part of `npm run screenshots`. */
const IMAGES = join(import.meta.dirname, '../../docs/images')

const userDir = tempDir('node-red-pictures')
const [hub, broker] = await Promise.all([startHubProcess(), startMosquitto(), installNodes(userDir)])
const red = await startNodeRed({ userDir })
const browser = await startChromium()
try {
  const { token } = await hub.api<{ token: string }>('POST', '/api/tokens', {
    name: 'node-red',
    scopes: ['read:alerts', 'act:alerts', 'read:history', 'raise:alerts'],
  })
  const flows = ['01 - Lamp at a fall', '02 - Door open at night', '03 - UPS on battery'].flatMap(exampleFlow)
  await red.deploy(importFlows(flows, { url: hub.url, token, brokerPort: broker.port }))
  const page = await open()
  await page.screenshot({ path: join(IMAGES, 'node-red-flow.png') })
  await page.locator('#aal1alert0000000').dblclick()
  await page.locator('#node-input-atLeast').waitFor()
  await page.waitForTimeout(1000)
  await page.screenshot({ path: join(IMAGES, 'node-red-alert.png') })
} finally {
  await browser.close()
  await Promise.all([red.stop(), broker.stop(), hub.kill('SIGTERM')])
}

/** The editor as whoever signs in finds it, with the first example before them, and its help. */
async function open(): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, locale: 'en-GB' })
  await page.goto(red.url)
  await page.locator('#node-dialog-login-username').fill('admin')
  await page.locator('#node-dialog-login-password').fill(red.password)
  await page.keyboard.press('Enter')
  await page.locator('#aal1alert0000000').waitFor()
  await page.getByPlaceholder('filter nodes').pressSequentially('aal ')
  await page.evaluate(`RED.actions.invoke('core:show-help-tab')`)
  await page.locator('#aal1alert0000000').click()
  await fall()
  await page.getByText('operator:siv has it').first().waitFor()
  await page.waitForTimeout(1500)
  return page
}

/** Somebody falls, and somebody takes it. */
async function fall(): Promise<void> {
  const home = 'h-0001'
  await hub.api('POST', '/api/homes', {
    text: `homes: [{ id: ${home}, timezone: Europe/Oslo, sensors: [{ id: fall-1, profile: native, room: bathroom }] }]`,
  })
  const client = await connectRaw(
    hub.mqttPort,
    await hub.api<Login>('POST', `/api/homes/${home}/gateways`, {}),
  )
  const reading = { kind: 'fall', value: 'detected' }
  client.send(publishPacket(`homes/${home}/sensors/fall-1`, reading, { qos: 1, messageId: 1 }))
  await client.waitFor('puback')
  client.destroy()
  const { alerts } = await hub.api<{ alerts: { id: string; home: string }[] }>('GET', '/api/alerts')
  const raised = alerts.find((one) => one.home === home)
  await hub.api('POST', `/api/alerts/${raised?.id}/acknowledge`, { by: 'operator:siv' })
}
