import type { Alert } from '../../hub/model/alert.ts'
import type { AnswerInput, Input, RuleFile } from '../../hub/model/input.ts'
import { recipientOf } from '../../hub/model/notification.ts'
import type { Letter, Notification } from '../../hub/model/notification.ts'
import type { ConsentKind } from '../../hub/model/consent.ts'
import type { ContactFacts, ContactRole } from '../../hub/model/home.ts'
import { parseDuration } from '../../hub/source/duration.ts'
import { createManualClock, createCoreBench, home } from '../core/bench.ts'
import type { CoreBench } from '../core/bench.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import type { MemoryStore } from '../helpers/memory-store.ts'

/**
 * One alert's way to people, as data. Acts happen at a time since the start (`2m`):
 *
 * - `fall`, `door` (medium), `damp` (low), `cold` (routine, medium), `hot` (high, no alarm), `kit` (technical, high): something is found; `fall is over` by the register
 * - `anne yes`, `anne no`, `anne huh`: an answer with the code of the newest alert; `anne yes fall`: of that one;
 *   `anne yes 0000`: with that code; `anne yes -`: without one. `@siv` is somebody of the staff.
 * - `storm 40`: the link of so many more sensors is weak, one after another in all homes (technical, medium); `3 recover`: of the first three it is well again;
 *   `@siv yes digest`: an answer with the code of the newest digest that they got
 * - `tor takes`, `tor takes over`, `tor hands on to @siv`, `tor notes`, `tor on-the-way`, `tor resolves`: at the board
 * - `anne is dead`: what is sent to her fails from now; `outage`, `outage of sms`, `recovery`: of the providers, of the one for SMS
 * - `crash`; `down 1h`: the hub is away for so long
 * - `anne stops`, `anne starts`, `@siv stops`: by SMS; `consent anne +alerts`, `consent anne -receipts`: recorded
 * - `8 homes silent`, `8 homes back`: the gateways of the first so many homes (with `rules` that say so)
 * - `hub no-sms`: the only SMS channel does not work, e-mail does; `hub no-rules`: rule files are refused; `hub well`: both are over
 * - `board opens`, `board closes`: for all areas; `board north`: for that one alone
 * - `contacts anne berit:neighbour`, `staff siv tor`, `maintenance on|off`, `policies` (with `later`)
 */
export interface Scenario {
  readonly name: string
  /** `anne berit:neighbour~2200-0700`: with a role, with quiet hours; `anne!`: without a phone number. */
  readonly contacts?: string
  readonly policies?: string
  /** Other policies, for the act `policies`. */
  readonly later?: string
  /** `siv tor!`: tor has no phone number. */
  readonly staff?: string
  /** Beside the usual ones. */
  readonly rules?: string
  /** How many homes there are; all have the same contacts. Not given: one. */
  readonly homes?: number
  /** UTC. */
  readonly start?: string
  /** Of the home. */
  readonly timezone?: string
  /** Of the home. */
  readonly area?: string
  readonly acts: readonly (readonly [at: string, act: string])[]
  readonly until: string
  /**
   * `2:00 berit`, `2:30 anne failed`, `3:00 anne taken`: minutes and seconds since the start; `10:00 @siv digest of 39`:
   * of so many alerts; `... ×3`: the same three times. What is told in a digest has no line of its own.
   */
  readonly told: readonly string[]
  /** How it ends: `fall new`, `fall taken by contact:anne`. */
  readonly end?: readonly string[]
  /** What the history says of quiet hours, the limit, STOP and START: `0:00 quiet contact:anne: 07:00`. */
  readonly says?: readonly string[]
}

export const RULES = `rules:
  - { id: fall, title: Fall, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }
  - { id: door, title: Door, category: safety, severity: medium, on: door, when: value == "open" }
  - { id: damp, title: Damp, category: routine, severity: low, on: humidity, when: value > 90 }
  - { id: weak, title: Weak link, category: technical, severity: medium, scope: sensor, on: link, when: value < 10, resolve: auto }
  - { id: cold, title: Cold, category: routine, severity: medium, on: room_temperature, when: value < 10 }
  - { id: hot, title: Hot, category: safety, severity: high, on: room_temperature, when: value > 50 }
  - { id: kit, title: Kit, category: technical, severity: high, on: battery, when: value < 5 }
  - { id: sos, title: Help, category: safety, severity: high, policy: special, on: sos, when: value == "pressed", clear: manual }
`
export const FOUND = {
  fall: ['fall', 'detected'],
  door: ['door', 'open'],
  damp: ['humidity', 95],
  kit: ['battery', 1],
  hot: ['room_temperature', 60],
  cold: ['room_temperature', 5],
  sos: ['sos', 'pressed'],
} as const
const SPECIAL = `policies:
  - { id: special, steps: [{ to: { contacts: [neighbour, family] }, wait: 1m }], repeat: { every: 5m } }
`
/** How finely time goes by, ms: all waits in scenarios are multiples. */
const TICK = 15_000

export function filesOf(policies: string | undefined, rules?: string): readonly RuleFile[] {
  return [
    ...(rules === undefined ? [] : [{ name: 'more.yaml', text: rules }]),
    { name: 'policies/a.yaml', text: policies ?? 'groups: []' },
    { name: 'policies/special.yaml', text: SPECIAL },
    { name: 'rules.yaml', text: RULES },
  ]
}

function contactsOf(text: string): ContactFacts[] {
  return text
    .split(' ')
    .filter((one) => one !== '')
    .map((one, index) => {
      const [whole = '', hours] = one.replace('!', '').split('~', 2)
      const [id = '', role] = whole.split(':') as [string, ContactRole?]
      const [from = '', to = ''] =
        hours?.split('-').map((time) => `${time.slice(0, 2)}:${time.slice(2)}`) ?? []
      return {
        id,
        language: 'nb',
        order: index + 1,
        ...(role && { role }),
        ...(one.includes('!') && { lacks: ['sms' as const] }),
        ...(hours !== undefined && { quiet: { from, to } }),
      }
    })
}

const staffInput = (text: string): Input => ({
  type: 'staff',
  staff: text
    .split(' ')
    .filter((id) => id !== '')
    .map((one) => ({
      id: one.replace('!', ''),
      language: 'nb',
      ...(one.endsWith('!') && { lacks: ['sms' as const] }),
    })),
})

/**
 * Plays a scenario on a virtual clock. `watch` looks at the core after each moment; of whom `cannot` knows answers so at
 * once, each time.
 */
export async function play(
  scenario: Scenario,
  watch: (bench: CoreBench) => void = () => {},
  cannot: (who: string) => boolean = () => false,
): Promise<{ told: string[]; end: string[]; events: string[]; says: string[]; store: MemoryStore }> {
  const store = createMemoryStore()
  const start = Date.parse(scenario.start ?? '2026-01-05T12:00:00Z')
  let bench = createCoreBench(store, createManualClock(start))
  const { area } = scenario
  const place = { timezone: scenario.timezone ?? 'UTC', ...(area !== undefined && { area }) }
  const dead = new Set<string>()
  let isOut: boolean | 'sms' = false
  await bench.take(staffInput(scenario.staff ?? ''))
  await bench.take({ type: 'rules', files: filesOf(scenario.policies, scenario.rules) })
  const sensors = ['a', 'b', 's0', 's1', 's2'].flatMap((id) =>
    home()
      .sensors.slice(0, 1)
      .map((one) => ({ ...one, id, address: id })),
  )
  const homes = Array.from({ length: scenario.homes ?? 1 }, (_, index) => `h${index + 1}`)
  const weak: { home: string; sensor: string }[] = []
  for (const id of homes) {
    await bench.take({
      type: 'home',
      home: home({ id, ...place, sensors, contacts: contactsOf(scenario.contacts ?? 'anne berit') }),
    })
  }
  await bench.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'online' })

  async function deliver(): Promise<void> {
    if (isOut === true) return
    for (;;) {
      const waiting = store
        .notifications()
        .find(
          ({ state, notBefore, channel }) =>
            state === 'queued' && notBefore <= bench.core.now() && channel !== isOut,
        )
      if (!waiting) return
      const to = dead.has(shortOf(waiting)) ? 'failed' : 'delivered'
      await bench.take({ type: 'delivery', notification: waiting.id, to })
      const who = shortOf(waiting)
      if (waiting.template === 'alert' && to === 'delivered' && cannot(who)) await answer(who, 'decline')
    }
  }

  async function passTo(at: number): Promise<void> {
    while (bench.core.now() < at) {
      await bench.pass(Math.min(TICK, at - bench.core.now()))
      await deliver()
      watch(bench)
    }
  }

  async function answer(who: string, action: AnswerInput['action'], which?: string): Promise<void> {
    const open = bench.core.openAlerts().toSorted(newestFirst)
    const named = which === undefined ? open[0] : open.find(({ rule }) => rule === which)
    const digest = store
      .notifications()
      .filter(({ letter }) => letter?.is === 'digest')
      .filter((one) => shortOf(one) === who)
      .toSorted((a, b) => b.queuedAt - a.queuedAt)[0]?.letter
    if (which === 'digest' && digest?.is === 'digest') {
      const by = who.startsWith('@') ? { staff: who.slice(1) } : { home: 'h1', contact: who }
      await bench.take({ type: 'answer', ...by, action, code: digest.code })
      return
    }
    const code = which === '-' ? undefined : which && /^\d+$/.test(which) ? which : named?.code
    const from = who.startsWith('@') ? { staff: who.slice(1) } : { home: 'h1', contact: who }
    await bench.take({ type: 'answer', ...from, action, ...(code !== undefined && { code }) })
  }

  async function report(one: { home: string; sensor: string }, value: number): Promise<void> {
    await bench.say(one.sensor, 'link', value, one)
  }

  async function act(text: string): Promise<void> {
    const [who = '', what = '', ...rest] = text.split(' ')
    const by = { by: `operator:${who}`, via: 'console' }
    const alert = bench.core.openAlerts().toSorted(newestFirst)[0]?.id ?? 'none'
    const found = FOUND[who as keyof typeof FOUND]
    if (who === 'storm') {
      for (let count = 0; count < Number(what); count++) {
        const at = weak.length
        const one = { home: homes[at % homes.length] ?? 'h1', sensor: `s${Math.floor(at / homes.length)}` }
        weak.push(one)
        await report(one, 5)
      }
    } else if (what === 'recover') for (const one of weak.splice(0, Number(who))) await report(one, 90)
    else if (what === 'homes') {
      for (const id of homes.slice(0, Number(who))) {
        const to = rest[0] === 'back' ? 'online' : 'offline'
        await bench.take({ type: 'gateway', home: id, gateway: 'gw', to })
      }
    } else if (who === 'hub') {
      const on = what !== 'well'
      const wayDown = { way: 'sms', others: ['email'] } as const
      const down = { notice: 'hub-channel-down', channel: 'kannel', wayDown } as const
      if (what !== 'no-rules') await bench.take({ type: 'notice', ...down, on })
      if (what !== 'no-sms') await bench.take({ type: 'notice', notice: 'hub-rules-refused', on })
    } else if (found) await bench.say('a', found[0], found[1])
    else if (who === 'contacts') {
      const contacts = contactsOf([what, ...rest].join(' '))
      await bench.take({ type: 'home', home: home({ ...place, contacts }) })
    } else if (who === 'staff') await bench.take(staffInput([what, ...rest].join(' ')))
    else if (who === 'maintenance') {
      await bench.take({
        type: 'mode',
        home: 'h1',
        mode: who,
        on: what === 'on',
        by: 'operator:ola',
        via: 'cli',
      })
    } else if (who === 'consent') {
      const kinds = rest.map((one) => [one.slice(0, 1), one.slice(1) as ConsentKind] as const)
      const of = (sign: string) => kinds.flatMap(([given, kind]) => (given === sign ? [kind] : []))
      await bench.take({
        type: 'consent',
        home: 'h1',
        contact: what,
        give: of('+'),
        withdraw: of('-'),
        by: 'operator:ida',
        via: 'cli',
      })
    } else if (what === 'stops' || what === 'starts') {
      const of = who.startsWith('@')
        ? { contacts: [], staff: [who.slice(1)] }
        : { contacts: [{ home: 'h1', contact: who }], staff: [] }
      await bench.take({ type: 'stop', on: what === 'stops', ...of, via: 'sms' })
    } else if (who === 'policies') await bench.take({ type: 'rules', files: filesOf(scenario.later) })
    else if (who === 'board') {
      const areas = what === 'opens' ? 'all' : what === 'closes' ? [] : [what]
      await bench.take({ type: 'boards', areas })
    } else if (who === 'outage') isOut = what === 'of' ? 'sms' : true
    else if (who === 'recovery') isOut = false
    else if (who === 'crash') bench = bench.crash()
    else if (who === 'down') {
      bench.clock.pass(parseDuration(what) ?? 0)
      bench = bench.crash()
      await bench.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'online' })
    } else if (what === 'is') dead.add(who)
    else if (what === 'yes') await answer(who, 'accept', rest[0])
    else if (what === 'no') await answer(who, 'decline', rest[0])
    else if (what === 'huh') await answer(who, 'unclear', rest[0])
    else if (what === 'takes' && rest[0] === 'over') await bench.take({ type: 'take-over', alert, ...by })
    else if (what === 'takes') await bench.take({ type: 'acknowledge', alert, ...by })
    else if (what === 'hands') {
      const [to = ''] = rest.slice(2)
      await bench.take({
        type: 'hand-on',
        alert,
        to: to.startsWith('@') ? `staff:${to.slice(1)}` : `contact:${to}`,
        ...by,
      })
    } else if (what === 'notes') await bench.take({ type: 'comment', alert, text: 'door is locked', ...by })
    else if (what === 'on-the-way' || what === 'arrived')
      await bench.take({ type: 'attend', alert, what, ...by })
    else if (what === 'resolves') await bench.take({ type: 'resolve', alert, cause: 'real', ...by })
    else throw new Error(`Cannot play "${text}"`)
  }

  for (const [at, text] of scenario.acts) {
    await passTo(start + (parseDuration(at) ?? Number.NaN))
    await act(text)
    await deliver()
    watch(bench)
  }
  await passTo(start + (parseDuration(scenario.until) ?? Number.NaN))

  const clock = (at: number): string => {
    const seconds = Math.floor((at - start) / 1000)
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  }
  return {
    store,
    told: store
      .notifications()
      .filter(
        ({ letter, template, ...one }) => letter !== undefined || template !== 'alert' || !('digest' in one),
      )
      .toSorted((a, b) => a.queuedAt - b.queuedAt || (a.step ?? 0) - (b.step ?? 0) || (a.id < b.id ? -1 : 1))
      .map((one) => [clock(one.queuedAt), shortOf(one), ...becameOf(one)].join(' '))
      .reduce(counted, []),
    end: store
      .alerts()
      .filter(({ rule }) => !rule.startsWith('hub-'))
      .toSorted((a, b) => a.openedAt - b.openedAt)
      .map(({ rule, handling, handledBy }) =>
        handling === 'new'
          ? `${rule} new`
          : `${rule} ${handling === 'resolved' ? 'ended' : 'taken'} by ${handledBy}`,
      ),
    says: store
      .events()
      .filter(({ what }) => SAID.has(what))
      .map(({ what, text, by, now }) => [clock(now), what, text ?? by].join(' ')),
    events: store
      .events()
      .map(({ what, by, now, text }) =>
        TOLD.has(what) ? `${clock(now)} ${what} ${text}` : `${clock(now)} ${what} ${by}`,
      ),
  }
}

/** By what they are about where they came at once: a restart has them in another order, and with other ids. */
function newestFirst(a: Alert, b: Alert): number {
  return b.openedAt - a.openedAt || (`${a.rule} ${a.scope}` < `${b.rule} ${b.scope}` ? -1 : 1)
}

function shortOf(one: Notification): string {
  return recipientOf(one).replace('contact:', '').replace('staff:', '@')
}

/** What `says` looks at. */
const SAID: ReadonlySet<string> = new Set([
  'quiet',
  'woken',
  'widened',
  'any-hour',
  'no-address',
  'unwatched',
  'passed-over',
  'stopped',
  'started',
  'stop-refused',
])

/** Events that say whom. */
const TOLD: ReadonlySet<string> = new Set(['notified', 'gathered', 'passed-over'])

/** The same line again is one with a count. */
function counted(lines: string[], line: string): string[] {
  const [last = '', times = '1'] = lines.at(-1)?.split(' ×') ?? []
  return last === line ? [...lines.slice(0, -1), `${line} ×${Number(times) + 1}`] : [...lines, line]
}

function wordOf(letter: Letter): string {
  if (letter.is === 'digest') return `digest of ${letter.alerts.length}`
  return letter.is === 'digest-taken' ? `${letter.who} has ${letter.count}` : letter.is
}

/** Nothing of an alert that was delivered by SMS: that is the usual. */
function becameOf({ template, letter, state, channel, queuedAt, notBefore }: Notification): string[] {
  const became = {
    delivered: [],
    failed: ['failed'],
    cancelled: ['not sent'],
    queued: ['queued'],
    gathered: ['gathered'],
    accepted: [],
  }
  return [
    ...(channel === 'sms' ? [] : [channel]),
    ...(template === 'alert' ? [] : [letter ? wordOf(letter) : (template ?? '')]),
    ...became[state],
    ...(notBefore > queuedAt ? ['later'] : []),
  ]
}
