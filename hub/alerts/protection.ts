import type { Input } from '../model/input.ts'
import type { Figure } from '../model/indicator.ts'
import { commonSpans, mergeSpans, totalOf, withoutSpans } from '../time/spans.ts'
import type { Span } from '../time/spans.ts'

/** A home as far as it matters for whether an alarm from it could come through. Times in ms. */
export interface WatchedHome {
  readonly id: string
  /** It is in the register from then on. */
  readonly since: number
  readonly hasGateways: boolean
  /** Of alarm-class profiles. */
  readonly sensors: readonly { readonly id: string; readonly heardEvery: number }[]
}

/** What the journal says, in its order, from some time before the period on. */
export type Sign =
  | { readonly now: number; readonly input: Extract<Input, { type: 'gateway' | 'start' | 'pause' }> }
  | {
      readonly now: number
      readonly heard: { readonly home: string; readonly sensor: string; readonly gone: boolean }
    }

/** Follows signs and says when each home was protected. */
export interface ProtectionTally {
  add(sign: Sign): void
  /** By home: unprotected ms, and ms in which it was in the register; up to the end of what was added. */
  unprotected(period: Span): ReadonlyMap<string, Unprotected>
}

export interface Unprotected {
  readonly ms: number
  readonly of: number
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const MINUTES_A_DAY = 1440

interface Link {
  readonly online: Set<string>
  upSince: number | undefined
  readonly up: Span[]
}

interface Heard {
  readonly heardEvery: number
  from: number
  to: number
  readonly spans: Span[]
}

/**
 * A home is protected while a gateway of it is connected (or it has none that could be), at least one of its alarm
 * sensors was heard within its interval, and the hub was there.
 */
export function createProtectionTally(homes: readonly WatchedHome[]): ProtectionTally {
  const links = new Map<string, Link>()
  const heard = new Map<string, Heard>()
  const away: Span[] = []
  for (const { id, hasGateways, sensors } of homes) {
    if (hasGateways) links.set(id, { online: new Set(), upSince: undefined, up: [] })
    for (const { id: sensor, heardEvery } of sensors) {
      heard.set(`${id}/${sensor}`, { heardEvery, from: 0, to: -Infinity, spans: [] })
    }
  }

  function drop(link: Link, at: number): void {
    link.online.clear()
    if (link.upSince !== undefined) link.up.push({ from: link.upSince, to: at })
    link.upSince = undefined
  }

  function gateway(home: string, id: string, isOnline: boolean, now: number): void {
    const link = links.get(home)
    if (!link) return
    if (!isOnline) {
      link.online.delete(id)
      if (link.online.size === 0) drop(link, now)
    } else {
      link.online.add(id)
      link.upSince ??= now
    }
  }

  function sensorHeard(key: string, gone: boolean, now: number): void {
    const one = heard.get(key)
    if (!one) return
    if (gone) {
      // By the word of its own network it is not there from now on.
      one.spans.push({ from: one.from, to: Math.min(one.to, now) })
      one.to = -Infinity
    } else if (now <= one.to) one.to = now + one.heardEvery
    else {
      one.spans.push({ from: one.from, to: one.to })
      one.from = now
      one.to = now + one.heardEvery
    }
  }

  return {
    add(sign) {
      const { now } = sign
      if ('heard' in sign) {
        const { home, sensor, gone } = sign.heard
        sensorHeard(`${home}/${sensor}`, gone, now)
        return
      }
      const { input } = sign
      switch (input.type) {
        case 'gateway':
          gateway(input.home, input.gateway, input.to === 'online', now)
          return
        case 'start':
          away.push({ from: input.aliveUntil, to: now })
          // In a new process nothing is connected.
          for (const link of links.values()) drop(link, input.aliveUntil)
          return
        case 'pause':
          away.push({ from: input.from, to: now })
      }
    },
    unprotected(period) {
      const gone = mergeSpans(away)
      return new Map(
        homes.flatMap(({ id, since, sensors }) => {
          const whole = mergeSpans([{ from: Math.max(period.from, since), to: period.to }])
          if (whole.length === 0) return []
          const link = links.get(id)
          const up = link
            ? mergeSpans([...link.up, { from: link.upSince ?? Infinity, to: period.to }])
            : whole
          const alive = mergeSpans(
            sensors.flatMap((sensor) => {
              const one = heard.get(`${id}/${sensor.id}`)
              return one ? [...one.spans, { from: one.from, to: one.to }] : []
            }),
          )
          const safe = withoutSpans(commonSpans(commonSpans(whole, up), alive), gone)
          const of = totalOf(whole)
          return [[id, { ms: of - totalOf(safe), of }] as const]
        }),
      )
    },
  }
}

/** Minutes a day of an average home, and the homes with the most. */
export function unprotectedFigure(byHome: ReadonlyMap<string, Unprotected>): Figure {
  const all = { ms: 0, of: 0 }
  for (const { ms, of } of byHome.values()) {
    all.ms += ms
    all.of += of
  }
  const parts = [...byHome]
    .filter(([, { ms }]) => ms > 0)
    .map(([id, one]) => ({ sort: 'home' as const, id, ...rateOf(one) }))
    .toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0) || (a.id < b.id ? -1 : 1))
  return { ...rateOf(all), total: hundredths(all.ms / MINUTE), parts }
}

function rateOf({ ms, of }: Unprotected): { readonly value?: number; readonly of: number } {
  return of === 0 ? { of: 0 } : { value: hundredths((MINUTES_A_DAY * ms) / of), of: hundredths(of / HOUR) }
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100
}
