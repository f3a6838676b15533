import { z } from 'zod'
import type { Alert, AlertEvent } from '../model/alert.ts'
import { CAUSES, SEVERITIES } from '../model/alert.ts'
import type { Home, HomePersonal } from '../model/home.ts'
import { KINDS } from '../model/kind.ts'
import type { Office } from './office.ts'

const time = z.number().describe('Milliseconds since 1970, UTC.')

const detailSchema = z.object({
  sensor: z.string().exactOptional(),
  room: z.string().exactOptional(),
  kind: z.string().exactOptional(),
  value: z.union([z.string(), z.number(), z.boolean()]).exactOptional(),
  late: z.literal(true).exactOptional(),
  blind: z.array(z.string()).readonly().exactOptional(),
  reason: z.string().exactOptional(),
})

const alertSchema = z.object({
  id: z.string(),
  home: z.string(),
  rule: z.string(),
  scope: z.string(),
  code: z.string(),
  title: z.object({ en: z.string() }).catchall(z.string()),
  category: z.enum(['safety', 'health', 'routine', 'technical']),
  resolve: z.enum(['manual', 'auto']),
  severity: z.enum(SEVERITIES),
  condition: z.enum(['active', 'cleared']),
  handling: z.enum(['new', 'acknowledged', 'resolved']),
  raisedAt: time,
  openedAt: time,
  lastAt: time,
  count: z.number(),
  detail: detailSchema,
  handledBy: z.string().exactOptional(),
  handledAt: time.exactOptional(),
  cause: z.enum([...CAUSES, 'cleared']).exactOptional(),
  step: z.number(),
  position: z.number(),
  nextStepAt: time.exactOptional(),
})

const messageSchema = z.object({
  id: z.string(),
  contact: z.string().describe('The name the registry has for the contact, else its id.'),
  channel: z.string(),
  state: z.enum(['queued', 'accepted', 'delivered', 'failed', 'cancelled']),
  at: time.describe('When it got this state, as far as it is known; else when it was queued.'),
  error: z.string().exactOptional(),
})

/** An alert with what the board shows beside it: who and where by name, and how far its escalation is. */
export const alertViewSchema = alertSchema
  .extend({
    homeLabel: z.string().exactOptional(),
    residentName: z.string().exactOptional(),
    handledByName: z.string().exactOptional(),
    sensor: z.string().exactOptional(),
    room: z.string().exactOptional(),
    timezone: z.string().exactOptional(),
    unit: z.string().describe('Of `detail.value`, where it is a number.').exactOptional(),
    escalation: z.object({
      messages: z
        .array(messageSchema)
        .describe('Those that told of the alert, in the order they were queued.'),
      next: z
        .object({ at: time, contact: z.string().exactOptional() })
        .exactOptional()
        .describe('What happens if nobody answers; the contact who is told then, if there is one left.'),
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
    byName: z.string().exactOptional(),
    via: z.string(),
    text: z.string().exactOptional(),
  })
  .meta({ id: 'AlertEvent' })

/** Puts an alert together with the names from the registry and its messages. */
export function viewAlert(alert: Alert, office: Office): AlertView {
  const home = office.core.home(alert.home)
  const personal = office.personal(alert.home)
  const subject = alert.scope.split('/')[1]
  const sensor = home?.sensors.find((one) => one.id === (alert.detail.sensor ?? subject))
  const room = alert.detail.room ?? sensor?.room ?? home?.sensors.find((one) => one.room === subject)?.room
  return {
    ...alert,
    ...present('homeLabel', personal?.label),
    ...present('residentName', residentName(subject, sensor?.resident, personal)),
    ...present('handledByName', actorName(alert.handledBy, personal)),
    ...present('sensor', sensor?.id ?? alert.detail.sensor),
    ...present('room', room),
    ...present('timezone', home?.timezone),
    ...present('unit', KINDS.get(alert.detail.kind ?? '')?.unit),
    escalation: viewEscalation(alert, home, personal, office),
  }
}

/** An event, with the name of the contact who did it. */
export function viewEvent(
  event: AlertEvent,
  personal: HomePersonal | undefined,
): z.infer<typeof alertEventSchema> {
  return { ...event, ...present('byName', actorName(event.by, personal)) }
}

function viewEscalation(
  alert: Alert,
  home: Home | undefined,
  personal: HomePersonal | undefined,
  office: Office,
): AlertView['escalation'] {
  const told = office.notifications({ alert: alert.id }).filter((one) => one.template === 'alert')
  const messages = told
    .toSorted((a, b) => a.queuedAt - b.queuedAt || a.step - b.step)
    .map((one) => ({
      id: one.id,
      contact: contactName(one.contact, personal),
      channel: one.channel,
      state: one.state,
      at: one.changedAt ?? one.queuedAt,
      ...present('error', one.error),
    }))
  if (alert.handling !== 'new' || alert.nextStepAt === undefined) return { messages }
  const next = home?.contacts
    .toSorted((a, b) => a.order - b.order)
    .find((contact) => !told.some((one) => one.contact === contact.id))
  return {
    messages,
    next: {
      at: alert.nextStepAt,
      ...present('contact', next && contactName(next.id, personal)),
    },
  }
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
