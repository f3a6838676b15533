import { loadavg } from 'node:os'
import { openDatabase } from '../../hub/database/open-database.ts'
import { startChromium } from '../helpers/chromium.ts'
import { findServer } from '../helpers/servers.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { startBenchHub } from './bench-hub.ts'
import { buildConsole, signIn } from './console.ts'
import { median } from './figures.ts'
import type { Figure } from './figures.ts'

const HOMES = 20_000
const LONGEST = 120_000

/** In Chromium on loopback: how soon the page of all homes has its first row, and how long the hub works at the list. */
export async function benchHomes(quick: boolean): Promise<Figure[]> {
  const hasChromium = findServer('chromium') !== undefined
  if (hasChromium) buildConsole()
  const hub = await startBenchHub(1, '', (data) => keepHomes(data))
  try {
    const lists: Figure[] = []
    for (const path of ['/api/homes', '/api/homes/list']) {
      const [first, again] = [await timeOf(path), await timeOf(path)]
      const note = `${HOMES} homes; beside it the longest answer to a ping took ${first.ping.toFixed(1)} ms`
      lists.push({ name: `homes.first-answer${path}`, value: first.took, unit: 'ms', note })
      lists.push({ name: `homes.answer${path}`, value: again.took, unit: 'ms' })
    }
    return [...lists, ...(await open())]
  } finally {
    await hub.stop()
  }

  async function timeOf(path: string): Promise<{ took: number; ping: number }> {
    let ping = 0
    const asking = new AbortController()
    const pinging = (async () => {
      while (!asking.signal.aborted) {
        const begin = performance.now()
        await hub.call('GET', '/healthz')
        ping = Math.max(ping, performance.now() - begin)
      }
    })()
    const begin = performance.now()
    await hub.call('GET', path)
    const took = performance.now() - begin
    asking.abort()
    await pinging
    return { took, ping }
  }

  async function open(): Promise<Figure[]> {
    if (!hasChromium) return []
    const browser = await startChromium()
    try {
      const first = await browser.newContext()
      await signIn(first, hub)
      const storageState = await first.storageState()
      await first.close()
      const times: number[] = []
      for (let round = 0; round < (quick ? 3 : 9); round++) {
        // Nothing is in the cache of a new context.
        const context = await browser.newContext({ storageState, viewport: { width: 1440, height: 900 } })
        const page = await context.newPage()
        await page.addInitScript(NOTE_FIRST_ROW)
        await page.goto(`${hub.url}/homes`)
        const seen = await waitFor(
          'the first home',
          async () => (await page.evaluate('window.firstRow')) as number | undefined,
          { timeout: LONGEST },
        )
        times.push(seen)
        await context.close()
      }
      const note = `${HOMES} homes; from the navigation until the first row is drawn, the quickest ${Math.min(...times).toFixed(0)}; load of the machine ${loadavg()[0]?.toFixed(1)}`
      return [{ name: 'homes.first-row', value: median(times), unit: 'ms', note }]
    } finally {
      await browser.close()
    }
  }
}

/** In the page: ms from the navigation to the frame that has a home. */
const NOTE_FIRST_ROW = `
  const watch = new MutationObserver(() => {
    if (!document.querySelector('.home-list li')) return
    watch.disconnect()
    // The second frame begins when the first, which has the row, was drawn.
    requestAnimationFrame(() => requestAnimationFrame(() => { window.firstRow = performance.now() }))
  })
  watch.observe(document, { childList: true, subtree: true })
`

/** Registered before the hub starts, in twenty areas, each with a gateway and four sensors. */
export function keepHomes(data: string, homes = HOMES): void {
  const database = openDatabase(data)
  const put = database.db.prepare('INSERT INTO home (id, facts, personal) VALUES (?, ?, ?)')
  database.db.exec('BEGIN')
  for (let index = 0; index < homes; index++) {
    const id = `x-${String(index).padStart(5, '0')}`
    const sensors = ['pulse', 'fall', 'door', 'bed'].map((sensor) => ({
      id: sensor,
      profile: 'native',
      address: sensor,
      heardEvery: 90_000_000,
      kinds: [],
    }))
    const facts = {
      id,
      timezone: 'Europe/Oslo',
      area: `Area ${index % 20}`,
      gateways: [],
      residents: [{ id: 'r1' }],
      sensors,
      contacts: [],
    }
    const personal = {
      id,
      label: `Storgata ${index} B`,
      residents: [{ id: 'r1', name: 'Kari Nordmann' }],
      contacts: [],
    }
    put.run(id, JSON.stringify(facts), JSON.stringify(personal))
  }
  database.db.exec('COMMIT')
  database.close()
}
