import { execFileSync } from 'node:child_process'
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { connectAsync } from 'mqtt'
import type { MqttClient } from 'mqtt'
import type { BrowserContext } from 'playwright-core'
import { startChromium } from '../helpers/chromium.ts'
import { findServer } from '../helpers/servers.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { startBenchHub } from './bench-hub.ts'
import type { BenchHub } from './bench-hub.ts'
import { at, median } from './figures.ts'
import type { Figure } from './figures.ts'

const EVERY = 1200
const LONGEST = 120_000

/**
 * In Chromium on loopback: how soon the board has something to say, and how long a fall takes from the hub to the screen
 * at 50 alerts a minute.
 */
export async function benchConsole(quick: boolean): Promise<Figure[]> {
  if (findServer('chromium') === undefined) {
    process.stderr.write(
      'console is not measured: there is no chromium (npm run servers names its package)\n',
    )
    return []
  }
  buildConsole()
  const alerts = quick ? 20 : 50
  const hub = await startBenchHub(alerts + 1)
  const browser = await startChromium()
  const gateways: MqttClient[] = []
  try {
    const first = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    await signIn(first, hub)
    const session = await first.storageState()
    await first.close()
    gateways.push(await fall(hub, 0))
    const loads: Load[] = []
    for (let round = 0; round < (quick ? 3 : 9); round++) {
      // Nothing is in the cache of a new context.
      const context = await browser.newContext({
        storageState: session,
        viewport: { width: 1440, height: 900 },
      })
      loads.push(await load(context, hub))
      await context.close()
    }
    const context = await browser.newContext({
      storageState: session,
      viewport: { width: 1440, height: 900 },
    })
    const took = await showAll(context, hub, alerts, gateways)
    await context.close()

    const note = `load of the machine ${loadavg()[0]?.toFixed(1)}`
    const middle = (which: keyof Load): number => median(loads.map((one) => one[which]))
    const perMinute = `${alerts} falls, one each ${EVERY} ms; from the hub's time of the alert to the frame that has it; ${note}`
    return [
      { name: 'console.js-before-first-alert', value: middle('scripts') / 1024, unit: 'kB gzip' },
      { name: 'console.js-as-sent', value: middle('sent') / 1024, unit: 'kB' },
      { name: 'console.first-paint', value: middle('firstPaint'), unit: 'ms', note },
      { name: 'console.first-contentful-paint', value: middle('contentful'), unit: 'ms', note },
      { name: 'console.first-alert', value: middle('firstAlert'), unit: 'ms', note },
      { name: 'console.hub-to-pixel-p50', value: median(took), unit: 'ms', note: perMinute },
      { name: 'console.hub-to-pixel-p95', value: at(took, 0.95), unit: 'ms', note: perMinute },
    ]
  } finally {
    await browser.close()
    await Promise.all(gateways.map((client) => client.endAsync(true)))
    await hub.stop()
  }
}

interface Load {
  readonly firstPaint: number
  readonly contentful: number
  readonly firstAlert: number
  /** Bytes. */
  readonly scripts: number
  readonly sent: number
}

type Seen = Readonly<Record<string, number>>

/** In the page: when the frame was there in which a home's row first stood, ms since 1970. */
const NOTE_ROWS = `
  window.seen = {}
  new MutationObserver(() => {
    for (const row of document.querySelectorAll('li.row')) {
      const [home] = /h-\\d{5}/.exec(row.textContent) ?? []
      if (!home || home in window.seen) continue
      window.seen[home] = Infinity
      // The second frame begins when the first, which has the row, was drawn.
      requestAnimationFrame(() => requestAnimationFrame(() => {
        window.seen[home] = performance.timeOrigin + performance.now()
      }))
    }
  }).observe(document, { childList: true, subtree: true, characterData: true })
`

export function buildConsole(): void {
  execFileSync(process.execPath, [fileURLToPath(new URL('../../hub/console/build.ts', import.meta.url))])
}

export async function signIn(context: BrowserContext, hub: BenchHub): Promise<void> {
  const { signIn: link } = (await hub.call('POST', '/api/sign-in-links', { person: 'bench' })) as {
    signIn: string
  }
  const page = await context.newPage()
  await page.goto(link)
  await page.locator('#main').waitFor({ timeout: LONGEST })
}

async function load(context: BrowserContext, hub: BenchHub): Promise<Load> {
  const page = await context.newPage()
  await page.addInitScript(NOTE_ROWS)
  const scripts: Promise<Buffer>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.push(response.body())
  })
  await page.goto(hub.url)
  const seen = await waitFor(
    'the first alert',
    async () => {
      const [time] = Object.values((await page.evaluate('window.seen')) as Seen)
      return time !== undefined && Number.isFinite(time) ? time : undefined
    },
    { timeout: LONGEST },
  )
  const timing = (await page.evaluate(`({
    origin: performance.timeOrigin,
    paints: Object.fromEntries(performance.getEntriesByType('paint').map((one) => [one.name, one.startTime])),
    sent: performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.js'))
      .reduce((sum, one) => sum + one.encodedBodySize, 0),
  })`)) as { origin: number; paints: Record<string, number>; sent: number }
  const bodies = await Promise.all(scripts)
  return {
    firstPaint: timing.paints['first-paint'] ?? Number.NaN,
    contentful: timing.paints['first-contentful-paint'] ?? Number.NaN,
    firstAlert: seen - timing.origin,
    scripts: bodies.reduce((sum, body) => sum + gzipSync(body).length, 0),
    sent: timing.sent,
  }
}

async function showAll(
  context: BrowserContext,
  hub: BenchHub,
  alerts: number,
  gateways: MqttClient[],
): Promise<number[]> {
  const page = await context.newPage()
  await page.addInitScript(NOTE_ROWS)
  await page.goto(hub.url)
  await page.locator('li.row').first().waitFor({ timeout: LONGEST })
  const begin = performance.now()
  for (let index = 1; index <= alerts; index++) {
    await new Promise((fulfil) => setTimeout(fulfil, Math.max(0, begin + index * EVERY - performance.now())))
    gateways.push(await fall(hub, index))
  }
  const homes = hub.gateways.slice(1, alerts + 1).map(({ home }) => home)
  const seen = await waitFor(
    'every fall on the board',
    async () => {
      const now = (await page.evaluate('window.seen')) as Seen
      return homes.every((home) => Number.isFinite(now[home])) ? now : undefined
    },
    { timeout: LONGEST },
  )
  const { alerts: known } = (await hub.call('GET', '/api/alerts?limit=1000')) as {
    alerts: readonly { home?: string; openedAt: number }[]
  }
  const openedAt = new Map(known.map((one) => [one.home, one.openedAt]))
  return homes.map((home) => (seen[home] ?? Infinity) - (openedAt.get(home) ?? Number.NaN))
}

/** @returns the gateway's connection, which stays: a gateway that goes is another alert */
async function fall(hub: BenchHub, index: number): Promise<MqttClient> {
  const { home, username, password } = hub.gateways[index]!
  const client = await connectAsync(`mqtt://127.0.0.1:${hub.port}`, {
    username,
    password,
    reconnectPeriod: 0,
  })
  await client.publishAsync(`homes/${home}/sensors/fall`, '{"kind":"fall","value":"detected"}', { qos: 1 })
  return client
}
