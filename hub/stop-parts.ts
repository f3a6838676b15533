import type { Logger } from 'pino'

const STOP_TIME = 8_000

/** What was started, to be stopped in the opposite order; once, however often it is asked for. */
export interface StopParts {
  onStop(name: string, stop: () => unknown): void
  stop(): Promise<void>
  isStopping(): boolean
}

export function createStopParts(log: Logger): StopParts {
  const parts: { readonly name: string; readonly stop: () => unknown }[] = []
  let isStopping = false
  return {
    onStop(name, stop) {
      parts.unshift({ name, stop })
    },
    async stop() {
      if (isStopping) return
      isStopping = true
      for (const part of parts) await within(STOP_TIME, part.name, part.stop, log)
    },
    isStopping: () => isStopping,
  }
}

/** A part that does not stop in time must not keep the others from stopping. */
async function within(ms: number, name: string, stop: () => unknown, log: Logger): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<void>((fulfil) => {
    timer = setTimeout(() => {
      log.warn({ part: name }, `${name} did not stop within ${ms / 1000} s`)
      fulfil()
    }, ms)
  })
  try {
    await Promise.race([stop(), tooLong])
  } catch (cause) {
    log.error({ err: cause, part: name }, `${name} did not stop cleanly`)
  } finally {
    clearTimeout(timer)
  }
}
