import type { RunningCore } from '../core/create-core.ts'
import { isDiskBroken } from '../core/write-failure.ts'
import type { PersonStore } from '../database/people.ts'
import type { Pruner } from '../database/prune.ts'
import type { Registry } from '../database/registry.ts'
import type { Audit } from '../http/people.ts'
import type { Home, HomePersonal } from '../model/home.ts'
import { KEEP_CLASSES } from '../model/retention.ts'
import type { KeepClass, RetentionRun } from '../model/retention.ts'
import type { InTurn } from './in-turn.ts'

const DAY = 24 * 3_600_000
/** Not with the first readings after a start: gateways have their backlog then. */
const AFTER_START = 2 * 60_000
const NOTE = 'retention'
/** As hub/database/handover.ts shows them. */
const HANDOVER_KEPT = 30 * DAY
/** What failed may have to do with what happens just now. */
const AGAIN = 3_600_000
/** A clock that is further ahead of what is known may be wrong: what it deletes would be gone. */
const MOST_AHEAD = 3 * DAY
/** The newest time that is believed, ms: kept from the start on, as by then the journal has what a wrong clock said. */
const BELIEVED_NOTE = 'retention-time'

export interface RetentionParts {
  /** ms by class; 0: for ever. */
  readonly keep: Readonly<Record<KeepClass, number>>
  readonly core: Pick<RunningCore, 'homes' | 'home' | 'takeHome' | 'now' | 'fail'>
  /** The machine's idea of the time, ms: the stream's never goes back where a clock was wrong. */
  readonly wall: () => number
  readonly registry: Pick<Registry, 'personal' | 'note' | 'keepNote'>
  readonly pruner: Pruner
  readonly people: Pick<PersonStore, 'list' | 'put'>
  readonly audit: Pick<Audit, 'write' | 'list' | 'cutBefore'>
  /** The newest entry that InfluxDB has; undefined: there is none. */
  readonly written?: () => number
  /** Nothing else changes the register meanwhile. */
  readonly inTurn: InTurn
  readonly later: (call: () => void, ms: number) => () => void
  readonly log: {
    info(fields: object, message: string): void
    warn(fields: object, message: string): void
    error(fields: object, message: string): void
  }
}

/** Removes what has had its time, once a day. */
export interface Retention {
  run(): Promise<RetentionRun>
  /** The newest run, also of before the start. */
  last(): RetentionRun | undefined
  /** All rows since the hub started, class by class. */
  removed(): Readonly<Partial<Record<KeepClass, number>>>
  start(): void
  stop(): Promise<void>
}

export function createRetention(parts: RetentionParts): Retention {
  const { core, registry, pruner, people, audit, keep } = parts
  const total: Partial<Record<KeepClass, number>> = {}
  let running: Promise<RetentionRun> | undefined
  let callOff = (): void => {}
  let isStopped = false

  /** What is left of a home whose time is over; undefined where it is not, or all of it is gone. */
  function leftOf(id: string, before: number): { home: Home; left: HomePersonal } | undefined {
    const home = core.home(id)
    if (home?.state?.is !== 'closed' || home.erased !== undefined) return undefined
    const personal = registry.personal(id)
    if (!personal) return undefined
    const at = personal.state?.at ?? pruner.closedAt(id)
    if (at === undefined || at >= before) return undefined
    // When it was closed is no name of anybody.
    const { state } = personal
    const left = {
      id,
      residents: [],
      contacts: [],
      ...(state && { state: { at: state.at, by: 'hub', via: 'timer' } }),
    }
    if (isSame(left, personal)) return undefined
    const residents = home.residents.map((one) => ({ id: one.id }))
    return { home: { ...home, contacts: [], residents }, left }
  }

  /** Takes the personal part away, and leaves the rest its own time. */
  async function closedHomes(before: number): Promise<number> {
    let count = 0
    for (const { id } of core.homes()) {
      if (await parts.inTurn(() => emptyHome(id, before))) count++
    }
    return count
  }

  async function emptyHome(id: string, before: number): Promise<boolean> {
    if (!leftOf(id, before)) return false
    await pruner.homeNotes(id)
    // Whatever it was before the notes went, it may be another now.
    const found = leftOf(id, before)
    if (!found) return false
    const change = { by: 'hub', via: 'timer', limits: [], register: ['personal'] }
    const outcome = await core.takeHome(found.home, found.left, change)
    if (!outcome.taken) throw new Error(`home ${id}: ${outcome.reason}`)
    return true
  }

  /** Of those who may sign in no more: the audit log says since when. */
  function removedPeople(before: number): number {
    let count = 0
    for (const { hasPassword: _, ...person } of people.list()) {
      if (person.state !== 'removed' || (person.name === undefined && person.subject === undefined)) continue
      const removed = audit
        .list({ whose: `person:${person.id}`, limit: 100 })
        .find(({ what }) => what === 'person.remove')
      // Where the log has no such row any more, it is longer ago than the log is kept.
      if (removed && removed.at >= before) continue
      const { name: _n, subject: _s, ...rest } = person
      people.put(rest)
      count++
    }
    return count
  }

  const work: { readonly [one in KeepClass]: (before: number) => number | Promise<number> } = {
    readings: (before) => pruner.readings(before, parts.written?.() ?? Number.MAX_SAFE_INTEGER),
    undecoded: pruner.undecoded,
    alerts: pruner.alerts,
    messages: pruner.messages,
    async audit(before) {
      for (let count = 0; ;) {
        const seq = await audit.cutBefore(before)
        if (seq === undefined) return count
        count += await pruner.audit(seq)
      }
    },
    closedHomes,
    certificates: pruner.certificates,
    protectionMonths: (before) => pruner.protectionMonths(new Date(before).toISOString().slice(0, 7)),
    removedPeople,
  }

  function believed(): number | undefined {
    const note = registry.note(BELIEVED_NOTE)
    return note === undefined ? (last()?.at ?? pruner.aliveBefore()) : (JSON.parse(note) as number)
  }

  /**
   * From when times are counted, ms. A hub that was off for weeks catches up by a few days each day; one whose clock is wrong
   * deletes a few days too much at most until somebody looks, however often it starts.
   */
  function countFrom(isDaily: boolean): number {
    const at = Math.min(core.now(), parts.wall())
    const known = believed()
    if (known === undefined || at - known <= MOST_AHEAD) return at
    return isDaily ? known + MOST_AHEAD : known
  }

  async function runOnce(isDaily: boolean): Promise<RetentionRun> {
    const removed: Partial<Record<KeepClass, number>> = {}
    const run: { -readonly [key in keyof RetentionRun]: RetentionRun[key] } = { at: core.now(), removed }
    try {
      const at = countFrom(isDaily)
      if (Math.min(run.at, parts.wall()) > at) {
        run.countedFrom = at
        parts.log.warn(
          { clock: new Date(run.at).toISOString(), countedFrom: new Date(at).toISOString() },
          'The clock is days ahead of when the hub last ran: what has had its time is removed only as of then',
        )
      }
      registry.keepNote(BELIEVED_NOTE, JSON.stringify(Math.max(at, believed() ?? at)))
      for (const one of KEEP_CLASSES) {
        if (keep[one] === 0) continue
        const count = await work[one](at - keep[one])
        if (count === 0) continue
        removed[one] = count
        total[one] = (total[one] ?? 0) + count
      }
      await pruner.handover(at - HANDOVER_KEPT)
    } catch (cause) {
      failedBy(cause, run)
    }
    if (isStopped && run.failed !== undefined) return run
    // A disk that is full, for instance: to keep house must not end what raises alarms. One that is broken does.
    try {
      registry.keepNote(NOTE, JSON.stringify(run))
      const said = Object.entries(removed).map(([name, count]) => `${name} ${count}`)
      if (said.length > 0) {
        await audit.write({ who: 'hub', what: 'retention.run', why: said.join(', '), from: 'hub' })
        parts.log.info({ removed }, 'What had its time was removed')
      }
    } catch (cause) {
      failedBy(cause, run)
    }
    return run
  }

  function failedBy(cause: unknown, run: { failed?: string }): void {
    run.failed ??= cause instanceof Error ? cause.message : String(cause)
    if (isStopped) return
    if (isDiskBroken(cause)) core.fail(cause)
    else parts.log.error({ err: cause }, 'Cannot remove what has had its time; tried again in an hour')
  }

  function run(isDaily = true): Promise<RetentionRun> {
    running ??= runOnce(isDaily).finally(() => (running = undefined))
    return running
  }

  function plan(ms: number, isDaily: boolean): void {
    callOff = parts.later(() => {
      void run(isDaily).then(({ failed }) => {
        if (isStopped) return
        // What is tried again has not waited for a day.
        if (failed === undefined) plan(DAY, true)
        else plan(AGAIN, false)
      })
    }, ms)
  }

  function last(): RetentionRun | undefined {
    const note = registry.note(NOTE)
    return note === undefined ? undefined : (JSON.parse(note) as RetentionRun)
  }

  /** Before the journal goes on with what the clock says now. */
  function keepBelieved(): void {
    try {
      if (registry.note(BELIEVED_NOTE) !== undefined) return
      const known = believed()
      if (known !== undefined) registry.keepNote(BELIEVED_NOTE, JSON.stringify(known))
    } catch (cause) {
      if (isDiskBroken(cause)) core.fail(cause)
      else parts.log.error({ err: cause }, 'Cannot keep from when times are counted')
    }
  }

  return {
    run: () => run(),
    last,
    removed: () => total,
    start() {
      keepBelieved()
      plan(AFTER_START, false)
    },
    async stop() {
      isStopped = true
      callOff()
      await running
    },
  }
}

function isSame(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
