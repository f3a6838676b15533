import { Presets, SingleBar } from 'cli-progress'

/** A bar on stderr where somebody sees it: how much of what is done. */
export function showPhases(words: Readonly<Record<string, string>>): {
  readonly onProgress: (phase: string, done: number, of: number) => void
  stop(): void
} {
  if (!process.stderr.isTTY) return { onProgress: () => {}, stop: () => {} }
  const bar = new SingleBar(
    { format: '{bar} {percentage}% {what}', stream: process.stderr, clearOnComplete: true, hideCursor: true },
    Presets.shades_classic,
  )
  let shown: string | undefined
  return {
    onProgress(phase, done, of) {
      const what = { what: words[phase] ?? phase }
      if (shown === undefined) bar.start(of, done, what)
      if (shown !== phase) bar.setTotal(of)
      shown = phase
      bar.update(done, what)
    },
    stop: () => bar.stop(),
  }
}
