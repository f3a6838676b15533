import { PassThrough } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { FollowedJournal, Restore, Stretch } from '../model/followed.ts'
import { BEAT_MS } from './event-stream.ts'
import type { Office } from './office.ts'
import { HttpError } from './problem.ts'

/** What waits to be read by one client. More is read from the journal when that is gone. */
const BUFFERED = 256 * 1024

/** A client that reads nothing for so long is let go: it comes back, and goes on where it was. */
const PATIENCE_MS = 30_000

/** Streams of one program at once. */
const MOST_STREAMS = 20

/** What all clients of one sort follow. */
export interface Following<T extends { readonly seq: number }> {
  readonly name: string
  /** What comes after an entry of the journal. */
  read(after: number): Stretch<T>
  /** The first entry that is looked back to. */
  lookBackTo(): number
}

/** Somebody who follows. */
export interface Follower<T> {
  /** By name: a program may follow a few times at once. */
  readonly who: string
  /** As they may see it now; undefined: not any more. Asked at every beat. */
  office(): Office | undefined
  /** What they are told of one thing; undefined: nothing. */
  tell(item: T, office: Office): object | undefined
  /** The newest id that they have; not given: they begin now. */
  readonly lastId?: string
}

/** The clients of one stream. */
export interface Followers<T> {
  /**
   * @returns what goes to the client
   * @throws HttpError for an id that is none, and for too many streams of one program
   */
  add(follower: Follower<T>): PassThrough
  stop(): void
}

interface Client<T> extends Follower<T> {
  readonly stream: PassThrough
  seen: Office
  /** It was told everything up to and with this entry; and of the next one so many. */
  at: number
  some: number
  isBusy: boolean
}

/**
 * Server-sent events out of the journal: every one has the number of its entry as its id, so that whoever comes back says
 * how far they were and misses nothing, also when the hub died between. Live and late they are read in the same way. While
 * nobody follows, it costs nothing.
 */
export function createFollowers<T extends { readonly seq: number; readonly n?: number }>(
  following: Following<T>,
  { core, journal }: { readonly core: Office['core']; readonly journal: FollowedJournal },
  log: FastifyBaseLogger,
): Followers<T> {
  const clients = new Set<Client<T>>()
  let stopListening: (() => void) | undefined
  let beat: NodeJS.Timeout | undefined
  let isDue = false
  let newest: { readonly after: number; readonly stretch: Stretch<T> } | undefined
  let lastTurn = Promise.resolve()
  /** A hub is restored before it starts, never while it runs. */
  let known: readonly Restore[] | undefined
  const restores = () => (known ??= journal.restores())

  /** However many were away for long: one stretch is read between two looks at what sensors said. */
  function ownTurn(): Promise<void> {
    lastTurn = lastTurn.then(() => nextTurn())
    return lastTurn
  }

  function listen(): void {
    stopListening ??= core.onCommit(() => {
      if (isDue) return
      isDue = true
      // What is committed in one turn is read at once.
      setImmediate(() => {
        isDue = false
        newest = undefined
        for (const client of clients) void goOn(client)
      })
    })
    beat ??= setInterval(tellAlive, BEAT_MS).unref()
  }

  function unlisten(): void {
    if (clients.size > 0) return
    stopListening?.()
    stopListening = undefined
    clearInterval(beat)
    beat = undefined
    newest = undefined
  }

  function tellAlive(): void {
    for (const client of clients) {
      const office = client.office()
      if (!office) {
        client.stream.end()
        continue
      }
      client.seen = office
      // Whoever reads nothing needs no more to read.
      if (!client.stream.writableNeedDrain) write(client, 'beat', idIn(client), { now: core.now() })
    }
  }

  /** All whom one commit wakes up are at the same place. */
  function read(after: number): Stretch<T> {
    if (newest?.after !== after) newest = { after, stretch: following.read(after) }
    return newest.stretch
  }

  async function goOn(client: Client<T>): Promise<void> {
    if (client.isBusy) return
    client.isBusy = true
    try {
      while (clients.has(client)) {
        const { items, upTo } = read(client.at)
        const isAll = upTo === client.at
        tell(client, items)
        client.at = upTo
        client.some = 0
        if (isAll) break
        if (client.stream.writableNeedDrain && !(await isRead(client.stream))) {
          log.warn(
            { who: client.who, stream: following.name },
            'Let go a program that does not read its events',
          )
          client.stream.destroy()
          break
        }
        await ownTurn()
        newest = undefined
      }
    } catch (error) {
      log.error({ err: error, stream: following.name }, 'Cannot tell a program what happened')
      client.stream.destroy()
    } finally {
      client.isBusy = false
    }
  }

  function tell(client: Client<T>, items: readonly T[]): void {
    items.forEach((item, index) => {
      const n = item.n ?? 1
      if (item.seq === client.at + 1 && n <= client.some) return
      const data = client.tell(item, client.seen)
      if (!data) return
      const isLast = items[index + 1]?.seq !== item.seq
      write(client, following.name, withEpoch(isLast ? `${item.seq}` : `${item.seq}.${n}`), data)
    })
  }

  /** After a restore numbers come again: ids say which hub's they are. */
  function withEpoch(place: string): string {
    const last = restores().at(-1)
    return last ? `${place}-${epochOf(last)}` : place
  }

  function idIn({ at, some }: Client<T>): string {
    return withEpoch(some === 0 ? `${at}` : `${at + 1}.${some}`)
  }

  function write({ stream }: Client<T>, event: string, id: string, data: object): void {
    if (stream.writable) stream.write(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  return {
    add(follower) {
      if ([...clients].filter(({ who }) => who === follower.who).length >= MOST_STREAMS) {
        throw new HttpError(429, `Cannot open more: ${MOST_STREAMS} of these streams are open already.`, {
          retryAfter: 60,
        })
      }
      const seen = follower.office()
      if (!seen) throw new HttpError(401, 'Cannot answer: this token is not in force.')
      const last = journal.newest()
      const place = follower.lastId === undefined ? undefined : placeOf(follower.lastId)
      const from = place ?? { at: last, some: 0 }
      const stream = new PassThrough({ highWaterMark: BUFFERED })
      const client: Client<T> = { ...follower, stream, seen, at: from.at, some: from.some, isBusy: false }
      stream.write('retry: 2000\n')
      const gap = (place && goBack(client, place.epoch)) ?? skip(client, last)
      write(client, 'hello', idIn(client), { now: core.now() })
      if (gap) write(client, 'gap', idIn(client), gap)
      clients.add(client)
      stream.on('close', () => {
        clients.delete(client)
        unlisten()
      })
      listen()
      void goOn(client)
      return stream
    },
    stop() {
      for (const { stream } of clients) stream.destroy()
      clients.clear()
      unlisten()
    },
  }

  /**
   * Whoever was told what a restore has undone goes on from there.
   * @returns what that is; undefined where they were told nothing that is not so any more
   */
  function goBack(client: Client<T>, epoch: string): object | undefined {
    const all = restores()
    const index = all.findIndex((one) => epochOf(one) === epoch)
    // Of none of them: it was restored once more, from a backup of before that, and what both have is not known.
    const next = epoch === '' ? all[0] : index === -1 ? all.at(-1) : all[index + 1]
    if (!next || client.at < next.seq) return undefined
    client.at = next.seq - 1
    client.some = 0
    return {
      from: journal.timeOf(Math.max(1, client.at)) ?? next.at,
      to: next.at,
      why: 'the hub was restored from a backup: what this program was told since then is not in it any more',
    }
  }

  /** Leaves out what is not looked back to. @returns what that is */
  function skip(client: Client<T>, last: number): object | undefined {
    const now = core.now()
    if (client.at > last) {
      client.at = last
      client.some = 0
      return {
        to: now,
        why: 'the id is newer than the journal: it is of another hub, or of before a restore',
      }
    }
    const first = following.lookBackTo()
    if (client.at + 1 >= first) return undefined
    const from = journal.timeOf(Math.max(1, client.at)) ?? now
    client.at = first - 1
    client.some = 0
    return { from, to: journal.timeOf(first) ?? now, why: 'it is longer ago than is looked back' }
  }
}

/** `124`: all of it was told; `124.1`: the first that happened with it; `124-mia3b`: of a hub that was restored. */
function placeOf(id: string): { at: number; some: number; epoch: string } {
  const [, seq, some, epoch = ''] = /^(\d{1,15})(?:\.(\d{1,6}))?(?:-([0-9a-z]{1,12}))?$/.exec(id) ?? []
  if (seq === undefined) {
    throw new HttpError(400, `Cannot go on after "${id}": expected an id that this stream has sent.`)
  }
  return some === undefined
    ? { at: Number(seq), some: 0, epoch }
    : { at: Number(seq) - 1, some: Number(some), epoch }
}

/** Two restores of one backup begin at one entry, and not at one time. */
function epochOf({ at }: Restore): string {
  return at.toString(36)
}

/** Waits until what was written is read. @returns false when nobody does */
async function isRead(stream: PassThrough): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), PATIENCE_MS).unref()
  const drained = (): void => resolve(true)
  stream.once('drain', drained).once('close', drained)
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    stream.off('drain', drained).off('close', drained)
  }
}
