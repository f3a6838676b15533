import { Presets, SingleBar } from 'cli-progress'
import type { PastHistory } from './past-history.ts'

/** Histories with fewer parts are over before a bar would be read. */
const WORTH_A_BAR = 200_000

/** A bar on stderr, where somebody would see it and the history is long. */
export function showProgress({ size, parts }: PastHistory): {
  readonly onProgress?: (done: number) => void
  stop(): void
} {
  if (!process.stderr.isTTY || size < WORTH_A_BAR) return { stop: () => {} }
  const bar = new SingleBar(
    { format: `{bar} {percentage}% of {total} ${parts}`, stream: process.stderr },
    Presets.shades_classic,
  )
  bar.start(size, 0)
  return { onProgress: (done) => bar.update(done), stop: () => bar.stop() }
}
