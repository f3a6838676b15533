import { compareHistory } from '../helpers/history-counts.ts'
import type { Influxd } from '../helpers/influxd.ts'
import { readKept, keyOf } from './kept.ts'
import type { Kept } from './kept.ts'
import { isAlarm } from './load.ts'
import type { SentReading } from './load.ts'

/** What there is to judge by when a fault is over. */
export interface Aftermath {
  /** The data folder; best of a hub that has ended. */
  readonly data: string
  readonly sent: readonly SentReading[]
  /** What a provider took, by the hub's key, when the outbox was empty; not given: nobody wrote that down. */
  readonly taken?: readonly { readonly key: string }[]
  /** How often the hub was killed, or a provider's answer lost: each may have doubled a message. */
  readonly crashes?: number
  /** Has caught up. */
  readonly influxd?: Influxd
}

/** What is wrong; nothing is. */
export interface Wrong {
  /** Acknowledged, but not in the journal. */
  readonly lost: readonly string[]
  /** In the journal more than once. */
  readonly twice: readonly string[]
  /** Acknowledged falls and calls for help that do not have exactly one alert, that fired once. */
  readonly alerts: readonly string[]
  /** Steps of alerts that were due and did not run; alerts that do not have exactly one first message. */
  readonly steps: readonly string[]
  /** Messages that no provider got, or got more often than crashes explain. */
  readonly sends: readonly string[]
  /** Points that InfluxDB lacks, has without a reason, or has otherwise than the journal says. */
  readonly history: readonly string[]
  readonly integrity: string
  readonly holes: number
}

export const NOTHING_WRONG: Wrong = {
  lost: [],
  twice: [],
  alerts: [],
  steps: [],
  sends: [],
  history: [],
  integrity: 'ok',
  holes: 0,
}

/**
 * What must hold after every fault, in one place: what was acknowledged is there once, with its alert and messages; the
 * history says the same.
 */
export async function findWrong(aftermath: Aftermath): Promise<Wrong> {
  const { data, sent, influxd } = aftermath
  const kept = readKept(data)
  const acknowledged = sent.filter((reading) => reading.acknowledged)
  return {
    lost: acknowledged.map(keyOf).filter((key) => !kept.readings.has(key)),
    twice: [...kept.readings].filter(([, count]) => count !== 1).map(([key]) => key),
    alerts: acknowledged
      .filter(isAlarm)
      .map(({ home, sensor }) => `${home}/${sensor}`)
      .filter((scope) => {
        const [alert, second] = kept.alerts.get(scope) ?? []
        return alert?.count !== 1 || second !== undefined
      }),
    steps: wrongSteps(kept),
    sends: wrongSends(kept, aftermath),
    history: influxd === undefined ? [] : await compareHistory(data, influxd),
    integrity: kept.integrity,
    holes: kept.holes,
  }
}

function wrongSteps({ alerts, notifications, now }: Kept): string[] {
  const asking = notifications.filter(({ template }) => template === 'alert')
  const byAlert = Map.groupBy(asking, ({ alert }) => alert)
  // What the hub says of itself goes to whom a policy names for it: here nobody.
  const ofPeople = [...alerts.values()].flat().filter(({ category }) => category === 'safety')
  return ofPeople.flatMap(({ id, scope, handling, nextStepAt }) => {
    const of = byAlert.get(id) ?? []
    const firsts = of.filter(({ step }) => step === 1).length
    const overdue = handling === 'new' && nextStepAt !== undefined ? now - nextStepAt : 0
    return [
      ...(firsts === 1 ? [] : [`${scope}: ${firsts} first messages`]),
      ...(overdue > 0 ? [`${scope}: a step is overdue by ${overdue} ms`] : []),
    ]
  })
}

/** A message that was called off before it went may have gone or not. */
function wrongSends({ notifications }: Kept, { taken, crashes = 0 }: Aftermath): string[] {
  if (taken === undefined) return []
  const times = Map.groupBy(taken, ({ key }) => key)
  return notifications.flatMap(({ id, state }) => {
    const count = times.get(id)?.length ?? 0
    const fewest = state === 'cancelled' || state === 'gathered' ? 0 : 1
    return count < fewest || count > 1 + crashes
      ? [`${id} (${state}) reached the provider ${count} times`]
      : []
  })
}
