import { useEffect, useSyncExternalStore } from 'react'

export interface PageKeys {
  readonly keys: readonly { readonly key: string; readonly does: string }[]
  /** What one must know to use them. */
  readonly how?: string
}

const NONE: PageKeys = { keys: [] }
let now = NONE
const listeners = new Set<() => void>()

function say(keys: PageKeys): void {
  now = keys
  for (const listener of listeners) listener()
}

/** Puts the keys of a page on the sheet that `?` opens, as long as the page is shown. Give the same object each time. */
export function useKeysOnSheet(keys: PageKeys): void {
  useEffect(() => {
    say(keys)
    return () => say(NONE)
  }, [keys])
}

/** The keys of the page that is shown. */
export function usePageKeys(): PageKeys {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => now,
  )
}
