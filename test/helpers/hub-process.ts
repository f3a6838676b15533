import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { adminSocket } from '../../hub/admin-socket.ts'
import { atExit } from './at-exit.ts'
import { tempDir } from './temp-dir.ts'
import { waitFor } from './wait-for.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const MAIN = join(ROOT, 'hub', 'aal.js')
const SETPRIV = '/usr/bin/setpriv'
/** Other tests may have the machine. */
const START_TIMEOUT = 90_000

const startedSchema = z.object({
  mqttPort: z.number(),
  /** 0 when there is no TLS. */
  mqttsPort: z.number().default(0),
  url: z.string(),
  /** Empty when an admin has a password: then no link is printed. */
  signIn: z.string().default(''),
  pid: z.number(),
})

export interface HubOptions {
  /** Data folder; a new one when not given. */
  readonly data?: string
  /** Where this process finds that folder, when the hub has file systems of its own (`through`). */
  readonly dataHere?: string
  /** Text of a `hub.yaml`. */
  readonly config?: string
  /** Free ones when not given. */
  readonly mqttPort?: number
  readonly httpPort?: number
  /** A command that runs the hub, such as `strace` with its options. */
  readonly through?: readonly string[]
}

/** How a process ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A hub that may still be starting, or have ended at once. */
export interface LaunchedHub {
  /** Of the outermost process: the hub's own, unless it runs through another command. */
  readonly pid: number
  readonly data: string
  /** The same, as this process finds it. */
  readonly dataHere: string
  /** What `start --json` printed; undefined when it ended without. */
  readonly started: Promise<z.output<typeof startedSchema> | undefined>
  readonly ended: Promise<Ended>
  stderr(): string
  /** Sends the signal to the hub itself and waits for its end. */
  kill(signal?: NodeJS.Signals): Promise<Ended>
}

export interface HubProcess extends LaunchedHub {
  readonly mqttPort: number
  /** 0 when there is no TLS. */
  readonly mqttsPort: number
  /** Of the console and the API. */
  readonly url: string
  /** A one-time link. */
  readonly signIn: string
  /**
   * Asks the API over the admin socket.
   * @throws Error with the answer when its status is 400 or more
   */
  api<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T>
}

const running = new Set<ChildProcess>()
atExit(() => {
  for (const child of running) child.kill('SIGKILL')
})

/** Runs `node hub/aal.js ARGS` to its end. */
export async function runAal(
  args: readonly string[],
  { timeout = 30_000, input }: { timeout?: number; input?: string } = {},
): Promise<Ended> {
  const { child, ended } = start([process.execPath, MAIN, ...args], input)
  const timer = setTimeout(() => child.kill('SIGKILL'), timeout)
  const end = await ended
  clearTimeout(timer)
  return end
}

/** A command that runs until it is stopped. */
export interface AalProcess {
  readonly pid: number
  readonly ended: Promise<Ended>
  stdout(): string
  stderr(): string
  kill(signal?: NodeJS.Signals): Promise<Ended>
}

/** Starts `node hub/aal.js ARGS` and does not wait for it. */
export function launchAal(args: readonly string[]): AalProcess {
  const { child, ended, stdout, stderr } = start([process.execPath, MAIN, ...args])
  return {
    pid: child.pid ?? 0,
    ended,
    stdout,
    stderr,
    async kill(signal = 'SIGKILL') {
      child.kill(signal)
      return await ended
    },
  }
}

/** Starts a real `node hub/aal.js start --json` and does not wait for it. */
export function launchHub(options: HubOptions = {}): LaunchedHub {
  const data = options.data ?? join(tempDir('hub'), 'data')
  const { child, ended, stdout, stderr } = start([
    ...(options.through ?? []),
    process.execPath,
    MAIN,
    'start',
    '--json',
    `--data=${data}`,
    `--mqtt-port=${options.mqttPort ?? 0}`,
    `--http-port=${options.httpPort ?? 0}`,
    ...(options.config === undefined ? [] : ['--config', writeConfig(options.config)]),
  ])
  let isOver = false
  void ended.then(() => (isOver = true))
  const started = waitFor(
    'the hub to say that it has started',
    () => (isOver ? 'over' : stdout().includes('\n') && 'started'),
    { timeout: START_TIMEOUT, interval: 5 },
  ).then((how) => (how === 'over' ? undefined : startedSchema.parse(JSON.parse(stdout()))))
  // Who only waits for the end must not be told of it here.
  started.catch(() => {})
  return {
    pid: child.pid ?? 0,
    data,
    dataHere: options.dataHere ?? data,
    started,
    ended,
    stderr,
    async kill(signal = 'SIGKILL') {
      const hub = options.through ? await started : undefined
      if (!isOver) {
        if (hub) process.kill(hub.pid, signal)
        else child.kill(signal)
      }
      return await ended
    },
  }
}

/**
 * Starts a real hub and waits until it is ready.
 * @throws Error with its output when it ends instead
 */
export async function startHubProcess(options: HubOptions = {}): Promise<HubProcess> {
  return await whenStarted(launchHub(options))
}

/**
 * Waits until a launched hub is ready.
 * @throws Error with its output when it ends instead
 */
export async function whenStarted(launched: LaunchedHub): Promise<HubProcess> {
  const hub = await launched.started
  if (!hub) {
    const { code, signal, stderr } = await launched.ended
    throw new Error(`The hub ended at start (exit code ${code}, signal ${signal}). Its messages:\n${stderr}`)
  }
  const socketPath = adminSocket(launched.dataHere)
  return {
    ...launched,
    mqttPort: hub.mqttPort,
    mqttsPort: hub.mqttsPort,
    url: hub.url,
    signIn: hub.signIn,
    api: <T>(method: 'GET' | 'POST', path: string, body?: unknown) =>
      askAdmin(socketPath, method, path, body) as Promise<T>,
  }
}

/** Asks the API of a hub over its admin socket; throws when it does not answer, or refuses. */
export function askAdmin(socketPath: string, method: string, path: string, body?: unknown): Promise<unknown> {
  return new Promise((fulfil, reject) => {
    const payload = body === undefined ? '' : JSON.stringify(body)
    const headers = { 'x-aal': '1', ...(payload !== '' && { 'content-type': 'application/json' }) }
    const outgoing = request({ socketPath, method, path, headers }, (incoming) => {
      let text = ''
      incoming.setEncoding('utf8')
      incoming.on('data', (part: string) => (text += part))
      incoming.on('error', reject)
      incoming.on('end', () => {
        const status = incoming.statusCode ?? 500
        if (status >= 400) reject(new Error(`${method} ${path} answered ${status}: ${text}`))
        else fulfil(text === '' ? undefined : JSON.parse(text))
      })
    })
    outgoing.on('error', reject)
    outgoing.end(payload)
  })
}

/** Writes a `hub.yaml` for this test. */
export function writeConfig(text: string): string {
  const file = join(tempDir('config'), 'hub.yaml')
  writeFileSync(file, text)
  return file
}

/** Writes rule files for this test and returns their folder. */
export function writeRules(files: Readonly<Record<string, string>>): string {
  const folder = tempDir('rules')
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

function start(command: readonly string[], input?: string) {
  // The kernel ends it when the test process dies, even by `kill -9`.
  const guarded = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', '--', ...command] : command
  const [file = '', ...args] = guarded
  const child = spawn(file, args, {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TZ: 'UTC' },
  })
  // One that ended before it read.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  running.add(child)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (stdout += part))
  child.stderr.setEncoding('utf8').on('data', (part: string) => (stderr += part))
  const ended = new Promise<Ended>((fulfil) => {
    child.once('close', (code, signal) => {
      running.delete(child)
      fulfil({ code, signal, stdout, stderr })
    })
  })
  return { child, ended, stdout: () => stdout, stderr: () => stderr }
}
