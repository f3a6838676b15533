import type { Observation } from './observation.ts'
import type { Expected } from '../model/visit.ts'

/** Says whether this reading is the one that a step of the installer's visit waits for. */
export function proves(expected: Expected, { kind, value }: Pick<Observation, 'kind' | 'value'>): boolean {
  if (kind !== expected.kind || value === null) return false
  if (expected.value !== undefined && value !== expected.value) return false
  if (expected.above !== undefined && !(typeof value === 'number' && value > expected.above)) return false
  return expected.below === undefined || (typeof value === 'number' && value < expected.below)
}
