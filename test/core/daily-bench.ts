import type { ContactFacts, Home } from '../../hub/model/home.ts'
import type { HomePersonal } from '../../hub/model/home.ts'
import type { Input, RuleFile } from '../../hub/model/input.ts'
import type { LetterNotification } from '../../hub/model/notification.ts'
import { renderLetter } from '../../hub/notify/render-letter.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import type { MemoryStore } from '../helpers/memory-store.ts'
import { createCoreBench, createManualClock } from './bench.ts'
import type { CoreBench, ManualClock } from './bench.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

const RULES: readonly RuleFile[] = [
  {
    name: 'rules.yaml',
    text: `rules:
  - { id: fall, title: Fall, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }
  - { id: note, title: Damp, category: routine, severity: low, on: humidity, when: value > 70, resolve: auto }
  - { id: silent, title: S, category: technical, severity: low, scope: sensor, on: availability, when: 'role != "gateway" && value == "offline"', muted: { by: gone }, resolve: auto }
  - { id: gone, title: G, category: technical, severity: medium, on: availability, when: 'role == "gateway" && value == "offline"', for: 3m, resolve: auto }
  - { id: quiet, title: Q, category: safety, severity: medium, absent: { of: [motion], also: [sos], for: 7d } }
  - { id: cold, title: C, category: technical, severity: low, absent: { of: [{ kind: illuminance, when: value > 0 }], for: 30d }, resolve: auto }
`,
  },
]

const KINDS: Readonly<Record<string, readonly string[]>> = {
  hall: ['motion'],
  bath: ['motion'],
  lamp: ['illuminance', 'humidity'],
  button: ['sos', 'fall'],
}

const PERSONAL: HomePersonal = {
  id: 'h1',
  residents: [],
  contacts: [
    { id: 'anne', name: 'Anne Nordmann', phone: '+4790000001', alias: 'Mor' },
    { id: 'per', name: 'Per', phone: '+4790000002', alias: 'Mum' },
  ],
}

export function contact(id: string, more: Partial<ContactFacts> = {}): ContactFacts {
  return {
    id,
    order: 1,
    language: id === 'anne' ? 'nb' : 'en',
    allWell: { at: '08:00' },
    consent: { 'all-well': { is: 'given', since: 0 } },
    ...more,
  }
}

export function familyHome(more: Partial<Home> = {}): Home {
  return {
    id: 'h1',
    timezone: 'Europe/Oslo',
    gateways: [{ id: 'gw' }],
    residents: [],
    sensors: Object.entries(KINDS).map(([id, kinds]) => ({
      id,
      profile: 'p',
      address: id,
      heardEvery: 30 * DAY,
      kinds,
    })),
    contacts: [contact('anne'), contact('per')],
    ...more,
  }
}

/** A home over some days, on a clock that goes in steps; times by the clock of Oslo in winter. */
export interface DailyBench {
  readonly store: MemoryStore
  readonly clock: ManualClock
  bench: CoreBench
  /** Goes on to a time in ms, looking at what is due every few minutes, as the hub's own timer does. */
  goTo(at: number): Promise<void>
  /** The hub is away from now to then. */
  away(until: number): Promise<void>
  register(home: Home): Promise<void>
  /** What happens now, in words: see `test/core/days.ts`. */
  happen(what: string): Promise<void>
  letters(): LetterNotification[]
  /** What the newest message to a contact says, when it leaves now. */
  text(contact: string): string
}

export async function dailyBench(start: number): Promise<DailyBench> {
  const store = createMemoryStore()
  const clock = createManualClock(start)
  let home = familyHome()

  const take = (input: Input) => self.bench.take(input)
  const link = (to: 'online' | 'offline') => take({ type: 'gateway', home: 'h1', gateway: 'gw', to })
  const speak = async (): Promise<void> => {
    for (const { id } of home.sensors) await self.bench.say(id, 'battery', 90)
  }

  const self: DailyBench = {
    store,
    clock,
    bench: createCoreBench(store, clock),
    async goTo(at) {
      while (self.bench.core.now() < at) {
        const next = Math.floor(self.bench.core.now() / (5 * MINUTE) + 1) * 5 * MINUTE
        await self.bench.pass(Math.min(at, next) - self.bench.core.now())
      }
    },
    async away(until) {
      store.noteAlive(self.bench.core.now())
      clock.pass(until - self.bench.core.now())
      self.bench = self.bench.crash()
      await link('online')
    },
    async register(next) {
      home = next
      await take({ type: 'home', home })
      await link('online')
      await speak()
    },
    async happen(what) {
      const [verb = '', name = '', , by = 'operator:siv'] = what.split(' ')
      const alert = (): string => self.bench.alert(name).id
      switch (verb) {
        case 'motion':
          return void (await self.bench.say('hall', 'motion', true))
        case 'fall':
          return void (await self.bench.say('button', 'fall', 'detected'))
        case 'note':
          return void (await self.bench.say('lamp', 'humidity', 80))
        case 'online':
        case 'offline':
          return void (await link(verb))
        case 'dead':
          return void (await self.bench.say(name, 'availability', 'offline'))
        case 'alive':
          return void (await self.bench.say(name, 'availability', 'online'))
        case 'maintenance':
        case 'away': {
          const mode = { mode: verb, on: name === 'on', by: 'operator:siv', via: 'cli' } as const
          return void (await take({ type: 'mode', home: 'h1', ...mode }))
        }
        case 'take':
          return void (await take({ type: 'acknowledge', alert: alert(), by, via: 'cli' }))
        case 'go':
          return void (await take({ type: 'attend', alert: alert(), what: 'on-the-way', by, via: 'cli' }))
        case 'close': {
          const cause = what.endsWith('test') ? 'test' : 'real'
          return void (await take({ type: 'resolve', alert: alert(), by: 'operator:siv', via: 'cli', cause }))
        }
        case 'registered':
          return self.register(familyHome({ contacts: home.contacts }))
        case 'only':
          return self.register({ ...home, sensors: home.sensors.filter(({ id }) => id === name) })
        default:
          throw new Error(`Cannot do "${what}"`)
      }
    },
    letters: () =>
      store
        .notifications()
        .filter((one) => one.letter !== undefined)
        .toSorted((a, b) => a.queuedAt - b.queuedAt || (a.id < b.id ? -1 : 1)),
    text(id) {
      const letter = self
        .letters()
        .filter((one) => one.contact === id && one.state === 'queued')
        .at(-1)
      if (!letter) return 'none'
      const now = self.bench.core.now()
      const rendered = renderLetter({ notification: letter, home, personal: PERSONAL, now })
      return 'text' in rendered ? rendered.text : rendered.cannot
    },
  }
  await take({ type: 'rules', files: RULES })
  return self
}
