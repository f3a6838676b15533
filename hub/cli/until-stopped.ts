/** The longest that a stop may take before the process ends all the same. */
const LONGEST_STOP = 15_000

/**
 * Starts something and waits until a signal or a failure ends it; then stops it. A second signal does not wait.
 * @param start is given the way to say that it cannot go on; returns how to stop it
 * @throws what made it fail
 */
export async function untilStopped(
  start: (fail: (error: Error) => void) => Promise<() => Promise<void>>,
): Promise<void> {
  let end: (error?: Error) => void = () => {}
  const ended = new Promise<Error | undefined>((fulfil) => {
    end = fulfil
  })
  const onSignal = (): void => end()
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
  const stop = await start((error) => end(error))
  const failure = await ended
  process.once('SIGINT', () => process.exit(130))
  setTimeout(() => process.exit(1), LONGEST_STOP).unref()
  await stop()
  if (failure) throw failure
}
