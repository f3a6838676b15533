import type { RunningCore } from '../core/create-core.ts'
import type { PersonStore } from '../database/people.ts'
import type { Pruner } from '../database/prune.ts'
import type { Registry } from '../database/registry.ts'
import type { Audit } from '../http/people.ts'
import { KEEP_CLASSES } from '../model/retention.ts'
import type { KeepClass, RetentionRun } from '../model/retention.ts'

const DAY = 24 * 3_600_000
/** Not with the first readings after a start: gateways have their backlog then. */
const AFTER_START = 2 * 60_000
const NOTE = 'retention'
/** As hub/database/handover.ts shows them. */
const HANDOVER_KEPT = 30 * DAY

export interface RetentionParts {
  /** ms by class; 0: for ever. */
  readonly keep: Readonly<Record<KeepClass, number>>
  readonly core: Pick<RunningCore, 'homes' | 'takeHome' | 'now'>
  readonly registry: Pick<Registry, 'personal' | 'note' | 'keepNote'>
  readonly pruner: Pruner
  readonly people: Pick<PersonStore, 'list' | 'put'>
  readonly audit: Pick<Audit, 'write' | 'list' | 'cutBefore'>
  /** The newest entry that InfluxDB has; undefined: there is none. */
  readonly written?: () => number
  readonly later: (call: () => void, ms: number) => () => void
  readonly log: {
    info(fields: object, message: string): void
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

  /** Takes the personal part away, and leaves the rest its own time. */
  async function closedHomes(before: number): Promise<number> {
    let count = 0
    for (const home of core.homes()) {
      if (home.state?.is !== 'closed' || home.erased !== undefined) continue
      const personal = registry.personal(home.id)
      if (!personal) continue
      const at = personal.state?.at ?? pruner.closedAt(home.id)
      if (at === undefined || at >= before) continue
      await pruner.homeNotes(home.id)
      // When it was closed is no name of anybody.
      const { state } = personal
      const left = {
        id: home.id,
        residents: [],
        contacts: [],
        ...(state && { state: { at: state.at, by: 'hub', via: 'timer' } }),
      }
      if (isSame(left, personal)) continue
      const residents = home.residents.map(({ id }) => ({ id }))
      const change = { by: 'hub', via: 'timer', limits: [], register: ['personal'] }
      await core.takeHome({ ...home, contacts: [], residents }, left, change)
      count++
    }
    return count
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

  async function runOnce(): Promise<RetentionRun> {
    const at = core.now()
    const removed: Partial<Record<KeepClass, number>> = {}
    let failed: string | undefined
    try {
      for (const one of KEEP_CLASSES) {
        if (keep[one] === 0) continue
        const count = await work[one](at - keep[one])
        if (count === 0) continue
        removed[one] = count
        total[one] = (total[one] ?? 0) + count
      }
      await pruner.handover(at - HANDOVER_KEPT)
    } catch (cause) {
      failed = cause instanceof Error ? cause.message : String(cause)
      if (!isStopped) parts.log.error({ err: cause }, 'Cannot remove what has had its time; tried again')
    }
    const run: RetentionRun = { at, removed, ...(failed !== undefined && { failed }) }
    if (isStopped && failed !== undefined) return run
    registry.keepNote(NOTE, JSON.stringify(run))
    const said = Object.entries(removed).map(([name, count]) => `${name} ${count}`)
    if (said.length > 0) {
      await audit.write({ who: 'hub', what: 'retention.run', why: said.join(', '), from: 'hub' })
      parts.log.info({ removed }, 'What had its time was removed')
    }
    return run
  }

  function run(): Promise<RetentionRun> {
    running ??= runOnce().finally(() => (running = undefined))
    return running
  }

  function plan(ms: number): void {
    callOff = parts.later(() => {
      void run().finally(() => {
        if (!isStopped) plan(DAY)
      })
    }, ms)
  }

  return {
    run,
    last() {
      const note = registry.note(NOTE)
      return note === undefined ? undefined : (JSON.parse(note) as RetentionRun)
    },
    removed: () => total,
    start: () => plan(AFTER_START),
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
