import { createHistogram } from 'node:perf_hooks'

/** How long the transactions of the core take, each of them a sync of the disk. In ms. */
export interface CommitTimes {
  record(ms: number): void
  /** Of those since it was asked last; undefined: there was none. */
  take(): { readonly p50: number; readonly p99: number } | undefined
  /** Calls for each of them, too. */
  onTime(listener: (ms: number) => void): void
}

export function createCommitTimes(): CommitTimes {
  // In whole microseconds.
  const histogram = createHistogram()
  let tell = (_ms: number): void => {}
  return {
    record(ms) {
      histogram.record(Math.max(1, Math.round(ms * 1000)))
      tell(ms)
    },
    take() {
      if (histogram.count === 0) return undefined
      const [p50, p99] = [histogram.percentile(50) / 1000, histogram.percentile(99) / 1000]
      histogram.reset()
      return { p50, p99 }
    },
    onTime(listener) {
      tell = listener
    },
  }
}
