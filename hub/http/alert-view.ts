import { z } from 'zod'
import type { Alert, AlertEvent, GatheredHome } from '../model/alert.ts'
import { contactsFor, nextStep } from '../alerts/escalation.ts'
import { CAUSES, SEVERITIES } from '../model/alert.ts'
import type { Home, HomePersonal } from '../model/home.ts'
import { KINDS } from '../model/kind.ts'
import type { Notification } from '../model/notification.ts'
import { modeSchema } from './mode-routes.ts'
import type { Office } from './office.ts'

/** So many homes of an area are listed on the board. */
const MOST_LISTED = 200

const time = z.number().describe('Milliseconds since 1970, UTC.')

const textSchema = z.object({ en: z.string() }).catchall(z.string())

const detailSchema = z.object({
  sensor: z.string().optional(),
  room: z.string().optional(),
  kind: z.string().optional(),
  value: z.union([z.string(), z.number(), z.boolean()]).optional(),
  late: z.literal(true).optional(),
  blind: z.array(z.string()).readonly().optional(),
  reason: z.string().optional(),
  most: z.number().describe('Of an area: of how many homes it was at one time.').optional(),
})

const gatheredSchema = z.object({
  home: z.string(),
  label: z.string().optional(),
  since: time,
  risk: z.number().optional(),
})

const alertSchema = z.object({
  id: z.string(),
  home: z.string().describe('Not given where it is about an area, or the hub itself.').optional(),
  area: z.string().describe('As in the register; empty: homes without an area.').optional(),
  rule: z.string(),
  scope: z.string(),
  code: z.string(),
  title: textSchema,
  advice: textSchema.describe('What to do first. Alerts of rules without it have none.').optional(),
  category: z.enum(['safety', 'health', 'routine', 'technical']),
  resolve: z.enum(['manual', 'auto']),
  severity: z.enum(SEVERITIES),
  test: z
    .literal(true)
    .optional()
    .describe('Found in maintenance. Unanswered when that ends, it counts as real, and has this no more.'),
  condition: z.enum(['active', 'cleared']),
  handling: z.enum(['new', 'acknowledged', 'resolved']),
  raisedAt: time,
  openedAt: time,
  lastAt: time,
  count: z.number(),
  detail: detailSchema,
  handledBy: z.string().optional(),
  handledAt: time.optional(),
  cause: z.enum([...CAUSES, 'cleared']).optional(),
  step: z.number(),
  position: z.number(),
  nextStepAt: time.optional(),
})

const messageSchema = z.object({
  id: z.string(),
  contact: z.string().describe('The name the registry has for the contact, else its id.'),
  channel: z.string(),
  state: z.enum(['queued', 'accepted', 'delivered', 'failed', 'cancelled']),
  at: time.describe('When it got this state, as far as it is known; else when it was queued.'),
  error: z.string().optional(),
})

/** An alert with what the board shows beside it: who and where by name, and how far its escalation is. */
export const alertViewSchema = alertSchema
  .extend({
    homeLabel: z.string().optional(),
    homes: z
      .array(gatheredSchema)
      .describe(
        `Of an area: the homes for which it holds, in the order in which to look after them. At most ${MOST_LISTED}; all by the alert's own address.`,
      )
      .optional(),
    homeCount: z.number().describe('How many they are.').optional(),
    residentName: z.string().optional(),
    handledByName: z.string().optional(),
    sensor: z.string().optional(),
    room: z.string().optional(),
    timezone: z.string().optional(),
    modes: z.array(modeSchema.readonly()).readonly().optional().describe('Those that the home is in now.'),
    unit: z.string().describe('Of `detail.value`, where it is a number.').optional(),
    escalation: z.object({
      messages: z
        .array(messageSchema)
        .describe(
          'Those that told of the alert, oldest first. Resolved alerts have them only by their own address.',
        ),
      next: z
        .object({ at: time, contact: z.string().optional() })
        .optional()
        .describe('What happens if nobody answers: who is told then.'),
    }),
  })
  .meta({ id: 'Alert' })

export type AlertView = z.infer<typeof alertViewSchema>

export const alertEventSchema = z
  .object({
    alert: z.string(),
    now: time,
    at: time,
    what: z.string(),
    by: z.string(),
    byName: z.string().optional(),
    via: z.string(),
    text: z.string().optional(),
    test: z.literal(true).optional(),
  })
  .meta({ id: 'AlertEvent' })

/**
 * Puts an alert together with the names from the registry and its messages.
 * @param how without messages for long lists, where reading them would hold up the hub; `whole` with every home
 */
export function viewAlert(
  alert: Alert,
  office: Office,
  how: 'whole' | 'usual' | 'without-messages' = 'usual',
): AlertView {
  const home = alert.home === undefined ? undefined : office.core.home(alert.home)
  const personal = alert.home === undefined ? undefined : office.personal(alert.home)
  const { homes, ...detail } = alert.detail
  const first = homes?.[0] && office.core.home(homes[0].home)
  const subject = alert.scope.split('/')[1]
  const sensor = home?.sensors.find((one) => one.id === (alert.detail.sensor ?? subject))
  const room = alert.detail.room ?? sensor?.room ?? home?.sensors.find((one) => one.room === subject)?.room
  return {
    ...alert,
    detail,
    ...present('homeCount', homes?.length),
    ...present('homes', homes && viewHomes(homes.slice(0, how === 'whole' ? Infinity : MOST_LISTED), office)),
    ...present('homeLabel', personal?.label),
    ...present('residentName', residentName(subject, sensor?.resident, personal)),
    ...present('handledByName', actorName(alert.handledBy, personal)),
    ...present('sensor', sensor?.id ?? alert.detail.sensor),
    ...present('room', room),
    ...present('timezone', (home ?? first)?.timezone),
    ...present('modes', alert.home === undefined ? undefined : modesOf(alert.home, office)),
    ...present('unit', KINDS.get(alert.detail.kind ?? '')?.unit),
    escalation: how === 'without-messages' ? { messages: [] } : viewEscalation(alert, home, personal, office),
  }
}

function viewHomes(homes: readonly GatheredHome[], office: Office): z.infer<typeof gatheredSchema>[] {
  return homes.map((one) => ({ ...one, ...present('label', office.personal(one.home)?.label) }))
}

/** An event, with the names of the contacts in it. */
export function viewEvent(
  event: AlertEvent,
  personal: HomePersonal | undefined,
): z.infer<typeof alertEventSchema> {
  const text = event.text?.startsWith('contact:') ? actorName(event.text, personal) : event.text
  return { ...event, ...present('byName', actorName(event.by, personal)), ...present('text', text) }
}

function modesOf(home: string, office: Office): AlertView['modes'] {
  const modes = office.core.modes(home)
  return modes.length > 0 ? modes : undefined
}

function viewEscalation(
  alert: Alert,
  home: Home | undefined,
  personal: HomePersonal | undefined,
  office: Office,
): AlertView['escalation'] {
  const deliveries = office.alertEvents(alert.id).filter((event) => event.what === 'delivery')
  const messages = office
    .notifications({ alert: alert.id })
    .filter((one) => one.template === 'alert')
    .toSorted((a, b) => a.queuedAt - b.queuedAt || a.step - b.step)
    .map((one) => ({
      id: one.id,
      contact: contactName(one.contact, personal),
      channel: one.channel,
      state: one.state,
      at: reachedAt(one, deliveries) ?? one.queuedAt,
      ...present('error', one.error),
    }))
  if (alert.handling !== 'new' || alert.nextStepAt === undefined) return { messages }
  const contact = nextStep(contactsFor(alert, home?.contacts ?? []), alert.position)?.contact
  return {
    messages,
    next: {
      at: alert.nextStepAt,
      ...present('contact', contact && contactName(contact, personal)),
    },
  }
}

/** When a notification got its state. Events name no notification: it is the first that fits. */
function reachedAt(one: Notification, deliveries: readonly AlertEvent[]): number | undefined {
  return deliveries.find(
    (event) =>
      event.by === `contact:${one.contact}` &&
      event.via === one.channel &&
      event.at >= one.queuedAt &&
      event.text?.split(':', 1)[0] === one.state,
  )?.at
}

/** The resident it is about; where no rule or sensor says so, the only one who lives there. */
function residentName(
  subject: string | undefined,
  ofSensor: string | undefined,
  personal: HomePersonal | undefined,
): string | undefined {
  const residents = personal?.residents ?? []
  const about = residents.find((one) => one.id === subject) ?? residents.find((one) => one.id === ofSensor)
  return (about ?? (residents.length === 1 ? residents[0] : undefined))?.name
}

/** `contact:daughter` → `Anne`, `operator:siv` → `siv`. */
function actorName(by: string | undefined, personal: HomePersonal | undefined): string | undefined {
  const [sort, id] = by?.split(':', 2) ?? []
  if (id === undefined) return undefined
  return sort === 'contact' ? contactName(id, personal) : id
}

export function contactName(id: string, personal: HomePersonal | undefined): string {
  return personal?.contacts.find((one) => one.id === id)?.name ?? id
}

/** A property only where there is a value: `exactOptionalPropertyTypes`. */
function present<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V })
}
