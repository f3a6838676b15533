import { expect, it } from 'vitest'
import type { AlertView } from '../../hub/http/alert-view.ts'
import { kannelCarrier } from '../alerts/sms-carrier.ts'
import { launchHub, startHubProcess, whenStarted, writeRules } from '../helpers/hub-process.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login } from '../helpers/mqtt-client.ts'
import { serverMissing } from '../helpers/servers.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { recordFault } from './fault-row.ts'

/** Other tests may have the machine. */
const SLOW = { timeout: 90_000 }
const PHONE = '+4790000001'
const RULES = `rules:
  - { id: fall, title: { en: Possible fall }, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }
`
const HOMES = `homes:
  - id: h-1
    timezone: UTC
    sensors: [{ id: s1, profile: native }]
    contacts: [{ id: anne, phone: "${PHONE}", language: en }]
`

it.skipIf(serverMissing('bearerbox', 'smsbox', 'fakesmsc'))(
  'what a real Kannel has to tell while the hub is killed is heard when it is back: a delivery, and an answer',
  { timeout: 300_000 },
  async ({ task }) => {
    await using stack = new AsyncDisposableStack()
    const kannel = await kannelCarrier()
    stack.defer(() => kannel.stop())
    const config = `rules: ${writeRules({ 'rules.yaml': RULES })}\nchannels:\n${kannel.yaml}`
    const { httpPort } = kannel
    const first = await startHubProcess({ config, httpPort })
    const { data } = first
    await first.api('POST', '/api/homes', { text: HOMES })
    const login = await first.api<Login>('POST', '/api/homes/h-1/gateways', {})
    const client = await connectRaw(first.mqttPort, login)

    // Kannel takes the message, and no phone gets it yet.
    await kannel.lose()
    const fall = { kind: 'fall', value: 'detected' }
    client.send(publishPacket('homes/h-1/sensors/s1', fall, { qos: 1, messageId: 1 }))
    const alertAt = async (hub: typeof first): Promise<AlertView | undefined> =>
      (await hub.api<{ alerts: AlertView[] }>('GET', '/api/alerts')).alerts[0]
    const alert = await waitFor(
      'Kannel to take the message',
      async () => {
        const found = await alertAt(first)
        return found?.escalation.messages[0]?.state === 'accepted' && found
      },
      SLOW,
    )
    await first.kill('SIGKILL')
    await kannel.find()
    await waitFor('the phone to get it', () => kannel.arrived().length > 0, SLOW)
    await kannel.answer(PHONE, `1 ${alert.code}`)

    const second = await whenStarted(launchHub({ data, config, httpPort }))
    stack.defer(async () => void (await second.kill()))
    await waitFor(
      'the delivery and the answer to be heard',
      async () => {
        const now = await alertAt(second)
        return now?.handledBy === 'contact:anne' && now.escalation.messages[0]?.state === 'delivered'
      },
      SLOW,
    )
    await waitFor('the receipt', () => kannel.arrived().length >= 2, SLOW)
    recordFault(task, {
      fault: 'kill -9 while Kannel has a delivery and an answer to tell',
      times: 1,
      readings: 1,
      alarms: 1,
      lost: 0,
      doubled: 0,
      doubledMessages: kannel.arrived().length - 2,
    })
    expect(kannel.arrived().map(({ text }) => text)).toEqual([
      expect.stringContaining('Possible fall'),
      expect.stringContaining('You take'),
    ])
  },
)
