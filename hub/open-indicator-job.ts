import { createIndicatorJob } from './office/indicators.ts'
import type { IndicatorJobOptions } from './office/indicators.ts'
import type { OpenWriter } from './open-history.ts'
import { repeat } from './timers.ts'

export interface IndicatorJobParts extends Omit<IndicatorJobOptions, 'write' | 'repeat'> {
  /** Not given: there is no InfluxDB. */
  readonly openWriter?: () => OpenWriter
}

/** Writes the indicators of whole days to the history, over a connection of their own. */
export function openIndicatorJob({ openWriter, ...options }: IndicatorJobParts): {
  start(): void
  stop(): void
} {
  const writer = openWriter?.()
  const job = createIndicatorJob({ ...options, ...(writer && { write: writeTo(writer) }), repeat })
  return {
    start: job.start,
    stop() {
      job.stop()
      writer?.close()
    },
  }
}

/** A point that InfluxDB refuses will be refused again: it is no reason to try for ever. */
function writeTo(writer: OpenWriter): NonNullable<IndicatorJobOptions['write']> {
  return async (points) => {
    const result = points.length === 0 ? { ok: true as const } : await writer.write(points)
    return result.ok ? { ok: true } : { ok: false, error: result.error }
  }
}
