import { setTimeout as wait } from 'node:timers/promises'
import { createStreamTime } from './clock.ts'
import type { Clock } from './clock.ts'
import type { Commit, Core, Outcome } from './core.ts'
import type { Personal } from './draft.ts'
import { isBusy } from './write-failure.ts'
import { createMachine } from './machine.ts'
import type { CoreStore } from './store.ts'
import type { Heartbeat } from '../model/heartbeat.ts'
import type { Input, RuleFile } from '../model/input.ts'

/** A write that found the database busy is tried so often again, the store waits for seconds each time; ms between them. */
const BUSY_TRIES = 3
const BUSY_WAIT = 100
const NOTE_ALIVE_EVERY = 10_000
/** Without a sign of its own life for so long, the process was frozen, or the clock jumped. */
const PAUSED_AFTER = 2.5 * NOTE_ALIVE_EVERY

/**
 * What may be known before it is on disk. All else is what people and programs say and then ask about, here and in the
 * database: both must know the same.
 */
const AHEAD: ReadonlySet<Input['type']> = new Set(['reading', 'undecoded', 'gateway', 'delivery', 'tick'])

export interface CoreOptions {
  readonly store: CoreStore
  readonly clock: Clock
  /** The store failed: memory is ahead of the disk, so the process must end and recover from what is there. */
  readonly onFailure: (error: Error) => void
  /** A follower threw at a commit: the stream goes on. Without it, the error is thrown on. */
  readonly onFollowerFailure?: (error: unknown) => void
  /** Leaves what is on disk as it is until something is submitted: for commands that only read. */
  readonly isQuiet?: boolean
  /** Takes a gap in its own running for time away. Not with a virtual clock, which has nothing but gaps. */
  readonly noticesPauses?: boolean
}

export interface RunningCore extends Core {
  readonly ruleFiles: readonly RuleFile[] | undefined
  /** Is the stream itself at work? Looks at memory only. */
  vitals(): Pick<Heartbeat, 'writtenAgo' | 'timerLate'>
  /** Somebody else found that the disk does not do what it is asked: nothing more is taken or acknowledged. */
  fail(cause: unknown): void
  /** Takes what is submitted, then nothing more; all of it is on disk when the promise is fulfilled. */
  stop(): Promise<void>
}

interface Waiting {
  readonly inputs: readonly Input[]
  readonly personal?: Personal
  /** The first input that is not possible ends it. */
  readonly areOne?: boolean
  readonly done: (error: Error | undefined, outcomes: readonly Outcome[]) => void
}

/** For who waits until all that they changed is on disk. */
interface Answer {
  readonly done: Waiting['done']
  readonly outcomes: readonly Outcome[]
}

/**
 * Starts from what is on disk. Takes inputs at once; says in the stream that the hub was away.
 * @throws Error when that cannot be written
 */
export function createCore(options: CoreOptions): RunningCore {
  const { store, clock, onFailure, onFollowerFailure, isQuiet = false, noticesPauses = false } = options
  // Only what `start` needs is held: what else was saved is the machine's by then.
  const saved = store.load()
  const { lastSeq, aliveAt: aliveUntil, restored: wasRestored } = saved
  const now = createStreamTime(clock, aliveUntil)
  const machine = createMachine(store, saved, now)
  const listeners = new Set<(commit: Commit) => void>()
  let waiting: Waiting[] = []
  let answers: Answer[] = []
  let isFlushing = false
  /** What goes to the disk beside this thread, with those who wait for it. Meanwhile the next batch gathers. */
  let underWay: { readonly written: Promise<void>; readonly answers: readonly Answer[] } | undefined
  /**
   * Answers those who wait for a batch that is on disk, and tells followers. It comes before any other answer or commit that
   * is told: whoever gives one calls `settleDue` first.
   */
  let settleNext: (() => void) | undefined
  let later: CoreStore['later']
  /** It was to be noted while a batch was under way. */
  let isAliveDue = false
  let unwritten = 0
  /** Something waits that is applied only when nothing is under way, and written at once. */
  let isAtOnce = false
  let stopping: Promise<void> | undefined
  let failure: Error | undefined
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  let alive: NodeJS.Timeout | undefined
  let hasStarted = false
  /** The newest time at which this process knows that it was running. */
  let aliveAt = now()
  /** By the steady clock: when the store last returned from a write. */
  let writtenAt = clock.steady()

  if (!isQuiet) {
    start()
    // Whoever starts the hub wants to know at once whether it can write.
    flush()
    if (failure !== undefined) throw failure as Error
  }
  later = store.later

  /** Says in the stream that the hub was away, and begins to note that it is alive. */
  function start(): void {
    hasStarted = true
    aliveAt = now()
    if (lastSeq > 0) {
      // A command on the stopped hub leaves it to the hub: the quiet time is for whoever looks at its board.
      const restored = isQuiet ? undefined : wasRestored
      waiting.push({
        inputs: [{ type: 'start', aliveUntil, ...(restored && { restored }) }],
        done: () => {},
      })
    }
    alive = setInterval(noteAlive, NOTE_ALIVE_EVERY)
    alive.unref()
  }

  function noteAlive(): void {
    if (failure || isStopped) return
    try {
      // A flush notices that the process stood still.
      flush()
      if (failure) return
      if (later) {
        writeAlive(later)
        return
      }
      store.noteAlive(now())
      noteWritten()
    } catch (cause) {
      fail(cause)
    }
  }

  /** Under way like a batch: what is written at once must not stand still for it, nor be refused for it. */
  function writeAlive({ noteAlive: write }: NonNullable<CoreStore['later']>): void {
    isAliveDue = underWay !== undefined
    if (!isAliveDue) writeBeside(write(now()), [], noteWritten)
  }

  /** Until it is written it is under way; what gathered meanwhile is next. */
  function writeBeside(writing: Promise<void>, applied: readonly Answer[], onWritten: () => void): void {
    const settled = (): void => {
      // Who waits was told so when somebody else found the disk failing.
      if (failure) return
      underWay = undefined
      // What gathered meanwhile goes to the disk first: to answer all of this batch takes as long as to write one.
      settleNext = onWritten
      try {
        flush()
      } finally {
        settleDue()
      }
      if (later && isAliveDue && !failure) writeAlive(later)
    }
    underWay = { written: writing.then(settled, fail), answers: applied }
  }

  function settleDue(): void {
    const due = settleNext
    settleNext = undefined
    due?.()
  }

  function noteWritten(): void {
    writtenAt = clock.steady()
  }

  function submit(
    inputs: Waiting['inputs'],
    done: Waiting['done'],
    personal?: Personal,
    areOne = false,
  ): void {
    if (failure || isStopped) {
      done(failure ?? new Error('Cannot take input: the hub is stopping'), [])
      return
    }
    if (!hasStarted) start()
    waiting.push({ inputs, done, areOne, ...(personal && { personal }) })
    isAtOnce ||= inputs.some(({ type }) => !AHEAD.has(type))
    if (!isFlushing) {
      isFlushing = true
      // Everything that arrives in this turn of the event loop shares one commit.
      setImmediate(flush)
    }
  }

  function flush(): void {
    isFlushing = false
    if (failure || (isAtOnce && underWay)) return
    const batch = waiting
    waiting = []
    const at = now()
    let applied: Answer[]
    try {
      if (noticesPauses && at - aliveAt > PAUSED_AFTER) machine.apply({ type: 'pause', from: aliveAt }, at)
      aliveAt = at
      applied = batch.map((one) => ({ done: one.done, outcomes: apply(one, at) }))
      unwritten += batch.length
    } catch (cause) {
      fail(cause, batch)
      return
    }
    answers = answers.length === 0 ? applied : answers.concat(applied)
    write()
    wakeUp()
  }

  function apply({ inputs, personal, areOne }: Waiting, at: number): Outcome[] {
    const outcomes: Outcome[] = []
    for (const input of inputs) {
      const outcome = machine.apply(input, at, personal)
      outcomes.push(outcome)
      if (areOne && !outcome.taken) break
    }
    return outcomes
  }

  /** Writes what was applied, all of it at once. While a batch is under way, the next gathers. */
  function write(): void {
    if (underWay || failure) return
    const applied = answers
    const isLater = later && !isAtOnce
    answers = []
    isAtOnce = false
    const changes = machine.changes()
    if (!changes) {
      answer(applied)
      return
    }
    const { batch, commit } = changes
    if (later && isLater) {
      writeBeside(later.commit(batch), applied, () => settle(applied, commit))
      return
    }
    try {
      store.commit(batch)
    } catch (cause) {
      if (!isBusy(cause)) return fail(cause, applied)
      // Somebody else was writing, for longer than the database waits.
      writeBeside(
        tryAgain(() => store.commit(batch)),
        applied,
        () => settle(applied, commit),
      )
      return
    }
    settle(applied, commit)
  }

  function settle(applied: readonly Answer[], commit: Commit): void {
    settleDue()
    noteWritten()
    // Followers come after the answers to the senders.
    queueMicrotask(() => tell(commit))
    answer(applied)
  }

  function answer(applied: readonly Answer[]): void {
    settleDue()
    unwritten -= applied.length
    for (const { done, outcomes } of applied) done(undefined, outcomes)
  }

  function tell(commit: Commit): void {
    for (const listener of listeners) {
      try {
        listener(commit)
      } catch (error) {
        if (!onFollowerFailure) throw error
        onFollowerFailure(error)
      }
    }
  }

  function fail(cause: unknown, batch: readonly Pick<Waiting, 'done'>[] = []): void {
    if (failure) return
    settleDue()
    // One of these answers found it, too.
    if (failure) {
      for (const { done } of batch) done(failure, [])
      return
    }
    const reason = cause instanceof Error ? cause.message : String(cause)
    failure = new Error(
      `Cannot write to the data folder: ${reason}. Nothing more is acknowledged; the next start goes on from what is on disk`,
      { cause },
    )
    clearInterval(alive)
    clearTimeout(timer)
    const all = [...(underWay?.answers ?? []), ...answers, ...batch, ...waiting]
    underWay = undefined
    answers = []
    waiting = []
    for (const { done } of all) done(failure, [])
    onFailure(failure)
  }

  /** Wakes up when the next timer is due. */
  function wakeUp(): void {
    clearTimeout(timer)
    const next = machine.nextDue()
    if (next === undefined || !hasStarted || isStopped || failure) return
    // setTimeout counts in 31 bits; a look once a day does no harm.
    const wait = Math.min(Math.max(next - now(), 0), 24 * 3_600_000)
    timer = setTimeout(() => submit([{ type: 'tick' }], wakeUp), wait)
    timer.unref()
  }

  async function stop(): Promise<void> {
    if (waiting.length > 0) flush()
    isStopped = true
    clearInterval(alive)
    clearTimeout(timer)
    for (let one = underWay; one; one = underWay) await one.written
    if (!failure && hasStarted) store.noteAlive(now())
  }

  wakeUp()

  return {
    ...machine.state,
    now,
    submit,
    unwritten: () => unwritten,
    fail: (cause) => fail(cause),
    take: (input, personal) =>
      new Promise((fulfil, reject) => {
        const done: Waiting['done'] = (error, [outcome]) =>
          error || !outcome ? reject(error) : fulfil(outcome)
        submit([input], done, personal && { home: personal })
      }),
    takeHome: (home, personal, change) =>
      new Promise((fulfil, reject) => {
        const done: Waiting['done'] = (error, [outcome]) =>
          error || !outcome ? reject(error) : fulfil(outcome)
        submit([{ type: 'home', home, ...(change && { change }) }], done, { home: personal })
      }),
    takeTogether: (inputs, home, certificate) =>
      new Promise((fulfil, reject) => {
        const done: Waiting['done'] = (error, outcomes) => {
          const last = outcomes.at(-1)
          return error || !last ? reject(error) : fulfil(last)
        }
        const personal = { ...(home && { home }), ...(certificate && { certificate }) }
        submit(inputs, done, personal, true)
      }),
    takeStaff: (facts, personal) =>
      new Promise((fulfil, reject) => {
        const done: Waiting['done'] = (error, [outcome]) =>
          error || !outcome ? reject(error) : fulfil(outcome)
        submit([{ type: 'staff', staff: facts }], done, { staff: personal })
      }),
    onCommit(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    get ruleFiles() {
      return machine.ruleFiles()
    },
    vitals() {
      const next = machine.nextDue()
      return {
        writtenAgo: Math.max(0, Math.round(clock.steady() - writtenAt)),
        timerLate: next === undefined ? 0 : Math.max(0, now() - next),
      }
    },
    stop: () => (stopping ??= stop()),
  }
}

/** @throws what it threw last, where it stays busy */
async function tryAgain(write: () => void): Promise<void> {
  for (let tries = 1; ; tries++) {
    await wait(BUSY_WAIT)
    try {
      write()
      return
    } catch (cause) {
      if (!isBusy(cause) || tries === BUSY_TRIES) throw cause
    }
  }
}
