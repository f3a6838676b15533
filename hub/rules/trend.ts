/** How a number went: `[when in ms, value]`, oldest first. */
export interface TrendRow {
  samples: [number, number][]
}

/** A window is remembered in so many steps: what comes closer takes the place of the one before. */
const STEPS = 48

/** Adds a value, observed no earlier than those before; keeps the newest that is older than the window. */
export function addToTrend({ samples }: TrendRow, at: number, value: number, window: number): void {
  const [last, before] = [samples.at(-1), samples.at(-2)]
  if (last && before && last[0] - before[0] < window / STEPS) samples.pop()
  samples.push([at, value])
  while (samples[1] && samples[1][0] <= at - window) samples.shift()
}

/**
 * The newest value against the one that stood a window before it.
 * @returns undefined when it was not measured for so long, or is not any more
 */
export function changeOf(
  row: TrendRow | undefined,
  now: number,
  window: number,
): { readonly by: number; readonly over: number } | undefined {
  const newest = row?.samples.at(-1)
  if (!row || !newest || now - newest[0] > window) return undefined
  const standing = row.samples.findLast(([at]) => at <= newest[0] - window)
  if (!standing) return undefined
  return { by: newest[1] - standing[1], over: newest[0] - standing[0] }
}
