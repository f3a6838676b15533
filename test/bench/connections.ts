import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeCertificate } from '../helpers/certificate.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { MESSAGES } from './bench-homes.ts'
import { startBenchHub } from './bench-hub.ts'
import type { BenchHub } from './bench-hub.ts'
import type { Figure } from './figures.ts'
import { progress } from './progress.ts'
import { startGenerator } from './start-generator.ts'

/** What a gateway costs that is connected and says nothing, over TCP and over TLS. */
export async function benchConnections(quick: boolean): Promise<Figure[]> {
  const count = quick ? 1000 : 5000
  return [...(await measure(count, false)), ...(await measure(count, true))]
}

async function measure(count: number, tls: boolean): Promise<Figure[]> {
  const over = tls ? 'tls' : 'tcp'
  progress(`${count} gateways over ${over}`)
  const hub = await startBenchHub(count, tls ? tlsConfig() : '')
  try {
    await quiet(hub)
    const before = await hub.usage(true)
    const generator = await startGenerator({
      port: tls ? hub.tlsPort : hub.port,
      tls,
      clients: hub.gateways,
      messages: MESSAGES,
    })
    try {
      await quiet(hub)
      const after = await hub.usage(true)
      const each = (more: number): number => more / count / 1000
      const heap = each(held(after.memory) - held(before.memory))
      const comeCost = cpu(after) - cpu(before)
      await generator.stop()
      await quiet(hub)
      const gone = await hub.usage(true)
      const note = `${count.toLocaleString('en')} gateways that have connected and say nothing; ${heap.toFixed(1)} kB of it are objects and buffers; the system's own memory for sockets comes on top`
      return [
        {
          name: `connections.${over}.memory`,
          value: each(after.memory.rss - before.memory.rss),
          unit: 'kB each',
          note,
          ...(!tls && { aim: { most: 25 } }),
        },
        {
          name: `connections.${over}.connect`,
          value: comeCost / count,
          unit: 'µs of processor',
          note: 'handshake, password, the technical state "online" in the journal, its rules',
        },
        {
          name: `connections.${over}.disconnect`,
          value: (cpu(gone) - cpu(after)) / count,
          unit: 'µs of processor',
          note: 'the technical state "offline" in the journal, its rules and timers',
        },
      ]
    } finally {
      await generator.stop()
    }
  } finally {
    await hub.stop()
  }
}

function held({ heapUsed, external }: NodeJS.MemoryUsage): number {
  return heapUsed + external
}

function cpu({ cpu: { user, system } }: { cpu: { user: number; system: number } }): number {
  return user + system
}

/** Until the hub has nothing to do: it uses less than a twentieth of a processor. */
async function quiet(hub: BenchHub): Promise<void> {
  let used = cpu(await hub.usage())
  let calm = 0
  await waitFor(
    'the hub to be quiet',
    async () => {
      const now = cpu(await hub.usage())
      calm = now - used < 0.05 * 250_000 ? calm + 1 : 0
      used = now
      return calm >= 4
    },
    { timeout: 60_000, interval: 250 },
  )
}

function tlsConfig(): string {
  const folder = join(tempDir('bench-tls'), 'tls')
  mkdirSync(folder)
  const { key, cert } = makeCertificate()
  writeFileSync(join(folder, 'key.pem'), key, { mode: 0o600 })
  writeFileSync(join(folder, 'cert.pem'), cert)
  return `mqtt: { tls: { cert: "${folder}/cert.pem", key: "${folder}/key.pem", host: 127.0.0.1, port: 0 } }\n`
}
