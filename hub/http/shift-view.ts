import { z } from 'zod'
import { firstAnswer } from '../alerts/indicators.ts'
import { dutyOf } from '../alerts/rota.ts'
import { LONGEST_ORDER, orderEvents, whoDidNotAnswer } from '../alerts/shift.ts'
import type { Alert } from '../model/alert.ts'
import { SERVICE_STATES } from '../model/service-state.ts'
import { alertViewSchema, nameOf, viewAlert } from './alert-view.ts'
import { inStretches } from './in-stretches.ts'
import type { Office } from './office.ts'
import { time } from './time-fields.ts'

/** So many alerts of a shift are looked at, those with the newest events. */
const MOST_ALERTS = 500
const HOUR = 3_600_000
/** Where nothing says when it began, a shift is so long. */
const USUAL = 8 * HOUR

const shiftAlertSchema = alertViewSchema.omit({ escalation: true }).extend({
  homeArea: z.string().optional().describe('Of its home, as in the register.'),
  answer: z
    .object({ at: time, by: z.string(), byName: z.string().optional(), after: z.number().describe('ms') })
    .optional()
    .describe('Which human first took or resolved it, and how long after the hub learned of it.'),
})

const spanSchema = z.object({ from: time, to: time })

export const shiftSchema = z
  .object({
    from: time,
    to: time,
    choices: z
      .object({
        rota: spanSchema.extend({ rota: z.string() }).optional(),
        signIn: time.optional(),
      })
      .describe('When the shift of whoever asks began: as the rota says, and when they signed in.'),
    alerts: z.array(shiftAlertSchema).describe('The open ones first, each part newest first.'),
    more: z
      .boolean()
      .describe('There was more than is looked at: the newest are here, and all that is open.'),
    orders: z
      .array(
        z.object({
          at: time,
          home: z.string(),
          homeLabel: z.string().optional(),
          timezone: z.string().optional(),
          mode: z.string().optional(),
          rule: z.string().optional(),
          service: z.enum(SERVICE_STATES).optional().describe('In which state of service the home is since.'),
          ruleTitle: z.record(z.string(), z.string()).optional(),
          what: z.enum(['began', 'changed', 'ended']),
          until: time.optional(),
          by: z.string().optional().describe('Not given: it ended by itself.'),
        }),
      )
      .describe('Modes and holds that began or ended, and other states of service, newest first.'),
    unanswered: z
      .array(
        z.object({
          recipient: z.string().describe('`contact:daughter` of the home, or `staff:siv`.'),
          name: z.string(),
          home: z.string().optional(),
          homeLabel: z.string().optional(),
          count: z.int().describe('Of how many alerts they were told, and said nothing in time.'),
        }),
      )
      .describe('Who was told and did not answer, the most often first.'),
    away: z.array(z.object({ from: time, until: time })).describe('When the hub itself was away.'),
  })
  .meta({ id: 'Shift' })

export type ShiftView = z.output<typeof shiftSchema>
export type ShiftAlertView = ShiftView['alerts'][number]

/** When the shift of a person began, as far as it can be told. A person whose id is one of the staff's is that one. */
export function shiftChoices(
  office: Office,
  person: string | undefined,
  signedIn: number | undefined,
): ShiftView['choices'] {
  const now = office.core.now()
  const duties = [...office.core.policies().rotas.values()].flatMap((rota) => {
    const duty = person === undefined ? undefined : dutyOf(rota, person, now)
    return duty ? [{ ...duty, rota: rota.id }] : []
  })
  const newest = duties.toSorted((a, b) => b.from - a.from)[0]
  return { ...(newest && { rota: newest }), ...(signedIn !== undefined && { signIn: signedIn }) }
}

/** Hundreds of alerts are looked at, in short stretches. */
export async function viewShift(
  office: Office,
  choices: ShiftView['choices'],
  given?: number,
): Promise<ShiftView> {
  const to = office.core.now()
  const from = given ?? choices.rota?.from ?? choices.signIn ?? to - USUAL
  const since = office.alertsSince(from, MOST_ALERTS)
  const open = office.core.openAlerts()
  const alerts = [
    ...open.toSorted((a, b) => b.openedAt - a.openedAt),
    ...since.alerts.filter(({ handling }) => handling === 'resolved'),
  ]
  return {
    from,
    to,
    choices,
    alerts: await inStretches(alerts, (alert) => viewShiftAlert(alert, office)),
    more: since.more,
    orders: viewOrders(office, from, to),
    unanswered: await viewUnanswered(since.alerts, office, from, to),
    away: office
      .away()
      .filter(({ until }) => until >= from)
      .map((one) => ({ ...one })),
  }
}

function viewShiftAlert(alert: Alert, office: Office): ShiftAlertView {
  const { escalation: _, ...shown } = viewAlert(alert, office, 'without-messages')
  const homeArea = alert.home === undefined ? undefined : office.core.home(alert.home)?.area
  const view = { ...shown, ...(homeArea !== undefined && { homeArea }) }
  const answer = firstAnswer(office.alertEvents(alert.id))
  if (!answer) return view
  const { now: at, by } = answer
  const personal = alert.home === undefined ? undefined : office.personal(alert.home)
  const byName = nameOf(by, personal, office)
  return { ...view, answer: { at, by, byName, after: at - alert.openedAt } }
}

function viewOrders(office: Office, from: number, now: number): ShiftView['orders'] {
  const titles = new Map(office.rules().rules.map(({ id, title }) => [id, title]))
  return orderEvents(office.ordersSince(from - LONGEST_ORDER), from, now)
    .map(({ of, home, ...event }) => {
      const label = office.label(home)
      const timezone = office.core.home(home)?.timezone
      const title = 'rule' in of ? titles.get(of.rule) : undefined
      return {
        ...event,
        ...of,
        home,
        ...(label !== undefined && { homeLabel: label }),
        ...(timezone !== undefined && { timezone }),
        ...(title && { ruleTitle: { ...title } }),
      }
    })
    .toReversed()
}

async function viewUnanswered(
  alerts: readonly Alert[],
  office: Office,
  from: number,
  now: number,
): Promise<ShiftView['unanswered']> {
  const counts = new Map<string, ShiftView['unanswered'][number]>()
  await inStretches(alerts, (alert) => {
    const story = {
      alert,
      events: office.alertEvents(alert.id),
      notifications: office.notificationsOf(alert.id),
    }
    for (const recipient of whoDidNotAnswer(story, from, now)) {
      // Contacts are of a home, the staff of all.
      const home = recipient.startsWith('staff:') ? undefined : alert.home
      const key = `${home} ${recipient}`
      const before = counts.get(key)
      const personal = home === undefined ? undefined : office.personal(home)
      counts.set(key, {
        recipient,
        name: nameOf(recipient, personal, office),
        ...(home !== undefined && { home }),
        ...(personal?.label !== undefined && { homeLabel: personal.label }),
        count: (before?.count ?? 0) + 1,
      })
    }
  })
  return [...counts.values()].toSorted((a, b) => b.count - a.count || a.name.localeCompare(b.name))
}
