import type { RunningCore } from '../core/create-core.ts'
import type { Eraser } from '../database/erase.ts'
import type { ErasureStore } from '../database/erasures.ts'
import type { Registry } from '../database/registry.ts'
import type { ErasePlan, Erasures } from '../http/erasures.ts'
import { OfficeError } from '../http/office.ts'
import type { Audit } from '../http/people.ts'
import type { Answer } from '../history/answer.ts'
import type { EraseCounts, Erasure, EraseTarget, Remains } from '../model/erasure.ts'
import { serviceOf } from '../model/service-state.ts'
import { eraseFromHome, wordsOf } from '../model/erase-home.ts'
import type { Registered } from '../register/limits.ts'
import type { Gateways } from './gateways.ts'
import type { InTurn } from './in-turn.ts'

const MINUTE = 60_000
/** InfluxDB is asked again after so long, and then twice as long, until it confirms. */
const ASK_AGAIN = { first: 1000, most: MINUTE }
/** What a sampler holds while InfluxDB is away comes after it: once more, when that is surely written. */
const ONCE_MORE = 15 * MINUTE

export interface ErasureParts {
  readonly core: Pick<RunningCore, 'home' | 'take' | 'openAlerts' | 'now'>
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
  let callOff = (): void => {}
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
    if (resident !== undefined && !home.residents.some((one) => one.id === resident)) {
      const known = home.residents.map((one) => one.id).join(', ')
      throw new OfficeError(
        'not-found',
        `Cannot find the resident "${resident}" in home "${id}"${known === '' ? ': it has none' : `. There is: ${known}`}`,
      )
    }
    // Whoever lived there alone is known by all of the home.
    if (resident === undefined || home.residents.length === 1) return { home: id, sensors: [] }
    return { home: id, resident, sensors: eraser.sensorsOf(id, resident) }
  }

  function whyNot({ home: id, resident, sensors }: EraseTarget): readonly string[] {
    const { home } = registered(id)
    const scopes = [resident, ...sensors].map((part) => `${id}/${part}`)
    const open = core
      .openAlerts()
      .filter(
        (alert) =>
          alert.home === id &&
          (resident === undefined ||
            scopes.includes(alert.scope) ||
            sensors.includes(alert.detail.sensor ?? '')),
      )
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

  /** Out of the register and out of memory, so that nobody sees them from now. */
  async function leaveRegister(erasure: Erasure): Promise<EraseCounts> {
    const before = registered(erasure.home)
    const isGone =
      erasure.resident === undefined
        ? before.home.erased !== undefined
        : !before.home.residents.some(({ id }) => id === erasure.resident)
    if (isGone) return {}
    const counts = await eraser.scrub(wordsOf(before.personal, erasure.resident))
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
    return counts
  }

  async function goOn(known: Erasure): Promise<void> {
    let now = known
    const keep = (change: Partial<Erasure>): void => {
      now = { ...now, ...change }
      store.put(now)
    }
    if (now.step === 'register') {
      const counts = await parts.inTurn(() => leaveRegister(now))
      keep({ step: 'database', counts: sum(now.counts, counts) })
    }
    if (now.step === 'database') {
      const counts = await eraser.erase(now)
      // What was on its way when it began.
      const more = await eraser.erase(now)
      await eraser.tidy()
      keep({ step: history ? 'history' : 'done', counts: sum(sum(now.counts, counts), more) })
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
    callOff()
    running = running.then(goOnWithAll).catch((cause: unknown) => {
      if (isStopped) return
      parts.log.error({ err: cause }, 'Cannot go on erasing; tried again in a minute')
      planAgain()
    })
    return running
  }

  function planAgain(): void {
    callOff = parts.later(() => void work(), wait)
    wait = Math.min(2 * wait, ASK_AGAIN.most)
  }

  async function goOnWithAll(): Promise<void> {
    for (const erasure of store.list().filter(isUnderWay)) {
      if (isStopped) return
      try {
        await goOn(erasure)
      } catch (cause) {
        if (isStopped) return
        parts.log.error({ err: cause, home: erasure.home }, 'Cannot go on erasing; tried again in a minute')
      }
    }
    if (!isStopped && store.list().some(isUnderWay)) planAgain()
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
      const under = store.list().find((one) => one.home === home && one.step === 'register')
      if (under) return under
      const erasure = store.add({
        ...target,
        at: core.now(),
        step: 'register',
        by,
        counts: {},
        upTo: parts.newest(),
      })
      await parts.onChange()
      wait = ASK_AGAIN.first
      void work()
      return erasure
    },
    list: store.list,
    find: store.find,
    remains: (erasure) => parts.remains(erasure, erasure),
    start: () => void work(),
    async stop() {
      isStopped = true
      callOff()
      await running
    },
  }
}

function sum(a: EraseCounts, b: EraseCounts): EraseCounts {
  const all: Record<string, number> = { ...a }
  for (const [name, count] of Object.entries(b)) all[name] = (all[name] ?? 0) + count
  return all
}
