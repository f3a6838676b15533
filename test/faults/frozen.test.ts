import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { startHubProcess } from '../helpers/hub-process.ts'
import { startSmsGateway } from '../helpers/sms-gateway.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { recordFault } from './fault-row.ts'
import { hubYaml, register } from './homes.ts'
import { findWrong, NOTHING_WRONG } from './invariants.ts'
import { countQueued, readKept } from './kept.ts'
import { createLoad, seeded } from './load.ts'
import { SHARE } from './thorough.ts'

const HOMES = 4
const FALL_SENSORS = 40
/** Over every keepalive, and every step of the policy below. */
const FROZEN = 90_000
const POLICY = `policies:
  - id: all
    use: { category: [safety], severity: [high] }
    steps: [{ to: { contacts: [family, neighbour] }, wait: 15s }]
    repeat: { every: 30m }
`

/** Over the time that a provider is given, and some. */
const OVER_ATTEMPT = 11_000

it('frozen (SIGSTOP) between a message and the answer of its provider: the answer is heard first, and nothing is sent twice', async () => {
  const gateway = await startSmsGateway(() => hub.url)
  onTestFinished(() => gateway.stop())
  const config = `${hubYaml({ 'policies/all.yaml': POLICY })}channels:\n${gateway.channelYaml('first')}`
  const hub = await startHubProcess({ config })
  onTestFinished(async () => void (await hub.kill('SIGKILL')))
  const [home] = await register(hub, 1, 1)
  gateway.reports(() => false)
  gateway.treat(() => {
    process.kill(hub.pid, 'SIGSTOP')
    return 'take'
  })
  const load = createLoad({
    homes: home ? [home] : [],
    random: seeded(3),
    window: 1,
    falls: 1,
    fallSensors: 1,
    rest: 0,
  })
  let isOver = false
  const running = load.keepOn(
    () => hub.mqttPort,
    () => isOver,
  )
  await waitFor('the provider to have it', () => gateway.taken().length === 1)
  isOver = true
  // Nothing happens in it: there is nothing but time to wait for.
  await delay(OVER_ATTEMPT)
  process.kill(hub.pid, 'SIGCONT')
  await running
  await waitFor('the hub to know it', () =>
    readKept(hub.data).notifications.every(({ state }) => state !== 'queued'),
  )
  expect(gateway.taken()).toHaveLength(1)
})

/** The quick half freezes a hub over one step: `clock.test.ts`. */
it.skipIf(SHARE < 1)(
  `frozen (SIGSTOP) for ${FROZEN / 1000} s under load, while gateways give up and connect again: nothing lost or doubled, each step due runs once`,
  { timeout: 240_000 },
  async ({ task, onTestFinished }) => {
    const gateway = await startSmsGateway(() => hub.url)
    onTestFinished(() => gateway.stop())
    const config = `${hubYaml({ 'policies/all.yaml': POLICY })}channels:\n${gateway.channelYaml('first')}`
    const hub = await startHubProcess({ config })
    onTestFinished(async () => void (await hub.kill('SIGKILL')))
    const { data } = hub
    const homes = await register(hub, HOMES, FALL_SENSORS)
    const load = createLoad({
      homes,
      random: seeded(17),
      window: 8,
      falls: 0.1,
      fallSensors: FALL_SENSORS,
      rest: 20,
    })
    let isOver = false
    const running = load.keepOn(
      () => hub.mqttPort,
      () => isOver,
    )
    await waitFor('alarms', () => load.alarms() >= 10)

    process.kill(hub.pid, 'SIGSTOP')
    const before = load.acknowledged()
    // Nothing happens in it: there is nothing but time to wait for.
    await delay(FROZEN)
    process.kill(hub.pid, 'SIGCONT')
    const since = performance.now()
    await waitFor('PUBACKs again', () => load.acknowledged() > before + HOMES * 8, { interval: 1 })
    const recovery = performance.now() - since
    isOver = true
    await running
    const told = () => readKept(data).notifications.filter(({ template }) => template === 'alert')
    // All second steps fell into the time in which it was frozen.
    const isDone = (): boolean => told().filter(({ step }) => step === 2).length >= 10
    await waitFor('the messages to leave', () => isDone() && countQueued(data) === 0, { interval: 250 })
    const { code, stderr } = await hub.kill('SIGTERM')
    expect(code, stderr).toBe(0)

    const wrong = await findWrong({ data, sent: load.sent, taken: gateway.taken() })
    recordFault(task, {
      fault: `frozen (SIGSTOP) for ${FROZEN / 1000} s under load`,
      times: 1,
      readings: load.acknowledged(),
      alarms: load.alarms(),
      lost: wrong.lost.length,
      doubled: wrong.twice.length,
      doubledMessages: gateway.taken().length - new Set(gateway.taken().map(({ key }) => key)).size,
      recovery: [recovery],
    })
    expect(wrong).toEqual(NOTHING_WRONG)
    // The waits begin anew after it: nobody was told twice, and no step was run before the one before it.
    for (const [alert, messages] of Map.groupBy(told(), (one) => one.alert)) {
      const contacts = messages.toSorted((a, b) => a.queuedAt - b.queuedAt).map(({ contact }) => contact)
      expect(contacts, alert).toBeOneOf([['daughter'], ['daughter', 'neighbour']])
    }
    expect(load.connects()).toBeGreaterThan(HOMES)
  },
)
