import type { Home } from '../model/home.ts'
import type { Protection, ProtectionState, UnprotectedMonth } from '../model/protection.ts'

/** Whether homes are protected now, and were. */
export interface ProtectionOffice {
  /** Looks once at what concerns all homes, such as rules and channels; then at one home after another. */
  look(): (home: Home) => Protection
  /** How each home is, at most some seconds old: the same look for everybody who counts homes. */
  states(): Promise<ReadonlyMap<string, ProtectionState>>
  /** The months that are over, newest first. */
  months(home: string): readonly UnprotectedMonth[]
}
