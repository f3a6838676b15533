import { PassThrough } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Commit } from '../core/core.ts'
import type { Alert } from '../model/alert.ts'
import type { Away } from '../model/away.ts'
import type { Areas } from '../model/person.ts'
import type { ProtectionState } from '../model/protection.ts'
import { viewAlert } from './alert-view.ts'
import { createBoardWatch } from './board-watch.ts'
import { callerName, callerOf } from './caller.ts'
import { answerEvents, BEAT_MS, officeNow } from './event-stream.ts'
import type { Office } from './office.ts'
import { HttpError } from './problem.ts'

/** A client that reads so slowly is let go: it comes back, and gets everything anew. */
const MOST_BUFFERED = 4 * 1024 * 1024

const MOST_IN_SNAPSHOT = 1000

/** Streams of one person or program at once: each page that is open has one. */
const MOST_STREAMS = 100

/** A device that nobody registered may speak ten times a second: pages need not ask as often. */
const GATHER_SEEN_MS = 500

interface Client {
  readonly stream: PassThrough
  readonly who: string
  /** As this client may see it now: they may have been locked, or got other areas. Undefined when it must go. */
  office(): Office | undefined
  /** Of whom it is, if that is a person who may act on any alert there. */
  areas(): Areas | undefined
}

/**
 * `GET /api/live`, server-sent events:
 * - `snapshot` first: every open alert, so that a client that comes back has missed nothing;
 * - `alerts` after each commit that changed alerts or their messages: those alerts, as the board shows them;
 * - `phone` when a message or an answer changed what the phones show;
 * - `visit` with the homes in whose visit something changed: a step was proven, a leg of its alarm reached, it began or ended;
 * - `seen` with the homes of which devices that are not registered were heard or announced, at most twice a second;
 * - `beat` every 5 s with the hub's time: without it, what a page shows is old.
 *
 * While the rule files are refused, `snapshot` and `beat` say which have errors, and since when. For some hours after the
 * hub itself was away they say from when to when (`away`, newest first).
 */
export const liveRoutes: FastifyPluginAsyncZod<{ office: Office; trusted: boolean; phone: boolean }> = async (
  app,
  { office, trusted, phone },
) => {
  const clients = new Set<Client>()
  const boards = trusted ? undefined : createBoardWatch(office.core)

  app.get(
    '/api/live',
    {
      // A stream of which nobody reads anything would stay open, and count as a board.
      exposeHeadRoute: false,
      config: {
        roles: ['operator', 'installer', 'admin'],
        scope: 'read:alerts',
        areas: 'kept',
        board: true,
        personal: 'board.open',
      },
      schema: {
        tags: ['alerts'],
        summary: 'Server-sent events: snapshot, alerts, phone, visit, seen, beat.',
      },
    },
    async (request, reply) => {
      // Before the client is one of those: what changes meanwhile is in its snapshot.
      const states = await office.protection.states()
      const { caller } = request
      const who = caller ? callerName(caller) : ''
      if (!trusted && [...clients].filter((one) => one.who === who).length >= MOST_STREAMS) {
        throw new HttpError(429, `Cannot open more: ${MOST_STREAMS} pages are open already.`, {
          retryAfter: 60,
        })
      }
      const client: Client = {
        stream: new PassThrough({ highWaterMark: MOST_BUFFERED }),
        who,
        office: () => officeNow(request, office, trusted),
        areas: () => watchedBy(request),
      }
      client.stream.on('close', () => clients.delete(client))
      clients.add(client)
      lookAtBoards()
      send(client, event('snapshot', snapshot(request.office, states)))
      return answerEvents(reply, client.stream)
    },
  )

  const stopListening = office.core.onCommit((commit) => {
    if (clients.size === 0) return
    const touched = touchedAlerts(commit, office)
    if (touched.length > 0) {
      broadcast((seen) => {
        const alerts = touched.filter(({ id }) => seen.alert(id))
        if (alerts.length === 0) return undefined
        return event('alerts', {
          now: office.core.now(),
          alerts: alerts.map((alert) => viewAlert(alert, seen)),
        })
      })
    }
    tellVisits(commit)
    gatherSeen(commit.seenOf)
    if (phone && (commit.notifications.length > 0 || hasAnswer(commit))) {
      broadcast(() => event('phone', { now: office.core.now() }))
    }
  })

  /** An installer waits for it, beside the sensor: at once. */
  function tellVisits({ visitsOf, alerts, notifications, entries }: Commit): void {
    const near = [
      ...[...alerts, ...notifications].map(({ home }) => home),
      ...entries.map(({ input }) =>
        input.type === 'gateway' || input.type === 'mode' ? input.home : undefined,
      ),
    ]
    const touched = new Set([
      ...visitsOf,
      ...near.filter((home) => home !== undefined && office.core.visit(home) !== undefined),
    ])
    if (touched.size === 0) return
    broadcast((seen) => {
      const theirs = [...touched].filter((home) => home !== undefined && seen.core.home(home))
      return theirs.length === 0 ? undefined : event('visit', { now: office.core.now(), inHomes: theirs })
    })
  }

  let seenOf = new Set<string>()
  let gathering: NodeJS.Timeout | undefined

  function gatherSeen(homes: readonly string[]): void {
    for (const home of homes) seenOf.add(home)
    if (seenOf.size === 0) return
    gathering ??= setTimeout(() => {
      const touched = [...seenOf]
      seenOf = new Set()
      gathering = undefined
      broadcast((seen) => {
        const theirs = touched.filter((home) => seen.core.home(home))
        return theirs.length === 0 ? undefined : event('seen', { now: office.core.now(), inHomes: theirs })
      })
    }, GATHER_SEEN_MS).unref()
  }

  const beat = setInterval(() => {
    for (const client of clients) if (!client.office()) client.stream.end()
    lookAtBoards()
    office.protection
      .states()
      .then((states) =>
        broadcast((seen) =>
          event('beat', {
            now: office.core.now(),
            homes: countHomes(seen, states),
            ...rulesRefused(),
            ...away(),
          }),
        ),
      )
      .catch((cause: unknown) => app.log.error({ err: cause }, 'Cannot tell pages how homes are'))
  }, BEAT_MS)
  beat.unref()

  // Before the server stops listening: it would wait for these for ever.
  app.addHook('preClose', async () => {
    clearInterval(beat)
    clearTimeout(gathering)
    stopListening()
    for (const client of clients) client.stream.destroy()
    clients.clear()
  })

  /** A locked screen counts: it shows and sounds, and a password takes it back (docs/decisions/0019-no-board.md). */
  function watchedBy(request: FastifyRequest): Areas | undefined {
    const caller = callerOf(request, office.people)
    if (caller === undefined || caller === 'wrong-token' || caller.type !== 'person') return undefined
    return caller.person.roles.includes('operator') ? caller.person.areas : undefined
  }

  function lookAtBoards(): void {
    const open = [...clients].map((client) => client.areas()).filter((areas) => areas !== undefined)
    boards
      ?.look(open)
      .catch((cause: unknown) => app.log.warn({ err: cause }, 'Cannot say which boards are open'))
  }

  /** @param tell what to say to whom; the same words are made once for all who see the same office */
  function broadcast(tell: (seen: Office) => string | undefined): void {
    const made = new Map<Office, string | undefined>()
    for (const client of clients) {
      const seen = client.office()
      if (!seen) continue
      if (!made.has(seen)) made.set(seen, tell(seen))
      const text = made.get(seen)
      if (text !== undefined) send(client, text)
    }
  }

  function send(client: Client, text: string): void {
    if (!client.stream.writable) return
    if (client.stream.writableLength + client.stream.readableLength + text.length > MOST_BUFFERED) {
      app.log.warn('Let go a page that does not read its events')
      client.stream.destroy()
      return
    }
    client.stream.write(text)
  }

  function snapshot(seen: Office, states: ReadonlyMap<string, ProtectionState>) {
    const open = seen.alerts({ all: false, limit: MOST_IN_SNAPSHOT })
    return {
      now: office.core.now(),
      homes: countHomes(seen, states),
      ...rulesRefused(),
      ...away(),
      alerts: open.map((alert) => viewAlert(alert, seen)),
    }
  }

  function rulesRefused(): { rulesRefused?: { at: number; files: readonly string[] } } {
    const { refused } = office.rules()
    if (!refused) return {}
    return { rulesRefused: { at: refused.at, files: [...new Set(refused.problems.map(({ file }) => file))] } }
  }

  function away(): { away?: readonly Away[] } {
    const lately = office.away()
    return lately.length > 0 ? { away: lately } : {}
  }

  /** Those out of service are in `total` alone. */
  function countHomes({ core }: Office, states: ReadonlyMap<string, ProtectionState>) {
    const counts = { total: 0, reachable: 0, protected: 0, partly: 0, not: 0 }
    for (const home of core.homes()) {
      counts.total++
      if (core.isReachable(home.id)) counts.reachable++
      const state = states.get(home.id)
      if (state === 'protected' || state === 'partly' || state === 'not') counts[state]++
    }
    return { ...counts, holds: core.holds().length }
  }
}

function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}

/** The alerts that changed, and those whose messages or whose home's modes or holds did. */
function touchedAlerts(commit: Commit, office: Office): Alert[] {
  const touched = new Map(commit.alerts.map((alert) => [alert.id, alert]))
  const modesOf = new Set(commit.modesOf)
  if (modesOf.size > 0) {
    for (const alert of office.core.openAlerts()) {
      if (alert.home !== undefined && modesOf.has(alert.home) && !touched.has(alert.id))
        touched.set(alert.id, alert)
    }
  }
  for (const { alert: id } of commit.notifications) {
    const alert = id === undefined ? undefined : (touched.get(id) ?? office.alert(id))
    if (alert) touched.set(alert.id, alert)
  }
  return [...touched.values()]
}

function hasAnswer(commit: Commit): boolean {
  return commit.entries.some((entry) => entry.input.type === 'answer')
}
