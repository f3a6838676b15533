import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { SEVERITIES } from '../model/alert.ts'
import type { AlertEvent, Severity } from '../model/alert.ts'
import type { FollowedEvent, FollowedReading } from '../model/followed.ts'
import type { Home } from '../model/home.ts'
import { isToldChange, TOLD_CHANGES } from '../model/kept-entry.ts'
import { KINDS } from '../model/kind.ts'
import { viewAlert } from './alert-view.ts'
import { callerName } from './caller.ts'
import { answerEvents, officeNow } from './event-stream.ts'
import { createFollowers } from './followers.ts'
import type { Follower } from './followers.ts'
import type { Office } from './office.ts'
import { knownHome } from './sight.ts'

/** So far back readings are told to who comes back, in entries of the journal. */
const READINGS_BACK = 100_000
/** And what happened to alerts, ms. */
const EVENTS_BACK = 7 * 24 * 3_600_000

/** Given once, several times, or not at all: then all of them. */
function several<T extends z.ZodType>(item: T) {
  // Of a union that does not fit, zod says no more than that.
  const error = item instanceof z.ZodEnum ? `expected some of ${item.options.join(', ')}` : undefined
  return z
    .union([z.array(item), item.transform((one) => [one])], error)
    .transform((all) => new Set(all as z.output<T>[]))
    .optional()
}

const place = {
  home: several(z.string()).describe('Only of these homes.'),
  area: several(z.string()).describe('Only of these areas.'),
  lastEventId: z
    .string()
    .optional()
    .describe('Where a client that cannot send the header Last-Event-ID goes on.'),
}

/** For programs: people have the board. */
const FOLLOWS = { roles: [], areas: 'kept' } as const

/**
 * Streams for programs, out of the journal (`followers.ts`):
 * - `hello` first, with the place where it begins;
 * - `transition`: what happened to an alert, with the alert as it is now;
 * - `reading`: one reading;
 * - `gap`: what lies between is not told, because it is too long ago;
 * - `beat` every 5 s.
 */
export const followRoutes: FastifyPluginAsyncZod<{ office: Office; trusted: boolean }> = async (
  app,
  { office, trusted },
) => {
  const { core, journal } = office
  const transitions = createFollowers<FollowedEvent>(
    {
      name: 'transition',
      read: (after) => journal.events(after),
      lookBackTo: () => journal.seqAt(core.now() - EVENTS_BACK),
    },
    office,
    app.log,
  )
  const readings = createFollowers<FollowedReading>(
    {
      name: 'reading',
      read: (after) => journal.readings(after),
      lookBackTo: () => Math.max(journal.seqAt(0), journal.newest() - READINGS_BACK + 1),
    },
    office,
    app.log,
  )
  app.addHook('preClose', async () => {
    transitions.stop()
    readings.stop()
  })

  app.get(
    '/api/live/transitions',
    {
      exposeHeadRoute: false,
      config: { ...FOLLOWS, scope: 'read:alerts' },
      schema: {
        tags: ['programs'],
        summary: 'Server-sent events: what happens to alerts, from a place in the journal on.',
        querystring: z.object({
          ...place,
          rule: several(z.string()),
          severity: several(z.enum(SEVERITIES)).describe('As it was then.'),
          category: several(z.enum(['safety', 'health', 'routine', 'technical'])),
          what: several(z.enum(TOLD_CHANGES)),
        }),
      },
    },
    async (request, reply) => {
      const { home, area, rule, severity, category, what, lastEventId } = request.query
      return answerEvents(
        reply,
        transitions.add({
          ...whoFollows(request, home, lastEventId),
          tell({ seq, n, event }, seen) {
            if (!isToldChange(event.what) || !has(what, event.what)) return undefined
            const alert = seen.alert(event.alert)
            if (!alert || !has(home, alert.home) || !has(rule, alert.rule)) return undefined
            const then = severityThen(event) ?? alert.severity
            if (!has(severity, then) || !has(category, alert.category)) return undefined
            const where = areaOf(seen, alert)
            if (!has(area, where)) return undefined
            const { now, at, by, via, test } = event
            const about = { seq, n, now, at, what: event.what, by, via, severity: then }
            return {
              ...about,
              ...(test && { test }),
              ...(where && { area: where }),
              alert: viewAlert(alert, seen, 'without-messages'),
            }
          },
        }),
      )
    },
  )

  app.get(
    '/api/live/readings',
    {
      exposeHeadRoute: false,
      config: { ...FOLLOWS, scope: 'read:history' },
      schema: {
        tags: ['programs'],
        summary: 'Server-sent events: readings as they come, from a place in the journal on.',
        querystring: z.object({
          ...place,
          kind: several(z.string()).describe('Only these kinds: `door`, `heart_rate`.'),
          sensor: several(z.string()),
        }),
      },
    },
    async (request, reply) => {
      const { home, area, kind, sensor, lastEventId } = request.query
      return answerEvents(
        reply,
        readings.add({
          ...whoFollows(request, home, lastEventId),
          tell(one, seen) {
            const { reading } = one
            if (!has(home, reading.home) || !has(kind, reading.kind) || !has(sensor, reading.sensor)) {
              return undefined
            }
            const known = seen.core.home(reading.home)
            return known && has(area, known.area ?? '') ? viewReading(one, known) : undefined
          },
        }),
      )
    },
  )

  function whoFollows(
    request: FastifyRequest,
    homes: ReadonlySet<string> | undefined,
    given: string | undefined,
  ): Omit<Follower<never>, 'tell'> {
    for (const home of homes ?? []) knownHome(request.office, home)
    const header = request.headers['last-event-id']
    const lastId = typeof header === 'string' && header !== '' ? header : given
    return {
      who: request.caller ? callerName(request.caller) : 'nobody',
      office: () => officeNow(request, office, trusted),
      ...(lastId !== undefined && { lastId }),
    }
  }
}

function has<T>(wanted: ReadonlySet<T> | undefined, one: T | undefined): boolean {
  return wanted === undefined || (one !== undefined && wanted.has(one))
}

/** How severe an alert was when this happened; undefined of journals from before it was kept. */
function severityThen({ what, text, after }: AlertEvent): Severity | undefined {
  const isByRule = what === 'raised' || what === 'again' || what === 'level'
  return (isByRule ? SEVERITIES.find((one) => one === text) : undefined) ?? after?.severity
}

/** `''` for a home without one; undefined for what is about the hub. */
function areaOf(
  { core }: Office,
  { home, area }: { readonly home?: string; readonly area?: string },
): string | undefined {
  return home === undefined ? area : (core.home(home)?.area ?? '')
}

/** A repeated or empty status is no reading that anything can be done with, as in the history. */
function viewReading({ seq, now, reading, marks, test }: FollowedReading, home: Home): object | undefined {
  const { kind, value, sensor: id, at, receivedAt, retained } = reading
  if (value === null || marks.repeat) return undefined
  const sensor = home.sensors.find((one) => one.id === id)
  const unit = KINDS.get(kind)?.unit
  return {
    seq,
    now,
    home: home.id,
    ...(home.area !== undefined && { area: home.area }),
    sensor: id,
    ...(sensor?.room !== undefined && { room: sensor.room }),
    ...(sensor?.role !== undefined && { role: sensor.role }),
    ...(sensor?.resident !== undefined && { resident: sensor.resident }),
    kind,
    value,
    ...(unit !== undefined && { unit }),
    // A time that was not believed is not passed on either: the arrival counts.
    at: marks.claimedAt === undefined ? at : now,
    receivedAt,
    ...(marks.late && { late: true }),
    ...(marks.outOfOrder && { outOfOrder: true }),
    ...(retained && { retained }),
    ...(test && { test }),
    ...(reading.id !== undefined && { id: reading.id }),
  }
}
