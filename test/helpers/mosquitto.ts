import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { startServer } from './server-process.ts'
import { requireServer } from './servers.ts'
import { tempDir } from './temp-dir.ts'

export interface Mosquitto {
  readonly port: number
  readonly pid: number
  /** `mqtt://127.0.0.1:PORT` */
  readonly url: string
  readonly dir: string
  output(): string
  stop(signal?: NodeJS.Signals): Promise<void>
}

/**
 * A real Mosquitto on loopback, open to everyone unless `config` says otherwise.
 * @param options.config lines of mosquitto.conf(5) instead of `allow_anonymous true`
 * @param options.quiet it does not log every packet, which costs more than the packet
 */
export async function startMosquitto(
  options: { config?: string; port?: number; quiet?: boolean } = {},
): Promise<Mosquitto> {
  const dir = tempDir('mosquitto')
  const port = options.port ?? (await freePort())
  const file = join(dir, 'mosquitto.conf')
  // Started by root it would become the user "mosquitto", who may not read files of the temporary folder.
  const user = process.getuid?.() === 0 ? 'user root\n' : ''
  writeFileSync(file, `${user}listener ${port} 127.0.0.1\n${options.config ?? 'allow_anonymous true'}\n`)
  const server = await startServer({
    name: 'mosquitto',
    command: requireServer('mosquitto'),
    args: ['-c', file, ...(options.quiet === true ? [] : ['-v'])],
    ready: () => canConnect(port),
  })
  return {
    port,
    pid: server.pid,
    url: `mqtt://127.0.0.1:${port}`,
    dir,
    output: server.output,
    stop: server.stop,
  }
}

export interface ClientResult {
  /** The exit code: 0 when all went well; null when it took longer than the timeout and was ended. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs mosquitto_pub(1) to its end. With QoS 1 it ends with code 0 only after the PUBACK. */
export function mosquittoPub(args: readonly string[], timeout = 15_000): Promise<ClientResult> {
  return run(requireServer('mosquitto_pub'), args, timeout)
}

/** Runs mosquitto_sub(1) to its end; tell it with `-C COUNT` when that is. */
export function mosquittoSub(args: readonly string[], timeout = 15_000): Promise<ClientResult> {
  return run(requireServer('mosquitto_sub'), args, timeout)
}

function run(command: string, args: readonly string[], timeout: number): Promise<ClientResult> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, [...args], { timeout, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code === 'string') reject(error)
      else resolve({ code: child.exitCode, stdout, stderr })
    })
    child.stdin?.end()
  })
}

/** Does anybody listen there? */
export function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
