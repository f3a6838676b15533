import { z } from 'zod'
import type { Alert, AlertEvent, GatheredHome } from '../model/alert.ts'
import { nextStep, outOfReach } from '../alerts/escalation.ts'
import type { Place } from '../alerts/escalation.ts'
import { timezoneWithoutHome } from '../alerts/timezone-without-home.ts'
import { CAUSES, SEVERITIES } from '../model/alert.ts'
import { isSilenced } from '../model/consent.ts'
import type { Home, HomePersonal } from '../model/home.ts'
import { KINDS } from '../model/kind.ts'
import { recipientOf } from '../model/notification.ts'
import type { AlertNotification } from '../model/notification.ts'
import { factsOf } from './message-facts.ts'
import { modeSchema } from './mode-routes.ts'
import type { Office } from './office.ts'
import { time } from './time-fields.ts'

/** So many homes of an area are listed on the board. */
const MOST_LISTED = 200

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
  raisedBy: z
    .string()
    .describe('The program that said it: `token:node-red`. Else rules found it.')
    .optional(),
  resolve: z.enum(['manual', 'auto']),
  severity: z.enum(SEVERITIES),
  test: z
    .literal(true)
    .optional()
    .describe('Found in maintenance. Unanswered when that ends, it counts as real, and has this no more.'),
  held: z
    .literal(true)
    .optional()
    .describe('Its rule is held for the home, or was when its condition ended: nobody is told of it.'),
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
  nextStepAt: time.optional(),
  policy: z.string().describe('That the rule names, to say who is told.').optional(),
  handedTo: z
    .string()
    .describe('Asked to take it; until they answer it stays with whoever has it.')
    .optional(),
})

const messageSchema = z.object({
  id: z.string(),
  recipient: z.string().describe('`contact:daughter` of the home, or `staff:siv`.'),
  contact: z.string().describe('The name the registry has for them, else their id.'),
  channel: z.string(),
  state: z
    .enum(['gathered', 'queued', 'accepted', 'delivered', 'failed', 'cancelled'])
    .describe('`gathered`: told in one message with other technical alerts, which is still to go.'),
  at: time.describe('When it got this state, as far as it is known; else when it was queued.'),
  error: z.string().optional(),
  via: z.string().describe('Which channel of its route took it last.').optional(),
  notBy: z
    .array(z.string())
    .readonly()
    .describe('Channels that told of no delivery in time, or that it failed: others sent it once more.')
    .optional(),
  queuedAt: time.describe('When the hub decided to tell them.'),
  others: z.number().describe('How many other alerts the same message told of.').optional(),
  acceptedAt: time.describe('When the provider took it: it is sent.').optional(),
  deliveredAt: time.describe('When it was on their phone, as far as the provider tells.').optional(),
  answer: z
    .object({ what: z.enum(['acknowledged', 'declined']), at: time })
    .describe('What they answered: only this stops anything.')
    .optional(),
})

/** An alert with what the board shows beside it: who and where by name, and how far its escalation is. */
export const alertViewSchema = alertSchema
  .extend({
    homeLabel: z.string().optional(),
    homeArea: z.string().describe('Of the home that it is about, where that has one.').optional(),
    homes: z
      .array(gatheredSchema)
      .describe(
        `Of an area: the homes for which it holds, in the order in which to look after them. At most ${MOST_LISTED}; all by the alert's own address.`,
      )
      .optional(),
    homeCount: z.number().describe('How many they are.').optional(),
    residentName: z.string().optional(),
    handledByName: z.string().optional(),
    handedToName: z.string().optional(),
    attendance: z
      .object({
        what: z.enum(['on-the-way', 'arrived']),
        by: z.string(),
        byName: z.string().optional(),
        at: time,
      })
      .describe('The newest that was heard of whoever goes there.')
      .optional(),
    sensor: z.string().optional(),
    room: z.string().optional(),
    timezone: z.string().optional(),
    modes: z.array(modeSchema.readonly()).readonly().optional().describe('Those that the home is in now.'),
    hold: z
      .object({ until: time, by: z.string(), why: z.string().optional() })
      .optional()
      .describe('Of its rule, while that is held for the home.'),
    otherHolds: z.number().optional().describe('How many other rules are held for the home.'),
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
      outOfReach: z
        .array(z.string())
        .readonly()
        .describe('Rotas and groups that should be told of it and that give nobody now.')
        .optional(),
      passedOver: z
        .array(z.string())
        .readonly()
        .describe('Had as many messages as somebody gets in an hour: everybody else is told before them.')
        .optional(),
      allStopped: z.literal(true).describe('The home has contacts, and each of them wrote STOP.').optional(),
      unwatchedAt: time.describe('No board was open then: the next were told at once.').optional(),
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
  // What a program calls it is neither a sensor nor a resident, whatever it looks like.
  const subject = alert.raisedBy === undefined ? alert.scope.split('/')[1] : undefined
  const sensor = home?.sensors.find((one) => one.id === (alert.detail.sensor ?? subject))
  const room = alert.detail.room ?? sensor?.room ?? home?.sensors.find((one) => one.room === subject)?.room
  return {
    ...alert,
    detail,
    ...present('homeCount', homes?.length),
    ...present('homes', homes && viewHomes(homes.slice(0, how === 'whole' ? Infinity : MOST_LISTED), office)),
    ...present('homeLabel', personal?.label),
    ...present('homeArea', home?.area),
    ...present('residentName', residentName(subject, sensor?.resident, personal)),
    ...present('handledByName', actorName(alert.handledBy, personal, office)),
    ...present('handedToName', actorName(alert.handedTo, personal, office)),
    ...(alert.attendance && {
      attendance: {
        ...alert.attendance,
        ...present('byName', actorName(alert.attendance.by, personal, office)),
      },
    }),
    ...present('sensor', sensor?.id ?? alert.detail.sensor),
    ...present('room', room),
    ...present('timezone', (home ?? first)?.timezone),
    ...present('modes', alert.home === undefined ? undefined : modesOf(alert.home, office)),
    ...holdsOf(alert, office, personal),
    ...present('unit', KINDS.get(alert.detail.kind ?? '')?.unit),
    escalation: how === 'without-messages' ? { messages: [] } : viewEscalation(alert, home, personal, office),
  }
}

function viewHomes(homes: readonly GatheredHome[], office: Office): z.infer<typeof gatheredSchema>[] {
  return homes.map((one) => ({ ...one, ...present('label', office.label(one.home)) }))
}

/** Events whose text begins with a person; behind it stands why, or until when. */
const NAMING: ReadonlySet<AlertEvent['what']> = new Set([
  'notified',
  'gathered',
  'passed-over',
  'handed-on',
  'resent',
  'quiet',
  'no-address',
  'stopped',
  'started',
])

const NAMED = /^(\S+?)(?:(: | )(.+))?$/

/** An event, with the names of the contacts in it. */
export function viewEvent(
  event: AlertEvent,
  personal: HomePersonal | undefined,
  office: Pick<Office, 'staffMember'>,
): z.infer<typeof alertEventSchema> {
  const [, person, between, more] = (NAMING.has(event.what) && NAMED.exec(event.text ?? '')) || []
  const name = actorName(person, personal, office)
  const text =
    name === undefined
      ? event.text
      : `${name}${more === undefined ? '' : `${between === ' ' ? ', ' : between}${more}`}`
  return { ...event, ...present('byName', actorName(event.by, personal, office)), ...present('text', text) }
}

function modesOf(home: string, office: Office): AlertView['modes'] {
  const modes = office.core.modes(home)
  return modes.length > 0 ? modes : undefined
}

function holdsOf(
  { home, rule }: Alert,
  office: Office,
  personal: HomePersonal | undefined,
): Pick<AlertView, 'hold' | 'otherHolds'> {
  const holds = home === undefined ? [] : office.core.holds(home)
  const own = holds.find((hold) => hold.rule === rule)
  const others = own ? holds.length - 1 : holds.length
  return {
    ...(own && {
      hold: { until: own.until, by: own.by, ...present('why', personal?.holds?.[own.rule]?.why) },
    }),
    ...(others > 0 && { otherHolds: others }),
  }
}

function viewEscalation(
  alert: Alert,
  home: Home | undefined,
  personal: HomePersonal | undefined,
  office: Office,
): AlertView['escalation'] {
  const events = office.alertEvents(alert.id)
  const all = office.notificationsOf(alert.id)
  const messages = all
    .filter((one) => one.template === 'alert')
    .toSorted((a, b) => a.queuedAt - b.queuedAt || a.step - b.step)
    .map((one) => viewMessage(one, events, all, nameOf(recipientOf(one), personal, office)))
  if (alert.handling !== 'new') return { messages }
  const place: Place = {
    contacts: home?.contacts ?? [],
    timezone: home?.timezone ?? timezoneWithoutHome(alert.area, office.core.homes(), office.core.policies()),
    staff: office.core.staff(),
    policies: office.core.policies(),
    isOverLimit: (recipient) => office.core.isOverLimit(alert.home, recipient),
  }
  const missing = outOfReach(alert, place, office.core.now())
  const passedOver = alert.progress.passedOver?.map((one) => nameOf(one, personal, office))
  const unreached = {
    ...(missing.length > 0 && { outOfReach: missing }),
    ...present('passedOver', passedOver),
    ...(place.contacts.length > 0 && place.contacts.every(isSilenced) && { allStopped: true as const }),
    ...present('unwatchedAt', alert.progress.unwatchedAt),
  }
  if (alert.nextStepAt === undefined) return { messages, ...unreached }
  // Whoever is on call then, not now.
  const next = nextStep(alert, place, alert.nextStepAt)
  const names = next.type === 'turn' ? next.turn.recipients.map((one) => nameOf(one, personal, office)) : []
  return {
    messages,
    ...unreached,
    next: { at: alert.nextStepAt, ...present('contact', names.length > 0 ? names.join(', ') : undefined) },
  }
}

/** The four facts about a message: queued, taken by the provider, delivered, answered. */
function viewMessage(
  one: AlertNotification,
  events: readonly AlertEvent[],
  all: readonly AlertNotification[],
  contact: string,
): AlertView['escalation']['messages'][number] {
  const { at, ...facts } = factsOf(one, events, all)
  return {
    id: one.id,
    recipient: recipientOf(one),
    contact,
    channel: one.channel,
    state: one.state,
    at,
    ...present('error', one.error),
    ...present('via', one.via),
    ...present('notBy', one.notBy),
    queuedAt: one.queuedAt,
    ...present('others', one.digest && one.digest.count - 1),
    ...facts,
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

/** `contact:daughter` → `Anne`, `staff:siv` → `Siv Olsen`, `operator:siv` → `siv`; undefined for the hub. */
function actorName(
  by: string | undefined,
  personal: HomePersonal | undefined,
  office: Pick<Office, 'staffMember'>,
): string | undefined {
  return by?.includes(':') ? nameOf(by, personal, office) : undefined
}

/** As people call them, else their id. */
export function nameOf(
  person: string,
  personal: HomePersonal | undefined,
  office: Pick<Office, 'staffMember'>,
): string {
  const [sort, id = person] = person.split(':', 2)
  if (sort === 'staff') return office.staffMember(id)?.name ?? id
  return sort === 'contact' ? contactName(id, personal) : id
}

export function contactName(id: string, personal: HomePersonal | undefined): string {
  return personal?.contacts.find((one) => one.id === id)?.name ?? id
}

/** A property only where there is a value: `exactOptionalPropertyTypes`. */
function present<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V })
}
