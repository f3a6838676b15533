import { useEffect, useRef, useState } from 'react'
import { ask, ApiError } from './api.ts'
import type { Away, BoardAlert, HomeCounts, RulesRefused } from './api-types.ts'

/** The hub beats every 5 s: after two that did not come, what the page shows is old. */
const SILENT_MS = 12_000
/** A connection that broke may be back at once; after this it is said. */
const BROKEN_MS = 2500
const AGAIN_MS = 2000

export type LiveEvent =
  | {
      readonly type: 'snapshot'
      readonly now: number
      readonly homes: HomeCounts
      readonly rulesRefused?: RulesRefused
      readonly away?: readonly Away[]
      readonly alerts: BoardAlert[]
    }
  | { readonly type: 'alerts'; readonly now: number; readonly alerts: BoardAlert[] }
  | { readonly type: 'phone'; readonly now: number }
  /** In the visit of these homes something changed: a step was proven, a leg of its alarm reached. */
  | { readonly type: 'visit'; readonly now: number; readonly inHomes: readonly string[] }
  /** Of these homes a device that is not registered was heard or announced. */
  | { readonly type: 'seen'; readonly now: number; readonly inHomes: readonly string[] }
  | {
      readonly type: 'beat'
      readonly now: number
      readonly homes: HomeCounts
      readonly rulesRefused?: RulesRefused
      readonly away?: readonly Away[]
    }

export interface Contact {
  /** The hub's time, also between its events. */
  readonly now: number
  /** When the hub was last heard, if that is too long ago. */
  readonly cutOffSince: number | undefined
  /** Nobody is signed in any more. */
  readonly signedOut: boolean
}

/**
 * Follows the hub's events, comes back by itself, and tells when it cannot. Renders every second.
 * @param locked when it changes, what one may see does too: the stream begins anew
 */
export function useLive(onEvent: (event: LiveEvent, locked: boolean) => void, locked: boolean): Contact {
  const handler = useRef(onEvent)
  useEffect(() => {
    handler.current = onEvent
  })
  const [contact, setContact] = useState<Contact>(() => ({
    now: Date.now(),
    cutOffSince: undefined,
    signedOut: false,
  }))

  useEffect(() => {
    let source: EventSource | undefined
    let again: ReturnType<typeof setTimeout> | undefined
    let ended = false
    /** Added to this machine's clock, it is the hub's. */
    let ahead = 0
    let heard = Date.now()
    let brokenAt: number | undefined

    const hear = (event: LiveEvent) => {
      heard = Date.now()
      ahead = event.now - heard
      brokenAt = undefined
      handler.current(event, locked)
      tick()
    }
    const tick = () => {
      const local = Date.now()
      const cutOff = local - heard > SILENT_MS || (brokenAt !== undefined && local - brokenAt > BROKEN_MS)
      setContact((old) => ({ ...old, now: local + ahead, cutOffSince: cutOff ? heard + ahead : undefined }))
    }
    const open = () => {
      source = new EventSource('/api/live')
      for (const type of ['snapshot', 'alerts', 'phone', 'visit', 'seen', 'beat'] as const) {
        source.addEventListener(type, (message: MessageEvent<string>) => {
          hear({ type, ...(JSON.parse(message.data) as object) } as LiveEvent)
        })
      }
      source.addEventListener('error', () => {
        brokenAt ??= Date.now()
        source?.close()
        void comeBack()
      })
    }
    // The browser gives up for good on some answers; so this does the coming back itself.
    const comeBack = async () => {
      try {
        await ask('GET', '/api/session')
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) {
          setContact((old) => ({ ...old, signedOut: true }))
          return
        }
      }
      if (!ended) again = setTimeout(open, AGAIN_MS)
    }

    open()
    const clock = setInterval(() => {
      tick()
      // A connection can hang without breaking (a suspended machine, a lost network).
      if (Date.now() - heard > SILENT_MS && source?.readyState === EventSource.OPEN) {
        source.close()
        void comeBack()
      }
    }, 1000)
    return () => {
      ended = true
      clearTimeout(again)
      clearInterval(clock)
      source?.close()
    }
  }, [locked])

  return contact
}
