import type { HoldInput, ModeInput, ServiceInput } from './input.ts'

/** What somebody said about a home, for a while or for good, and when, ms. */
export interface Order {
  readonly at: number
  readonly input: ModeInput | HoldInput | ServiceInput
}
