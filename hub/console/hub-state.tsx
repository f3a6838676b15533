import { createContext, use, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import { ask } from './api.ts'
import type { Away, BoardAlert, HomeCounts, RulesRefused } from './api-types.ts'
import { useLive } from './live.ts'
import { withoutNames } from './lock/without-names.ts'
import type { Contact, LiveEvent } from './live.ts'
import { useSession } from './session.tsx'

const RESOLVED_SHOWN = 300

export interface HubState {
  /** Every alert that is open or was resolved lately, as the hub has them; undefined until it has said so. */
  readonly alerts: ReadonlyMap<string, BoardAlert> | undefined
  readonly homes: HomeCounts | undefined
  readonly rulesRefused: RulesRefused | undefined
  /** When the hub was away lately, newest first. */
  readonly away: readonly Away[]
  /** Alerts that came while the page was up. */
  readonly fresh: ReadonlySet<string>
  /**
   * For whoever is about to change an alert: the returned function takes what the hub answers. The stream tells of the
   * same change and of later ones, and may be faster: then the answer is old, and is not taken.
   */
  beginAct(id: string): (answered: BoardAlert) => void
  /** Calls with every event of the stream, until the returned function is called. */
  listen(listener: (event: LiveEvent) => void): () => void
}

const StateContext = createContext<HubState | undefined>(undefined)
// Apart, because it changes every second.
const ContactContext = createContext<Contact | undefined>(undefined)

/** Follows the hub for all pages: one stream, whatever page is shown. */
export function HubProvider({ children }: { readonly children: ReactNode }) {
  const { ended, locked } = useSession()
  const [seenLocked, setSeenLocked] = useState(locked)
  const [alerts, setAlerts] = useState<ReadonlyMap<string, BoardAlert>>()
  const [homes, setHomes] = useState<HomeCounts>()
  const [rulesRefused, setRulesRefused] = useState<RulesRefused>()
  const [away, setAway] = useState<readonly Away[]>([])
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set())
  const [snapshots, setSnapshots] = useState(0)
  /** How often the stream has told of each alert, and of all. */
  const told = useRef({ all: 0, of: new Map<string, number>() })
  const listeners = useRef(new Set<(event: LiveEvent) => void>())

  const merge = useCallback((changed: readonly BoardAlert[]) => {
    setAlerts((old) => {
      const next = new Map(old)
      for (const alert of changed) next.set(alert.id, alert)
      return next
    })
  }, [])

  const contact = useLive((event, isLocked) => {
    if ('homes' in event) {
      // Every 5 s, and mostly the same: pages need not be drawn again for it.
      setHomes((old) => same(old, event.homes))
      setRulesRefused((old) => same(old, event.rulesRefused))
      setAway((old) => same(old, event.away ?? []))
    }
    if (event.type === 'snapshot') {
      told.current.all++
      setSnapshots(told.current.all)
    }
    if (event.type === 'snapshot' && seenLocked !== isLocked) {
      // With names or without: nothing of before stays.
      setAlerts(new Map(event.alerts.map((one) => [one.id, one])))
      setSeenLocked(isLocked)
    } else if (event.type === 'snapshot') {
      // What was open here and is not any more was resolved while the page was cut off.
      setAlerts((old) => {
        const resolved = [...(old?.values() ?? [])].filter((one) => one.handling === 'resolved')
        return new Map([...resolved, ...event.alerts].map((one) => [one.id, one]))
      })
    }
    if (event.type === 'alerts') {
      const { of } = told.current
      for (const { id } of event.alerts) of.set(id, (of.get(id) ?? 0) + 1)
      setFresh((old) => {
        const unknown = event.alerts.filter((one) => !alerts?.has(one.id))
        return unknown.length === 0 ? old : new Set([...old, ...unknown.map((one) => one.id)])
      })
      merge(event.alerts)
    }
    for (const listener of listeners.current) listener(event)
  }, locked)

  // After each snapshot: what was resolved while the stream was broken, however briefly, is not in it.
  useEffect(() => {
    if (snapshots === 0 || seenLocked !== locked) return
    let wanted = true
    ask<{ alerts: BoardAlert[] }>('GET', `/api/alerts?all=true&limit=${RESOLVED_SHOWN}`).then(
      (answer) => {
        if (!wanted) return
        setAlerts((old) => {
          const resolved = answer.alerts.filter((one) => one.handling === 'resolved')
          // The events are newer than this answer, wherever both know an alert.
          return new Map([...resolved.map((one) => [one.id, one] as const), ...(old ?? [])])
        })
      },
      () => {},
    )
    return () => {
      wanted = false
    }
  }, [snapshots, seenLocked, locked])

  useEffect(() => {
    if (contact.signedOut) ended()
  }, [contact.signedOut, ended])

  const shown = useMemo(
    () =>
      locked && alerts
        ? new Map([...alerts].map(([id, alert]) => [id, withoutNames(alert)] as const))
        : alerts,
    [alerts, locked],
  )
  const state = useMemo(
    (): HubState => ({
      alerts: shown,
      homes,
      rulesRefused,
      away,
      fresh,
      beginAct(id) {
        const heard = () => told.current.all + (told.current.of.get(id) ?? 0)
        const before = heard()
        return (answered) => {
          if (heard() === before) merge([answered])
        }
      },
      listen(listener) {
        listeners.current.add(listener)
        return () => listeners.current.delete(listener)
      },
    }),
    [shown, homes, rulesRefused, away, fresh, merge],
  )
  return (
    <StateContext value={state}>
      <ContactContext value={contact}>{children}</ContactContext>
    </StateContext>
  )
}

/** What the stream has told. */
export function useHub(): HubState {
  const state = use(StateContext)
  if (!state) throw new Error('useHub is outside of HubProvider')
  return state
}

/** The hub's time, and whether it is heard. Whoever asks is drawn anew every second. */
export function useContact(): Contact {
  const contact = use(ContactContext)
  if (!contact) throw new Error('useContact is outside of HubProvider')
  return contact
}

/** Calls with every event of the stream, as long as the caller is shown. */
export function useLiveEvents(onEvent: (event: LiveEvent) => void): void {
  const { listen } = useHub()
  const handler = useRef(onEvent)
  useEffect(() => {
    handler.current = onEvent
  })
  const listening = useRef(listen)
  useEffect(() => listening.current((event) => handler.current(event)), [])
}

function same<T>(old: T, next: T): T {
  return JSON.stringify(old) === JSON.stringify(next) ? old : next
}
