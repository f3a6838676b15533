import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import { startTestBroker } from './test-broker.ts'
import type { TestBroker } from './test-broker.ts'

let broker: TestBroker
beforeEach(async () => {
  broker = await startTestBroker()
})
afterEach(() => broker.stop())

const FALL_TOPIC = 'homes/h-1/sensors/fall-1'

async function publish(topic: string, payload: object | string): Promise<void> {
  const client = await connectRaw(broker.port, broker.logins['gw-1'])
  client.send(publishPacket(topic, payload, { qos: 1, messageId: 1 }))
  await client.waitFor('puback')
  client.destroy()
}

describe('what gives no reading', () => {
  it.each([
    ['truncated JSON', '{"kind":"fall","val', /JSON/],
    ['a value out of range', { kind: 'spo2', value: 300 }, /value is 300, expected a number from 0 to 100 %/],
    [
      'a word of another language',
      { kind: 'fall', value: 'oppdaget' },
      /value is "oppdaget", expected one of/,
    ],
    ['an unknown kind', { kind: 'falll', value: 'detected' }, /kind is "falll"/],
    ['nothing at all', '', /./],
  ])(
    'from a sensor that may sound an alarm, %s, is kept with the reason and raises an alert',
    async (_, payload, reason) => {
      await publish(FALL_TOPIC, payload)
      expect(broker.inputs('reading')).toEqual([])
      expect(broker.journal.undecoded(10)).toMatchObject([
        {
          home: 'h-1',
          sensor: 'fall-1',
          topic: FALL_TOPIC,
          payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
          reason: expect.stringMatching(reason) as string,
        },
      ])
      expect(broker.core.openAlerts()).toMatchObject([
        { rule: 'hub-undecoded', scope: 'h-1/fall-1', category: 'safety', severity: 'high' },
      ])
    },
  )

  it('from a sensor that nobody registered is kept, and says what to do', async () => {
    await publish('homes/h-1/sensors/new-one', { kind: 'weight', value: 80 })
    expect(broker.journal.undecoded(10)).toMatchObject([
      { home: 'h-1', reason: expect.stringContaining('register it with `aal import`') as string },
    ])
    expect(broker.core.openAlerts()).toEqual([])
  })

  it('from a sensor that nobody registered still raises an alert when it is a fall', async () => {
    await publish('homes/h-1/sensors/new-one', { kind: 'fall', value: 'detected' })
    expect(broker.core.openAlerts()).toMatchObject([{ rule: 'hub-undecoded', home: 'h-1', severity: 'high' }])
  })

  it('is kept once when its packet comes again with DUP', async () => {
    const client = await connectRaw(broker.port, broker.logins['gw-1'])
    const packet = publishPacket(FALL_TOPIC, '{"kind":', { qos: 1, messageId: 1 })
    client.send(packet)
    client.send({ ...packet, dup: true, messageId: 1 })
    client.send({ ...packet, messageId: 2 })
    await client.waitFor('puback', ({ messageId }) => messageId === 2)
    expect(broker.journal.undecoded(10)).toHaveLength(2)
  })

  it('that is not text is kept as base64', async () => {
    const client = await connectRaw(broker.port, broker.logins['gw-1'])
    const payload = Buffer.from([0xff, 0x00, 0x17])
    client.send({ ...publishPacket(FALL_TOPIC, '', { qos: 1, messageId: 1 }), payload })
    await client.waitFor('puback')
    expect(broker.journal.undecoded(1)).toMatchObject([{ payload: 'base64:/wAX' }])
  })
})

describe('a time that cannot be', () => {
  it.each([
    ['an hour in the future', 3_600_000],
    ['eight days in the past', -8 * 24 * 3_600_000],
  ])('%s is not believed: the arrival counts, and a technical alert says so', async (_, offset) => {
    const claimed = Date.now() + offset
    const before = broker.core.now()
    await publish(FALL_TOPIC, { kind: 'fall', value: 'detected', at: new Date(claimed).toISOString() })
    const points = broker.journal.series({
      home: 'h-1',
      kind: 'fall',
      from: before,
      to: broker.core.now(),
      limit: 5,
    })
    expect(points).toHaveLength(1)
    expect(broker.journal.after(0, 100).at(-1)).toMatchObject({ marks: { claimedAt: claimed } })
    const alerts = Object.fromEntries(broker.core.openAlerts().map((alert) => [alert.rule, alert]))
    expect(Object.keys(alerts).sort()).toEqual(['fall', 'hub-clock'])
    expect(alerts['fall']?.raisedAt).toBeGreaterThanOrEqual(before)
    expect(alerts['hub-clock']).toMatchObject({ category: 'technical', scope: 'h-1/fall-1' })
    expect(alerts['hub-clock']?.detail.reason).toContain(new Date(claimed).toISOString())
  })
})
