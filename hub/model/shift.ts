import type { HoldInput, ModeInput } from './input.ts'

/** What somebody said about a home for a while, and when, ms. */
export interface Order {
  readonly at: number
  readonly input: ModeInput | HoldInput
}
