import { z } from 'zod'
import { SEVERITIES } from '../model/alert.ts'
import type { Severity } from '../model/alert.ts'
import type { Home } from '../model/home.ts'
import { PROTECTION_CODES, PROTECTION_STATES } from '../model/protection.ts'
import { inStretches } from './in-stretches.ts'
import type { Office } from './office.ts'
import type { Sight } from './sight.ts'
import { time } from './time-fields.ts'

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
    protection: z.enum(PROTECTION_STATES).describe('Whether an alarm from there comes through to somebody.'),
    why: z
      .enum(PROTECTION_CODES)
      .optional()
      .describe('The gravest reason why it is not protected, or in part.'),
    until: time.optional().describe('Of what is paused: when it is in service again.'),
  })
  .meta({ id: 'HomeLine' })

export const homeListSchema = z.object({ now: time, homes: z.array(homeLineSchema) }).meta({ id: 'HomeList' })

export type HomeLine = z.output<typeof homeLineSchema>

/** A home as the register has it, counted. */
export const homeRowSchema = z
  .object({
    id: z.string(),
    label: z.string().optional(),
    timezone: z.string(),
    area: z.string().optional(),
    gateways: z.number(),
    residents: z.number(),
    sensors: z.number(),
    contacts: z.number(),
    reachable: z.boolean(),
    holds: z.number().describe('How many rules are held.'),
  })
  .meta({ id: 'Home' })

export type HomeRow = z.output<typeof homeRowSchema>

/** Makes lists of all homes as JSON, in short stretches; whoever sees the same gets the same text for a moment. */
export interface HomeLists {
  /** A `homeListSchema`. */
  linesFor(sight: Sight, office: Office): Promise<Buffer>
  /** `{ homes }`, of `homeRowSchema`. */
  rowsFor(sight: Sight, office: Office): Promise<Buffer>
  stop(): void
}

export function createHomeLists(whole: Office): HomeLists {
  const made = new Map<
    string,
    { readonly at: number; readonly version: number; readonly text: Promise<Buffer> }
  >()
  let version = 0

  const stop = whole.core.onCommit(({ alerts, entries, modesOf }) => {
    if (alerts.length > 0 || modesOf.length > 0 || entries.some(({ input }) => SHOWN.has(input.type)))
      version++
  })

  /** @returns what makes the JSON of a line of the list */
  function linesOf({ core }: Office): MakeOne {
    const alerts = openByHome(core)
    const holds = holdsByHome(core)
    const look = whole.protection.look()
    return (home, label) => {
      const { state, reasons } = look(home)
      const why = reasons.find(({ makes }) => makes !== 'nothing')
      const silent = core.silentSensors(home.id)
      const open = alerts.get(home.id)
      const held = holds.get(home.id)
      return {
        id: home.id,
        ...(label !== undefined && { label }),
        ...(home.area !== undefined && { area: home.area }),
        reachable: core.isReachable(home.id),
        sensors: home.sensors.length,
        ...(silent > 0 && { silent }),
        ...(open && { alerts: open.count, worst: open.worst }),
        ...(held !== undefined && { holds: held }),
        protection: state,
        ...(why && { why: why.code }),
        ...(home.state?.is === 'paused' && { until: home.state.until }),
      }
    }
  }

  function rowsOf({ core }: Office): MakeOne {
    const holds = holdsByHome(core)
    return (home, label) => ({
      id: home.id,
      ...(label !== undefined && { label }),
      timezone: home.timezone,
      ...(home.area !== undefined && { area: home.area }),
      gateways: home.gateways.length,
      residents: home.residents.length,
      sensors: home.sensors.length,
      contacts: home.contacts.length,
      reachable: core.isReachable(home.id),
      holds: holds.get(home.id) ?? 0,
    })
  }

  /** @returns the homes as JSON, separated by commas */
  async function make({ names }: Sight, { core }: Office, one: MakeOne): Promise<string> {
    const texts = await inStretches(core.homes(), (home) =>
      JSON.stringify(one(home, names === 'none' ? undefined : whole.label(home.id))),
    )
    return texts.join(',')
  }

  function textFor(which: string, sight: Sight, write: () => Promise<string>): Promise<Buffer> {
    const now = whole.core.now()
    for (const [key, one] of made) if (one.version !== version || now - one.at >= KEPT) made.delete(key)
    const key = JSON.stringify([which, sight])
    const known = made.get(key)
    if (known) return known.text
    // As bytes: a text of megabytes would be turned into them for each answer.
    const text = write().then((made) => Buffer.from(made))
    made.set(key, { at: now, version, text })
    return text
  }

  return {
    linesFor: (sight, office) =>
      textFor('lines', sight, async () => {
        const homes = await make(sight, office, linesOf(office))
        return `{"now":${whole.core.now()},"homes":[${homes}]}`
      }),
    rowsFor: (sight, office) =>
      textFor('rows', sight, async () => `{"homes":[${await make(sight, office, rowsOf(office))}]}`),
    stop,
  }
}

type MakeOne = (home: Home, label: string | undefined) => HomeLine | HomeRow

function holdsByHome(core: Office['core']): Map<string, number> {
  const holds = new Map<string, number>()
  for (const { home } of core.holds()) holds.set(home, (holds.get(home) ?? 0) + 1)
  return holds
}

/** Inputs after which a list says something else, beside those that change alerts. */
const SHOWN: ReadonlySet<string> = new Set(['gateway', 'home', 'start', 'pause', 'rules', 'staff', 'boards'])

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
