export interface SmsdWatchOptions {
  readonly channel: string
  /** What it works with: `folders`, `database`. */
  readonly what: string
  /** Takes over what SMSD has done since the last time. */
  readonly look: () => Promise<void>
  /** Milliseconds between two looks. */
  readonly lookEvery: number
  /** Milliseconds that messages may wait while none goes. */
  readonly patience: number
  readonly now: () => number
  readonly sayWhy: (cause: unknown) => string
  readonly warn: (fields: object, message: string) => void
}

/** Looks again and again at what Gammu SMSD has done, and knows whether it does anything. */
export interface SmsdWatch {
  start(): void
  stop(): Promise<void>
  /** A message was handed to SMSD. */
  handed(): void
  /** What a look has found: whether messages wait, and whether any has gone since the last look. */
  found(waits: boolean, hasMoved: boolean): void
  /** Why nothing goes; undefined when that is not known. */
  stuck(): string | undefined
  /** Why the last look failed. */
  trouble(): string | undefined
}

export function createSmsdWatch(options: SmsdWatchOptions): SmsdWatch {
  const { channel, what, look, lookEvery, patience, now, sayWhy, warn } = options
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()
  let running = false
  let trouble: string | undefined
  /** Since when messages wait and none has gone; undefined when none waits. */
  let waitingSince: number | undefined

  function keepLooking(): void {
    looking = look().then(
      () => {
        trouble = undefined
      },
      (cause: unknown) => {
        const reason = sayWhy(cause)
        if (trouble === undefined) warn({ channel, reason }, `Cannot work with the ${what} of Gammu SMSD`)
        trouble = `The ${what} of Gammu SMSD cannot be used: ${reason}`
      },
    )
    void looking.then(() => {
      if (running) timer = setTimeout(keepLooking, lookEvery)
    })
  }

  return {
    start() {
      if (running) return
      running = true
      keepLooking()
    },
    async stop() {
      running = false
      clearTimeout(timer)
      await looking
    },
    handed() {
      waitingSince ??= now()
    },
    found(waits, hasMoved) {
      if (!waits) waitingSince = undefined
      else if (hasMoved || waitingSince === undefined) waitingSince = now()
    },
    stuck: () =>
      waitingSince !== undefined && now() - waitingSince > patience
        ? `Gammu SMSD has sent nothing for ${Math.round((now() - waitingSince) / 1000)} s, and messages wait`
        : undefined,
    trouble: () => trouble,
  }
}
