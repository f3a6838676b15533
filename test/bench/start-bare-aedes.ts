import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** aedes with nothing around it, in a process of its own. */
export async function startBareAedes(): Promise<{ port: number; stop(): Promise<void> }> {
  const file = fileURLToPath(new URL('./bare-aedes.ts', import.meta.url))
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise<void>((fulfil) => child.once('exit', () => fulfil()))
  const port = await new Promise<number>((fulfil) => {
    child.stdout.once('data', (part) => fulfil(Number(String(part))))
  })
  return {
    port,
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
