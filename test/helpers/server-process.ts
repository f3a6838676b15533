import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { atExit } from './at-exit.ts'
import { waitFor } from './wait-for.ts'

export interface ServerOptions {
  /** As errors call it. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** Is it ready to serve? A throw counts as not yet. */
  readonly ready: () => boolean | Promise<boolean>
  /** Milliseconds it may take to get ready. */
  readonly timeout?: number
  /** Gets each line of its output, stdout and stderr alike. */
  readonly onLine?: (line: string) => void
}

export interface ServerProcess {
  readonly pid: number
  /** The last lines that it wrote. */
  output(): string
  /** Ends it and waits until it is gone; the second call does nothing. `SIGKILL` is a crash. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

const KEPT_LINES = 200
const STOP_TIMEOUT = 5000
/** Makes the kernel end the server when the test process dies, even by `kill -9`; part of util-linux. */
const SETPRIV = '/usr/bin/setpriv'

const running = new Set<() => void>()
atExit(() => {
  for (const kill of running) kill()
})

/**
 * Starts a server and waits until it is ready.
 * @throws Error with the server's output when it ends or does not get ready in time
 */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const { name, command, args, ready, onLine, timeout = 15_000 } = options
  const [file, argv] = existsSync(SETPRIV)
    ? [SETPRIV, ['--pdeathsig', 'KILL', '--', command, ...args]]
    : [command, [...args]]
  const child = spawn(file, argv, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: options.env ?? { PATH: process.env['PATH'], HOME: process.env['HOME'] },
  })
  const lines: string[] = []
  const take = (line: string): void => {
    lines.push(line)
    if (lines.length > KEPT_LINES) lines.shift()
    onLine?.(line)
  }
  createInterface({ input: child.stdout }).on('line', take)
  createInterface({ input: child.stderr }).on('line', take)
  const kill = (): void => {
    child.kill('SIGKILL')
  }
  running.add(kill)
  let ended: string | undefined
  // 'close' comes after the last output, so an error below shows all of it.
  const gone = new Promise<void>((resolve) => {
    const end = (how: string): void => {
      ended ??= how
      running.delete(kill)
      resolve()
    }
    child.once('error', (error) => end(error.message))
    child.once('close', (code, signal) => end(code === null ? `signal ${signal}` : `exit code ${code}`))
  })
  const output = (): string => lines.join('\n')
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (ended !== undefined) return
    child.kill(signal)
    const timer = setTimeout(kill, STOP_TIMEOUT)
    await gone
    clearTimeout(timer)
  }
  try {
    await waitFor(`${name} to be ready`, async () => ended !== undefined || (await ready()), { timeout })
  } catch (error) {
    await stop('SIGKILL')
    throw new Error(`${name} did not get ready. Its output:\n${output()}`, { cause: error })
  }
  if (ended !== undefined) throw new Error(`${name} ended at start (${ended}). Its output:\n${output()}`)
  return { pid: child.pid ?? 0, output, stop }
}
