import { SingleBar } from 'cli-progress'

/** Work that is over by then needs no line, ms. */
const SHORT = 1000

/**
 * A line on a terminal that says what is going on, and for how long: for work whose end nobody knows. It is gone when the work is
 * done.
 */
export function showWork(what: string, stream: NodeJS.WriteStream = process.stderr): { stop(): void } {
  if (!stream.isTTY) return { stop: () => {} }
  const line = new SingleBar({
    format: '{what} … {duration_formatted}',
    stream,
    clearOnComplete: true,
    hideCursor: true,
    etaAsynchronousUpdate: false,
    fps: 2,
  })
  const timer = setTimeout(() => line.start(1, 0, { what }), SHORT)
  return {
    stop() {
      clearTimeout(timer)
      if (line.isActive) line.stop()
    },
  }
}
