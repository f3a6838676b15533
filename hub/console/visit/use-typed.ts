import { useSession } from '../session.tsx'
import { keepTyped, useKept } from './kept.ts'
import type { Typed } from './kept.ts'

export interface TypedForm {
  readonly typed: Typed
  /** Whether somebody began to fill it in, here or before a reload. */
  readonly isBegun: boolean
  type(fields: Typed): void
  clear(): void
}

/** The fields of a form, kept on this phone as they are typed. @param form `h-0417 sensor` */
export function useTyped(form: string, first: Typed): TypedForm {
  const { person } = useSession()
  const before = useKept().typed[form]
  const typed = { ...first, ...before }
  return {
    typed,
    isBegun: before !== undefined,
    type: (fields) => keepTyped(person, form, { ...typed, ...fields }, Date.now()),
    clear: () => keepTyped(person, form, undefined, Date.now()),
  }
}
