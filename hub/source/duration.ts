import { z } from 'zod'

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/**
 * Reads a duration as Prometheus writes it: `90s`, `2m`, `1h30m`, `25h`, `7d`.
 * @returns milliseconds, or undefined when the text is no duration (a number without unit is none)
 */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(ms|s|m|h|d|w))+$/.test(text)) return undefined
  let total = 0
  for (const [, digits, unit] of text.matchAll(/(\d+)(ms|s|m|h|d|w)/g)) {
    total += Number(digits) * (UNITS[unit ?? ''] ?? 0)
  }
  return total
}

/** Writes milliseconds so that `parseDuration` reads them back: `1h30m`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  let rest = ms
  let text = ''
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const size = UNITS[unit] ?? 1
    const count = Math.floor(rest / size)
    if (count > 0) text += `${count}${unit}`
    rest -= count * size
  }
  return text
}

/** A duration in a file, as milliseconds. */
export const duration = z
  .string({
    error: (issue) =>
      `is ${JSON.stringify(issue.input)}, expected a duration with its unit, such as 30s, 2m or 4h`,
  })
  .transform((text, context) => {
    const ms = parseDuration(text)
    if (ms === undefined) {
      context.issues.push({
        code: 'custom',
        input: text,
        message: `is "${text}", expected a duration with its unit, such as 30s, 2m or 4h`,
      })
      return z.NEVER
    }
    return ms
  })
