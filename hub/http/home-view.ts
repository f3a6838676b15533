import { z } from 'zod'
import { SEVERITIES } from '../model/alert.ts'
import { whyNobodyLeft } from '../alerts/nobody-left.ts'
import { CONSENT_KINDS, consentTo, mayGet } from '../model/consent.ts'
import { CONTACT_ROLES } from '../model/home.ts'
import type { Home } from '../model/home.ts'
import { KINDS } from '../model/kind.ts'
import { consentStateSchema } from './consent-routes.ts'
import { protectionSchema, viewProtection } from './protection-view.ts'
import { SERVICE_STATES, serviceOf } from '../model/service-state.ts'
import { modeSchema } from './mode-routes.ts'
import type { Office } from './office.ts'
import { reconnects } from './register-view.ts'
import { time } from './time-fields.ts'

/** One home as whoever looks after its equipment needs it: pseudonyms, unless names are asked for. */
export const homeDetailSchema = z
  .object({
    home: z.string(),
    label: z.string().optional().describe('With names only.'),
    timezone: z.string(),
    area: z.string().optional(),
    risk: z.number().optional(),
    reachable: z.boolean(),
    service: z
      .object({
        state: z.enum(SERVICE_STATES),
        until: time.optional().describe('When a pause ends by itself.'),
      })
      .describe('How far the service of the home is.'),
    protection: protectionSchema,
    gateways: z.array(
      z.object({
        id: z.string(),
        online: z.boolean(),
        credentials: z.boolean().describe('Whether they were made; without them it cannot connect.'),
        reconnects,
      }),
    ),
    residents: z.array(
      z.object({
        id: z.string(),
        name: z.string().optional(),
        language: z.string().optional(),
        spo2Scale: z.number().optional(),
      }),
    ),
    sensors: z.array(
      z.object({
        id: z.string(),
        profile: z.string(),
        address: z.string(),
        room: z.string().optional(),
        role: z.string().optional(),
        resident: z.string().optional(),
        alive: z
          .boolean()
          .describe('It spoke within the interval of its profile, and the link of the home is up.'),
        heardEvery: z.number().describe('It should be heard at least so often, ms.'),
        heardAt: time.optional().describe('Not given: never since it was registered.'),
        last: z
          .array(
            z.object({
              kind: z.string(),
              value: z.union([z.string(), z.number(), z.boolean()]),
              unit: z.string().optional(),
              at: time,
            }),
          )
          .describe('The newest value of each kind, newest first.'),
      }),
    ),
    modes: z.array(modeSchema.extend({ why: z.string().optional() })),
    holds: z.array(
      z.object({
        rule: z.string(),
        title: z.object({ en: z.string() }).catchall(z.string()).optional(),
        until: time,
        by: z.string(),
        unanswered: z.number(),
        why: z.string().optional(),
      }),
    ),
    limits: z.array(
      z.object({
        resident: z.string().optional(),
        rule: z.string(),
        param: z.string(),
        value: z.union([z.number(), z.string()]),
        unused: z.string().optional(),
      }),
    ),
    contacts: z
      .array(
        z.object({
          id: z.string(),
          order: z.number(),
          role: z.enum(CONTACT_ROLES),
          language: z.string(),
          name: z.string().optional(),
          phone: z.string().optional(),
          quiet: z
            .object({ from: z.string(), to: z.string() })
            .optional()
            .describe('Quiet hours by the clock of the home: told of nothing then but alarms.'),
          stoppedAt: time.optional().describe('They wrote STOP, and not START since.'),
          consents: z.array(consentStateSchema).describe('By kind of message.'),
        }),
      )
      .describe('In the order in which they are told.'),
    nobodyLeft: z
      .string()
      .optional()
      .describe('Why nobody is told of alerts of this home, though it has contacts.'),
    alerts: z
      .array(
        z.object({
          id: z.string(),
          rule: z.string(),
          scope: z.string(),
          title: z.object({ en: z.string() }).catchall(z.string()),
          severity: z.enum(SEVERITIES),
          handling: z.enum(['new', 'acknowledged', 'resolved']),
          condition: z.enum(['active', 'cleared']),
          raisedAt: time,
          test: z.literal(true).optional(),
          held: z.literal(true).optional(),
        }),
      )
      .describe('The open ones, newest first.'),
  })
  .meta({ id: 'HomeDetail' })

export type HomeDetail = z.output<typeof homeDetailSchema>

/** @param withNames also what is personal: names, numbers, and reasons in people's own words */
export function viewHome(home: Home, office: Office, withNames: boolean): HomeDetail {
  const { core } = office
  const { id } = home
  const personal = withNames ? office.personal(id) : undefined
  const nobodyLeft = whyNobodyLeft({ ...home, staff: core.staff(), policies: core.policies() })
  const why = (one: { readonly why?: string }) => withNames && one.why !== undefined && { why: one.why }
  return {
    home: id,
    ...(personal?.label !== undefined && { label: personal.label }),
    timezone: home.timezone,
    ...(home.area !== undefined && { area: home.area }),
    ...(home.risk !== undefined && { risk: home.risk }),
    reachable: core.isReachable(id),
    service: {
      state: serviceOf(home),
      ...(home.state?.is === 'paused' && { until: home.state.until }),
    },
    protection: viewProtection(office.protection.look()(home)),
    gateways: office.register.gateways(id).map((gateway) => ({
      id: gateway.id,
      online: gateway.online,
      credentials: gateway.credentials,
      ...(gateway.reconnects !== undefined && { reconnects: gateway.reconnects }),
    })),
    residents: home.residents.map(({ id: resident, language, spo2Scale }) => {
      const name = personal?.residents.find((one) => one.id === resident)?.name
      return {
        id: resident,
        ...(name !== undefined && { name }),
        ...(language !== undefined && { language }),
        ...(spo2Scale !== undefined && { spo2Scale }),
      }
    }),
    sensors: home.sensors.map((sensor) => viewSensor(id, sensor, office)),
    modes: office.modes(id).modes.map((one) => {
      const { why: _, ...mode } = one
      return { ...mode, ...why(one) }
    }),
    holds: office.holds(id).holds.map((hold) => {
      const { rule, title, until, by, unanswered } = hold
      return { rule, ...(title && { title }), until, by, unanswered, ...why(hold) }
    }),
    limits: office.limits(id).limits.map(({ resident, rule, param, value, unused }) => ({
      ...(resident !== undefined && { resident }),
      rule,
      param,
      value,
      ...(unused !== undefined && { unused }),
    })),
    contacts: home.contacts
      .toSorted((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1))
      .map((facts) => {
        const { id: contact, order, role = 'family', language, quiet, stopped } = facts
        const { name, phone } = personal?.contacts.find((one) => one.id === contact) ?? {}
        return {
          id: contact,
          order,
          role,
          language,
          ...(name !== undefined && { name }),
          ...(phone !== undefined && { phone }),
          ...(quiet && { quiet }),
          ...(stopped && { stoppedAt: stopped.since }),
          consents: CONSENT_KINDS.map((kind) => ({
            kind,
            ...consentTo(kind, facts),
            may: mayGet(kind, facts),
          })),
        }
      }),
    ...(nobodyLeft !== undefined && { nobodyLeft }),
    alerts: core
      .openAlerts()
      .filter((alert) => alert.home === id)
      .toSorted((a, b) => b.openedAt - a.openedAt)
      .map((alert) => ({
        id: alert.id,
        rule: alert.rule,
        scope: alert.scope,
        title: alert.title,
        severity: alert.severity,
        handling: alert.handling,
        condition: alert.condition,
        raisedAt: alert.raisedAt,
        ...(alert.test && { test: true as const }),
        ...(alert.held && { held: true as const }),
      })),
  }
}

function viewSensor(
  home: string,
  { id, profile, address, room, role, resident, heardEvery }: Home['sensors'][number],
  { core }: Office,
): HomeDetail['sensors'][number] {
  const state = core.sensorState(home, id)
  return {
    id,
    profile,
    address,
    ...(room !== undefined && { room }),
    ...(role !== undefined && { role }),
    ...(resident !== undefined && { resident }),
    alive: state?.available ?? false,
    heardEvery,
    ...(state?.heardAt !== undefined && { heardAt: state.heardAt }),
    last: Object.entries(state?.last ?? {})
      .map(([kind, { value, at }]) => {
        const unit = KINDS.get(kind)?.unit
        return { kind, value, ...(unit !== undefined && { unit }), at }
      })
      .toSorted((a, b) => b.at - a.at || (a.kind < b.kind ? -1 : 1)),
  }
}
