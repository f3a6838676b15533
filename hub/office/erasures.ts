import type { RunningCore } from '../core/create-core.ts'
import { isDiskBroken } from '../core/write-failure.ts'
import type { Eraser } from '../database/erase.ts'
import type { ErasureStore } from '../database/erasures.ts'
import type { Registry } from '../database/registry.ts'
import type { ErasePlan, Erasures } from '../http/erasures.ts'
import { OfficeError } from '../http/office.ts'
import type { Audit } from '../http/people.ts'
import type { Answer } from '../history/answer.ts'
import type { EraseCounts, Erasure, EraseTarget, Remains } from '../model/erasure.ts'
import { serviceOf } from '../model/service-state.ts'
import { whoseAlert } from '../model/whose-alert.ts'
import { eraseFromHome, wordsOf } from '../model/erase-home.ts'
import type { Registered } from '../register/limits.ts'
import type { Gateways } from './gateways.ts'
import { refuseUnknownResident } from './refuse-unknown-resident.ts'
import type { InTurn } from './in-turn.ts'

const MINUTE = 60_000
/** InfluxDB is asked again after so long, and then twice as long, until it confirms. */
const ASK_AGAIN = { first: 1000, most: MINUTE }
/** As long as a reader is at an older state, the log of writes has that. */
const LOG_IS_READ =
  'somebody is still reading an older state of the database, so its log (hub.db-wal) is kept'
/** What a sampler holds while InfluxDB is away comes after it: once more, when that is surely written. */
const ONCE_MORE = 15 * MINUTE

export interface ErasureParts {
  readonly core: Pick<RunningCore, 'home' | 'take' | 'openAlerts' | 'now' | 'fail'>
  readonly registry: Pick<Registry, 'personal'>
  readonly eraser: Eraser
  readonly store: ErasureStore
  readonly gateways: Pick<Gateways, 'disconnect'>
  readonly audit: Pick<Audit, 'write'>
  readonly inTurn: InTurn
  /** What is left elsewhere. */
  readonly remains: (target: EraseTarget, erasure: Erasure | undefined) => Promise<readonly Remains[]>
  /** The list of erasures beside the database changed. */
  readonly onChange: () => Promise<void>
  /** Undefined: there is no InfluxDB. */
  readonly history?: {
    erase(target: EraseTarget): Promise<Answer<void>>
    /** The newest entry of the journal that InfluxDB has. */
    written(): number
  }
  readonly newest: () => number
  readonly later: (call: () => void, ms: number) => () => void
  readonly log: {
    info(fields: object, message: string): void
    error(fields: object, message: string): void
  }
}

/** Erases people, one after the other. */
export function createErasures(parts: ErasureParts): Erasures {
  const { core, registry, eraser, store, history } = parts
  let running: Promise<void> = Promise.resolve()
  let callOffWork = (): void => {}
  let isStopped = false
  let wait = ASK_AGAIN.first

  function registered(id: string): Registered {
    const home = core.home(id)
    if (!home) throw new OfficeError('not-found', `Cannot find the home "${id}": it is not registered`)
    return { home, personal: registry.personal(id) ?? { id, residents: [], contacts: [] } }
  }

  function targetOf(id: string, resident: string | undefined): EraseTarget {
    const { home } = registered(id)
    if (home.erased !== undefined) {
      const day = new Date(home.erased).toISOString().slice(0, 10)
      throw new OfficeError('conflict', `Cannot erase home "${id}": it was erased on ${day}`)
    }
    if (resident !== undefined) refuseUnknownResident(home, resident)
    // Whoever lived there alone is known by all of the home.
    if (resident === undefined || home.residents.length === 1) return { home: id, sensors: [] }
    return { home: id, resident, sensors: eraser.sensorsOf(id, resident) }
  }

  function whyNot(target: EraseTarget): readonly string[] {
    const { home: id, resident } = target
    const { home } = registered(id)
    // One that may be theirs is as one that is: somebody may lie there.
    const open = core.openAlerts().filter((alert) => {
      if (alert.home !== id) return false
      const { sensors, isUnsure, fired } = eraser.raisersOf(alert.id)
      const raisers = { sensors, isUnsure: isUnsure || (alert.count > 1 && fired < alert.count) }
      return whoseAlert(alert, target, home, raisers) !== 'others'
    })
    return [
      ...(open.length === 0
        ? []
        : [
            `${open.length === 1 ? 'An alert is' : `${open.length} alerts are`} open: ${open.map((alert) => alert.id).join(', ')}. Resolve ${open.length === 1 ? 'it' : 'them'} first: aal alerts resolve ALERT --cause …`,
          ]),
      ...(resident === undefined && serviceOf(home) !== 'closed'
        ? [`The home is ${serviceOf(home)}. Close it first: aal home close ${id} --why …`]
        : []),
    ]
  }

  /**
   * Out of the register and out of memory, so that nobody sees them from now.
   * @returns why not yet: something came since it was asked for
   */
  async function leaveRegister(
    erasure: Erasure,
  ): Promise<{ readonly counts: EraseCounts } | { readonly waitsFor: string }> {
    const before = registered(erasure.home)
    const isGone =
      erasure.resident === undefined
        ? before.home.erased !== undefined
        : !before.home.residents.some(({ id }) => id === erasure.resident)
    if (isGone) return { counts: {} }
    const [early] = whyNot(erasure)
    if (early !== undefined) return { waitsFor: early }
    const counts = await eraser.scrub(wordsOf(before.personal, erasure.resident))
    const [late] = whyNot(erasure)
    if (late !== undefined) return { waitsFor: late }
    const { home, personal } = eraseFromHome(registered(erasure.home), erasure, core.now())
    for (const { id } of before.home.gateways) {
      if (erasure.resident === undefined) parts.gateways.disconnect(id, 'the home was erased')
    }
    const { resident, sensors } = erasure
    const outcome = await core.take(
      {
        type: 'home',
        home,
        change: { by: erasure.by, via: 'erase', limits: [], register: ['erased'] },
        ...(resident !== undefined && { erased: [resident, ...sensors] }),
      },
      personal,
    )
    if (!outcome.taken) throw new OfficeError('conflict', `Cannot erase: ${outcome.reason}`)
    return { counts }
  }

  async function goOn(known: Erasure): Promise<void> {
    let now = known
    const keep = (change: Partial<Erasure>): void => {
      const { waitsFor: _, ...rest } = now
      now = { ...rest, ...change }
      store.put(now)
    }
    if (now.step === 'register') {
      const left = await parts.inTurn(async () => (store.find(now.id) ? leaveRegister(now) : 'called off'))
      if (left === 'called off') return
      if ('waitsFor' in left) return keep(left)
      keep({ step: 'database', counts: sum(now.counts, left.counts) })
    }
    if (now.step === 'database') {
      const counts = await eraser.erase(now)
      // What was on its way when it began.
      const more = await eraser.erase(now)
      await eraser.tidy()
      keep({ step: 'tidy', counts: sum(sum(now.counts, counts), more) })
    }
    if (now.step === 'tidy') {
      if (!(await eraser.emptyLog())) {
        // With a program that replicates the database that is so until the hub stops: InfluxDB is asked meanwhile.
        const { confirmedAt } =
          now.confirmedAt === undefined ? await askHistory({ ...now, step: 'history' }) : now
        return keep({ waitsFor: LOG_IS_READ, ...(confirmedAt !== undefined && { confirmedAt }) })
      }
      keep({ step: !history ? 'done' : now.confirmedAt === undefined ? 'history' : 'again' })
      const said = Object.entries(now.counts)
        .filter(([, count]) => count > 0)
        .map(([name, count]) => `${name} ${count}`)
      await parts.audit.write({
        who: 'hub',
        what: 'resident.erased',
        whose: `home:${now.home}`,
        why: said.join(', ').slice(0, 300),
        from: 'socket',
      })
      parts.log.info({ home: now.home, counts: now.counts }, 'Somebody was erased from the database')
    }
    if (now.step === 'history' || now.step === 'again') store.put(await askHistory(now))
  }

  async function askHistory(now: Erasure): Promise<Erasure> {
    const { waitsFor: _, ...rest } = now
    if (!history) return { ...rest, step: 'done' }
    if (now.step === 'again' && core.now() < (now.confirmedAt ?? 0) + ONCE_MORE) return now
    // What it has not yet would come after, and is in nobody's way: it was deleted from the journal.
    if (history.written() < now.upTo)
      return { ...rest, waitsFor: 'it has not taken the entries of before yet' }
    const answer = await history.erase(now)
    if (!answer.ok) return { ...rest, waitsFor: answer.message }
    const confirmedAt = now.confirmedAt ?? core.now()
    return { ...rest, step: now.step === 'history' ? 'again' : 'done', confirmedAt }
  }

  function isUnderWay({ step }: Erasure): boolean {
    return step !== 'done'
  }

  /** All that are not done, in turn; again later, where somebody has to be waited for. */
  function work(): Promise<void> {
    callOffWork()
    running = running.then(round)
    return running
  }

  /** Never throws: the next one comes after it. */
  async function round(): Promise<void> {
    try {
      for (const erasure of store.list().filter(isUnderWay)) {
        if (isStopped) return
        await goOn(erasure).catch((cause: unknown) => failed(cause, erasure.home))
      }
      if (!store.list().some(isUnderWay)) return
    } catch (cause) {
      failed(cause)
    }
    if (isStopped) return
    callOffWork()
    callOffWork = parts.later(() => void work(), wait)
    wait = Math.min(2 * wait, ASK_AGAIN.most)
  }

  function failed(cause: unknown, home?: string): void {
    if (isStopped) return
    if (isDiskBroken(cause)) return core.fail(cause)
    parts.log.error(
      { err: cause, ...(home !== undefined && { home }) },
      'Cannot go on erasing; tried again in a minute',
    )
  }

  /** One after the other: with the first gone, the second may be the last one there, and all of the home goes. */
  function underWay(target: EraseTarget): Erasure | undefined {
    const under = store.list().find((one) => one.home === target.home && one.step === 'register')
    if (under === undefined || under.resident === target.resident) return under
    const who = under.resident ?? 'all of it'
    throw new OfficeError(
      'conflict',
      `Cannot erase: ${who} of home "${target.home}" is being erased${under.waitsFor === undefined ? '' : `, which waits: ${under.waitsFor}`}. Ask again when that is done: aal resident erasures`,
    )
  }

  return {
    async plan(home, resident): Promise<ErasePlan> {
      const target = targetOf(home, resident)
      return {
        home,
        ...(resident !== undefined && { resident }),
        isWhole: target.resident === undefined,
        sensors: target.sensors,
        counts: await eraser.count(target),
        refused: whyNot(target),
        remains: await parts.remains(target, undefined),
      }
    },
    async erase(home, resident, by) {
      const target = targetOf(home, resident)
      const [why] = whyNot(target)
      if (why !== undefined) throw new OfficeError('conflict', `Cannot erase: ${why}`)
      const { waitsFor: _, ...erasure } =
        underWay(target) ??
        store.add({ ...target, at: core.now(), step: 'register', by, counts: {}, upTo: parts.newest() })
      store.put(erasure)
      await parts.onChange()
      wait = ASK_AGAIN.first
      void work()
      return erasure
    },
    async callOff(home, resident) {
      await parts.inTurn(async () => {
        const target = targetOf(home, resident)
        const found = store
          .list()
          .find((one) => one.home === home && one.resident === target.resident && one.step === 'register')
        if (!found) {
          throw new OfficeError(
            'conflict',
            'Cannot call it off: no erasure there is waiting. See: aal resident erasures',
          )
        }
        store.remove(found.id)
      })
      await parts.onChange()
    },
    list: store.list,
    find: store.find,
    remains: (erasure) => parts.remains(erasure, erasure),
    start: () => void work(),
    async stop() {
      isStopped = true
      callOffWork()
      await running
    },
  }
}

function sum(a: EraseCounts, b: EraseCounts): EraseCounts {
  const all: Record<string, number> = { ...a }
  for (const [name, count] of Object.entries(b)) all[name] = (all[name] ?? 0) + count
  return all
}
