import { expect, it } from 'vitest'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { launchHub, startHubProcess, whenStarted, writeRules } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { serverMissing } from '../helpers/servers.ts'
import { startSmsGateway } from '../helpers/sms-gateway.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { recordFault } from './fault-row.ts'
import { createStoryHome } from './story-home.ts'

/** Other tests may have the machine. */
const SLOW = { timeout: 90_000 }
const RULES = `rules:
  - { id: fall, title: { en: Possible fall }, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }
  - { id: quiet, title: { en: Quiet }, category: safety, severity: medium, absent: { of: [motion], for: 4h } }
`
const DAILY = 'allWell: "08:00", consent: { all-well: { given: 2025-11-01, source: signed form } }'
const DUE = Date.parse('2026-01-06T08:00:00Z')

it.skipIf(serverMissing('libfaketime'))(
  'the daily word goes out once, whether the hub is killed before it is due, while it is sent or after it',
  { timeout: 300_000 },
  async ({ task }) => {
    await using stack = new AsyncDisposableStack()
    const clock = createFakeClock()
    clock.stand(DUE - 20_000)
    let hub: HubProcess | undefined
    const current = (): HubProcess => {
      if (!hub) throw new Error('There is no hub now')
      return hub
    }
    const gateway = await startSmsGateway(() => current().url)
    stack.defer(() => gateway.stop())
    stack.defer(async () => void (await hub?.kill()))
    const config = `rules: ${writeRules({ 'rules.yaml': RULES })}
http: { url: "https://hub.example" }
channels:
${gateway.channelYaml('first')}`
    const { through } = clock
    hub = await startHubProcess({ config, through })
    const { data } = hub
    const home = createStoryHome({ gateway, hub: current }, 1)
    await hub.api('POST', '/api/homes', {
      text: `homes:\n${home.yaml.replace('order: 1', `order: 1, ${DAILY}`)}`,
    })
    const isSeen = async (): Promise<void> => {
      await home.connect()
      await home.say('motion', true, false)
    }
    await isSeen()
    const crash = async (): Promise<void> => {
      await current().kill('SIGKILL')
      hub = await whenStarted(launchHub({ data, config, through }))
      await isSeen()
    }

    await crash()
    gateway.treat(() => 'hold')
    clock.stand(DUE)
    await waitFor('the daily word to reach the provider', () => gateway.held().length > 0, SLOW)
    // Between "the provider has it" and "the hub knows that".
    gateway.treat(() => 'take')
    await crash()
    await waitFor('it to be told again', () => home.taken().length >= 2, SLOW)
    const [first, again] = home.taken()
    expect(again).toEqual(first)
    expect(first?.key).toMatch(/^letter-.*\.contact:anne\.sms$/)
    const isRecorded = async (): Promise<boolean> => {
      const { messages } = await current().api<{ messages: { id: string; state: string }[] }>(
        'GET',
        '/api/messages',
      )
      return messages.find(({ id }) => id === first?.key)?.state === 'delivered'
    }
    await waitFor('it to be recorded', isRecorded, SLOW)

    await crash()
    // What comes after it is the next thing that the phone gets.
    await home.say('fall', 'detected', false)
    await waitFor('the alert to be told', () => home.taken().length >= 3, SLOW)
    expect(home.taken()[2]?.text).toContain('Possible fall')
    expect(home.taken()).toHaveLength(3)
    recordFault(task, {
      fault: 'kill -9 around the daily word',
      times: 3,
      readings: 5,
      alarms: 1,
      lost: 0,
      doubled: 0,
      // Killed between "the provider has it" and "the hub knows that".
      doubledMessages: 1,
    })
  },
)
