import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import { SEVERITIES } from '../model/alert.ts'
import type { Severity } from '../model/alert.ts'
import type { Home } from '../model/home.ts'
import type { Office } from './office.ts'
import type { Sight } from './sight.ts'
import { time } from './time-fields.ts'

/** The thread answers MQTT too: so long it makes a list at a stretch, ms. */
const STRETCH = 3

/** What changes by itself in silence (a sensor that is not heard any more) is shown so much later at the most, ms. */
const KEPT = 5_000

/** One home of the list: what is 0, and what is unknown, is left out. There may be tens of thousands. */
export const homeLineSchema = z
  .object({
    id: z.string(),
    label: z.string().optional(),
    area: z.string().optional(),
    reachable: z.boolean(),
    sensors: z.number(),
    silent: z.number().optional().describe('How many of them are not heard.'),
    alerts: z.number().optional().describe('How many are open and not about a test or a held rule.'),
    worst: z.enum(SEVERITIES).optional().describe('The highest severity of those.'),
    holds: z.number().optional().describe('How many rules are held.'),
  })
  .meta({ id: 'HomeLine' })

export const homeListSchema = z.object({ now: time, homes: z.array(homeLineSchema) }).meta({ id: 'HomeList' })

export type HomeLine = z.output<typeof homeLineSchema>

/** Makes the list of all homes as JSON, in short stretches; whoever sees the same gets the same text for a moment. */
export interface HomeLists {
  listFor(sight: Sight, office: Office): Promise<string>
  stop(): void
}

export function createHomeLists(whole: Office): HomeLists {
  /** Names come from the database; a home that changes is another object. */
  const labels = new WeakMap<Home, string | undefined>()
  const made = new Map<
    string,
    { readonly at: number; readonly version: number; readonly text: Promise<string> }
  >()
  let version = 0

  const stop = whole.core.onCommit(({ alerts, entries, modesOf }) => {
    if (alerts.length > 0 || modesOf.length > 0 || entries.some(({ input }) => SHOWN.has(input.type)))
      version++
  })

  function labelOf(home: Home): string | undefined {
    if (!labels.has(home)) labels.set(home, whole.personal(home.id)?.label)
    return labels.get(home)
  }

  async function make({ names }: Sight, { core }: Office): Promise<string> {
    const alerts = openByHome(core)
    const holds = new Map<string, number>()
    for (const { home } of core.holds()) holds.set(home, (holds.get(home) ?? 0) + 1)
    const lines: string[] = []
    let since = performance.now()
    for (const home of core.homes()) {
      const label = names === 'none' ? undefined : labelOf(home)
      const silent = core.silentSensors(home.id)
      const open = alerts.get(home.id)
      const held = holds.get(home.id)
      const line: HomeLine = {
        id: home.id,
        ...(label !== undefined && { label }),
        ...(home.area !== undefined && { area: home.area }),
        reachable: core.isReachable(home.id),
        sensors: home.sensors.length,
        ...(silent > 0 && { silent }),
        ...(open && { alerts: open.count, worst: open.worst }),
        ...(held !== undefined && { holds: held }),
      }
      lines.push(JSON.stringify(line))
      if (performance.now() - since < STRETCH) continue
      await setImmediate()
      since = performance.now()
    }
    return `{"now":${core.now()},"homes":[${lines.join(',')}]}`
  }

  return {
    listFor(sight, office) {
      const now = whole.core.now()
      for (const [key, one] of made) if (one.version !== version || now - one.at >= KEPT) made.delete(key)
      const key = JSON.stringify(sight)
      const known = made.get(key)
      if (known) return known.text
      const text = make(sight, office)
      made.set(key, { at: now, version, text })
      return text
    },
    stop,
  }
}

/** Inputs after which a list says something else, beside those that change alerts. */
const SHOWN: ReadonlySet<string> = new Set(['gateway', 'home', 'start', 'pause'])

function openByHome(core: Office['core']): Map<string, { count: number; worst: Severity }> {
  const byHome = new Map<string, { count: number; worst: Severity }>()
  for (const { home, severity, test, held } of core.openAlerts()) {
    if (home === undefined || test || held) continue
    const known = byHome.get(home)
    const isWorse = !known || SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(known.worst)
    byHome.set(home, { count: (known?.count ?? 0) + 1, worst: isWorse ? severity : known.worst })
  }
  return byHome
}
