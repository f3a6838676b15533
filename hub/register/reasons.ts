import type { HomePersonal, ModeNote } from '../model/home.ts'

/** What people give a reason for: modes by their name, holds by their rule. */
type Reasoned = 'modes' | 'holds'

/** The reason is kept with the personal data, and goes when what it is for is ended or set anew without one. */
export function withReason(
  personal: HomePersonal,
  what: Reasoned,
  name: string,
  why: string | undefined,
  at: number,
): HomePersonal {
  const { [what]: { [name]: _, ...others } = {}, ...rest } = personal
  const notes: Record<string, ModeNote> = why === undefined ? others : { ...others, [name]: { at, why } }
  return Object.keys(notes).length > 0 ? { ...rest, [what]: notes } : rest
}

/** An import file says nothing of modes and holds: the reasons stay. */
export function keepReasons(before: HomePersonal | undefined, imported: HomePersonal): HomePersonal {
  const { modes, holds } = before ?? {}
  return modes || holds ? { ...imported, ...(modes && { modes }), ...(holds && { holds }) } : imported
}
