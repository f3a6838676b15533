import type { HomeBand } from '../api-types.ts'

/**
 * The rows to draw, by room. What a sensor of many talents never sensed in these hours takes no row, where it sensed
 * something else: a radar in the bathroom can see who is in bed, too.
 */
export function bandRows<T extends Pick<HomeBand, 'sensor' | 'room' | 'kind' | 'marks'>>(
  bands: readonly T[],
  isSensed: (band: T) => boolean,
): T[] {
  const busy = new Set(bands.filter(isSensed).map(({ sensor }) => sensor))
  return bands
    .filter((band) => isSensed(band) || !busy.has(band.sensor))
    .toSorted((a, b) => (a.room ?? '~').localeCompare(b.room ?? '~') || a.kind.localeCompare(b.kind))
}
