import { expect, it } from 'vitest'
import type { SystemView } from '../../hub/http/system-routes.ts'
import { startChromium } from '../helpers/chromium.ts'
import { freePort } from '../helpers/free-port.ts'
import { startHubProcess } from '../helpers/hub-process.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import { serverMissing } from '../helpers/servers.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { buildConsole, newPage, signIn } from './open-console.ts'

const HOMES = `homes:
  - id: h-1
    timezone: Europe/Oslo
    sensors: [{ id: fall-1, profile: native }]
    contacts: [{ id: daughter, phone: "+4790000001", language: en }]
`

it.skipIf(serverMissing('influxd'))(
  'the system page of a hub whose InfluxDB and Kannel are down says what that means, and is well again with them',
  { timeout: 120_000 },
  async () => {
    await using stack = new AsyncDisposableStack()
    buildConsole()
    const [influxPort, kannelPort] = [await freePort(), await freePort()]
    const config = `
influxdb: { url: "http://127.0.0.1:${influxPort}" }
sms:
  kannel:
    url: http://127.0.0.1:${kannelPort}/cgi-bin/sendsms
    username: hub
    password: kannel-password
    from: "2000"
    secret: a-secret-of-this-test-0123456789
`
    const hub = await startHubProcess({ config })
    stack.defer(async () => void (await hub.kill('SIGTERM')))
    await hub.api('POST', '/api/homes', { text: HOMES })
    const system = () => hub.api<SystemView>('GET', '/api/system')

    await waitFor('both to be noticed', async () => {
      const { history, channels } = await system()
      return history?.error !== undefined && channels.some(({ ok }) => !ok)
    })
    const down = await system()
    expect(down.history?.error).toContain('ECONNREFUSED')
    expect(down.history?.waiting).toBeGreaterThan(0)
    expect(down.channels).toMatchObject([{ channel: 'kannel', kind: 'sms', ok: false }])
    expect(down.problems).toMatchObject([
      { problem: 'no-sms-works', severity: 'high' },
      { problem: 'channel', name: 'kannel' },
      { problem: 'no-dead-man', severity: 'info' },
      { problem: 'no-backup', severity: 'info' },
    ])
    expect(down.disk?.free).toBeGreaterThan(0)
    expect(down.journal.entries).toBeGreaterThan(0)
    expect(down.versions.node).toBe(process.versions.node)
    expect(JSON.stringify(down)).not.toMatch(/kannel-password|4790000001|h-1/)

    const browser = await startChromium()
    stack.defer(() => browser.close())
    const page = await newPage(browser, { locale: 'nb-NO' })
    await signIn(page, hub.signIn)
    await page.getByRole('navigation').getByRole('link', { name: 'System' }).click()
    await page.getByRole('heading', { name: 'Ingen SMS går ut' }).waitFor()
    expect(await page.locator('.problem-card').first().textContent()).toContain('ring selv')

    await page.getByText(/^InfluxDB blir ikke skrevet, ingenting går tapt: .*ECONNREFUSED/).waitFor()

    const influxd = await startInfluxd({ port: influxPort })
    stack.defer(() => influxd.stop())
    await waitFor(
      'the graphs to be up to date',
      async () => {
        const { history } = await system()
        return history?.waiting === 0 && history.error === undefined
      },
      { timeout: 90_000 },
    )
    await page.getByText('InfluxDB har alt som har skjedd.').waitFor({ timeout: 20_000 })
  },
)
