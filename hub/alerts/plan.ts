import type { Alert, Progress } from '../model/alert.ts'
import { mayGet } from '../model/consent.ts'
import type { ContactFacts } from '../model/home.ts'
import { waysTo } from '../model/lacks.ts'
import type { Way } from '../model/notification.ts'
import type { StaffFacts } from '../model/staff.ts'
import { windowAt } from '../time/daily-window.ts'
import { BUILT_IN } from './policy.ts'
import type { Policy, PolicySet, PolicyStep } from './policy.ts'
import { isQuiet, quietUntil, wakesPeople } from './quiet-hours.ts'
import { nextChange, onCall } from './rota.ts'

/** The staff that are registered, by id. A set knows no more of them: they count as having every address. */
export interface KnownStaff {
  has(id: string): boolean
  get?(id: string): StaffFacts | undefined
}

/** Who may be told now, and where it is what time. */
export interface Reachable {
  readonly contacts: readonly ContactFacts[]
  readonly staff: KnownStaff
  readonly timezone: string
  readonly now: number
  /** Who has had as many messages as they get in an hour: everybody else of the round is told before them. */
  readonly isOverLimit?: (recipient: string) => boolean
}

/** Who is told next, all at once. */
export interface Turn {
  readonly recipients: readonly string[]
  readonly by: readonly Way[]
  /** Time to answer, ms. */
  readonly wait: number
  /** Whether somebody else is told after that, so that a message may say so. */
  readonly hasOthers: boolean
  /** Who would have been told now, or before, and waits until everybody else was told: over the limit. */
  readonly passedOver: readonly string[]
  readonly progress: Progress
}

type About = Pick<Alert, 'severity' | 'category' | 'test' | 'alarm'>

/** What has given way because there was nobody else. */
type GivenWay = Pick<Progress, 'widened' | 'woken' | 'anyHour'>

/**
 * Who is told next: the first who was not told in this round, else a new round. Follows the register and the rota as
 * they are now, so that a contact who is new is told, and nobody is skipped or told twice in a round.
 *
 * Where a policy reaches nobody at all, the home's contacts are told in order: the wrong person who hears of a fall is
 * better than nobody. Where that leaves only people who have quiet hours, they are told: so is the wrong hour. The same
 * holds when the round has told all, and none of those who were told last may still answer.
 * @returns undefined when there is nobody at all
 */
export function nextTurn(
  policy: Policy,
  set: PolicySet,
  alert: About,
  progress: Progress,
  reachable: Reachable,
): Turn | undefined {
  const every = alert.test ? BUILT_IN.repeat.every : policy.repeat.every
  const { isOverLimit } = reachable
  let found: { given: GivenWay; turns: readonly PlannedTurn[] } | undefined
  for (const given of whatMayGiveWay(alert, progress)) {
    const turns = plan(policy, set, alert, given, reachable)
    if (turns.length === 0) continue
    const next = firstOf(turns, every, progress, given, isOverLimit)
    if (next) return next
    found ??= { given, turns }
    if (progress.asked.length > 0) break
  }
  if (!found) return undefined
  const { given, turns } = found
  const again = recipientsIn(turns.filter(({ step }) => step >= policy.repeat.from))
  // Those before the step from which it repeats are spared, unless there is nobody else.
  const spared = again.size === 0 ? [] : [...recipientsIn(turns)].filter((one) => !again.has(one))
  return firstOf(turns, every, { round: progress.round + 1, told: spared }, given, isOverLimit)
}

/** Contacts whom the round would tell, but for their quiet hours. */
export function heldBack(
  policy: Policy,
  set: PolicySet,
  alert: About,
  progress: Progress,
  reachable: Reachable,
): readonly string[] {
  const { told, woken } = progress
  const free = awake(alert, reachable)
  if (woken || free.contacts.length === willing(reachable).contacts.length) return []
  const now = recipientsIn(plan(policy, set, alert, progress, reachable))
  const all = recipientsIn(turnsOf(policy, set, alert, willing(reachable)))
  return [...all].filter((one) => !now.has(one) && !told.includes(one))
}

/** Whom the round would tell, but that there is no address for the way of the step. */
export function withoutAddress(
  policy: Policy,
  set: PolicySet,
  alert: About,
  progress: Progress,
  { staff, contacts, ...reachable }: Reachable,
): readonly string[] {
  const all = plan(policy, set, alert, progress, {
    ...reachable,
    staff: { has: (id) => staff.has(id) },
    contacts: contacts.map((one) => ({ ...one, lacks: [] })),
  })
  return [...recipientsIn(all)].filter((one) => lacksAll(one, all, { staff, contacts }))
}

function lacksAll(
  recipient: string,
  turns: readonly PlannedTurn[],
  { staff, contacts }: Pick<Reachable, 'staff' | 'contacts'>,
): boolean {
  const facts = factsOf(recipient, { staff, contacts })
  return turns.every(
    ({ recipients, by }) => !recipients.includes(recipient) || waysTo(facts, by).length === 0,
  )
}

/** What is known of `contact:anne` or `staff:siv`. */
export function factsOf(
  recipient: string,
  { staff, contacts }: Pick<Reachable, 'staff' | 'contacts'>,
): ContactFacts | StaffFacts | undefined {
  return recipient.startsWith('staff:')
    ? staff.get?.(recipient.slice('staff:'.length))
    : contacts.find(({ id }) => recipient === `contact:${id}`)
}

/**
 * What may give way to tell somebody, one after another: as it is, the policy's choice of people, quiet hours, the
 * policy's choice of hours. Only for what people are woken for.
 */
function whatMayGiveWay(alert: About, { widened, woken, anyHour }: Progress): readonly GivenWay[] {
  const now: GivenWay = {
    ...(widened && { widened }),
    ...(woken && { woken }),
    ...(anyHour && { anyHour }),
  }
  if (!wakesPeople(alert) || alert.test) return [now]
  return [
    now,
    { ...now, widened: true },
    { ...now, woken: true },
    { ...now, widened: true, woken: true },
    { ...now, anyHour: true },
  ]
}

/** Those whose consent there is, or of whom nothing is recorded. */
function willing(reachable: Reachable): Reachable {
  return { ...reachable, contacts: reachable.contacts.filter((one) => mayGet('alerts', one)) }
}

/** Those of them who may be told at this time of the day. */
function awake(alert: About, reachable: Reachable): Reachable {
  const { contacts, timezone, now } = willing(reachable)
  // An installer in maintenance is at work.
  if (alert.alarm || alert.test) return { ...reachable, contacts }
  return { ...reachable, contacts: contacts.filter((one) => !isQuiet(one, timezone, now)) }
}

function plan(
  policy: Policy,
  set: PolicySet,
  alert: About,
  { widened, woken, anyHour }: GivenWay,
  reachable: Reachable,
): readonly PlannedTurn[] {
  const people = woken ? willing(reachable) : awake(alert, reachable)
  const planned = turnsOf(policy, set, alert, people, anyHour === true)
  if (alert.test || (planned.length > 0 && !widened)) return planned
  const others = turnsOf(BUILT_IN, set, alert, people)
  if (!widened) return others
  // Behind all steps: the repetition tells them too.
  return [...planned, ...others.map((turn) => ({ ...turn, step: policy.steps.length }))]
}

/**
 * When others may be reached than now: a shift begins, or a step's part of the day, or somebody's quiet hours end. ms;
 * undefined: not by itself.
 */
export function nextReachable(
  policy: Policy,
  set: PolicySet,
  { contacts, timezone, now }: Pick<Reachable, 'contacts' | 'timezone' | 'now'>,
): number | undefined {
  const times = policy.steps.flatMap(({ to, during }) => {
    const rota = to.type === 'oncall' ? set.rotas.get(to.rota) : undefined
    const shift = rota && nextChange(rota, now)
    return [
      ...(shift === undefined ? [] : [shift]),
      ...(during ? [windowAt(during, timezone, now).until] : []),
    ]
  })
  const quiet = contacts.flatMap((one) => quietUntil(one, timezone, now) ?? [])
  return times.length + quiet.length === 0 ? undefined : Math.min(...times, ...quiet)
}

/** The rotas and groups that a policy counts on for this alert, and that give nobody now. */
export function unreachable(
  policy: Policy,
  set: PolicySet,
  alert: About,
  reachable: Reachable,
): readonly string[] {
  if (alert.test) return []
  const names = policy.steps.flatMap((step) => {
    if (step.to.type === 'contacts' || !isFor(step, alert, reachable)) return []
    if (recipientsOf(step, set, reachable).length > 0) return []
    return [step.to.type === 'oncall' ? step.to.rota : step.to.group]
  })
  return [...new Set(names)]
}

/** Recipients who are told at once. */
interface PlannedTurn {
  /** The index of its step in the policy. */
  readonly step: number
  readonly recipients: readonly string[]
  readonly by: readonly Way[]
  readonly wait: number
}

function firstOf(
  turns: readonly PlannedTurn[],
  every: number,
  { round, told, passedOver: before = [] }: Pick<Progress, 'round' | 'told' | 'passedOver'>,
  given: GivenWay,
  isOverLimit: (recipient: string) => boolean = () => false,
): Turn | undefined {
  const left = without(turns, told)
  const over = [...recipientsIn(left)].filter(isOverLimit)
  // When nobody else is left they are told all the same: one message too many is better than none.
  const next = without(left, over)[0] ?? left[0]
  if (!next) return undefined
  const place = left.findIndex(({ recipients }) => next.recipients.some((one) => recipients.includes(one)))
  const isPassed = recipientsIn(left.slice(0, place + 1))
  const passedOver = over.filter((one) => isPassed.has(one) && !next.recipients.includes(one))
  const { recipients, by, wait } = next
  const toldNow = [...told, ...recipients]
  const isLast = without(turns, toldNow).length === 0
  const waiting = [...new Set([...before, ...passedOver])].filter((one) => !toldNow.includes(one))
  return {
    recipients,
    by,
    wait: isLast ? every : wait,
    hasOthers: recipientsIn(turns).size > recipients.length,
    passedOver: passedOver.filter((one) => !before.includes(one)),
    progress: {
      round,
      told: toldNow,
      asked: recipients,
      ...(isLast && { resting: true as const }),
      ...given,
      ...(waiting.length > 0 && { passedOver: waiting }),
    },
  }
}

/** What is left of the turns when these are told already. */
function without(turns: readonly PlannedTurn[], told: readonly string[]): readonly PlannedTurn[] {
  return turns.flatMap((turn) => {
    const recipients = turn.recipients.filter((one) => !told.includes(one))
    return recipients.length > 0 ? [{ ...turn, recipients }] : []
  })
}

function recipientsIn(turns: readonly PlannedTurn[]): Set<string> {
  return new Set(turns.flatMap(({ recipients }) => recipients))
}

function turnsOf(
  policy: Policy,
  set: PolicySet,
  alert: About,
  reachable: Reachable,
  anyHour = false,
): readonly PlannedTurn[] {
  // What is found in maintenance is for the installers alone.
  if (alert.test) {
    const [{ by, wait }] = BUILT_IN.steps
    return contactTurns(reachable.contacts, ['installer'], by).map((recipients) => ({
      step: 0,
      recipients,
      by,
      wait,
    }))
  }
  return policy.steps.flatMap((step, index) => {
    if (!isFor(anyHour ? { ...step, during: undefined } : step, alert, reachable)) return []
    const { by, wait } = step
    return recipientsOf(step, set, reachable).map((recipients) => ({ step: index, recipients, by, wait }))
  })
}

function isFor(
  { severity, during }: { [K in 'severity' | 'during']?: PolicyStep[K] | undefined },
  alert: About,
  { timezone, now }: Reachable,
): boolean {
  if (severity && !severity.includes(alert.severity)) return false
  return !during || windowAt(during, timezone, now).inside
}

function recipientsOf({ to, by }: PolicyStep, set: PolicySet, reachable: Reachable): readonly string[][] {
  if (to.type === 'contacts') return contactTurns(reachable.contacts, to.roles, by)
  const rota = to.type === 'oncall' ? set.rotas.get(to.rota) : undefined
  const ids = to.type === 'group' ? (set.groups.get(to.group) ?? []) : rota ? onCall(rota, reachable.now) : []
  const { staff } = reachable
  const known = [...new Set(ids)]
    .filter((id) => staff.has(id) && waysTo(staff.get?.(id), by).length > 0)
    .map((id) => `staff:${id}`)
  return known.length > 0 ? [known] : []
}

function contactTurns(
  contacts: readonly ContactFacts[],
  roles: readonly string[],
  by: readonly Way[],
): string[][] {
  return contacts
    .filter((one) => roles.includes(one.role ?? 'family') && waysTo(one, by).length > 0)
    .toSorted((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1))
    .map(({ id }) => [`contact:${id}`])
}
