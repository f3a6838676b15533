import { useCallback, useEffect, useState } from 'react'
import { ask } from '../api.ts'
import type { Away, BoardAlert, HomeCounts, RulesRefused } from '../api-types.ts'
import { useLive } from '../live.ts'
import type { Contact, LiveEvent } from '../live.ts'

const RESOLVED_SHOWN = 300

export interface BoardState extends Contact {
  /** Undefined until the hub has said what is open. */
  readonly alerts: ReadonlyMap<string, BoardAlert> | undefined
  readonly homes: HomeCounts | undefined
  readonly rulesRefused: RulesRefused | undefined
  /** When the hub was away lately, newest first. */
  readonly away: readonly Away[]
  /** Alerts that came while the board was up. */
  readonly fresh: ReadonlySet<string>
  put(alert: BoardAlert): void
}

/** Every alert the board may show, kept as the hub has it. */
export function useBoard(): BoardState {
  const [alerts, setAlerts] = useState<ReadonlyMap<string, BoardAlert>>()
  const [homes, setHomes] = useState<HomeCounts>()
  const [rulesRefused, setRulesRefused] = useState<RulesRefused>()
  const [away, setAway] = useState<readonly Away[]>([])
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set())

  const merge = useCallback((changed: readonly BoardAlert[]) => {
    setAlerts((old) => {
      const next = new Map(old)
      for (const alert of changed) next.set(alert.id, alert)
      return next
    })
  }, [])

  const contact = useLive((event: LiveEvent) => {
    if ('homes' in event) {
      setHomes(event.homes)
      setRulesRefused(event.rulesRefused)
      setAway(event.away ?? [])
    }
    if (event.type === 'snapshot') {
      // What was open here and is not any more was resolved while the board was cut off.
      setAlerts((old) => {
        const resolved = [...(old?.values() ?? [])].filter((one) => one.handling === 'resolved')
        return new Map([...resolved, ...event.alerts].map((one) => [one.id, one]))
      })
    }
    if (event.type === 'alerts') {
      setFresh((old) => {
        const unknown = event.alerts.filter((one) => !alerts?.has(one.id))
        return unknown.length === 0 ? old : new Set([...old, ...unknown.map((one) => one.id)])
      })
      merge(event.alerts)
    }
  })

  const cutOff = contact.cutOffSince !== undefined
  const ready = alerts !== undefined
  useEffect(() => {
    if (cutOff || !ready) return
    ask<{ alerts: BoardAlert[] }>('GET', `/api/alerts?all=true&limit=${RESOLVED_SHOWN}`).then(
      (answer) => {
        setAlerts((old) => {
          const resolved = answer.alerts.filter((one) => one.handling === 'resolved')
          // The events are newer than this answer, wherever both know an alert.
          return new Map([...resolved.map((one) => [one.id, one] as const), ...(old ?? [])])
        })
      },
      () => {},
    )
  }, [cutOff, ready])

  return { ...contact, alerts, homes, rulesRefused, away, fresh, put: (alert) => merge([alert]) }
}
