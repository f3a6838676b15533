import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { connectAsync } from 'mqtt'
import { describe, expect, it } from 'vitest'
import type { SystemView } from '../../hub/http/system-routes.ts'
import { makeCertificate } from '../helpers/certificate.ts'
import { launchHub, startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { startMosquitto } from '../helpers/mosquitto.ts'
import { serverMissing } from '../helpers/servers.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { recordFault } from './fault-row.ts'
import { atSync } from './strace.ts'

const MESSAGES = 30
/** Syncs of a start come first; then each message has its own. */
const KILLED_AT = [3, 7, 12]
const FALL = { kind: 'fall', value: 'detected' }

const HOMES = `homes:
  - id: h-0001
    timezone: Europe/Oslo
    sensors: [{ id: pendant, profile: native, connector: city, address: dev-1 }]
`

describe.skipIf(serverMissing('strace', 'openssl'))('a hub that is killed while its connector takes', () => {
  it(
    'loses nothing and takes nothing twice, over TLS with a password',
    { timeout: 120_000 },
    async ({ task }) => {
      const { key, cert } = makeCertificate()
      const dir = tempDir('connector')
      const file = (name: string, text: string): string => {
        writeFileSync(join(dir, name), text)
        return join(dir, name)
      }
      const broker = await startMosquitto({
        config: [
          'allow_anonymous false',
          `password_file ${file('passwords', passwordLine('hub', 'secret'))}`,
          `certfile ${file('cert.pem', cert)}`,
          `keyfile ${file('key.pem', key)}`,
          'max_inflight_messages 5',
        ].join('\n'),
      })
      const url = `mqtts://127.0.0.1:${broker.port}`
      const config = `
connectors:
  - id: city
    url: ${url}
    username: hub
    passwordFile: ${file('password', 'secret\n')}
    ca: ${join(dir, 'cert.pem')}
    subscriptions: [{ topic: "v3/{app}/devices/{device}/up", as: "sensors/pendant" }]
`
      const first = await startHubProcess({ config })
      const { data } = first
      await first.api('POST', '/api/homes', { text: HOMES })
      await untilConnected(first)
      await first.kill('SIGKILL')

      const sender = await connectAsync(url, { ca: cert, username: 'hub', password: 'secret' })
      for (let value = 1; value <= MESSAGES; value++) {
        const payload = value === 10 || value === 20 ? FALL : { kind: 'weight', value }
        await sender.publishAsync('v3/care@ttn/devices/dev-1/up', JSON.stringify(payload), { qos: 1 })
      }

      const hits = []
      for (const n of KILLED_AT) {
        const strace = atSync(n, 'signal=KILL', join(data, 'hub.db-wal'))
        const hub = launchHub({ data, config, through: strace.through })
        await hub.ended
        hits.push(strace.hit())
      }
      expect(hits).toEqual(KILLED_AT.map(() => 'hub.db-wal'))

      const last = await startHubProcess({ data, config })
      await sender.publishAsync('v3/care@ttn/devices/dev-1/up', '{"kind":"weight","value":499}', { qos: 1 })
      await sender.endAsync()
      await waitFor('the last message', () => valuesOf(data).includes(499))
      const { code } = await last.kill('SIGTERM')
      await broker.stop()
      expect(code).toBe(0)
      const expected = Array.from({ length: MESSAGES }, (_, index) =>
        index === 9 || index === 19 ? 'detected' : index + 1,
      )
      const values = valuesOf(data)
      recordFault(task, {
        fault: 'kill -9 while a connector takes',
        times: KILLED_AT.length,
        readings: MESSAGES + 1,
        alarms: 2,
        lost: expected.filter((value) => !values.includes(value)).length,
        doubled: values.length - 1 - expected.length,
      })
      expect(values).toEqual([...expected, 499])
    },
  )
})

async function untilConnected(hub: HubProcess): Promise<void> {
  await waitFor('the connector', async () => {
    const { connectors } = await hub.api<SystemView>('GET', '/api/system')
    return connectors[0]?.ok === true
  })
}

/** What was journalled of readings, in order. */
function valuesOf(data: string): unknown[] {
  const db = new DatabaseSync(join(data, 'hub.db'), { readOnly: true })
  const rows = db.prepare("SELECT body FROM journal WHERE type = 'reading' ORDER BY seq").all()
  db.close()
  return rows.map((row) => (JSON.parse(String(row['body'])) as { reading: { value: unknown } }).reading.value)
}

/** A line of a password file, as mosquitto_passwd(1) writes it: PBKDF2 with SHA-512. */
function passwordLine(username: string, password: string): string {
  const salt = randomBytes(12)
  const hash = pbkdf2Sync(password, salt, 101, 64, 'sha512')
  return `${username}:$7$101$${salt.toString('base64')}$${hash.toString('base64')}\n`
}
