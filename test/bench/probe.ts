import { writeFile } from 'node:fs/promises'
import { Session } from 'node:inspector/promises'
import { isMainThread, threadId } from 'node:worker_threads'

/**
 * Loaded into the hub's process before the hub (`node --import`), so that the bench can ask it from within: what it
 * uses, and what it spends its time on. Nothing of it runs while nobody asks.
 */
export type Ask =
  | { readonly what: 'usage'; /** Collect first what is not used any more. */ readonly gc: boolean }
  | { readonly what: 'profile' }
  /** Ends the profile; each thread writes its own: `FILE.THREAD`. */
  | { readonly what: 'profiled'; readonly file: string }

export interface Usage {
  /** Of the whole process since its start, µs. */
  readonly cpu: { readonly user: number; readonly system: number }
  readonly memory: NodeJS.MemoryUsage
}

const channel = new BroadcastChannel('aal-bench-probe')
let session: Session | undefined

async function profile(ask: Ask): Promise<void> {
  if (ask.what === 'profile') {
    session = new Session()
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: 500 })
    await session.post('Profiler.start')
  } else if (ask.what === 'profiled' && session) {
    const { profile: made } = await session.post('Profiler.stop')
    session.disconnect()
    session = undefined
    await writeFile(`${ask.file}.${threadId}`, JSON.stringify(made))
  }
}

if (isMainThread && process.send) {
  process.on('message', (ask: Ask) => {
    void (async () => {
      if (ask.what === 'usage') {
        if (ask.gc) for (let times = 0; times < 2; times++) globalThis.gc?.()
        const usage: Usage = { cpu: process.cpuUsage(), memory: process.memoryUsage() }
        process.send?.(usage)
        return
      }
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads, not windows
      channel.postMessage(ask)
      await profile(ask)
      process.send?.({})
    })()
  })
  // The hub ends when it likes.
  process.channel?.unref()
} else {
  channel.addEventListener('message', ({ data }: MessageEvent) => void profile(data as Ask))
}
;(channel as unknown as { unref(): void }).unref()
