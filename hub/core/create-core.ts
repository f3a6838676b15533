import { createAlertBook } from './alert-book.ts'
import type { AlertBook, AlertPlace, ContactChange, When, Who } from './alert-book.ts'
import { acknowledge, attend, comment, handOn, resolve, takeOver } from '../alerts/acts.ts'
import { changeConsent, start as startAgain, stop as stopAll } from '../alerts/change-consent.ts'
import { whyNobodyLeft } from '../alerts/nobody-left.ts'
import { eventOf } from '../alerts/change.ts'
import { policiesOf } from '../alerts/parse-policies.ts'
import { createStreamTime } from './clock.ts'
import type { Clock } from './clock.ts'
import type { Commit, Core, Outcome } from './core.ts'
import { createMessageFlow, personOf } from './message-flow.ts'
import { createDailyMessages } from './daily-messages.ts'
import { createOncallWatch } from './oncall-watch.ts'
import { parseRuleFolder } from './parse-rule-folder.ts'
import { createConfirmations } from './confirmations.ts'
import { createDigests, toldUnder } from './digests.ts'
import { createHolds } from './holds.ts'
import { createLetters } from './letters.ts'
import type { HoldChange } from './holds.ts'
import { createQuietWatch } from './quiet-watch.ts'
import { createRepeats } from './repeats.ts'
import type { Applied, Batch, CoreStore } from './store.ts'
import { judgeDay } from '../alerts/judge-day.ts'
import { HUB_FINDINGS } from '../alerts/hub-findings.ts'
import type { Alert, Transition } from '../model/alert.ts'
import type { Day } from '../model/day.ts'
import type { Heartbeat } from '../model/heartbeat.ts'
import type { ContactFacts, Home, HomePersonal } from '../model/home.ts'
import { isSilenced, mayGet } from '../model/consent.ts'
import { MODES } from '../model/input.ts'
import type { Input, JournalEntry, LetterInput, RuleFile, StopInput } from '../model/input.ts'
import { recipientOf } from '../model/notification.ts'
import type { AlertNotification, LetterNotification, Notification } from '../model/notification.ts'
import type { Reading, ReadingMarks } from '../model/reading.ts'
import type { StaffFacts, StaffPersonal } from '../model/staff.ts'
import { createEngine } from '../rules/engine.ts'
import { rulesOf } from '../rules/parse-rules.ts'
import { findingOf } from '../rules/rule.ts'
import { homeOfMode, isAlive, isAvailable } from '../rules/state.ts'
import type { Row } from '../rules/state.ts'
import { createTimerQueue } from '../rules/timer-queue.ts'
import { localMinute } from '../time/local-time.ts'

const NOTE_ALIVE_EVERY = 10_000
/** Without a sign of its own life for so long, the process was frozen, or the clock jumped. */
const PAUSED_AFTER = 2.5 * NOTE_ALIVE_EVERY

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
  /** Takes what is submitted, then nothing more. */
  stop(): void
}

interface Waiting {
  readonly inputs: readonly Input[]
  readonly personal?: Personal
  readonly done: (error: Error | undefined, outcomes: readonly Outcome[]) => void
}

/** What goes into the registry with an input, and not into the journal. */
interface Personal {
  readonly home?: HomePersonal
  readonly staff?: readonly StaffPersonal[]
}

/**
 * Starts from what is on disk. Takes inputs at once; says in the stream that the hub was away.
 * @throws Error when that cannot be written
 */
export function createCore(options: CoreOptions): RunningCore {
  const { store, clock, onFailure, onFollowerFailure, isQuiet = false, noticesPauses = false } = options
  const saved = store.load()
  const timers = createTimerQueue()
  // Rules of an older version may no longer parse: then none are in force, and the hub must be given others.
  let ruleFiles = saved.rules && parseRuleFolder(saved.rules).ok ? saved.rules : undefined
  let policies = policiesOf(ruleFiles)
  let staff = new Map(saved.staff.map((one) => [one.id, one]))
  const engine = createEngine(timers, rulesOf(ruleFiles), { homes: saved.homes, rows: saved.rows })
  const holds = createHolds(timers, saved.rows)
  const flow = createMessageFlow(timers, saved.rows, () => policies.limits)
  const book = createAlertBook(
    timers,
    placeOf,
    { alerts: saved.openAlerts, notifications: saved.notifications.filter(isOfAlert) },
    holds.isHeld,
    flow,
    (id) => draft.alerts.get(id) ?? store.alert(id),
  )
  const letters = createLetters(saved.notifications.filter(isLetter))
  const digests = createDigests(book, letters, flow, placeOf)
  const daily = createDailyMessages(
    timers,
    letters,
    { home: (id) => engine.state(id)?.home, day: dayOf },
    saved.rows,
  )
  const oncall = createOncallWatch(timers, book, () => ({ policies, staff }))
  const quiet = createQuietWatch(timers, book, saved.homes)
  const confirmations = createConfirmations(saved.rows)
  const now = createStreamTime(clock, saved.aliveAt)
  const repeats = createRepeats(store)
  const listeners = new Set<(commit: Commit) => void>()
  let seq = saved.lastSeq
  let waiting: Waiting[] = []
  let isFlushing = false
  let failure: Error | undefined
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  let alive: NodeJS.Timeout | undefined
  let draft = newDraft()
  let hasStarted = false
  /** The newest time at which this process knows that it was running. */
  let aliveAt = now()
  /** By the steady clock: when the store last returned from a write. */
  let writtenAt = clock.steady()

  if (!isQuiet) {
    start()
    flush()
    if (failure !== undefined) throw failure as Error
  }

  function placeOf(id: string): AlertPlace {
    const state = engine.state(id)
    const maintenance = state?.modes.get('maintenance')
    return {
      contacts: state?.home.contacts ?? [],
      timezone: state?.home.timezone ?? 'UTC',
      staff,
      policies,
      ...(maintenance && { maintenanceSince: maintenance.since }),
    }
  }

  function dayOf(id: string, now: number): Day | undefined {
    const state = engine.state(id)
    if (!state) return undefined
    const overAt = daily.overAt(id)
    return judgeDay(
      {
        home: id,
        watched: state.watched,
        modes: [...state.modes.keys()],
        silent: [...state.sensors.values()].some(({ row }) => !isAlive(row)),
        open: [...book.open.values()],
        ...(overAt !== undefined && { overAt }),
      },
      now,
    )
  }

  /** Says in the stream that the hub was away, and begins to note that it is alive. */
  function start(): void {
    hasStarted = true
    aliveAt = now()
    if (saved.lastSeq > 0) {
      waiting.push({ inputs: [{ type: 'start', aliveUntil: saved.aliveAt }], done: () => {} })
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
      store.noteAlive(now())
      writtenAt = clock.steady()
    } catch (cause) {
      fail(cause)
    }
  }

  function newDraft() {
    return {
      applied: [] as Applied[],
      transitions: [] as Transition[],
      rows: new Map<string, Row | null>(),
      alerts: new Map<string, Alert>(),
      notifications: new Map<string, Notification>(),
      homes: new Map<string, Home>(),
      personal: new Map<string, HomePersonal>(),
      rules: undefined as readonly RuleFile[] | undefined,
      staff: undefined as readonly StaffFacts[] | undefined,
      staffPersonal: undefined as readonly StaffPersonal[] | undefined,
    }
  }

  function submit(inputs: Waiting['inputs'], done: Waiting['done'], personal?: Personal): void {
    if (failure || isStopped) {
      done(failure ?? new Error('Cannot take input: the hub is stopping'), [])
      return
    }
    if (!hasStarted) start()
    waiting.push({ inputs, done, ...(personal && { personal }) })
    if (!isFlushing) {
      isFlushing = true
      // Everything that arrives in this turn of the event loop shares one commit.
      setImmediate(flush)
    }
  }

  function flush(): void {
    isFlushing = false
    if (failure) return
    const batch = waiting
    waiting = []
    const at = now()
    let outcomes: Outcome[][]
    try {
      if (noticesPauses && at - aliveAt > PAUSED_AFTER) apply({ type: 'pause', from: aliveAt }, at)
      aliveAt = at
      outcomes = batch.map(({ inputs, personal }) => inputs.map((input) => apply(input, at, personal)))
      write()
    } catch (cause) {
      fail(cause, batch)
      return
    }
    batch.forEach(({ done }, index) => done(undefined, outcomes[index] ?? []))
    wakeUp()
  }

  function write(): void {
    const written = draft
    if (written.applied.length === 0) return
    draft = newDraft()
    const batch: Batch = {
      applied: written.applied,
      rows: written.rows,
      alerts: [...written.alerts.values()],
      notifications: [...written.notifications.values()],
      homes: [...written.homes.values()],
      personal: [...written.personal.values()],
      ...repeats.take(),
      ...(written.rules && { rules: written.rules }),
      ...(written.staff && { staff: written.staff }),
      ...(written.staffPersonal && { staffPersonal: written.staffPersonal }),
    }
    store.commit(batch)
    writtenAt = clock.steady()
    const commit: Commit = {
      entries: batch.applied.map(({ entry }) => entry),
      modesOf: [...written.rows.keys()].flatMap((key) => homeOfMode(key) ?? []),
      transitions: written.transitions,
      alerts: batch.alerts,
      notifications: batch.notifications,
      events: batch.applied.flatMap(({ events }) => events),
    }
    // Followers come after the answers to the senders.
    queueMicrotask(() => tell(commit))
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

  function fail(cause: unknown, batch: readonly Waiting[] = []): void {
    if (failure) return
    const reason = cause instanceof Error ? cause.message : String(cause)
    failure = new Error(
      `Cannot write to the data folder: ${reason}. Nothing more is acknowledged; the next start goes on from what is on disk`,
      { cause },
    )
    clearInterval(alive)
    clearTimeout(timer)
    for (const { done } of [...batch, ...waiting]) done(failure, [])
    waiting = []
    onFailure(failure)
  }

  function apply(input: Input, at: number, personal?: Personal): Outcome {
    const { refused, clash } = repeats.judge(input, at)
    if (refused) return refused
    const entry: JournalEntry = { seq: seq + 1, now: at, input }
    const when: When = { now: at, seq: entry.seq }
    const awayFrom =
      input.type === 'start' ? input.aliveUntil : input.type === 'pause' ? input.from : undefined
    if (awayFrom !== undefined) {
      engine.away(awayFrom)
      book.away(awayFrom, at)
    }
    const wasDue = runTimers(when)
    const { marks, why } = take(input, when, personal, clash)
    collect(when)
    digests.settle()
    for (const [key, row] of flow.changes()) draft.rows.set(key, row)
    const changes = book.changes()
    for (const alert of changes.alerts) daily.follow(alert, when)
    for (const [key, row] of daily.changes()) draft.rows.set(key, row)
    if (input.type === 'tick' && !wasDue)
      return { taken: false, why: 'nothing-due', reason: 'nothing is due' }
    if (why) {
      // Not possible, but what was due before it has happened: that must not get lost.
      if (!wasDue) return { taken: false, why: 'not-possible', reason: why }
    }
    seq = entry.seq
    const kept = why ? { ...entry, input: { type: 'tick' } as const } : entry
    draft.applied.push({ entry: kept, events: changes.events, ...(marks && { marks }) })
    for (const alert of changes.alerts) draft.alerts.set(alert.id, alert)
    for (const one of [...changes.notifications, ...letters.changes()]) draft.notifications.set(one.id, one)
    return why ? { taken: false, why: 'not-possible', reason: why } : { taken: true, seq }
  }

  /** @returns whether anything due happened that a replay must know of */
  function runTimers(when: When): boolean {
    let happened = false
    for (;;) {
      const due = timers.take(when.now)
      if (!due) return happened
      const ofHold = holds.due(due.key, due.due)
      if (ofHold) takeHold(ofHold, when)
      else if (digests.due(due.key, when)) happened = true
      else if (daily.due(due.key, when)) happened = true
      else if (!engine.due(due.key, due.due)) {
        happened =
          oncall.due(due.key, when) || quiet.due(due.key, when) || book.due(due.key, when) || happened
      }
      happened = collect(when) || happened
    }
  }

  /** Turns what the rules said into changes of alerts, and notes the rows to write. */
  function collect(when: When): boolean {
    const { transitions, refreshed, faults, changed } = engine.changes()
    for (const [key, row] of changed) draft.rows.set(key, row)
    for (const transition of transitions) {
      draft.transitions.push(transition)
      book.transition(transition, findingOf(engine.rules.rules.get(transition.rule), transition), when)
    }
    for (const one of refreshed) book.refresh(one)
    for (const { rule, home, reason } of faults) {
      book.found('hub-rule-fault', home, `${home}/${rule}`, { reason: `${rule}: ${reason}` }, when)
    }
    book.endTests(when)
    const held = holds.changes()
    for (const [key, row] of [...held, ...confirmations.changes()]) draft.rows.set(key, row)
    return transitions.length > 0 || changed.size > 0 || held.size > 0
  }

  function takeHold({ what, hold, ...who }: HoldChange, when: When): void {
    const { home, rule, until } = hold
    const scope = `${home}/${rule}`
    if (what === 'ends-soon') {
      const at = localMinute(engine.state(home)?.home.timezone ?? 'UTC', until)
      const { severity, ...finding } = HUB_FINDINGS['hub-hold-ends']
      // Reminded anew, it calls for whoever took note of it the day before.
      const said = { home, at: when.now, rule: 'hub-hold-ends', scope, to: 'again', severity } as const
      book.transition({ ...said, detail: { reason: `${rule}, ${at}` } }, finding, when)
      return
    }
    // Longer or over: the reminder is of before.
    book.over('hub-hold-ends', home, scope, when)
    if (what === 'begun') book.hold(home, rule, who, when)
    else book.release(home, rule, who, when)
  }

  function take(
    input: Input,
    when: When,
    personal: Personal | undefined,
    clash: string | undefined,
  ): { marks?: ReadingMarks; why?: string } {
    const act = ({ alert }: { readonly alert: string }, doIt: Parameters<AlertBook['act']>[1]) =>
      refusedAs(book.act(alert, doIt, when))
    switch (input.type) {
      case 'reading':
        return { marks: takeReading(input.reading, when, clash) }
      case 'undecoded': {
        const { home, sensor, reason } = input
        if (input.alarm) {
          const scope = sensor === undefined ? home : `${home}/${sensor}`
          book.found('hub-undecoded', home, scope, { ...(sensor !== undefined && { sensor }), reason }, when)
        }
        return {}
      }
      case 'gateway':
        engine.gateway(input.home, input.gateway, input.to === 'online', when.now)
        return {}
      case 'home': {
        const before = engine.state(input.home.id)?.home
        quiet.home(before, input.home, when.now)
        engine.home(input.home, when.now)
        collect(when)
        for (const known of withLess(before?.contacts ?? [], input.home.contacts)) {
          book.contactChanged(input.home.id, known, 'consent', { by: 'hub', via: 'import' }, when)
        }
        book.peopleChanged(input.home.id, when)
        lookWhoIsLeft(input.home.id, when)
        daily.homeChanged(input.home, when)
        draft.homes.set(input.home.id, input.home)
        if (personal?.home) draft.personal.set(input.home.id, personal.home)
        return {}
      }
      case 'rules':
        engine.useRules(rulesOf(input.files), when.now)
        ruleFiles = input.files
        draft.rules = input.files
        policies = policiesOf(input.files)
        collect(when)
        for (const change of holds.useRules(engine.rules.rules)) takeHold(change, when)
        book.peopleChanged(undefined, when)
        oncall.look(when)
        for (const { home } of engine.homes()) lookWhoIsLeft(home.id, when)
        return {}
      case 'staff':
        staff = new Map(input.staff.map((one) => [one.id, one]))
        draft.staff = input.staff
        if (personal?.staff) draft.staffPersonal = personal.staff
        book.peopleChanged(undefined, when)
        oncall.look(when)
        for (const { home } of engine.homes()) lookWhoIsLeft(home.id, when)
        return {}
      case 'consent': {
        const { home, contact: id, by, via } = input
        if (!contactOf(home, id)) return { why: `there is no contact "${id}" in home "${home}"` }
        changeContact(home, id, (one) => changeConsent(one, input, when.now), 'consent', { by, via }, when)
        if (personal?.home) draft.personal.set(home, personal.home)
        return {}
      }
      case 'stop':
        takeStop(input, when)
        return {}
      case 'mode': {
        if (!engine.state(input.home)) return { why: `there is no home "${input.home}"` }
        engine.mode(input.home, input.mode, input.on, when.now, input.until, input)
        if (personal?.home) draft.personal.set(input.home, personal.home)
        return {}
      }
      case 'hold': {
        if (!engine.state(input.home)) return { why: `there is no home "${input.home}"` }
        const change = holds.take(input, engine.rules.rules, when.now)
        if (change && 'why' in change) return { why: change.why }
        if (change) takeHold(change, when)
        if (personal?.home) draft.personal.set(input.home, personal.home)
        return {}
      }
      case 'start':
        engine.disconnectAll(when.now)
        return {}
      case 'pause':
        engine.back(when.now)
        return {}
      case 'acknowledge':
        return act(input, (alert, about) => acknowledge(alert, input.by, input.via, about))
      case 'take-over':
        return act(input, (alert, about) => takeOver(alert, input.by, input.via, about))
      case 'hand-on':
        return act(input, (alert, about) => handOn(alert, input.to, input.by, input.via, about))
      case 'comment':
        return act(input, (alert, about) => comment(alert, input.by, input.via, input.text, about))
      case 'attend':
        return act(input, (alert, about) => attend(alert, input.what, input.by, input.via, about))
      case 'show': {
        const alert = book.open.get(input.alert) ?? draft.alerts.get(input.alert) ?? store.alert(input.alert)
        if (!alert) return { why: `there is no alert ${input.alert}` }
        book.note(eventOf(alert, when.now, when.now, 'shown', input.by, input.via))
        return {}
      }
      case 'resolve': {
        const alert = book.open.get(input.alert)
        const refused = book.act(
          input.alert,
          (open, about) => resolve(open, input.by, input.via, input.cause, input.comment, about),
          when,
        )
        if (alert && !refused) engine.resolved(alert.rule, alert.home, alert.scope, when.now)
        return refusedAs(refused)
      }
      case 'answer':
        // Kept even when it changes nothing: what a contact wrote leaves a trace.
        if (!digests.answer(input, when)) book.answer(input, when)
        return {}
      case 'delivery': {
        const known = draft.notifications.get(input.notification) ?? store.notification(input.notification)
        if (!known) return { why: `there is no notification ${input.notification}` }
        if (isOfAlert(known)) return refusedAs(book.delivery(input, known, when))
        const refused = letters.delivery(input, known, when)
        if (!refused && known.letter.is === 'digest') digests.delivery(input, known, when)
        return refusedAs(refused)
      }
      case 'letter': {
        if (!isKnown(input)) return { why: `${recipientOf(input)} is not registered` }
        const reader = input.home === undefined ? undefined : contactOf(input.home, input.contact ?? '')
        if (reader && isSilenced(reader)) return { why: `${recipientOf(input)} wrote STOP` }
        letters.send(input, input.letter, when)
        return {}
      }
      case 'resend': {
        const known = draft.notifications.get(input.notification) ?? store.notification(input.notification)
        if (!known) return { why: `there is no message ${input.notification}` }
        return isOfAlert(known)
          ? refusedAs(book.resend(known, input, when))
          : { why: `message ${known.id} is about no alert: have it made anew` }
      }
      case 'notice': {
        const { notice, home = 'hub', sensor, channel, on, reason } = input
        const part = sensor ?? channel
        const scope = part === undefined ? home : `${home}/${part}`
        const detail = { ...(sensor !== undefined && { sensor }), ...(reason !== undefined && { reason }) }
        if (on) {
          book.found(notice, input.home, scope, detail, when)
          // Known already, and perhaps for another reason: that is shown, and calls for nobody.
          book.refresh({ rule: notice, scope, detail })
        } else book.over(notice, input.home, scope, when)
        return {}
      }
      case 'status':
      case 'violation':
      case 'tick':
        return {}
    }
  }

  function contactOf(home: string, id: string): ContactFacts | undefined {
    return placeOf(home).contacts.find((one) => one.id === id)
  }

  /** @returns whether that changed anything */
  function changeContact(
    id: string,
    contact: string,
    change: (one: ContactFacts) => ContactFacts,
    what: ContactChange,
    who: Who,
    when: When,
  ): boolean {
    const before = engine.state(id)?.home.contacts ?? []
    const after = before.map((one) => (one.id === contact ? change(one) : one))
    if (after.every((one, index) => one === before[index])) return false
    engine.contacts(id, after)
    const changed = engine.state(id)?.home
    if (changed) draft.homes.set(id, changed)
    if (changed) daily.homeChanged(changed, when)
    const known = before.find((one) => one.id === contact)
    if (known) book.contactChanged(id, known, what, who, when)
    book.peopleChanged(id, when)
    lookWhoIsLeft(id, when)
    return true
  }

  /** Everything that goes to the number stops, and one message says so. */
  function takeStop({ on, contacts, staff: ids, via }: StopInput, when: When): void {
    const changed = contacts.filter(({ home, contact }) => {
      const who = { by: `contact:${contact}`, via }
      const change = (one: ContactFacts) => (on ? stopAll(one, when.now) : startAgain(one))
      if (!changeContact(home, contact, change, on ? 'stop' : 'start', who, when)) return false
      if (on) letters.cancel((letter) => letter.home === home && letter.contact === contact)
      return true
    })
    const [first] = changed
    if (first && confirmations.allow(`${first.home}/contact:${first.contact}`, when.now)) {
      const letter = { is: on ? 'stopped' : 'started', homes: changed.length } as const
      letters.send({ ...first, channel: 'sms' }, letter, when)
    }
    if (!on) return
    for (const id of ids) {
      if (!staff.has(id)) continue
      book.stopRefused(id, via, when)
      if (confirmations.allow(`staff:${id}`, when.now)) {
        letters.send({ staff: id, channel: 'sms' }, { is: 'cannot-stop' }, when)
      }
    }
  }

  /** Says at once when nobody may be told of a home's alerts any more, and when somebody may again. */
  function lookWhoIsLeft(home: string, when: When): void {
    const reason = whyNobodyLeft(placeOf(home))
    if (reason === undefined) {
      book.over('hub-nobody-left', home, home, when)
      return
    }
    book.found('hub-nobody-left', home, home, { reason }, when)
    book.refresh({ rule: 'hub-nobody-left', scope: home, detail: { reason } })
  }

  function isKnown({ home, contact, staff: id }: LetterInput): boolean {
    if (id !== undefined) return staff.has(id)
    return home !== undefined && placeOf(home).contacts.some((one) => one.id === contact)
  }

  function takeReading(reading: Reading, when: When, clash: string | undefined): ReadingMarks {
    const marks = engine.observe(reading, when.now)
    const scope = `${reading.home}/${reading.sensor}`
    if (marks.claimedAt !== undefined) {
      const said = new Date(marks.claimedAt).toISOString()
      const detail = { sensor: reading.sensor, reason: `it said ${said}; the time of arrival is used` }
      book.found('hub-clock', reading.home, scope, detail, when)
    }
    if (clash !== undefined) {
      const detail = { sensor: reading.sensor, kind: reading.kind, reason: clash }
      book.found('hub-reading-id', reading.home, scope, detail, when)
    }
    return marks
  }

  /** Wakes up when the next timer is due. */
  function wakeUp(): void {
    clearTimeout(timer)
    const next = timers.next()
    if (next === undefined || !hasStarted || isStopped || failure) return
    // setTimeout counts in 31 bits; a look once a day does no harm.
    const wait = Math.min(Math.max(next - now(), 0), 24 * 3_600_000)
    timer = setTimeout(() => submit([{ type: 'tick' }], wakeUp), wait)
    timer.unref()
  }

  wakeUp()

  return {
    now,
    submit,
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
    home: (id) => engine.state(id)?.home,
    *homes() {
      for (const { home } of engine.homes()) yield home
    },
    openAlerts: () => [...book.open.values()],
    alert: (id) => book.open.get(id) ?? store.alert(id),
    staff: () => staff,
    policies: () => policies,
    isOverLimit: (home, recipient) => flow.isOverLimit(personOf(home, recipient), now()),
    toldUnder: (code) => toldUnder(book.messages(), code),
    modes: (home) =>
      MODES.flatMap((mode) => {
        const row = engine.state(home)?.modes.get(mode)
        // After downtime one may be over of which the stream has not heard yet.
        return row && (row.until ?? Infinity) > now() ? [{ mode, ...row }] : []
      }),
    // As with modes: after downtime one may be over of which the stream has not heard yet.
    holds: (home) => holds.list(home).filter(({ until }) => until > now()),
    day: (home) => dayOf(home, now()),
    isReachable: (home) => engine.state(home)?.reachable ?? false,
    isOnline: (home, gateway) => engine.state(home)?.gateways.get(gateway)?.row.online,
    sensorState(home, id) {
      const state = engine.state(home)
      const sensor = state?.sensors.get(id)
      if (!state || !sensor) return undefined
      const { heardAt, last } = sensor.row
      return { available: isAvailable(state, sensor), last, ...(heardAt !== null && { heardAt }) }
    },
    get ruleFiles() {
      return ruleFiles
    },
    vitals() {
      const next = timers.next()
      return {
        writtenAgo: Math.max(0, Math.round(clock.steady() - writtenAt)),
        timerLate: next === undefined ? 0 : Math.max(0, now() - next),
      }
    },
    stop() {
      if (isStopped) return
      if (waiting.length > 0) flush()
      isStopped = true
      clearInterval(alive)
      clearTimeout(timer)
      if (!failure && hasStarted) store.noteAlive(now())
    },
  }
}

/** Those who may not get any more what they might before, as they were. */
function withLess(before: readonly ContactFacts[], after: readonly ContactFacts[]): readonly ContactFacts[] {
  const kinds = ['alerts', 'receipts'] as const
  return before.filter((known) => {
    const one = after.find(({ id }) => id === known.id)
    return one && kinds.some((kind) => mayGet(kind, known) && !mayGet(kind, one))
  })
}

function isLetter(one: Notification): one is LetterNotification {
  return one.letter !== undefined
}

function isOfAlert(one: Notification): one is AlertNotification {
  return one.alert !== undefined
}

function refusedAs(refused: { refused: string } | undefined): { why?: string } {
  return refused ? { why: refused.refused } : {}
}
