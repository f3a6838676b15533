import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { ask, ApiError } from './api.ts'
import { useContact, useLiveEvents } from './hub-state.tsx'
import type { LiveEvent } from './live.ts'
import { useLock } from './lock/lock.tsx'
import { useSession } from './session.tsx'

/** Many events may come at once: so long they are gathered before the page asks again. */
const GATHER_MS = 400

export interface Answer<T> {
  /** The newest answer; it stays while the hub is asked again. */
  readonly data: T | undefined
  /** Why the newest question was not answered: undefined when it was. */
  readonly fault: ApiError | undefined
  reload(): Promise<void>
  /** For whoever got a newer state as the answer to a change. */
  put(data: T): void
}

interface State<T> {
  readonly path: string
  readonly locked: boolean
  readonly data?: T
  readonly fault?: ApiError
}

interface ApiOptions {
  /** Asks again after such an event of the stream. */
  readonly on?: (event: LiveEvent) => boolean
  /** Asks again after so many ms, as long as the page is seen. */
  readonly every?: number
}

/** Asks the hub, and again when something happened, when the hub is back, and when the path changes. */
export function useApi<T>(path: string, { on, every }: ApiOptions = {}): Answer<T> {
  const { ended, locked } = useSession()
  const { lockSeen } = useLock()
  const [state, setState] = useState<State<T>>({ path, locked })
  const asked = useRef(0)
  const later = useRef<ReturnType<typeof setTimeout>>(undefined)

  const load = useCallback((): Promise<void> => {
    const turn = ++asked.current
    return ask<T>('GET', path).then(
      (data) => {
        if (turn === asked.current) setState({ path, locked, data })
      },
      (error: unknown) => {
        if (turn !== asked.current) return
        const fault = error instanceof ApiError ? error : new ApiError(0, '')
        if (fault.status === 401) ended()
        if (fault.status === 423) lockSeen()
        // What was known before still says more than nothing.
        setState((old) => ({ ...(old.path === path && old.locked === locked && old), path, locked, fault }))
      },
    )
  }, [path, locked, ended, lockSeen])
  // A change that waited for the password reloads what is shown now, not what was when it began.
  const newest = useRef(load)
  useLayoutEffect(() => {
    newest.current = load
  })
  const reload = useCallback(() => newest.current(), [])

  const cutOff = useContact().cutOffSince !== undefined
  useEffect(() => {
    if (!cutOff) void load()
    return () => clearTimeout(later.current)
  }, [load, cutOff])

  useLiveEvents((event) => {
    if (!on?.(event)) return
    clearTimeout(later.current)
    later.current = setTimeout(() => void reload(), GATHER_MS)
  })

  useEffect(() => {
    if (every === undefined) return
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void reload()
    }, every)
    return () => clearInterval(timer)
  }, [every, reload])

  // Of another path, or with names where they do not belong: as if nothing were known.
  const known = state.path === path && state.locked === locked ? state : undefined
  return { data: known?.data, fault: known?.fault, reload, put: (data) => setState({ path, locked, data }) }
}
