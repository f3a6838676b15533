import { afterEach, expect, it } from 'vitest'
import { createQosWatch } from '../../hub/broker/qos-watch.ts'
import type { Commit } from '../../hub/core/core.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { FALL, startTestBroker, weight } from './test-broker.ts'
import type { TestBroker } from './test-broker.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function started(): Promise<{
  broker: TestBroker
  send: (qos: 0 | 1, payload?: object) => Promise<void>
}> {
  const broker = await startTestBroker()
  stops.push(broker.stop)
  const client = await connectRaw(broker.port, broker.logins['gw-1'])
  let messageId = 0
  return {
    broker,
    async send(qos, payload = FALL) {
      const before = broker.inputs('reading').length
      client.send(publishPacket('homes/h-1/sensors/fall-1', payload, { qos, messageId: ++messageId }))
      await waitFor('the reading', () => broker.inputs('reading').length > before, { interval: 5 })
    },
  }
}
const open = ({ core }: TestBroker) => core.openAlerts().filter(({ rule }) => rule === 'hub-qos')

it('an alarm sensor at QoS 0: its alarm counts, and the hub says once, at low severity, what to set', async () => {
  const { broker, send } = await started()
  await send(0)
  await send(0, weight(70))
  expect(broker.core.openAlerts().map(({ rule }) => rule)).toContain('fall')
  expect(open(broker)).toMatchObject([
    {
      home: 'h-1',
      severity: 'low',
      category: 'technical',
      detail: { sensor: 'fall-1', reason: '"fall-1" sends at QoS 0: set qos 1 for it on the gateway' },
    },
  ])
  expect(broker.inputs('notice')).toHaveLength(1)
})

it('is over when it sends at QoS 1, and said again when it is so again', async () => {
  const { broker, send } = await started()
  await send(0)
  await send(1)
  await send(1)
  expect(open(broker)).toEqual([])
  await send(0)
  expect(open(broker)).toHaveLength(1)
  expect(broker.inputs('notice').map(({ on }) => on)).toEqual([true, false, true])
})

it('says it again when somebody has closed it and it is so still', async () => {
  const { broker, send } = await started()
  await send(0)
  const [alert] = open(broker)
  await broker.core.take({
    type: 'resolve',
    alert: alert?.id ?? '',
    by: 'operator:siv',
    via: 'cli',
    cause: 'equipment',
  })
  await send(0)
  expect(open(broker)).toHaveLength(1)
})

it('the journal has with each reading whether there was a receipt', async () => {
  const { broker, send } = await started()
  await send(0)
  await send(1)
  expect(broker.inputs('reading').map(({ packet }) => packet !== undefined)).toEqual([false, true])
})

it('looks at no list of alerts for a reading, says it once while it is on its way, and again where nothing came of it', () => {
  let lists = 0
  let follow: (commit: Commit) => void = () => {}
  const watch = createQosWatch({
    openAlerts() {
      lists++
      return []
    },
    onCommit(listener) {
      follow = listener
      return () => {}
    },
  })
  const [notice] = watch.heard('h-1', 'fall-1', false)
  expect(notice).toMatchObject({ notice: 'hub-qos', on: true })
  expect(watch.heard('h-1', 'fall-1', false)).toEqual([])
  // Written, and no alert: the home is not in service.
  follow({ entries: [{ input: notice }], alerts: [] } as unknown as Commit)
  expect(watch.heard('h-1', 'fall-1', false)).toHaveLength(1)
  follow({
    entries: [{ input: notice }],
    alerts: [{ rule: 'hub-qos', scope: 'h-1/fall-1', handling: 'new' }],
  } as unknown as Commit)
  expect(watch.heard('h-1', 'fall-1', false)).toEqual([])
  expect(watch.heard('h-1', 'fall-1', true)).toMatchObject([{ on: false }])
  expect(lists).toBe(1)
})
