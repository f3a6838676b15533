import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { AlertView } from '../../hub/http/alert-view.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import type { FakeClock } from '../helpers/fake-clock.ts'
import { launchHub, startHubProcess, whenStarted, writeRules } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { serverMissing } from '../helpers/servers.ts'
import { startSmsGateway } from '../helpers/sms-gateway.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { recordFault } from './fault-row.ts'
import { createStoryHome } from './story-home.ts'
import type { StoryHome } from './story-home.ts'

/** Other tests may have the machine. */
const SLOW = { timeout: 90_000 }
const HOUR = 3_600_000
/** As short as policies allow. */
const WAIT = 15_000
const RULES = `rules:
  - { id: fall, title: { en: Possible fall }, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }
`
const POLICY = `policies:
  - id: all
    use: { category: [safety], severity: [high] }
    steps: [{ to: { contacts: [family, neighbour] }, wait: ${WAIT / 1000}s }]
    repeat: { every: 10m }
`

interface Clocked {
  readonly clock: FakeClock
  hub(): HubProcess
  restart(between: () => void): Promise<void>
}

/** What happens to time while somebody is awaited, one after another at one hub. */
const JUMPS: readonly {
  readonly name: string
  readonly happens: (hub: Clocked, untilDue: number) => Promise<void>
}[] = [
  {
    name: 'frozen (SIGSTOP) over the time of the step',
    async happens({ hub }, untilDue) {
      process.kill(hub().pid, 'SIGSTOP')
      // The process does not run: there is nothing but time to wait for.
      await delay(untilDue + 1_000)
      process.kill(hub().pid, 'SIGCONT')
    },
  },
  { name: 'two hours forward', happens: async ({ clock }) => clock.shift(2 * HOUR) },
  { name: 'a day back', happens: async ({ clock }) => clock.shift(-22 * HOUR) },
  {
    name: 'a day back, and a restart',
    happens: ({ clock, restart }) => restart(() => clock.shift(-46 * HOUR)),
  },
  {
    name: 'two hours forward, and a restart',
    happens: ({ clock, restart }) => restart(() => clock.shift(4 * HOUR)),
  },
]

it.skipIf(serverMissing('libfaketime'))(
  'whatever the clock does, a step that is due is run once, with the time at which it was due',
  { timeout: 300_000 },
  async ({ task }) => {
    await using stack = new AsyncDisposableStack()
    const clock = createFakeClock()
    let hub: HubProcess | undefined
    const current = (): HubProcess => {
      if (!hub) throw new Error('There is no hub now')
      return hub
    }
    const gateway = await startSmsGateway(() => current().url)
    stack.defer(() => gateway.stop())
    stack.defer(async () => void (await hub?.kill()))
    const rules = writeRules({ 'rules.yaml': RULES, 'policies/all.yaml': POLICY })
    const config = `rules: ${rules}\nhttp: { url: "https://hub.example" }\nchannels:\n${gateway.channelYaml('first')}`
    const { through } = clock
    hub = await startHubProcess({ config, through })
    const { data } = hub
    const homes = JUMPS.map((_, i) => createStoryHome({ gateway, hub: current }, i + 1))
    await hub.api('POST', '/api/homes', { text: `homes:\n${homes.map(({ yaml }) => yaml).join('')}` })
    const clocked: Clocked = {
      clock,
      hub: current,
      async restart(between) {
        await current().kill('SIGKILL')
        between()
        hub = await whenStarted(launchHub({ data, config, through }))
      },
    }

    const alertOf = async ({ id }: StoryHome) => {
      const { now, alerts } = await current().api<{ now: number; alerts: AlertView[] }>('GET', '/api/alerts')
      const alert = alerts.find(({ home }) => home === id)
      if (!alert) throw new Error(`There is no alert of ${id}`)
      return { now, alert }
    }
    for (const [i, { name, happens }] of JUMPS.entries()) {
      const home = homes[i]!
      await home.connect()
      await home.say('fall', 'detected', false)
      await waitFor('the first to be told', () => home.taken().length === 1, SLOW)
      // A kill before the hub has written that it was taken would send it once more, as it should.
      await waitFor(
        'that to be known to the hub',
        async () => (await alertOf(home)).alert.escalation.messages[0]?.acceptedAt !== undefined,
        SLOW,
      )
      const { now, alert } = await alertOf(home)
      const due = alert.nextStepAt ?? Number.NaN
      expect(due, name).toBeGreaterThan(now)
      await happens(clocked, due - now)
      await waitFor(`the second to be told: ${name}`, () => home.taken().length >= 2, SLOW)
      const after = await alertOf(home)
      // From when it was told: the waits begin anew.
      expect(after.alert.nextStepAt, name).toBeGreaterThan(after.now)
      const { events } = await current().api<{
        events: { what: string; at: number; now: number; text: string }[]
      }>('GET', `/api/alerts/${alert.id}`)
      const told = events.filter(({ what }) => what === 'notified')
      expect(
        told.map(({ text }) => text),
        name,
      ).toEqual(['anne', 'berit'])
      expect(told[1]?.at, name).toBe(due)
      expect(told[1]?.now, name).toBeGreaterThanOrEqual(due)
      await home.answers('berit', '1')
      await waitFor('both to be told who has it', () => home.taken().length >= 4, SLOW)
    }
    recordFault(task, {
      fault: 'frozen, or the clock jumps, while a step is awaited',
      times: JUMPS.length,
      readings: JUMPS.length,
      alarms: JUMPS.length,
      lost: 0,
      doubled: 0,
      doubledMessages: homes.reduce(
        (sum, home) => sum + home.taken().length - new Set(home.taken().map(({ key }) => key)).size,
        0,
      ),
    })
    for (const [i, { name }] of JUMPS.entries()) {
      const keys = homes[i]!.taken().map(({ key }) => key.split('.').slice(1).join('.'))
      expect(keys.toSorted(), name).toEqual(['1.anne.sms', '2.berit.sms', '3.anne.sms', '3.berit.sms'])
    }
  },
)
