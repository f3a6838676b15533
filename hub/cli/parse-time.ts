import { InvalidArgumentError } from 'commander'
import { z } from 'zod'

/** An option that is an instant, with its zone: ms. */
export function parseTime(text: string): number {
  const time = z.iso.datetime({ offset: true }).safeParse(text)
  if (!time.success) throw new InvalidArgumentError('Expected a time such as 2026-11-21T22:00:00Z.')
  return Date.parse(text)
}
