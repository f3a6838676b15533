import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { MOST_RAISED, NOTHING_NEW, TOO_MANY } from '../../hub/core/raised.ts'
import type { Alert, AlertEvent } from '../../hub/model/alert.ts'
import type { Input, RaiseInput } from '../../hub/model/input.ts'
import type { AlertNotification } from '../../hub/model/notification.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import type { MemoryStore } from '../helpers/memory-store.ts'
import { createCoreBench, createManualClock, home, RULES, START, startCore, stopCores } from './bench.ts'
import type { CoreBench } from './bench.ts'

afterEach(stopCores)

const MINUTE = 60_000

type On = Extract<RaiseInput, { on: true }>

function on(facts: Partial<On> = {}): On {
  return {
    type: 'raise',
    by: 'token:node-red',
    via: 'api',
    key: 'ups',
    home: 'h1',
    on: true,
    title: 'UPS on battery',
    category: 'technical',
    severity: 'low',
    resolve: 'auto',
    ...facts,
  }
}

const off = (facts: Partial<RaiseInput> = {}): RaiseInput => ({
  type: 'raise',
  by: 'token:node-red',
  via: 'api',
  key: 'ups',
  home: 'h1',
  ...facts,
  on: false,
})

function aboutHub(input: On): On {
  const { home: _, ...rest } = input
  return rest
}

const acknowledge = { type: 'acknowledge', by: 'operator:siv', via: 'console' } as const

/** What is raised, one after another; `pass`: so many minutes go by. What there is of it at the end. */
interface Scenario {
  readonly name: string
  readonly said: readonly (RaiseInput | 'acknowledge' | 'resolve' | { readonly pass: number })[]
  readonly events: readonly string[]
  readonly alerts: readonly Partial<Alert>[]
  readonly refused?: readonly string[]
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'stands under a rule that no file can have, and says who raised it',
    said: [on({ text: 'since 10:00', sensor: 'a' })],
    events: ['raised by token:node-red via api'],
    alerts: [
      {
        rule: 'from:node-red',
        scope: 'h1/ups',
        home: 'h1',
        title: { en: 'UPS on battery' },
        category: 'technical',
        severity: 'low',
        raisedBy: 'token:node-red',
        detail: { sensor: 'a', reason: 'since 10:00' },
        condition: 'active',
        handling: 'new',
      },
    ],
  },
  {
    name: 'is about the hub itself without a home',
    said: [aboutHub(on())],
    events: ['raised by token:node-red via api'],
    alerts: [{ scope: 'hub/ups' }],
  },
  {
    name: 'is the same alert when it is said again, and nothing new',
    said: [on(), { pass: 1 }, on(), on()],
    events: ['raised by token:node-red via api'],
    alerts: [{ count: 1, handling: 'new' }],
    refused: [NOTHING_NEW, NOTHING_NEW],
  },
  {
    name: 'shows another text, and calls nobody anew',
    said: [on({ text: '80 %' }), 'acknowledge', { pass: 1 }, on({ text: '70 %' })],
    events: ['raised by token:node-red via api', 'acknowledged by operator:siv via console'],
    alerts: [{ count: 1, handling: 'acknowledged', detail: { reason: '70 %' } }],
  },
  {
    name: 'is counted again where it is a happening, and reopens what somebody had',
    said: [on(), 'acknowledge', on({ again: true })],
    events: [
      'raised by token:node-red via api',
      'acknowledged by operator:siv via console',
      'again by token:node-red via api',
      'reopened by token:node-red via api',
    ],
    alerts: [{ count: 2, handling: 'new' }],
  },
  {
    name: 'gets worse in place, and never better',
    said: [on(), on({ severity: 'medium' }), on({ severity: 'info' })],
    events: ['raised by token:node-red via api', 'level by token:node-red via api'],
    alerts: [{ severity: 'medium', count: 1 }],
    refused: [NOTHING_NEW],
  },
  {
    name: 'is over when it is cleared, where that is enough',
    said: [on(), off(), off()],
    events: [
      'raised by token:node-red via api',
      'cleared by token:node-red via api',
      'resolved by token:node-red via api',
    ],
    alerts: [{ condition: 'cleared', handling: 'resolved', cause: 'cleared' }],
    refused: [NOTHING_NEW],
  },
  {
    name: 'waits for a human where it is said so',
    said: [on({ resolve: 'manual', category: 'routine' }), off()],
    events: ['raised by token:node-red via api', 'cleared by token:node-red via api'],
    alerts: [{ condition: 'cleared', handling: 'new' }],
  },
  {
    name: 'is a new alert after a human ended it',
    said: [on(), 'resolve', on()],
    events: [
      'raised by token:node-red via api',
      'resolved by operator:siv via console',
      'raised by token:node-red via api',
    ],
    alerts: [{ handling: 'resolved' }, { handling: 'new' }],
  },
  {
    name: 'is over by itself when nobody says it again in time',
    said: [on({ until: START + 10 * MINUTE }), { pass: 9 }, { pass: 2 }],
    events: ['raised by token:node-red via api', 'cleared by hub via timer', 'resolved by hub via timer'],
    alerts: [{ condition: 'cleared', handling: 'resolved' }],
  },
  {
    name: 'holds for as long as it is said again',
    said: [on({ until: START + 10 * MINUTE }), { pass: 9 }, on({ until: START + 20 * MINUTE }), { pass: 5 }],
    events: ['raised by token:node-red via api'],
    alerts: [{ condition: 'active', handling: 'new' }],
  },
  {
    name: 'is about a home and a sensor that there are',
    said: [on({ home: 'h9' }), on({ sensor: 'c' }), on({ until: START })],
    events: [],
    alerts: [],
    refused: [
      'there is no home "h9"',
      'there is no sensor "c" in home "h1"',
      'the time at which it is over has passed',
    ],
  },
  {
    name: 'is not ended by another program, nor by a script on the hub',
    said: [on(), off({ by: 'token:grafana' }), off({ by: 'operator:cli' })],
    events: ['raised by token:node-red via api'],
    alerts: [{ condition: 'active' }],
    refused: [NOTHING_NEW, NOTHING_NEW],
  },
  {
    name: 'stops where one program has too many open',
    said: [
      ...Array.from({ length: MOST_RAISED + 1 }, (_, key) => on({ key: `k${key}` })),
      on({ key: 'k0', again: true }),
      on({ by: 'token:grafana' }),
    ],
    events: [
      ...Array.from({ length: MOST_RAISED }, () => 'raised by token:node-red via api'),
      'again by token:node-red via api',
      'raised by token:grafana via api',
    ],
    alerts: [...Array.from({ length: MOST_RAISED }, () => ({})), { rule: 'from:grafana' }],
    refused: [TOO_MANY],
  },
]

describe('what a program raises', () => {
  it.each(SCENARIOS)('$name', async ({ said, events, alerts, refused = [] }) => {
    for (const crashes of [false, true]) {
      const { store, reasons } = await play(said, crashes)
      const raised = store.alerts().filter(({ raisedBy }) => raisedBy !== undefined)
      const isTheirs = (event: AlertEvent): boolean => raised.some(({ id }) => id === event.alert)
      const told = store
        .events()
        .filter(isTheirs)
        .map(({ what, by, via }) => `${what} by ${by} via ${via}`)
      expect(told).toEqual(events)
      const inOrder = raised.toSorted((a, b) => a.openedAt - b.openedAt || order(store, a, b))
      expect(inOrder).toMatchObject(alerts)
      expect(inOrder).toHaveLength(alerts.length)
      expect(reasons).toEqual(refused)
    }
  })

  it('tells nobody of what is technical unless a policy says so, and whom the policy names of what is routine', async () => {
    const store = createMemoryStore()
    const bench = await startCore(store)
    await bench.take(on())
    expect(store.notifications()).toEqual([])
    await bench.take(on({ key: 'dinner', category: 'routine', severity: 'medium' }))
    expect(store.notifications()).toMatchObject([{ contact: 'anne', template: 'alert' }])
  })

  it('takes no message from what the hub itself finds, however much it says', async () => {
    const store = createMemoryStore()
    const bench = await startCore(store)
    for (let n = 0; n < 40; n++) {
      await bench.take(on({ key: `k${n}`, category: 'routine', severity: 'medium' }))
    }
    expect(bench.core.isOverLimit('h1', 'contact:anne')).toBe(false)
    const toAnne = store.notifications().filter(({ contact }) => contact === 'anne')
    expect(toAnne.length).toBeLessThan(40)
  })
})

async function play(
  said: Scenario['said'],
  crashes: boolean,
): Promise<{ store: MemoryStore; reasons: string[] }> {
  const store = createMemoryStore()
  let bench = await startCore(store, createManualClock(START))
  const reasons: string[] = []
  for (const one of said) {
    if (crashes) bench = bench.crash()
    if (typeof one === 'object' && 'pass' in one) {
      await bench.pass(one.pass * MINUTE)
      continue
    }
    const open = bench.core.openAlerts().find(({ raisedBy }) => raisedBy !== undefined)
    const alert = open?.id ?? 'none'
    const input: Input =
      one === 'acknowledge'
        ? { ...acknowledge, alert }
        : one === 'resolve'
          ? { type: 'resolve', alert, by: 'operator:siv', via: 'console', cause: 'other' }
          : one
    const outcome = await bench.take(input)
    if (!outcome.taken) reasons.push(outcome.reason)
  }
  bench.core.stop()
  return { store, reasons }
}

/** Which of two that were raised at one time was raised first. */
function order(store: MemoryStore, a: Alert, b: Alert): number {
  const at = ({ id }: Alert): number => store.events().findIndex(({ alert }) => alert === id)
  return at(a) - at(b)
}

/** What happens in the home, what people do about it, and what programs say meanwhile. */
type Step =
  | { readonly say: readonly [string, string | number | boolean] }
  | { readonly do: 'acknowledge' | 'resolve' | 'decline' }
  | { readonly raise: RaiseInput }

const anyRaise: fc.Arbitrary<RaiseInput> = fc
  .record({
    by: fc.constantFrom('token:node-red', 'token:fall', 'token:from', 'operator:cli'),
    key: fc.constantFrom('a', 'h1', 'fall', 'ups'),
    home: fc.constantFrom('h1', 'h1', 'h9', undefined),
    on: fc.boolean(),
    category: fc.constantFrom('technical' as const, 'routine' as const),
    severity: fc.constantFrom('medium' as const, 'low' as const, 'info' as const),
    resolve: fc.constantFrom('manual' as const, 'auto' as const),
    again: fc.boolean(),
    until: fc.constantFrom(undefined, 5, 60),
  })
  .map(({ by, key, home: of, on: isOn, again, until, ...rest }) => {
    const about = { type: 'raise', by, via: 'api', key, ...(of && { home: of }) } as const
    if (!isOn) return { ...about, on: false }
    const more = {
      ...(again && { again: true as const }),
      ...(until && { until: START + until * MINUTE }),
    }
    return { ...about, ...rest, ...more, on: true, title: 'x' }
  })

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      say: fc.constantFrom<readonly [string, string | number | boolean]>(
        ['fall', 'detected'],
        ['spo2', 85],
        ['spo2', 75],
        ['spo2', 95],
        ['motion', true],
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('acknowledge' as const, 'resolve' as const, 'decline' as const),
    }),
  },
  { weight: 6, arbitrary: fc.record({ raise: anyRaise }) },
)

const isAboutPeople = ({ category }: Alert): boolean => category === 'safety' || category === 'health'

/** All that is of alerts about people, by rule and scope: ids and codes depend on the place in the stream. */
async function aboutPeople(
  story: readonly { readonly wait: number; readonly step: Step }[],
  withPrograms: boolean,
): Promise<unknown> {
  const store = createMemoryStore()
  const bench = await startCore(store, createManualClock(START))
  for (const { wait, step: one } of story) {
    // What is due is due without anybody saying anything.
    await bench.pass(wait * 1000)
    if ('raise' in one) {
      if (withPrograms) await bench.take(one.raise)
      continue
    }
    if ('say' in one) await bench.say('a', ...one.say)
    else await act(bench, one.do)
  }
  await bench.pass(30 * MINUTE)
  bench.core.stop()
  const people = store.alerts().filter(isAboutPeople)
  return people
    .toSorted((a, b) => a.raisedAt - b.raisedAt || (a.rule < b.rule ? -1 : 1))
    .map((alert) => ({
      alert: withoutId(alert),
      events: store
        .events()
        .filter((event) => event.alert === alert.id)
        .map(withoutIds),
      messages: store
        .notifications()
        .filter((one): one is AlertNotification => one.alert === alert.id)
        .map(({ contact, template, step: nth, state, queuedAt, notBefore }) => ({
          contact,
          template,
          nth,
          state,
          queuedAt,
          notBefore,
        }))
        .toSorted((a, b) => a.nth - b.nth || ((a.contact ?? '') < (b.contact ?? '') ? -1 : 1)),
    }))
}

function withoutIds(event: AlertEvent): object {
  const { alert: _, notification: _of, ...rest } = event
  return rest
}

function withoutId(alert: Alert): object {
  const { id: _, code: _code, ...rest } = alert
  return rest
}

async function act(bench: CoreBench, what: 'acknowledge' | 'resolve' | 'decline'): Promise<void> {
  const alert = bench.core
    .openAlerts()
    .filter(isAboutPeople)
    .toSorted((a, b) => a.raisedAt - b.raisedAt || (a.rule < b.rule ? -1 : 1))[0]
  if (!alert) return
  const about = { alert: alert.id, by: 'operator:siv', via: 'console' }
  if (what === 'decline') {
    const answer = { type: 'answer', action: what, home: 'h1', contact: 'anne', code: alert.code } as const
    await bench.take(answer)
  } else if (what === 'acknowledge') await bench.take({ type: what, ...about })
  else await bench.take({ type: what, ...about, cause: 'false' })
}

it('whatever programs raise, alerts about people have the same condition, handling and escalation', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ wait: fc.constantFrom(0, 0, 1, 60, 150, 600), step }), {
        minLength: 1,
        maxLength: 40,
      }),
      async (story) => {
        expect(await aboutPeople(story, true)).toEqual(await aboutPeople(story, false))
      },
    ),
    { numRuns: 100 },
  )
})

it('what programs raised is the same to the byte when the journal is taken again', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ wait: fc.constantFrom(0, 1, 60, 600), crash: fc.boolean(), raise: anyRaise }), {
        minLength: 1,
        maxLength: 30,
      }),
      async (story) => {
        const store = createMemoryStore()
        let bench = await startCore(store, createManualClock(START))
        for (const { wait, crash, raise } of story) {
          bench.clock.pass(wait * 1000)
          if (crash) bench = bench.crash()
          await bench.take(raise)
        }
        bench.core.stop()
        const replayed = createMemoryStore()
        const again = createCoreBench(replayed, createManualClock(START))
        for (const { entry } of store.journal()) {
          again.clock.set(entry.now)
          expect(await again.take(entry.input)).toEqual({ taken: true, seq: entry.seq })
        }
        again.core.stop()
        const all = (one: MemoryStore) => [one.journal(), one.events(), one.alerts(), one.rows()]
        expect(JSON.stringify(all(replayed))).toBe(JSON.stringify(all(store)))
      },
    ),
    { numRuns: 40 },
  )
})

it('a home that is closed takes none', async () => {
  const bench = createCoreBench(createMemoryStore(), createManualClock(START))
  await bench.take({ type: 'rules', files: RULES })
  await bench.take({ type: 'home', home: home({ state: { is: 'closed', since: START } as never }) })
  const outcome = await bench.take(on())
  expect(outcome).toMatchObject({ taken: false, reason: 'the home "h1" is closed' })
})
