import { expect, it } from 'vitest'
import { freePort } from '../helpers/free-port.ts'
import { launchHub, startHubProcess, whenStarted } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { startKannel } from '../helpers/kannel.ts'
import type { Kannel } from '../helpers/kannel.ts'
import { serverMissing } from '../helpers/servers.ts'
import { startSmsGateway } from '../helpers/sms-gateway.ts'
import { startTroubleProxy } from '../helpers/trouble-proxy.ts'
import type { TroubleProxy } from '../helpers/trouble-proxy.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { recordFault } from './fault-row.ts'
import type { FaultRow } from './fault-row.ts'
import { hubYaml, register } from './homes.ts'
import { findWrong, NOTHING_WRONG } from './invariants.ts'
import { countQueued, readKept } from './kept.ts'
import { createLoad, isAlarm, seeded } from './load.ts'
import { SHARE } from './thorough.ts'

/** Other tests may have the machine. */
const SLOW = { timeout: 90_000 }
const HOMES = 4
const FALL_SENSORS = 60
/** Alarms that come while each trouble lasts. */
const ALARMS = 6
/** The real Kannel refuses this one's first contact, always. */
const REFUSED = '+4790001003'
const SECRET = 'a-secret-of-this-test-0123456789'
const POLICY = `policies:
  - id: all
    use: { category: [safety], severity: [high] }
    steps: [{ to: { contacts: [family, neighbour] }, wait: 15s }]
    repeat: { every: 30m }
`

interface Stage {
  readonly kannel: Kannel
  readonly proxy: TroubleProxy
  stopKannel(): Promise<void>
  startKannel(): Promise<void>
}

interface Case {
  readonly fault: string
  readonly begin: (stage: Stage) => Promise<void> | void
  readonly end: (stage: Stage) => Promise<void> | void
  /** By which gateway the messages go then. */
  readonly via: 'kannel' | 'second'
}

const calm = ({ proxy }: Stage): void => proxy.make({ is: 'none' })
const STOPPED: Case = {
  fault: 'Kannel stopped',
  begin: (stage) => stage.stopKannel(),
  end: (stage) => stage.startKannel(),
  via: 'second',
}
const LYING: Case = {
  fault: 'Kannel takes messages and cannot send them',
  begin: ({ kannel }) => kannel.stopSmsc(),
  end: ({ kannel }) => kannel.startSmsc(),
  via: 'second',
}
/** One that is stopped or refuses is in the quick half too: `start-with-channels.test.ts`. */
const CASES: readonly Case[] =
  SHARE < 1
    ? [LYING]
    : [
        STOPPED,
        {
          fault: 'Kannel slow (4 s a message)',
          begin: ({ proxy }) => proxy.make({ is: 'slow', ms: 4_000 }),
          end: calm,
          via: 'kannel',
        },
        {
          fault: 'Kannel too slow (10 s a message)',
          begin: ({ proxy }) => proxy.make({ is: 'slow', ms: 10_000 }),
          end: calm,
          via: 'second',
        },
        {
          fault: 'Kannel half-open',
          begin: ({ proxy }) => proxy.make({ is: 'silent' }),
          end: calm,
          via: 'second',
        },
        {
          fault: 'Kannel refuses the password',
          begin: ({ proxy }) =>
            proxy.make({ is: 'answers', status: 403, body: 'Authorization failed for sendsms' }),
          end: calm,
          via: 'second',
        },
        {
          fault: 'Kannel answers 503',
          begin: ({ proxy }) =>
            proxy.make({ is: 'answers', status: 503, body: 'Temporal failure, try again later.' }),
          end: calm,
          via: 'second',
        },
        {
          fault: 'Kannel sends, and its answer is lost',
          begin: ({ proxy }) => proxy.make({ is: 'lost-answer' }),
          end: calm,
          via: 'second',
        },
        LYING,
        {
          fault: 'something says 202 for Kannel, and sends nothing',
          begin: ({ proxy }) => proxy.make({ is: 'answers', status: 202, body: '0: Accepted for delivery' }),
          end: calm,
          via: 'second',
        },
      ]

it.skipIf(serverMissing('bearerbox', 'smsbox', 'fakesmsc'))(
  'whatever a real Kannel does while falls come, and over kill -9, each is told: by it, the next gateway, the next step',
  { timeout: 600_000 },
  async ({ task, onTestFinished }) => {
    let hub: HubProcess | undefined
    const current = (): HubProcess => {
      if (!hub) throw new Error('There is no hub now')
      return hub
    }
    const httpPort = await freePort()
    const start = () =>
      startKannel({
        inboundUrl: `http://127.0.0.1:${httpPort}/hooks/kannel/inbound?from=%p&text=%a&token=${SECRET}`,
        deniedPrefix: REFUSED,
      })
    let kannel = await start()
    onTestFinished(() => kannel.stop())
    const before: { to: string; text: string }[] = []
    const proxy = await startTroubleProxy(new URL(kannel.sendUrl).origin)
    onTestFinished(() => proxy.stop())
    const stage: Stage = {
      get kannel() {
        return kannel
      },
      proxy,
      async stopKannel() {
        before.push(...kannel.received())
        await kannel.stop()
      },
      async startKannel() {
        kannel = await start()
        proxy.leadTo(new URL(kannel.sendUrl).origin)
      },
    }
    const gateway = await startSmsGateway(() => current().url)
    onTestFinished(() => gateway.stop())
    const { username, password, from } = kannel
    const config = `${hubYaml({ 'policies/all.yaml': POLICY })}channels:
  - { name: kannel, type: kannel, url: "${proxy.url}/cgi-bin/sendsms", username: ${username}, password: ${password}, from: "${from}", secret: ${SECRET} }
${gateway.channelYaml('second')}routes: { sms: { channels: [kannel, second], reportWithin: 10s } }
`
    hub = await startHubProcess({ config, httpPort })
    onTestFinished(async () => void (await hub?.kill('SIGKILL')))
    const { data } = hub
    const homes = await register(hub, HOMES, FALL_SENSORS)
    const load = createLoad({
      homes,
      random: seeded(13),
      window: 1,
      falls: 0.1,
      fallSensors: FALL_SENSORS,
      rest: 20,
    })

    /** What has reached phones, by the hub's key of it: a text carries the code of its alert. */
    const reached = (): { key: string; from: string }[] => {
      const { alerts, notifications } = readKept(data)
      const codes = new Map([...alerts.values()].flat().map(({ code, id }) => [code, id]))
      const all = [
        ...[...before, ...kannel.received()].map((sms) => ({ ...sms, from: 'kannel' })),
        ...gateway.taken().map((sms) => ({ ...sms, from: 'second' })),
      ]
      return all.flatMap(({ to, text, from: sender }) => {
        const alert = codes.get(/\b1 (\d{4})\b/.exec(text)?.[1] ?? '')
        const contact = to.includes('479100') ? 'neighbour' : 'daughter'
        const found = notifications.find((one) => one.alert === alert && one.contact === contact)
        return found ? [{ key: found.id, from: sender }] : []
      })
    }
    const firstsOf = (scopes: readonly string[]): string[] => {
      const { alerts } = readKept(data)
      return scopes.map((scope) => `${alerts.get(scope)?.[0]?.id}.1.daughter.sms`)
    }

    const parts: Pick<FaultRow, 'fault' | 'times' | 'readings' | 'alarms' | 'recovery'>[] = []
    for (const [i, { fault, begin, end, via }] of CASES.entries()) {
      await begin(stage)
      const was = { readings: load.acknowledged(), alarms: load.alarms(), sent: load.sent.length }
      let isOver = false
      const running = load.keepOn(
        () => current().mqttPort,
        () => isOver,
      )
      await waitFor(`alarms: ${fault}`, () => load.alarms() - was.alarms >= ALARMS, SLOW)
      isOver = true
      await running
      const alarms = load.sent.slice(was.sent).filter(isAlarm)
      const firsts = firstsOf(alarms.map(({ home, sensor }) => `${home}/${sensor}`))
      const began = performance.now()
      await waitFor(
        `phones to have all messages: ${fault}`,
        () => {
          const there = new Set(reached().map(({ key }) => key))
          return firsts.every((key) => there.has(key))
        },
        { timeout: 60_000, interval: 250 },
      )
      const toldBy = reached().filter(({ key }) => firsts.includes(key))
      expect(
        toldBy.map((one) => one.from),
        fault,
      ).toContain(via)
      if (fault === STOPPED.fault) {
        // Its health is asked for each minute.
        await waitFor(
          'the channel to be shown as down',
          async () => {
            const metrics = await (await fetch(`${current().url}/metrics`)).text()
            return metrics.includes('aal_channel_up{channel="kannel"} 0')
          },
          { timeout: 90_000, interval: 500 },
        )
      }
      parts.push({
        fault,
        times: alarms.length,
        readings: load.acknowledged() - was.readings,
        alarms: alarms.length,
        recovery: [performance.now() - began],
      })
      // A channel that failed is asked again within a minute: a hub that starts knows nothing of that.
      if (i < CASES.length - 1) {
        await current().kill('SIGKILL')
        await end(stage)
        hub = await whenStarted(launchHub({ data, config, httpPort }))
      }
    }
    const isNextStepTold = (): boolean => {
      const there = new Set(reached().map(({ key }) => key))
      return readKept(data)
        .notifications.filter(({ template, contact }) => template === 'alert' && contact === 'neighbour')
        .every(({ id }) => there.has(id))
    }
    await waitFor(
      'the next step of the first alarms',
      () => readKept(data).notifications.filter(({ step }) => step === 2).length >= (parts[0]?.alarms ?? 0),
      { ...SLOW, interval: 250 },
    )
    await waitFor('the messages to leave', () => countQueued(data) === 0 && isNextStepTold(), {
      ...SLOW,
      interval: 250,
    })
    const { code, stderr } = await current().kill('SIGTERM')
    expect(code, stderr).toBe(0)
    const taken = reached()
    // A kill, and a gateway whose answer was lost or not true.
    const wrong = await findWrong({ data, sent: load.sent, taken, crashes: 2 })
    for (const row of parts) {
      recordFault(task, { ...row, lost: wrong.lost.length, doubled: wrong.twice.length })
    }
    expect(wrong).toEqual(NOTHING_WRONG)
    expect(readKept(data).alerts.get('hub/kannel'), 'an alert about the gateway itself').toBeDefined()
    expect(stderr).not.toMatch(/4790001|4791001/)
  },
)
