import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { AlertView } from '../../hub/http/alert-view.ts'
import { startHubProcess } from '../helpers/hub-process.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login } from '../helpers/mqtt-client.ts'

it('a disk that gives back something else than was written is on the board, as an alert that people end', async () => {
  const first = await startHubProcess()
  const { data } = first
  await first.api('POST', '/api/homes', {
    text: 'homes:\n  - { id: h-1, timezone: UTC, sensors: [{ id: door, profile: native }] }\n',
  })
  const login = await first.api<Login>('POST', '/api/homes/h-1/gateways', {})
  const client = await connectRaw(first.mqttPort, login)
  const log = join(data, 'hub.db-wal')
  let middle = 0
  for (let messageId = 1; messageId <= 10; messageId++) {
    client.send(
      publishPacket('homes/h-1/sensors/door', { kind: 'door', value: 'open' }, { qos: 1, messageId }),
    )
    await client.waitFor('puback', (packet) => packet.messageId === messageId)
    if (messageId === 5) middle = readFileSync(log).length
  }
  await first.kill('SIGKILL')
  const bytes = readFileSync(log)
  bytes[middle + 100] = (bytes[middle + 100] ?? 0) ^ 0x10
  writeFileSync(log, bytes)

  const lostOn = async ({ api }: typeof first) => {
    const { alerts } = await api<{ alerts: AlertView[] }>('GET', '/api/alerts')
    return alerts.filter(({ rule }) => rule === 'hub-disk-lost')
  }
  const second = await startHubProcess({ data })
  expect(await lostOn(second)).toMatchObject([
    { severity: 'high', handling: 'new', detail: { reason: expect.stringMatching(/^transactions: \d+$/) } },
  ])
  await second.kill('SIGKILL')
  // It is not over because the log is whole now.
  const third = await startHubProcess({ data })
  expect(await lostOn(third)).toHaveLength(1)
  await third.kill('SIGTERM')
})
