import type { HomePersonal, ModeNote } from '../model/home.ts'

/** The reason is kept with the personal data, and goes when the hold is lifted. */
export function withHoldNote(
  personal: HomePersonal,
  rule: string,
  why: string | undefined,
  at: number,
): HomePersonal {
  const { holds: { [rule]: _, ...others } = {}, ...rest } = personal
  const holds: Record<string, ModeNote> = why === undefined ? others : { ...others, [rule]: { at, why } }
  return Object.keys(holds).length > 0 ? { ...rest, holds } : rest
}

/** An import file says nothing of holds: the reasons stay. */
export function keepHoldNotes(before: HomePersonal | undefined, imported: HomePersonal): HomePersonal {
  return before?.holds ? { ...imported, holds: before.holds } : imported
}
