import { acknowledge, attend, comment, handOn, resolve, takeOver } from '../alerts/acts.ts'
import { changeConsent } from '../alerts/change-consent.ts'
import { eventOf } from '../alerts/change.ts'
import { HUB_FINDINGS } from '../alerts/hub-findings.ts'
import { isForPeople } from '../alerts/is-for-people.ts'
import { isUnansweredTest } from '../alerts/is-unanswered-test.ts'
import type { Alert } from '../model/alert.ts'
import { judgeDay } from '../alerts/judge-day.ts'
import { policiesOf } from '../alerts/parse-policies.ts'
import { timezoneWithoutHome } from '../alerts/timezone-without-home.ts'
import { isSilenced } from '../model/consent.ts'
import type { Day } from '../model/day.ts'
import type { ContactFacts, Home } from '../model/home.ts'
import { MODES } from '../model/input.ts'
import type {
  Input,
  JournalEntry,
  LetterInput,
  ReadingInput,
  Restored,
  RuleFile,
  VisitInput,
} from '../model/input.ts'
import { recipientOf } from '../model/notification.ts'
import { isServed, serviceOf, whyNotService } from '../model/service-state.ts'
import type { ServiceWanted } from '../model/service-state.ts'
import type { AlertNotification, LetterNotification, Notification } from '../model/notification.ts'
import type { Reading, ReadingMarks } from '../model/reading.ts'
import { createEngine } from '../rules/engine.ts'
import { rulesOf } from '../rules/parse-rules.ts'
import { findingOf } from '../rules/rule.ts'
import { isAlive, isAvailable } from '../rules/state.ts'
import type { Row } from '../rules/state.ts'
import { createTimerQueue } from '../rules/timer-queue.ts'
import { localMinute } from '../time/local-time.ts'
import { createAlertBook } from './alert-book.ts'
import type { AlertBook, AlertPlace, When } from './alert-book.ts'
import { createBoards } from './boards.ts'
import { createConfirmations } from './confirmations.ts'
import { createContactChanges } from './contact-changes.ts'
import type { Commit, CoreState, Outcome } from './core.ts'
import { createDailyMessages } from './daily-messages.ts'
import { createDigests, toldUnder } from './digests.ts'
import { batchOf, commitOf, newDraft } from './draft.ts'
import type { Personal } from './draft.ts'
import { createHolds } from './holds.ts'
import type { HoldChange } from './holds.ts'
import { createLetters } from './letters.ts'
import { createMessageFlow, personOf } from './message-flow.ts'
import { createOncallWatch } from './oncall-watch.ts'
import { parseRuleFolder } from './parse-rule-folder.ts'
import { createQuietWatch } from './quiet-watch.ts'
import { createRaised } from './raised.ts'
import { createRepeats } from './repeats.ts'
import { createSeenDevices } from './seen.ts'
import { createVisits } from './visits.ts'
import type { Batch, CoreStore, Saved } from './store.ts'

/** What the timers of pauses begin with. */
const PAUSE = 'service|'
/** And those of maintenance: `mode|h1|maintenance`. */
const MAINTENANCE = { before: 'mode|', after: '|maintenance' }

/** Everything that the stream knows, in memory: a function of the inputs and their times, and of nothing else. */
export interface Machine {
  readonly state: CoreState
  /** The rules in force, as they were written. */
  ruleFiles(): readonly RuleFile[] | undefined
  /**
   * Takes one input, and what is due before it.
   * @param personal what goes into the registry with it, and not into the journal
   */
  apply(input: Input, at: number, personal?: Personal): Outcome
  /** What was changed since the last time: to be written all at once, then told. Undefined: nothing. */
  changes(): { readonly batch: Batch; readonly commit: Commit } | undefined
  /** When the next timer is due, ms. */
  nextDue(): number | undefined
}

/**
 * @param saved what was on disk
 * @param now for what is asked of the state; inputs bring their own time
 */
export function createMachine(store: CoreStore, saved: Saved, now: () => number): Machine {
  const timers = createTimerQueue()
  // Rules of an older version may no longer parse: then none are in force, and the hub must be given others.
  let ruleFiles = saved.rules && parseRuleFolder(saved.rules).ok ? saved.rules : undefined
  let policies = policiesOf(ruleFiles)
  let staff = new Map(saved.staff.map((one) => [one.id, one]))
  const engine = createEngine(timers, rulesOf(ruleFiles), { homes: saved.homes, rows: saved.rows })
  const holds = createHolds(timers, saved.rows)
  const boards = createBoards(saved.rows)
  const flow = createMessageFlow(timers, saved.rows, () => policies.limits)
  const book = createAlertBook(
    timers,
    placeOf,
    placeWithoutHome,
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
  const raised = createRaised(timers, book, saved.rows)
  const confirmations = createConfirmations(saved.rows)
  const seen = createSeenDevices(saved.rows)
  const visits = createVisits(saved.rows)
  const contactChanges = createContactChanges({
    placeOf,
    setContacts(id, contacts, when) {
      engine.contacts(id, contacts)
      const home = engine.state(id)?.home
      if (!home) return
      draft.homes.set(id, home)
      daily.homeChanged(home, when)
    },
    isStaff: (id) => staff.has(id),
    isServed(id) {
      const home = engine.state(id)?.home
      return home === undefined || isServed(home)
    },
    book,
    letters,
    confirmations,
  })
  const repeats = createRepeats(store, saved.packets)
  let seq = saved.lastSeq
  let draft = newDraft()

  function placeOf(id: string): AlertPlace {
    const state = engine.state(id)
    const maintenance = state?.modes.get('maintenance')
    const unwatchedUntil = boards.unwatchedUntil(state?.home.area ?? '')
    return {
      contacts: state?.home.contacts ?? [],
      timezone: state?.home.timezone ?? 'UTC',
      staff,
      policies,
      ...(unwatchedUntil !== undefined && { unwatchedUntil }),
      ...(maintenance && { maintenanceSince: maintenance.since }),
    }
  }

  /** An area and the hub have no contacts, and are never in maintenance as a whole. */
  function placeWithoutHome(area: string | undefined): AlertPlace {
    const homes = Array.from(engine.homes(), ({ home }) => home)
    return { contacts: [], timezone: timezoneWithoutHome(area, homes, policies), staff, policies }
  }

  function dayOf(id: string, now: number): Day | undefined {
    const state = engine.state(id)
    // How a home is that nobody watches as ever, nobody can say.
    if (!state || state.home.state) return undefined
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

  function isKnown({ home, contact, staff: id }: LetterInput): boolean {
    if (id !== undefined) return staff.has(id)
    return home !== undefined && placeOf(home).contacts.some((one) => one.id === contact)
  }

  function contactOf(home: string, id: string): ContactFacts | undefined {
    return placeOf(home).contacts.find((one) => one.id === id)
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
    if (input.type === 'start' && input.restored) takeRestored(input.restored, when)
    const wasDue = runTimers(when)
    const { marks, why } = take(input, when, personal, clash)
    collect(when)
    digests.settle()
    const changes = book.changes()
    visits.followAlerts(changes.events, testOf, when)
    keepRows(flow.changes())
    keepRows(seen.changes())
    keepRows(visits.changes())
    keepRows(raised.changes())
    for (const alert of changes.alerts) daily.follow(alert, when)
    keepRows(daily.changes())
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
    for (const one of changes.notifications) draft.notifications.set(one.id, one)
    for (const one of letters.changes()) draft.notifications.set(one.id, one)
    return why ? { taken: false, why: 'not-possible', reason: why } : { taken: true, seq }
  }

  function keepRows(rows: ReadonlyMap<string, Row | null>): void {
    for (const [key, row] of rows) draft.rows.set(key, row)
  }

  /** @returns whether anything due happened that a replay must know of */
  function runTimers(when: When): boolean {
    let happened = false
    for (;;) {
      const due = timers.take(when.now)
      if (!due) return happened
      const ofHold = holds.due(due.key, due.due)
      if (endPause(due.key, due.due, when) || endMaintenance(due.key, due.due, when)) happened = true
      else if (ofHold) takeHold(ofHold, when)
      else if (digests.due(due.key, when)) happened = true
      else if (daily.due(due.key, when) || raised.due(due.key, when)) happened = true
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
    keepRows(changed)
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
    keepRows(held)
    keepRows(confirmations.changes())
    return transitions.length > 0 || changed.size > 0 || held.size > 0
  }

  /** There are other policies or staff: what waits is told to them, and a home that can reach nobody now says so. */
  function othersMayBeTold(when: When): void {
    book.peopleChanged(undefined, when)
    oncall.look(when)
    for (const { home } of engine.homes()) contactChanges.lookWhoIsLeft(home.id, when)
  }

  /** Before anything is due: what is overdue in a backup may have happened in the meantime. */
  function takeRestored(restored: Restored, when: When): void {
    book.restored(restored, when)
    // They were sent, most likely, and tell how things were then. A digest tells what is so when it leaves.
    letters.cancel(({ letter }) => letter.is !== 'digest', 'it comes from a backup')
    const homes = Array.from(engine.homes(), ({ home }) => home)
    const reason = localMinute(timezoneWithoutHome(undefined, homes, policies), restored.madeAt)
    book.found('hub-restored', undefined, 'hub', { reason }, when)
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

  /** @param at when it begins to count, ms; after downtime a pause ended before now */
  function setService(id: string, to: ServiceWanted, at: number, when: When): void {
    engine.service(id, to.is === 'active' ? undefined : to, at)
    const home = engine.state(id)?.home
    if (!home) return
    book.over('hub-pause-over', id, id, when)
    collect(when)
    daily.homeChanged(home, when)
    draft.homes.set(id, home)
    draft.services.add(id)
    if (to.is === 'closed') visits.finish(id)
    contactChanges.lookWhoIsLeft(id, when)
  }

  /**
   * A pause ends by itself, and says so: whoever paused the home may not have meant that nobody is back.
   * @returns whether the timer was one of a pause
   */
  function endPause(key: string, at: number, when: When): boolean {
    const id = key.startsWith(PAUSE) ? key.slice(PAUSE.length) : undefined
    const home = id === undefined ? undefined : engine.state(id)?.home
    if (home?.state?.is !== 'paused') return false
    setService(home.id, { is: 'active' }, at, when)
    book.found('hub-pause-over', home.id, home.id, { reason: localMinute(home.timezone, at) }, when)
    return true
  }

  /**
   * Maintenance ends by itself, and says so: what was a test until then is real, and whoever works there may not know.
   * @returns whether the timer was one of maintenance
   */
  function endMaintenance(key: string, at: number, when: When): boolean {
    const id =
      key.startsWith(MAINTENANCE.before) && key.endsWith(MAINTENANCE.after) ? key.split('|')[1] : undefined
    const state = id === undefined ? undefined : engine.state(id)
    if (!state?.modes.has('maintenance')) return false
    engine.due(key, at)
    collect(when)
    const { id: home, timezone } = state.home
    book.found('hub-maintenance-over', home, home, { reason: localMinute(timezone, at) }, when)
    return true
  }

  function whyNotServiceOf(home: Home, to: ServiceWanted, now: number): string | undefined {
    const ofHome = [...book.open.values()].filter((alert) => alert.home === home.id)
    return whyNotService(home, to, ofHome.filter(isForPeople).length, now)
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
        return takeReading(input, when, clash)
      case 'undecoded': {
        const { home, sensor, reason, unknown } = input
        if (unknown) seen.heard(input, unknown, when.now)
        const known = engine.state(home)?.home
        if (input.alarm && !(known && serviceOf(known) === 'closed')) {
          const scope = sensor === undefined ? home : `${home}/${sensor}`
          book.found('hub-undecoded', home, scope, { ...(sensor !== undefined && { sensor }), reason }, when)
        }
        return {}
      }
      case 'announced': {
        const home = engine.state(input.home)?.home
        if (!home) return { why: `there is no home "${input.home}"` }
        return seen.announced(input, home, when.now) ? {} : { why: 'it says nothing new' }
      }
      case 'ignore': {
        const why = seen.ignore(input, when.now)
        return why === undefined ? {} : { why }
      }
      case 'gateway':
        engine.gateway(input.home, input.gateway, input.to === 'online', when.now)
        return {}
      case 'home': {
        const before = engine.state(input.home.id)?.home
        const { erased } = input.home
        if (before?.erased !== undefined && erased === undefined) {
          return { why: `the home "${before.id}" was erased, and its id is given to no other` }
        }
        quiet.home(before, input.home, when.now)
        engine.home(input.home, when.now)
        collect(when)
        contactChanges.replaced(before, input.home, when)
        book.peopleChanged(input.home.id, when)
        contactChanges.lookWhoIsLeft(input.home.id, when)
        daily.homeChanged(input.home, when)
        seen.home(input.home)
        visits.home(input.home)
        if (input.erased) engine.forget(input.home.id, input.erased)
        if (erased !== undefined) {
          holds.forget(input.home.id)
          seen.forget(input.home.id)
          visits.finish(input.home.id)
        }
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
        othersMayBeTold(when)
        return {}
      case 'staff': {
        const before = staff
        staff = new Map(input.staff.map((one) => [one.id, one]))
        draft.staff = input.staff
        if (personal?.staff) draft.staffPersonal = personal.staff
        for (const id of before.keys()) {
          if (!staff.has(id)) book.forget(undefined, `staff:${id}`, 'import', when)
        }
        othersMayBeTold(when)
        return {}
      }
      case 'consent': {
        const { home, contact: id, by, via } = input
        if (!contactOf(home, id)) return { why: `there is no contact "${id}" in home "${home}"` }
        contactChanges.change(
          home,
          id,
          (one) => changeConsent(one, input, when.now),
          'consent',
          { by, via },
          when,
        )
        if (personal?.home) draft.personal.set(home, personal.home)
        return {}
      }
      case 'stop':
        contactChanges.stop(input, when)
        return {}
      case 'mode': {
        if (!engine.state(input.home)) return { why: `there is no home "${input.home}"` }
        engine.mode(input.home, input.mode, input.on, when.now, input.until, input)
        // Begun anew: that it had ended is known.
        if (input.mode === 'maintenance') book.over('hub-maintenance-over', input.home, input.home, when)
        if (personal?.home) draft.personal.set(input.home, personal.home)
        return {}
      }
      case 'service': {
        const home = engine.state(input.home)?.home
        if (!home) return { why: `there is no home "${input.home}"` }
        const why = home.erased === undefined ? whyNotServiceOf(home, input.to, when.now) : 'it was erased'
        if (why !== undefined) return { why }
        setService(input.home, input.to, when.now, when)
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
      case 'visit':
        return takeVisit(input, when, personal)
      case 'start':
        engine.disconnectAll(when.now)
        return {}
      case 'pause':
        engine.back(when.now)
        return {}
      case 'shed':
        engine.shed(input.on, when.now)
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
        const { notice, home = 'hub', sensor, channel, connector, certificate, wayDown, on, reason } = input
        const part = sensor ?? input.gateway ?? channel ?? connector ?? certificate
        const scope = part === undefined ? home : `${home}/${part}`
        const detail = {
          ...(sensor !== undefined && { sensor }),
          ...(reason !== undefined && { reason }),
          ...(wayDown && { wayDown }),
        }
        if (on) {
          book.found(notice, input.home, scope, detail, when)
          // Known already, and perhaps for another reason: that is shown, and calls for nobody.
          book.refresh({ rule: notice, scope, detail })
        } else book.over(notice, input.home, scope, when)
        return {}
      }
      case 'raise': {
        const home = input.home === undefined ? undefined : engine.state(input.home)?.home
        return refusedReason(raised.take(input, home, when))
      }
      case 'boards': {
        if (!boards.take(input.areas, when.now)) return { why: 'the same boards are open as before' }
        for (const [key, row] of boards.changes()) draft.rows.set(key, row)
        book.boardsClosed(when)
        return {}
      }
      case 'status':
      case 'violation':
      case 'tick':
        return {}
    }
  }

  function takeVisit(input: VisitInput, when: When, personal: Personal | undefined): { why?: string } {
    const { home: id, by, via } = input
    const state = engine.state(id)
    if (!state) return { why: `there is no home "${id}"` }
    const maintenance = state.modes.get('maintenance')
    switch (input.what) {
      case 'start':
        if (serviceOf(state.home) === 'closed') return { why: `the home "${id}" is closed` }
        visits.start(id, { by, via }, when)
        return {}
      case 'ask': {
        const sensor = state.home.sensors.find((one) => one.id === input.sensor)
        if (!sensor) return { why: `there is no sensor "${input.sensor}" in home "${id}"` }
        if (!maintenance) return { why: 'maintenance is over' }
        return refusedReason(visits.ask(input, sensor, when))
      }
      case 'alarm':
        if (!maintenance) return { why: 'maintenance is over' }
        return refusedReason(visits.alarm(input, when))
      case 'finish': {
        if (visits.of(id)?.id !== input.visit) return { why: 'this visit is not open' }
        const waiting = testsOf(id).length
        if (waiting > 0) return { why: `unanswered tests: ${waiting}` }
        visits.finish(id)
        // A fall that was tried, and after which nobody moved: in ten minutes it would call the family.
        if (maintenance) engine.tried(id, maintenance.since)
        if (personal?.certificate) draft.certificates.push(personal.certificate)
        return {}
      }
    }
  }

  /** Tests about a person, or that only a person can end, which nobody has answered. */
  function testsOf(home: string): Alert[] {
    return [...book.open.values()].filter((alert) => alert.home === home && isUnansweredTest(alert))
  }

  /** The home in which an alert is the test of an alarm; undefined for others. */
  function testOf(id: string): string | undefined {
    const alert = book.open.get(id)
    return alert?.test && alert.alarm ? alert.home : undefined
  }

  function takeReading(
    input: ReadingInput,
    when: When,
    clash: string | undefined,
  ): { marks?: ReadingMarks; why?: string } {
    const { reading } = input
    const state = engine.state(reading.home)
    const facts = state?.home.sensors.find(({ id }) => id === reading.sensor)
    if (input.test) {
      if (!state?.modes.has('maintenance'))
        return { why: 'a test needs maintenance, or it would call the family' }
      if (!facts) return { why: `there is no sensor "${reading.sensor}" in home "${reading.home}"` }
      engine.tryAlarm(reading, when.now)
      visits.heard(input, facts, {}, when)
      return { marks: {} }
    }
    const marks = observe(reading, when, clash)
    if (facts && visits.of(reading.home)) visits.heard(input, facts, marks, when)
    return { marks }
  }

  function observe(reading: Reading, when: When, clash: string | undefined): ReadingMarks {
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

  return {
    state: {
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
      alarmsOnlySince: engine.shedSince,
      watchedAreas: boards.areas,
      day: (home) => dayOf(home, now()),
      isReachable: (home) => engine.state(home)?.reachable ?? false,
      blind: (home) => engine.state(home)?.watched?.blind,
      isOnline: (home, gateway) => engine.state(home)?.gateways.get(gateway)?.row.online,
      silentSensors(home) {
        let silent = 0
        for (const { row } of engine.state(home)?.sensors.values() ?? []) if (!isAlive(row)) silent++
        return silent
      },
      seen: (home) => seen.list(home, now()),
      visit: visits.of,
      sensorState(home, id) {
        const state = engine.state(home)
        const sensor = state?.sensors.get(id)
        if (!state || !sensor) return undefined
        const { heardAt, last } = sensor.row
        return { available: isAvailable(state, sensor), last, ...(heardAt !== null && { heardAt }) }
      },
    },
    ruleFiles: () => ruleFiles,
    apply,
    changes() {
      if (draft.applied.length === 0) return undefined
      const written = draft
      draft = newDraft()
      const batch = batchOf(written, repeats.take())
      return { batch, commit: commitOf(batch, written) }
    },
    nextDue: () => timers.next(),
  }
}

function isLetter(one: Notification): one is LetterNotification {
  return one.letter !== undefined
}

function isOfAlert(one: Notification): one is AlertNotification {
  return one.alert !== undefined
}

function refusedReason(why: string | undefined): { why?: string } {
  return why === undefined ? {} : { why }
}

function refusedAs(refused: { refused: string } | undefined): { why?: string } {
  return refused ? { why: refused.refused } : {}
}
