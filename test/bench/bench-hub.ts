import { spawn } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { adminSocket } from '../../hub/admin-socket.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

/** The real hub in a process of its own, with homes that each have a gateway, a pulse sensor and a fall sensor. */
export interface BenchHub {
  readonly port: number
  readonly url: string
  readonly pid: number
  readonly gateways: readonly { home: string; username: string; password: string }[]
  call(method: string, path: string, body?: unknown): Promise<unknown>
  stop(): Promise<void>
}

/** @param prepare puts something into the data folder before the hub starts */
export async function startBenchHub(
  homes: number,
  config = '',
  prepare?: (data: string) => void,
): Promise<BenchHub> {
  const folder = await tempDir('bench')
  const file = join(folder, 'hub.yaml')
  await writeFile(file, config)
  const main = fileURLToPath(new URL('../../hub/aal.js', import.meta.url))
  const data = join(folder, 'data')
  prepare?.(data)
  const child = spawn(
    process.execPath,
    [main, 'start', '--json', '--data', data, '--config', file, '--mqtt-port', '0', '--http-port', '0'],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, AAL_LOG: 'error' } },
  )
  let out = ''
  let errors = ''
  child.stdout.on('data', (part) => (out += String(part)))
  child.stderr.on('data', (part) => (errors += String(part)))
  const exited = new Promise<void>((fulfil) => child.once('exit', () => fulfil()))
  await waitFor(`the hub to start\n${errors}`, () => out.includes('\n') || child.exitCode !== null, {
    timeout: 120_000,
  })
  if (child.exitCode !== null) throw new Error(`The hub did not start: ${errors}`)
  const { mqttPort, url } = JSON.parse(out) as { mqttPort: number; url: string }
  const call = (method: string, path: string, body?: unknown): Promise<unknown> =>
    new Promise((fulfil, reject) => {
      const payload = body === undefined ? undefined : JSON.stringify(body)
      const headers = { 'x-aal': '1', ...(payload !== undefined && { 'content-type': 'application/json' }) }
      const outgoing = request({ socketPath: adminSocket(data), method, path, headers }, (incoming) => {
        let text = ''
        incoming.on('data', (part) => (text += String(part)))
        incoming.on('end', () => fulfil(text === '' ? undefined : JSON.parse(text)))
      })
      outgoing.on('error', reject)
      outgoing.end(payload)
    })
  const ids = Array.from({ length: homes }, (_, index) => `h-${String(index + 1).padStart(5, '0')}`)
  for (let first = 0; first < ids.length; first += 200) {
    const text = ids
      .slice(first, first + 200)
      .map(homeYaml)
      .join('')
    await call('POST', '/api/homes', { file: 'bench.yaml', text: `homes:\n${text}` })
  }
  const gateways = []
  for (const home of ids) {
    gateways.push((await call('POST', `/api/homes/${home}/gateways`, {})) as BenchHub['gateways'][number])
  }
  return {
    port: mqttPort,
    url,
    pid: child.pid ?? 0,
    gateways,
    call,
    async stop() {
      child.kill('SIGTERM')
      await exited
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function homeYaml(id: string, index: number): string {
  return `  - id: ${id}
    timezone: Europe/Oslo
    residents: [{ id: r1 }]
    sensors:
      - { id: pulse, profile: native, resident: r1 }
      - { id: fall, profile: native, room: bathroom, resident: r1 }
    contacts: [{ id: c1, phone: "+4790${String(index).padStart(6, '0')}", alias: Mor }]
`
}
