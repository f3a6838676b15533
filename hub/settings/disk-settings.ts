import { z } from 'zod'
import type { DiskLimits } from '../watch/judge-disk.ts'

const MB = 1024 * 1024
const expectMb = {
  error: ({ input }: { readonly input?: unknown }) =>
    `is ${JSON.stringify(input)}, expected whole MB as a number without a unit, such as 2048`,
}
const megabytes = z
  .int(expectMb)
  .min(0, expectMb)
  .transform((amount) => amount * MB)

/** What is shed below how much room; docs/operations.md, "When the disk fills up". */
export const diskSchema = z
  .strictObject(
    {
      low: megabytes.optional().describe('MB; below, people are told: 2048, or a tenth of a small disk.'),
      history: megabytes
        .optional()
        .describe('MB; below, InfluxDB is not written: 512, or a twentieth of a small disk.'),
      readings: megabytes
        .optional()
        .describe('MB; below, only alarms are kept: 64, or a fortieth of a small disk.'),
      reserve: megabytes
        .optional()
        .describe('MB kept for alarms when nothing else is left: 64, or a twentieth of a small disk.'),
    },
    {
      error: ({ code, input }) =>
        code === 'invalid_type'
          ? `is ${JSON.stringify(input)}, expected how many MB for what, such as { low: 2048, reserve: 64 }`
          : undefined,
    },
  )
  .superRefine(({ low = Infinity, history, readings }, context) => {
    if (low < (history ?? 0) || (history ?? Infinity) < (readings ?? 0) || low < (readings ?? 0)) {
      context.addIssue({
        code: 'custom',
        message: 'expected low to be at least history, and that at least readings',
      })
    }
  })
  .default({})
  .transform(({ low, history, readings, reserve }): Partial<DiskLimits> => ({
    ...(low !== undefined && { low }),
    ...(history !== undefined && { history }),
    ...(readings !== undefined && { readings }),
    ...(reserve !== undefined && { reserve }),
  }))
