import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Aedes } from 'aedes'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { passOnToSubscribers } from '../../hub/broker/pass-on.ts'
import { waitFor } from '../helpers/wait-for.ts'

describe('passOnToSubscribers', () => {
  const passedOn: string[] = []
  let aedes: Aedes
  let port = 0
  const server = createServer((socket) => aedes.handle(socket))

  beforeAll(async () => {
    aedes = await Aedes.createBroker({})
    passOnToSubscribers(aedes, (topic) => topic.startsWith('nobody/'))
    aedes.on('publish', ({ topic }, client) => {
      if (client && !topic.startsWith('$SYS')) passedOn.push(topic)
    })
    await new Promise<void>((fulfil) => server.listen(0, '127.0.0.1', fulfil))
    port = (server.address() as AddressInfo).port
  })
  afterAll(async () => {
    await new Promise<void>((fulfil) => aedes.close(() => fulfil()))
    await new Promise((fulfil) => server.close(fulfil))
  })

  it.each([0, 1, 2] as const)(
    'passes on at QoS %i only what may be for somebody, or is retained',
    async (qos) => {
      const client = await connectAsync(`mqtt://127.0.0.1:${port}`)
      for (const topic of ['nobody/a', 'somebody/b']) await client.publishAsync(topic, 'x', { qos })
      await client.publishAsync('nobody/kept', 'x', { qos, retain: true })
      await client.publishAsync('somebody/last', 'x', { qos })
      // Retained messages are stored first, so others may overtake them.
      await waitFor('all that is passed on', () =>
        ['nobody/kept', 'somebody/last'].every((one) => passedOn.includes(one)),
      )
      await client.endAsync()
      expect(passedOn.splice(0).toSorted()).toEqual(['nobody/kept', 'somebody/b', 'somebody/last'])
    },
  )
})
