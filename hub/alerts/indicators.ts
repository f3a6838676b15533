import { quantile } from 'simple-statistics'
import type { Alert, AlertEvent } from '../model/alert.ts'
import type { Figure, IndicatorId, Part } from '../model/indicator.ts'
import type { AlertNotification } from '../model/notification.ts'

/** An alert with all that happened to it. */
export interface AlertStory {
  readonly alert: Alert
  /** Oldest first. */
  readonly events: readonly AlertEvent[]
  readonly notifications: readonly Pick<
    AlertNotification,
    'template' | 'channel' | 'step' | 'queuedAt' | 'waitMinutes'
  >[]
}

/** Sums up stories, one at a time, so that nobody need hold all of them. */
export interface AnswerTally {
  add(story: AlertStory): void
  figures(): Readonly<Record<Exclude<IndicatorId, 'unprotected'>, Figure>>
}

/** Ended in a way that says: nothing was wrong with the person. */
const FALSE: ReadonlySet<string> = new Set(['false', 'pet', 'visitor', 'equipment'])
const MINUTE = 60_000
const none = (): Share => ({ yes: 0, all: 0 })

/** @param now what is unanswered until then is only as late as that, ms */
export function createAnswerTally(now: number): AnswerTally {
  const acknowledged: number[] = []
  const delivered: number[] = []
  const within60 = none()
  const within180 = none()
  const ended = none()
  const byRule = new Map<string, Share>()
  const bySensor = new Map<string, Share>()
  let called = 0
  let told = 0
  let steps = 0
  let unanswered = 0

  function add(story: AlertStory): void {
    const { alert } = story
    if (!isAboutPerson(alert)) return
    countCause(alert)
    if (!callsForHuman(alert)) return
    const answer = firstAnswer(story.events)?.now
    if (answer === undefined && alert.cause === 'cleared') return
    called++
    if (answer !== undefined) acknowledged.push((answer - alert.openedAt) / 1000)
    const waited = {
      sofar: now - alert.openedAt,
      ...(answer !== undefined && { answered: answer - alert.openedAt }),
    }
    countWithin(within60, 60_000, waited)
    countWithin(within180, 180_000, waited)
    countDelivery(story)
    countSteps(story, answer)
  }

  function countCause({ cause, rule, home, detail }: Alert): void {
    if (cause === undefined || (cause !== 'real' && !FALSE.has(cause))) return
    const isFalse = FALSE.has(cause)
    count(ended, isFalse)
    byRule.set(rule, count(byRule.get(rule) ?? none(), isFalse))
    if (home === undefined || detail.sensor === undefined) return
    const key = `${home}/${detail.sensor}`
    bySensor.set(key, count(bySensor.get(key) ?? none(), isFalse))
  }

  function countDelivery({ alert, events, notifications }: AlertStory): void {
    // A webhook tells a program: whether that tells a person is not known.
    if (!notifications.some((one) => one.template === 'alert' && one.channel !== 'webhook')) return
    told++
    const first = events.find(
      ({ what, via, text }) => what === 'delivery' && via !== 'webhook' && text === 'delivered',
    )
    if (first) delivered.push((first.now - alert.openedAt) / 1000)
  }

  function countSteps({ alert, notifications }: AlertStory, answer: number | undefined): void {
    // One step tells one or more people at the same time.
    const rounds = new Map<number, { at: number; wait: number | undefined }>()
    for (const { template, step, queuedAt, waitMinutes } of notifications) {
      if (template === 'alert') rounds.set(step, { at: queuedAt, wait: waitMinutes })
    }
    const inOrder = [...rounds.values()].toSorted((a, b) => a.at - b.at)
    inOrder.forEach(({ at, wait }, i) => {
      steps++
      const next = inOrder[i + 1]
      if (next) {
        unanswered++
        return
      }
      // The last one: until its wait is over it is not unanswered yet.
      const until = alert.nextStepAt ?? (wait === undefined ? at : at + wait * MINUTE)
      if (answer === undefined && until <= now) unanswered++
    })
  }

  return {
    add,
    figures: () => ({
      'acknowledge-time': timesOf(acknowledged, called),
      'delivery-time': timesOf(delivered, told),
      'answered-60': figureOf(within60),
      'answered-180': figureOf(within180),
      'false-alarms': {
        ...figureOf(ended),
        parts: [...partsOf('rule', byRule), ...partsOf('sensor', bySensor)],
      },
      'unanswered-steps': { ...figureOf({ yes: unanswered, all: steps }), total: unanswered },
    }),
  }
}

/**
 * Alerts about people that were more than a try; those about equipment have their own ways, and what programs raise says
 * nothing of how well the hub's own alarms are answered.
 */
function isAboutPerson({ category, test, raisedBy }: Alert): boolean {
  return category !== 'technical' && !test && raisedBy === undefined
}

function callsForHuman({ severity }: Alert): boolean {
  return severity === 'high' || severity === 'medium'
}

/** When a human first took or resolved it. */
export function firstAnswer(events: readonly AlertEvent[]): AlertEvent | undefined {
  return events.find(
    ({ what, by }) => (what === 'acknowledged' || what === 'resolved') && by !== 'hub' && by !== 'rule',
  )
}

function timesOf(seconds: readonly number[], among: number): Figure {
  if (seconds.length === 0) return { of: 0, among }
  return {
    value: quantile([...seconds], 0.5),
    p90: quantile([...seconds], 0.9),
    of: seconds.length,
    among,
  }
}

/** How many of all are so. */
interface Share {
  yes: number
  all: number
}

function count(share: Share, isSo: boolean): Share {
  share.all++
  if (isSo) share.yes++
  return share
}

/** What is not answered and not late yet is neither. */
function countWithin(share: Share, limit: number, waited: { answered?: number; sofar: number }): void {
  const { answered, sofar } = waited
  if (answered !== undefined) count(share, answered <= limit)
  else if (sofar > limit) count(share, false)
}

function figureOf({ yes, all }: Share): { readonly of: number; readonly value?: number } {
  return all === 0 ? { of: 0 } : { value: (100 * yes) / all, of: all }
}

function partsOf(sort: Part['sort'], shares: ReadonlyMap<string, Share>): readonly Part[] {
  return [...shares]
    .map(([id, share]) => ({ sort, id, ...figureOf(share) }))
    .toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0) || b.of - a.of || (a.id < b.id ? -1 : 1))
}
