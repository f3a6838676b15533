import { nextStep } from '../alerts/escalation.ts'
import { HUB_FINDINGS } from '../alerts/hub-findings.ts'
import type { HubFinding } from '../alerts/hub-findings.ts'
import { acknowledge, decline, forget, inform, reply } from '../alerts/acts.ts'
import { eventOf } from '../alerts/change.ts'
import type { Change, Refused, Situation } from '../alerts/change.ts'
import { isAwaited, judgeDelivery, missReport, putOff, resend } from '../alerts/delivery.ts'
import type { Judged } from '../alerts/delivery.ts'
import { hold, release } from '../alerts/hold.ts'
import {
  count,
  follow,
  hasNewcomer,
  hurry,
  lose,
  raise,
  step,
  waitsForSomebody,
} from '../alerts/lifecycle.ts'
import { asksFor, misunderstood } from '../alerts/misunderstood.ts'
import { setAside } from '../alerts/set-aside.ts'
import { tellNewcomer } from '../alerts/tell-newcomer.ts'
import { forbidden, mayGo, newestMessages, outdatedFor } from '../alerts/messages.ts'
import type { About, Alert, AlertEvent, Finding, Refreshed, Transition } from '../model/alert.ts'
import type { AnswerInput, DeliveryInput, Restored } from '../model/input.ts'
import { mayGet } from '../model/consent.ts'
import type { ContactFacts } from '../model/home.ts'
import { isToldChange } from '../model/kept-entry.ts'
import { recipientOf } from '../model/notification.ts'
import type { AlertNotification } from '../model/notification.ts'
import type { TimerQueue } from '../rules/timer-queue.ts'
import { personOf } from './message-flow.ts'
import type { MessageFlow, Sender } from './message-flow.ts'

/** The open alerts with their notifications, and what the current input changes about them. */
export interface AlertBook {
  readonly open: ReadonlyMap<string, Alert>
  /** @param who said it; not given: the hub's own rules */
  transition(transition: Transition, finding: Finding | undefined, when: When, who?: Who): void
  /** The open alert of a rule and scope. */
  of(rule: string, scope: string): Alert | undefined
  /** Shows what an open alert says now; nobody is called, and its history does not grow. */
  refresh(refreshed: Refreshed): void
  /** The hub itself found something. A technical one is said once while its alert is open. */
  found(
    finding: HubFinding,
    home: string | undefined,
    scope: string,
    detail: Transition['detail'],
    when: When,
  ): void
  /** What the hub itself found is over. */
  over(finding: HubFinding, home: string | undefined, scope: string, when: When): void
  /** Those about open alerts. */
  messages(): AlertNotification[]
  /** Whether neither an open alert nor a digest of open alerts has the code. */
  isCodeFree(code: string): boolean
  act(
    alert: string,
    act: (alert: Alert, situation: Situation) => Change | Refused,
    when: When,
  ): Refused | undefined
  answer(input: AnswerInput, when: When): Refused | undefined
  /** A line in the history of an alert that changes nothing else, also of one that is resolved. */
  note(event: AlertEvent): void
  delivery(input: DeliveryInput, known: AlertNotification, when: When): Refused | undefined
  /** A contact may get other messages than before: what may not go any more does not, and others are told. */
  contactChanged(home: string, before: ContactFacts, what: ContactChange, who: Who, when: When): void
  /**
   * Somebody is not registered any more: what they have is nobody's, and nobody waits for them.
   * @param home of a contact; undefined: one of the staff
   */
  forget(home: string | undefined, recipient: string, via: string, when: When): void
  /** Somebody of the staff wrote STOP: it is in the history of what they were told of. */
  stopRefused(staff: string, via: string, when: When): void
  /** Tries a message that failed once more. */
  resend(known: AlertNotification, who: Who, when: When): Refused | undefined
  /** There are other people or policies, of one home or of all: whoever can be told now is told of what waits. */
  peopleChanged(home: string | undefined, when: When): void
  /**
   * A shift begins: where all were told already, nobody waits for the next round to tell who is new.
   * @returns whether anybody was told
   */
  tellNewcomers(when: When): boolean
  /** No board is open any more: what is high and waits does not wait for one. */
  boardsClosed(when: When): void
  /** Tests that nobody has answered count as real where maintenance is over. */
  endTests(when: When): void
  /** A rule is held for a home from now: its alerts there call nobody else. */
  hold(home: string, rule: string, who: Who, when: When): void
  /** It is held no more: what still waits is told. */
  release(home: string, rule: string, who: Who, when: When): void
  /** What is open was so in a backup: it is set aside for a while. */
  restored(restored: Restored, when: When): void
  /** The hub could hear nothing from `from` to `now`: reports of deliveries have that much longer. */
  away(from: number, now: number): void
  /** Runs a timer; false when the key is not one of the alerts'. */
  due(key: string, when: When): boolean
  changes(): {
    readonly alerts: readonly Alert[]
    readonly notifications: readonly AlertNotification[]
    readonly events: readonly AlertEvent[]
  }
}

/** What nearly every reading changes. */
const NO_CHANGES: ReturnType<AlertBook['changes']> = { alerts: [], notifications: [], events: [] }

/** The input in whose name something happens. */
export interface When {
  readonly now: number
  readonly seq: number
}

/** Who does something, and how. */
export interface Who {
  readonly by: string
  readonly via: string
}

/** By their own word (`stop`, `start`), or as somebody recorded (`consent`). */
export type ContactChange = 'stop' | 'start' | 'consent'

/** What the book must know of a home to tell people. */
export type AlertPlace = Omit<Situation, 'now' | 'seq' | 'notifications' | 'isHeld'>

export function createAlertBook(
  timers: TimerQueue,
  placeOf: (home: string) => AlertPlace,
  /** Whom of the staff there is to tell of an area, or of the hub itself. */
  placeWithoutHome: (area: string | undefined) => AlertPlace,
  saved: { alerts: readonly Alert[]; notifications: readonly AlertNotification[] },
  isHeld: (home: string, rule: string) => boolean,
  flow: MessageFlow,
  /** Of an alert that is over. */
  closed: (alert: string) => Alert | undefined = () => undefined,
): AlertBook {
  const open = new Map<string, Alert>()
  const byScope = new Map<string, string>()
  const codes = new Set<string>()
  /** By the code of a digest: the open alerts in it. */
  const digestCodes = new Map<string, Set<string>>()
  /** Tests that nobody has answered. */
  const tests = new Set<string>()
  const notifications = new Map<string, Map<string, AlertNotification>>()
  /** Messages of whose delivery a report is expected. */
  const awaited = new Map<string, AlertNotification>()
  const changedAlerts = new Map<string, Alert>()
  const changedNotifications = new Map<string, AlertNotification>()
  let events: AlertEvent[] = []

  for (const alert of saved.alerts) keep(alert)
  for (const notification of saved.notifications) keepNotification(notification)

  function keep(alert: Alert): void {
    const scope = `${alert.rule}|${alert.scope}`
    if (alert.handling === 'resolved') {
      open.delete(alert.id)
      byScope.delete(scope)
      codes.delete(alert.code)
      for (const { id, digest } of notifications.get(alert.id)?.values() ?? []) {
        forgetReport(id)
        const alerts = digest && digestCodes.get(digest.code)
        alerts?.delete(alert.id)
        if (digest && alerts?.size === 0) digestCodes.delete(digest.code)
      }
      notifications.delete(alert.id)
    } else {
      open.set(alert.id, alert)
      byScope.set(scope, alert.id)
      codes.add(alert.code)
    }
    if (alert.test && alert.handling === 'new') tests.add(alert.id)
    else tests.delete(alert.id)
    timers.set(`step|${alert.id}`, alert.nextStepAt)
  }

  function keepNotification(notification: AlertNotification): void {
    if (!open.has(notification.alert)) return
    const known = notifications.get(notification.alert) ?? new Map<string, AlertNotification>()
    known.set(notification.id, notification)
    notifications.set(notification.alert, known)
    expectReport(notification)
    const { digest } = notification
    if (!digest) return
    const alerts = digestCodes.get(digest.code) ?? new Set<string>()
    digestCodes.set(digest.code, alerts.add(notification.alert))
  }

  function expectReport(one: AlertNotification): void {
    if (one.reportBy === undefined) {
      forgetReport(one.id)
    } else {
      awaited.set(one.id, one)
      timers.set(`report|${one.id}`, one.reportBy)
    }
  }

  function forgetReport(id: string): void {
    if (awaited.delete(id)) timers.set(`report|${id}`, undefined)
  }

  function isCodeFree(code: string): boolean {
    return !codes.has(code) && !digestCodes.has(code)
  }

  /** Counts what people are sent by a change, by all ways as one; and begins to gather. */
  function noteSent({ alert, notifications: all }: Change, { now }: When): void {
    const before = notifications.get(alert.id)
    const news = all.filter(
      ({ id, state }) => !before?.has(id) && (state === 'queued' || state === 'gathered'),
    )
    const person = (one: AlertNotification): string => personOf(one.home, recipientOf(one))
    const told = new Set(news.filter(({ state }) => state === 'queued').map(person))
    for (const one of told) flow.sent(one, now, senderOf(alert))
    for (const one of news) {
      if (one.state === 'gathered') flow.gather(person(one), one.channel, now)
    }
  }

  function placeFor(about: About & Pick<Alert, 'raisedBy'>, now: number): AlertPlace {
    const { home, area } = about
    return {
      ...(home === undefined ? placeWithoutHome(area) : placeOf(home)),
      isOverLimit: (recipient) => flow.isOverLimit(personOf(home, recipient), now, senderOf(about)),
    }
  }

  function situationOf(
    about: About & Pick<Alert, 'rule' | 'raisedBy'>,
    alert: string,
    when: When,
  ): Situation {
    return {
      ...when,
      ...placeFor(about, when.now),
      gatheredUntil: (recipient, way) => flow.gatheredUntil(personOf(about.home, recipient), way, when.now),
      ...(about.home !== undefined && isHeld(about.home, about.rule) && { isHeld: true }),
      // What is restored comes in another order than what happened: nobody may hear it another way after a restart.
      notifications: [...(notifications.get(alert)?.values() ?? [])].toSorted(byQueuedAt),
    }
  }

  function ofHome(home: string): Alert[] {
    return sorted([...open.values()].filter((alert) => alert.home === home))
  }

  function ofRule(home: string, rule: string): Alert[] {
    return ofHome(home).filter((alert) => alert.rule === rule)
  }

  function take(change: Change, when: When): void {
    noteSent(change, when)
    keep(change.alert)
    changedAlerts.set(change.alert.id, change.alert)
    for (const notification of change.notifications) {
      keepNotification(notification)
      changedNotifications.set(notification.id, notification)
    }
    events.push(...change.events)
  }

  /** Who reads the journal later cannot see any more how the alert was. */
  function withAfter(event: AlertEvent): AlertEvent {
    const alert = isToldChange(event.what) ? changedAlerts.get(event.alert) : undefined
    if (!alert) return event
    const { handling, condition, severity } = alert
    return { ...event, after: { handling, condition, severity } }
  }

  /** Whether a message still asks its recipient to come. */
  function isWaiting(one: AlertNotification): boolean {
    const alert = open.get(one.alert)
    if (alert === undefined || !isAllowed(one)) return false
    return isAwaited(one, alert, notifications.get(one.alert)?.values() ?? [])
  }

  function isAllowed(one: AlertNotification): boolean {
    if (one.home === undefined) return true
    const contact = placeOf(one.home).contacts.find(({ id }) => id === one.contact)
    return contact === undefined || mayGo(one, contact)
  }

  function takeJudged(
    { notification, rerouted }: Judged<AlertNotification>,
    said: { readonly what: 'delivery'; readonly text: string } | undefined,
    now: number,
    at: number,
  ): void {
    keepNotification(notification)
    changedNotifications.set(notification.id, notification)
    const about = {
      alert: notification.alert,
      now,
      at,
      by: recipientOf(notification),
      via: notification.channel,
      notification: notification.id,
    }
    if (rerouted !== undefined) events.push({ ...about, what: 'rerouted', text: rerouted })
    else if (said) events.push({ ...about, ...said })
  }

  /** Nothing was heard of a delivery in time. @returns whether anybody still waited for that */
  function lateReport(id: string, now: number): boolean {
    const one = awaited.get(id)
    if (one?.reportBy === undefined) return false
    takeJudged(missReport(one, isWaiting(one), now), undefined, now, Math.min(now, one.reportBy))
    const alert = open.get(one.alert)
    if (alert) changedAlerts.set(alert.id, alert)
    return true
  }

  function of(rule: string, scope: string): Alert | undefined {
    return open.get(byScope.get(`${rule}|${scope}`) ?? '')
  }

  function transition(said: Transition, finding: Finding | undefined, when: When, who?: Who): void {
    const alert = of(said.rule, said.scope)
    const about = { ...said, ...(who && { raisedBy: who.by }) }
    if (alert) take(saidBy(who, follow(alert, said, situationOf(about, alert.id, when))), when)
    else if (finding && said.to !== 'cleared') {
      take(saidBy(who, raise(said, finding, isCodeFree, situationOf(about, '', when))), when)
    }
  }

  function act(
    id: string,
    doIt: (alert: Alert, situation: Situation) => Change | Refused,
    when: When,
  ): Refused | undefined {
    const alert = open.get(id)
    if (!alert) return { refused: `there is no open alert ${id}` }
    const change = doIt(alert, situationOf(alert, id, when))
    if ('refused' in change) return change
    take(change, when)
    return undefined
  }

  return {
    open,
    transition,
    of,
    refresh({ rule, scope, detail }) {
      const alert = of(rule, scope)
      if (!alert) return
      const next = { ...alert, detail }
      open.set(next.id, next)
      changedAlerts.set(next.id, next)
    },
    found(rule, home, scope, detail, when) {
      const { severity, ...finding } = HUB_FINDINGS[rule]
      const known = byScope.has(`${rule}|${scope}`)
      if (known && finding.category === 'technical') return
      const to = known ? 'again' : 'firing'
      const about = home === undefined ? {} : { home }
      transition({ ...about, at: when.now, rule, scope, to, severity, detail }, finding, when)
    },
    over(rule, home, scope, when) {
      const { severity, ...finding } = HUB_FINDINGS[rule]
      const about = home === undefined ? {} : { home }
      transition({ ...about, at: when.now, rule, scope, to: 'cleared', severity, detail: {} }, finding, when)
    },
    messages: () => [...notifications.values()].flatMap((ofAlert) => [...ofAlert.values()]),
    isCodeFree,
    act,
    answer(input, when) {
      const { action, code, link } = input
      const by = input.staff === undefined ? `contact:${input.contact}` : `staff:${input.staff}`
      if (link !== undefined) {
        // The page says what came of it: nobody who was too late needs a message too.
        return act(
          link,
          (alert, situation) =>
            action === 'accept'
              ? acknowledge(alert, by, 'link', situation)
              : decline(alert, by, 'link', situation),
          when,
        )
      }
      const toldOf = (alert: Alert): AlertNotification[] =>
        [...(notifications.get(alert.id)?.values() ?? [])].filter((told) => recipientOf(told) === by)
      const isMine = ({ home }: Alert): boolean => input.home === undefined || home === input.home
      const mine = [...open.values()].filter((alert) => isMine(alert) && toldOf(alert).length > 0)
      // The code of an alert of the contact's own home counts, whoever was told it first. The staff answer for every
      // home: from them only the code of what they were told, or a slip of the thumb would end another's escalation.
      const isKnown =
        input.home !== undefined && placeOf(input.home).contacts.some(({ id }) => id === input.contact)
      const meant = (isKnown ? [...open.values()].filter(isMine) : mine).find(
        (alert) => alert.code === code && (isKnown || input.staff !== undefined),
      )
      if (meant && action !== 'unclear') {
        const before = newestOf(toldOf(meant))
        // A provider that was not heard brings the same answer again: who was told what came of it hears nothing new.
        const repeated = action === 'accept' ? meant.handledBy === by && 'receipt' : 'declined'
        if (before?.template === repeated && before.state !== 'failed') return undefined
        const refused = act(
          meant.id,
          (alert, situation) =>
            action === 'accept'
              ? acknowledge(alert, by, 'sms', situation)
              : decline(alert, by, 'sms', situation),
          when,
        )
        // Somebody was faster: say who, rather than nothing.
        if (refused && action === 'accept') {
          act(meant.id, (alert, situation) => reply(alert, by, 'taken', situation), when)
        }
        const isHeard = before?.template === 'declined' || newestOf(toldOf(meant))?.id !== before?.id
        // Whoever cannot come learns that it was understood; once, and not where they are asked anew anyway.
        if (!refused && action === 'decline' && !isHeard) {
          act(meant.id, (alert, situation) => reply(alert, by, 'declined', situation), when)
        }
        return undefined
      }
      const waiting = mine.filter((alert) => asksFor(alert, by))
      const newest = newestAlert(waiting) ?? newestAlert(mine)
      if (!newest) return { refused: `${by} was told of no open alert` }
      return act(newest.id, (alert, situation) => misunderstood(alert, by, action, situation), when)
    },
    note(event) {
      events.push(event)
      const alert = open.get(event.alert)
      // The board shows the history: tell its followers.
      if (alert) changedAlerts.set(alert.id, alert)
    },
    delivery(input, known, when) {
      const before = changedNotifications.get(input.notification) ?? known
      const judged = judgeDelivery(before, input, isWaiting(before), when.now)
      if ('refused' in judged) return judged
      const after = judged.notification
      const said = input.error === undefined ? input.to : `${input.to}: ${input.error}`
      // That nothing more will be heard of it is no news for people.
      const isNews = !input.isLast || after.state !== before.state
      takeJudged(judged, isNews ? { what: 'delivery', text: said } : undefined, when.now, when.now)
      const isLate = before.state === 'cancelled' && before.template === 'alert'
      const alert = open.get(after.alert) ?? (isLate ? closed(after.alert) : undefined)
      if (!alert) return undefined
      if (isLate && alert.handling !== 'new') {
        // It was on its way when somebody took or ended the alert: its reader must learn that too.
        const situation = { ...situationOf(alert, alert.id, when), notifications: [after] }
        take(inform(alert, recipientOf(after), situation), when)
        return undefined
      }
      // The board shows deliveries: tell its followers.
      changedAlerts.set(alert.id, alert)
      const to = recipientOf(after)
      const toThem = [...(notifications.get(alert.id)?.values() ?? [])].filter(
        (one) => recipientOf(one) === to,
      )
      const current = newestMessages(toThem)
      // Nobody will read what went to them: the next ones need not wait for an answer to it.
      if (current.length > 0 && current.every(({ state }) => state === 'failed')) {
        take(lose(alert, to, situationOf(alert, alert.id, when)), when)
      }
      return undefined
    },
    contactChanged(home, before, what, { by, via }, when) {
      const contact = before.id
      const recipient = `contact:${contact}`
      const facts = placeOf(home).contacts.find(({ id }) => id === contact)
      if (!facts) return
      for (const alert of ofHome(home)) {
        const situation = situationOf(alert, alert.id, when)
        const [had, has] = [mayGet('alerts', before), mayGet('alerts', facts)]
        const event = has ? 'started' : 'stopped'
        const events = had === has ? [] : [eventOf(alert, when.now, when.now, event, by, via, recipient)]
        take({ alert, events, notifications: forbidden(facts, situation.notifications) }, when)
        const newcomer = what === 'start' && has && !had && tellNewcomer(alert, recipient, situation)
        if (newcomer) take(newcomer, when)
        if (has) continue
        // Whoever writes STOP does not come; what somebody else recorded about them takes an alert from nobody.
        const isAsked = alert.handling === 'new' && alert.progress.asked.includes(recipient)
        const isTheirs = alert.handledBy === recipient || alert.handedTo === recipient
        if (what === 'stop' && (isAsked || isTheirs)) {
          act(alert.id, (open, about) => decline(open, recipient, via, about), when)
        } else if (isAsked) act(alert.id, (open, about) => lose(open, recipient, about), when)
      }
    },
    forget(home, recipient, via, when) {
      for (const alert of home === undefined ? sorted([...open.values()]) : ofHome(home)) {
        const { handledBy, handedTo, progress } = alert
        const isTheirs = handledBy === recipient || handedTo === recipient
        if (!isTheirs && !progress.asked.includes(recipient)) continue
        const situation = situationOf(alert, alert.id, when)
        const change = forget(alert, recipient, via, situation)
        const outdated = outdatedFor(recipient, situation.notifications)
        take({ ...change, notifications: [...outdated, ...change.notifications] }, when)
      }
    },
    stopRefused(id, via, when) {
      for (const alert of sorted([...open.values()])) {
        const told = [...(notifications.get(alert.id)?.values() ?? [])].some(({ staff }) => staff === id)
        if (!told) continue
        const event = eventOf(alert, when.now, when.now, 'stop-refused', `staff:${id}`, via)
        take({ alert, events: [event], notifications: [] }, when)
      }
    },
    resend(known, { by, via }, { now }) {
      if (!isAllowed(known)) return { refused: `${recipientOf(known)} has not consented to it any more` }
      const before = changedNotifications.get(known.id) ?? known
      const alert = open.get(before.alert)
      const judged = resend(before, alert, notifications.get(before.alert)?.values() ?? [], now)
      if ('refused' in judged) return judged
      keepNotification(judged.notification)
      changedNotifications.set(known.id, judged.notification)
      const text = recipientOf(before)
      events.push({ alert: before.alert, now, at: now, what: 'resent', by, via, text })
      if (alert) changedAlerts.set(alert.id, alert)
      return undefined
    },
    peopleChanged(home, when) {
      for (const alert of [...open.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
        if (home !== undefined && alert.home !== home) continue
        // What is for the board stays there; there may be thousands.
        const place = placeFor(alert, when.now)
        const waits = waitsForSomebody(alert) && nextStep(alert, place, when.now).type !== 'board'
        if (!waits && !hasNewcomer(alert, place, when.now)) continue
        take(step(alert, situationOf(alert, alert.id, when)), when)
      }
    },
    tellNewcomers(when) {
      const waiting = [...open.values()].filter((alert) =>
        hasNewcomer(alert, placeFor(alert, when.now), when.now),
      )
      for (const alert of waiting.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
        take(step(alert, situationOf(alert, alert.id, when)), when)
      }
      return waiting.length > 0
    },
    boardsClosed(when) {
      for (const alert of sorted([...open.values()])) {
        if (alert.severity !== 'high' || alert.handling !== 'new') continue
        const waiting = { alert, events: [], notifications: [] }
        const change = hurry(waiting, situationOf(alert, alert.id, when))
        if (change !== waiting) take(change, when)
      }
    },
    endTests(when) {
      if (tests.size === 0) return
      for (const id of [...tests].toSorted()) {
        const alert = open.get(id)
        if (!alert || placeFor(alert, when.now).maintenanceSince !== undefined) continue
        take(count(alert, situationOf(alert, id, when)), when)
      }
    },
    hold(home, rule, { by, via }, when) {
      for (const alert of ofRule(home, rule)) {
        if (alert.handling !== 'new' || alert.held) continue
        take(hold(alert, by, via, situationOf(alert, alert.id, when)), when)
      }
    },
    release(home, rule, { by, via }, when) {
      for (const alert of ofRule(home, rule)) {
        if (alert.held) take(release(alert, by, via, situationOf(alert, alert.id, when)), when)
      }
    },
    restored(restored, when) {
      for (const alert of sorted([...open.values()])) {
        take(setAside(alert, restored, situationOf(alert, alert.id, when)), when)
      }
    },
    away(from, now) {
      for (const one of [...awaited.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
        const later = putOff(one, Math.max(0, now - from))
        keepNotification(later)
        changedNotifications.set(later.id, later)
      }
    },
    due(key, when) {
      if (key.startsWith('report|')) return lateReport(key.slice('report|'.length), when.now)
      if (!key.startsWith('step|')) return false
      const alert = open.get(key.slice('step|'.length))
      if (alert) take(step(alert, situationOf(alert, alert.id, when)), when)
      return true
    },
    changes() {
      if (changedAlerts.size === 0 && changedNotifications.size === 0 && events.length === 0)
        return NO_CHANGES
      const changes = {
        alerts: [...changedAlerts.values()],
        notifications: [...changedNotifications.values()],
        events: events.map(withAfter),
      }
      changedAlerts.clear()
      changedNotifications.clear()
      events = []
      return changes
    },
  }
}

/** What a program said stands in the history as its words; what follows from it is the hub's. */
function saidBy(who: Who | undefined, change: Change): Change {
  if (!who) return change
  const events = change.events.map((event) => (event.via === 'rule' ? { ...event, ...who } : event))
  return { ...change, events }
}

function senderOf({ raisedBy }: Pick<Alert, 'raisedBy'>): Sender {
  return raisedBy === undefined ? 'hub' : 'program'
}

/** In the order of their ids: a restart has them in another. */
function sorted(alerts: readonly Alert[]): Alert[] {
  return alerts.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

function newestAlert(alerts: readonly Alert[]): Alert | undefined {
  return alerts.toSorted((a, b) => b.openedAt - a.openedAt || (a.id < b.id ? -1 : 1))[0]
}

function newestOf(notifications: readonly AlertNotification[]): AlertNotification | undefined {
  return notifications.toSorted((a, b) => b.step - a.step || (a.id < b.id ? -1 : 1))[0]
}

function byQueuedAt(a: AlertNotification, b: AlertNotification): number {
  return a.queuedAt - b.queuedAt || (a.id < b.id ? -1 : 1)
}
