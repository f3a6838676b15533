import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { atExit } from '../helpers/at-exit.ts'

/**
 * A server to compare with, in a process of its own; it prints its port.
 * @param name the file in this folder
 */
export async function startNodeServer(
  name: 'bare-aedes' | 'puback-sink',
): Promise<{ port: number; pid: number; stop(): Promise<void> }> {
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url))
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] })
  atExit(() => child.kill('SIGKILL'))
  const exited = new Promise<void>((fulfil) => child.once('exit', () => fulfil()))
  const port = await new Promise<number>((fulfil, reject) => {
    child.stdout.once('data', (part) => fulfil(Number(String(part))))
    child.once('exit', () => reject(new Error(`${name} ended at start`)))
  })
  return {
    port,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
