import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { AlertView } from '../../hub/http/alert-view.ts'
import { kannelInboundUrl } from '../../hub/notify/channels/kannel.ts'
import { startChromium } from '../helpers/chromium.ts'
import { freePort } from '../helpers/free-port.ts'
import { runAal, startHubProcess, writeConfig } from '../helpers/hub-process.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import { startKannel } from '../helpers/kannel.ts'
import { mosquittoPub } from '../helpers/mosquitto.ts'
import { serverMissing } from '../helpers/servers.ts'
import { waitFor } from '../helpers/wait-for.ts'

const DAUGHTER = '+4790000001'
const NEIGHBOUR = '+4790000002'
const SECRET = 'a-secret-of-this-test-0123456789'
/** Generous, for a busy machine of two cores; what was measured is printed. */
const IN_TIME = 15_000

const HOMES = `homes:
  - id: h-0001
    timezone: Europe/Oslo
    label: Storgata 5, 2. etg
    residents:
      - { id: r1, name: Kari Nordmann, language: nb }
    sensors:
      - { id: fall-1, profile: native, room: bathroom, resident: r1 }
    contacts:
      - { id: daughter, name: Anne Nordmann, phone: "${DAUGHTER}", language: nb, alias: Mor, order: 1 }
      - { id: neighbour, name: Per Hansen, phone: "${NEIGHBOUR}", language: nb, alias: Kari, order: 2 }
`

it.skipIf(serverMissing('influxd', 'bearerbox', 'smsbox', 'fakesmsc', 'mosquitto_pub', 'chromium'))(
  'a fall that mosquitto_pub publishes reaches a phone, the page and InfluxDB, and an SMS answers it',
  { timeout: 120_000 },
  async () => {
    execFileSync(process.execPath, [join(import.meta.dirname, '../../hub/console/build.ts')])
    await using stack = new AsyncDisposableStack()
    const httpPort = await freePort()
    const url = `http://127.0.0.1:${httpPort}`
    const influxd = await startInfluxd()
    stack.defer(() => influxd.stop())
    const kannel = await startKannel({ inboundUrl: kannelInboundUrl({ url, token: SECRET }) })
    stack.defer(() => kannel.stop())
    const config = `
influxdb: { url: "${influxd.url}" }
sms:
  kannel:
    url: ${kannel.sendUrl}
    username: ${kannel.username}
    password: ${kannel.password}
    from: "${kannel.from}"
    secret: ${SECRET}
`
    const hub = await startHubProcess({ config, httpPort })
    stack.defer(async () => void (await hub.kill('SIGTERM')))

    // An installer registers the home while the hub runs.
    const homesFile = writeConfig(HOMES)
    const imported = await runAal(['import', homesFile, '--data', hub.data, '--json'])
    expect(imported).toMatchObject({ code: 0 })
    expect(JSON.parse(imported.stdout)).toMatchObject({ homes: 1, changed: 1 })
    const added = await runAal(['gateway', 'add', 'h-0001', '--id', 'gw-0001', '--json', '--data', hub.data])
    const { username, password } = JSON.parse(added.stdout) as { username: string; password: string }

    // An operator opens the link that the hub printed.
    const browser = await startChromium()
    stack.defer(() => browser.close())
    const page = await (await browser.newContext({ locale: 'en-GB' })).newPage()
    await page.goto(hub.signIn)
    await page.getByText('Nothing needs a human.').waitFor()

    const began = performance.now()
    const took: Record<string, number> = {}
    const timed = async <T>(what: string, work: Promise<T>): Promise<T> => {
      const result = await work
      took[what] = Math.round(performance.now() - began)
      return result
    }
    const row = page.locator('.row', { hasText: 'Possible fall' })
    const [published, sms] = await Promise.all([
      timed(
        'PUBACK',
        mosquittoPub([
          '-L',
          `mqtt://${username}:${password}@127.0.0.1:${hub.mqttPort}/homes/h-0001/sensors/fall-1`,
          '-q',
          '1',
          '-m',
          '{"kind":"fall","value":"detected","id":"boot7-1234"}',
        ]),
      ),
      timed(
        'SMS',
        kannel.waitForMessage(({ to }) => to === DAUGHTER, IN_TIME),
      ),
      timed('page', row.getByText('Unanswered').waitFor({ timeout: IN_TIME })),
      timed(
        'InfluxDB',
        waitFor(
          'the point in InfluxDB',
          async () => (await influxd.query('aal', 'SELECT value FROM fall')).length > 0,
          { timeout: IN_TIME },
        ),
      ),
    ])
    console.log(
      `From the start of mosquitto_pub, ms: ${Object.entries(took).map(([what, ms]) => `${what} ${ms}`)}`,
    )
    expect(published).toMatchObject({ code: 0, stderr: '' })

    const [alert] = await openAlerts()
    expect(alert).toMatchObject({
      rule: 'fall',
      scope: 'h-0001',
      severity: 'high',
      handling: 'new',
      count: 1,
    })
    const code = alert?.code ?? ''
    expect(sms).toMatchObject({ from: kannel.from, parts: 1 })
    expect(sms.text).toMatch(
      new RegExp(
        `^VARSEL: Mulig fall hos Mor kl \\d\\d:\\d\\d\\. Svar 1 ${code} = jeg tar det, 2 ${code} = kan ikke\\. ` +
          'Uten svar varsles neste om 2 min\\.$',
      ),
    )
    expect(await row.textContent()).toContain('Storgata 5, 2. etg')
    expect(await row.textContent()).toContain('Kari N.')

    // What the follower wrote: the reading, and that the alert was raised; pseudonyms only.
    const points = await influxd.query('aal', 'SELECT value, state FROM fall GROUP BY *')
    expect(points).toMatchObject([
      { tags: { home: 'h-0001', sensor: 'fall-1', room: 'bathroom' }, columns: ['time', 'value', 'state'] },
    ])
    expect(points[0]?.values.map((value) => value.slice(1))).toEqual([[0, 'detected']])
    await waitForTransitions(['raised'])

    // The SMS centre reports that the phone has it.
    await waitFor('the delivery report', async () => {
      const [shown] = await openAlerts()
      return shown?.escalation.messages.some(({ state }) => state === 'delivered')
    })

    // Anne cannot come: Per is told at once. Per can: Anne learns who has it.
    await kannel.answer(DAUGHTER, `2 ${code}`)
    const second = await kannel.waitForMessage(({ to }) => to === NEIGHBOUR, IN_TIME)
    expect(second.text).toMatch(/^VARSEL: Mulig fall hos Kari kl \d\d:\d\d\. Svar 1 /)
    const before = kannel.received().length
    await kannel.answer(NEIGHBOUR, `1 ${code}`)
    await row.getByText('taken by Per Hansen').waitFor({ timeout: IN_TIME })
    await waitFor('the answers', () => kannel.received().length >= before + 2, { timeout: IN_TIME })
    const answers = Object.fromEntries(
      kannel
        .received()
        .slice(before)
        .map(({ to, text }) => [to, text]),
    )
    expect(answers).toEqual({
      [DAUGHTER]: expect.stringMatching(/^Per tar seg av varselet hos Mor \(\d\d:\d\d\)\.$/) as string,
      [NEIGHBOUR]: expect.stringMatching(/^Takk for svaret\. Du tar deg av varselet hos Kari/) as string,
    })
    expect(await openAlerts()).toMatchObject([
      { handling: 'acknowledged', handledBy: 'contact:neighbour', handledByName: 'Per Hansen' },
    ])
    await waitForTransitions(['raised', 'acknowledged'])

    // The operator closes it when Per has called.
    const resolved = await runAal(['alerts', 'resolve', alert?.id ?? '', '--cause=real', '--data', hub.data])
    expect(resolved).toMatchObject({ code: 0 })
    await page.getByText('Nothing needs a human.').waitFor()
    await waitForTransitions(['raised', 'acknowledged', 'resolved'])

    async function openAlerts(): Promise<AlertView[]> {
      return (await hub.api<{ alerts: AlertView[] }>('GET', '/api/alerts')).alerts
    }

    async function waitForTransitions(expected: readonly string[]): Promise<void> {
      await waitFor(`${expected.join(', ')} in InfluxDB`, async () => {
        const [series] = await influxd.query('aal', 'SELECT value, home, rule, what FROM alert')
        const found = series?.values.map(([, value, home, rule, what]) => {
          return value === 1 && home === 'h-0001' && rule === 'fall' && what
        })
        return JSON.stringify(found) === JSON.stringify(expected)
      })
    }
  },
)
