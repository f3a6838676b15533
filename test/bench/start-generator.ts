import { fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { atExit } from '../helpers/at-exit.ts'
import type { Phase, Result, Setup } from './generator-protocol.ts'

export interface RunningGenerator {
  /** @throws Error when a connection was lost, or a PUBACK did not come, or not in order */
  run(phase: Phase): Promise<Result>
  stop(): Promise<void>
}

/**
 * Connects all clients, from a process of its own.
 * @throws Error when one was refused
 */
export async function startGenerator(setup: Setup): Promise<RunningGenerator> {
  const file = fileURLToPath(new URL('./generator.ts', import.meta.url))
  const child = fork(file, { stdio: ['pipe', 'pipe', 'inherit', 'ipc'] })
  atExit(() => child.kill('SIGKILL'))
  const exited = new Promise<void>((fulfil) => child.once('exit', () => fulfil()))
  if (!child.stdin || !child.stdout) throw new Error('the generator has no pipes')
  const { stdin } = child
  // One that ended before it read.
  stdin.on('error', () => {})
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ask = async (question: object): Promise<unknown> => {
    stdin.write(`${JSON.stringify(question)}\n`)
    const { value, done } = (await answers.next()) as IteratorResult<string>
    if (done === true) throw new Error('the generator ended')
    const answer = JSON.parse(value) as { error?: string }
    if (answer.error !== undefined) throw new Error(`the generator: ${answer.error}`)
    return answer
  }
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  try {
    await ask(setup)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    stop,
    async run(phase) {
      return (await ask(phase)) as Result
    },
  }
}
