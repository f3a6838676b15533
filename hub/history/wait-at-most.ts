import type { FollowerClock } from './follower.ts'

/** Waits for what is under way, and no longer than `ms`. */
export async function waitAtMost(
  ms: number,
  underWay: Promise<unknown> | undefined,
  clock: Pick<FollowerClock, 'later'>,
): Promise<void> {
  let callOff = (): void => {}
  const late = new Promise<void>((resolve) => {
    callOff = clock.later(resolve, ms)
  })
  await Promise.race([underWay, late])
  callOff()
}
