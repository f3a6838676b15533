import { crc32 } from 'node:zlib'
import * as fc from 'fast-check'
import type { CoreStore } from '../../hub/core/store.ts'
import type { Input, Mode } from '../../hub/model/input.ts'
import type { Notification } from '../../hub/model/notification.ts'
import { home, RULES, startCore } from './bench.ts'
import type { CoreBench } from './bench.ts'

/** What somebody does; which alert or message is meant is found out when it happens. */
type Act =
  | {
      readonly act: 'say'
      readonly sensor: string
      readonly what: readonly [string, string | number | boolean]
      readonly ago: number
      readonly id?: string | undefined
      readonly packet?: number | undefined
      readonly dup: boolean
    }
  | { readonly act: 'undecoded' }
  | { readonly act: 'link'; readonly to: 'online' | 'offline' }
  | { readonly act: 'acknowledge' | 'resolve'; readonly which: number }
  | {
      readonly act: 'answer'
      readonly which: number
      readonly contact: string
      readonly action: 'accept' | 'decline' | 'unclear'
    }
  | {
      readonly act: 'delivery'
      readonly which: number
      readonly to: 'accepted' | 'delivered' | 'failed' | 'retry'
      readonly via?: string | undefined
    }
  | { readonly act: 'home'; readonly contacts: number }
  | { readonly act: 'rules'; readonly changed: boolean }
  | { readonly act: 'notice'; readonly on: boolean; readonly sensor?: string | undefined }
  | { readonly act: 'mode'; readonly mode: Mode; readonly on: boolean; readonly minutes?: number | undefined }
  | { readonly act: 'shed'; readonly on: boolean }
  | { readonly act: 'hold'; readonly rule: string; readonly on: boolean; readonly minutes: number }

const ROUTE = ['kannel', 'elks']
const which = fc.integer({ min: 0, max: 3 })
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      act: fc.constant('say' as const),
      sensor: fc.constantFrom('a', 'b', 'stranger'),
      what: fc.constantFrom<readonly [string, string | number | boolean]>(
        ['fall', 'detected'],
        ['spo2', 85],
        ['spo2', 75],
        ['spo2', 95],
        ['door', 'open'],
        ['door', 'closed'],
        ['motion', true],
        ['availability', 'offline'],
      ),
      ago: fc.constantFrom(0, 0, 0, 90, 8 * 86_400),
      id: fc.option(fc.constantFrom('1', '2'), { nil: undefined, freq: 3 }),
      packet: fc.option(fc.constantFrom(1, 2), { nil: undefined, freq: 2 }),
      dup: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ act: 'undecoded' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('link' as const),
      to: fc.constantFrom('online' as const, 'offline' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constantFrom('acknowledge' as const, 'resolve' as const), which }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('answer' as const),
      which,
      contact: fc.constantFrom('anne', 'berit', 'ola'),
      action: fc.constantFrom('accept' as const, 'decline' as const, 'unclear' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('delivery' as const),
      which,
      to: fc.constantFrom('accepted' as const, 'delivered' as const, 'failed' as const, 'retry' as const),
      via: fc.option(fc.constantFrom(...ROUTE), { nil: undefined, freq: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant('home' as const), contacts: fc.integer({ min: 0, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('shed' as const), on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('rules' as const), changed: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('notice' as const),
      on: fc.boolean(),
      sensor: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('mode' as const),
      mode: fc.constantFrom<Mode>('maintenance', 'maintenance', 'away'),
      on: fc.boolean(),
      minutes: fc.option(fc.constantFrom(5, 600), { nil: undefined }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('hold' as const),
      rule: fc.constantFrom('open', 'low', 'low', 'fall', 'none'),
      on: fc.boolean(),
      minutes: fc.constantFrom(5, 90, 3000),
    }),
  },
)
/** What happens in one home, and when the process dies. */
export const story = fc.array(
  fc.record({ wait: fc.constantFrom(0, 0, 0, 1, 60, 120, 300, 3600), act, crash: fc.nat({ max: 9 }) }),
  { minLength: 1, maxLength: 50 },
)

const CHANGED_RULES = RULES.map(({ name, text }) => ({
  name,
  text: text.replace('value < 90', 'value < 88'),
}))

const CONTACTS = [...home().contacts, { id: 'ola', language: 'nb', order: 1, role: 'installer' as const }]

function inputOf(one: Act, { core }: CoreBench, store: StoryStore): Input {
  const now = core.now()
  const open = core.openAlerts()
  const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)]
  switch (one.act) {
    case 'say': {
      const { sensor, what, ago, id, packet, dup } = one
      const [kind, value] = what
      const digest = crc32(JSON.stringify([sensor, what]))
      return {
        type: 'reading',
        reading: {
          home: 'h1',
          sensor,
          kind,
          value,
          at: now - ago * 1000,
          receivedAt: now,
          ...(id !== undefined && { id }),
        },
        ...(packet !== undefined && { packet: { client: 'gw', packetId: packet, dup, digest, inputs: 1 } }),
      }
    }
    case 'undecoded':
      return {
        type: 'undecoded',
        home: 'h1',
        sensor: 'a',
        topic: 't',
        payload: '?',
        reason: 'r',
        alarm: true,
        receivedAt: now,
      }
    case 'link':
      return { type: 'gateway', home: 'h1', gateway: 'gw', to: one.to }
    case 'acknowledge':
      return {
        type: 'acknowledge',
        alert: pick(open, one.which)?.id ?? 'none',
        by: 'operator:siv',
        via: 'cli',
      }
    case 'resolve':
      return {
        type: 'resolve',
        alert: pick(open, one.which)?.id ?? 'none',
        by: 'operator:siv',
        via: 'cli',
        cause: 'false',
      }
    case 'answer':
      return {
        type: 'answer',
        home: 'h1',
        contact: one.contact,
        action: one.action,
        code: pick(open, one.which)?.code ?? '0000',
      }
    case 'delivery':
      return {
        type: 'delivery',
        notification: pick(store.notifications().toReversed(), one.which)?.id ?? 'none',
        to: one.to,
        ...(one.to === 'retry' && { notBefore: now + 30_000, error: 'busy' }),
        ...(one.via !== undefined && { via: one.via, others: ROUTE.filter((other) => other !== one.via) }),
        ...(one.to === 'accepted' && { reportWithin: 120_000 }),
      }
    case 'home':
      return { type: 'home', home: home({ contacts: CONTACTS.slice(0, one.contacts) }) }
    case 'notice':
      return one.sensor === undefined
        ? { type: 'notice', notice: 'hub-rules-refused', on: one.on, reason: String(now) }
        : { type: 'notice', notice: 'hub-profile-missing', home: 'h1', sensor: one.sensor, on: one.on }
    case 'shed':
      return { type: 'shed', on: one.on }
    case 'mode': {
      const until = one.minutes === undefined ? {} : { until: now + one.minutes * 60_000 }
      return {
        type: 'mode',
        home: 'h1',
        mode: one.mode,
        on: one.on,
        by: 'operator:ola',
        via: 'cli',
        ...until,
      }
    }
    case 'hold': {
      const base = { type: 'hold', home: 'h1', rule: one.rule, by: 'operator:siv', via: 'cli' } as const
      return one.on ? { ...base, on: true, until: now + one.minutes * 60_000 } : { ...base, on: false }
    }
    case 'rules':
      return { type: 'rules', files: one.changed ? CHANGED_RULES : RULES }
  }
}

export type Story = readonly { readonly wait: number; readonly act: Act; readonly crash: number }[]

/** A core's store that says which messages it has. */
export type StoryStore = CoreStore & { notifications(): Notification[] }

/** Tells the story to a core, one input after the other. With `crashes`, the process dies now and then. */
export async function tell<S extends StoryStore>(
  list: Story,
  store: S,
  { crashes, after }: { readonly crashes: boolean; readonly after?: (bench: CoreBench) => void },
): Promise<{ store: S; told: { at: number; input: Input }[]; bench: CoreBench }> {
  let bench = await startCore(store)
  const told: { at: number; input: Input }[] = []
  for (const { wait, act: one, crash } of list) {
    bench.clock.pass(wait * 1000)
    if (crashes && crash === 0) bench = bench.crash()
    const input = inputOf(one, bench, store)
    told.push({ at: bench.clock.wall(), input })
    await bench.take(input)
    after?.(bench)
  }
  // What is due by the machine's own timers must not be written while the story is being compared.
  bench.core.stop()
  return { store, told, bench }
}
