import { spawn } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { adminSocket } from '../../hub/admin-socket.ts'
import { atExit } from '../helpers/at-exit.ts'
import { askAdmin } from '../helpers/hub-process.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { seedHomes } from './bench-homes.ts'
import type { Client } from './generator-protocol.ts'
import type { Ask, Usage } from './probe.ts'

/** The real hub in a process of its own. */
export interface BenchHub {
  readonly port: number
  /** 0 when there is no TLS. */
  readonly tlsPort: number
  readonly url: string
  readonly pid: number
  readonly data: string
  readonly gateways: readonly Required<Client>[]
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>
  usage(gc?: boolean): Promise<Usage>
  /** From `startProfile` until then; @returns the path to which each thread adds its number */
  startProfile(): Promise<void>
  endProfile(): Promise<string>
  /** Ends it and keeps its data. */
  kill(signal: NodeJS.Signals): Promise<void>
  /** Ends it, and its data is gone. */
  stop(): Promise<void>
}

/**
 * A hub with new homes, each with a gateway and three sensors (`bench-homes.ts`).
 * @param prepare puts something into the data folder before the hub starts
 */
export async function startBenchHub(
  homes: number,
  config = '',
  prepare?: (data: string) => void,
): Promise<BenchHub> {
  const data = join(tempDir('bench'), 'data')
  prepare?.(data)
  const gateways = await seedHomes(data, homes)
  return await startHubOn(data, gateways, config)
}

/** A hub on data that is there. */
export async function startHubOn(
  data: string,
  gateways: readonly Required<Client>[],
  config = '',
): Promise<BenchHub> {
  const file = join(tempDir('bench-config'), 'hub.yaml')
  await writeFile(file, config)
  const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
  const child = spawn(
    process.execPath,
    [
      '--expose-gc',
      '--import',
      new URL('./probe.ts', import.meta.url).href,
      path('../../hub/aal.js'),
      'start',
      '--json',
      `--data=${data}`,
      `--config=${file}`,
      '--mqtt-port=0',
      '--http-port=0',
    ],
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: { ...process.env, AAL_LOG: 'error' } },
  )
  atExit(() => child.kill('SIGKILL'))
  let out = ''
  let errors = ''
  child.stdout?.on('data', (part) => (out += String(part)))
  child.stderr?.on('data', (part) => (errors += String(part)))
  const exited = new Promise<void>((fulfil) => child.once('exit', () => fulfil()))
  await waitFor('the hub to start', () => out.includes('\n') || child.exitCode !== null, {
    timeout: 300_000,
    interval: 5,
  })
  if (child.exitCode !== null) throw new Error(`The hub did not start: ${errors}`)
  const {
    mqttPort,
    mqttsPort = 0,
    url,
  } = JSON.parse(out) as {
    mqttPort: number
    mqttsPort?: number
    url: string
  }
  const ask = (question: Ask): Promise<unknown> =>
    new Promise((fulfil, reject) => {
      const onExit = (): void => reject(new Error(`The hub ended: ${errors}`))
      child.once('exit', onExit)
      child.once('message', (answer) => {
        child.off('exit', onExit)
        fulfil(answer)
      })
      child.send(question)
    })
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal)
    await exited
  }
  return {
    port: mqttPort,
    tlsPort: mqttsPort,
    url,
    pid: child.pid ?? 0,
    data,
    gateways,
    call: (method, to, body) => askAdmin(adminSocket(data), method, to, body),
    usage: async (gc = false) => (await ask({ what: 'usage', gc })) as Usage,
    async startProfile() {
      await ask({ what: 'profile' })
    },
    async endProfile() {
      const profile = join(tempDir('bench-profile'), 'hub.cpuprofile')
      await ask({ what: 'profiled', file: profile })
      return profile
    },
    kill,
    async stop() {
      await kill('SIGTERM')
      await rm(data, { recursive: true, force: true })
    },
  }
}
