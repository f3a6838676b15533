import type { EraseCounts, Erasure, Remains } from '../model/erasure.ts'

/** What erasing would do. */
export interface ErasePlan {
  readonly home: string
  readonly resident?: string
  /** Nobody else lives there: the home is erased with all that is in it. */
  readonly isWhole: boolean
  readonly sensors: readonly string[]
  readonly counts: EraseCounts
  /** What has to be done before. */
  readonly refused: readonly string[]
  readonly remains: readonly Remains[]
}

/** People who are erased from all that the hub keeps. */
export interface Erasures {
  /** @throws OfficeError when there is no such home or resident */
  plan(home: string, resident: string | undefined): Promise<ErasePlan>
  /**
   * Takes somebody out of the register at once, and begins to delete the rest.
   * @throws OfficeError
   */
  erase(home: string, resident: string | undefined, by: string): Promise<Erasure>
  /**
   * Calls off one that still waits: nobody has left the register.
   * @throws OfficeError
   */
  callOff(home: string, resident: string | undefined): Promise<void>
  /** Oldest first. */
  list(): readonly Erasure[]
  find(id: number): Erasure | undefined
  remains(erasure: Erasure): Promise<readonly Remains[]>
  /** Goes on with what was not done when the hub stopped. */
  start(): void
  stop(): Promise<void>
}
