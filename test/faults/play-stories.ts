import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import type { AlertView } from '../../hub/http/alert-view.ts'
import { startHubProcess, whenStarted, launchHub, writeRules } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { startSmsGateway } from '../helpers/sms-gateway.ts'
import type { SmsGateway, TakenSms } from '../helpers/sms-gateway.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { createStoryHome, SIV } from './story-home.ts'
import type { StoryHome } from './story-home.ts'
import { nameOf, REPORT_WITHIN, STEP_WAIT } from './story.ts'
import type { Crash, Point, Story, Told } from './story.ts'

/** Other tests may have the machine. */
const SLOW = { timeout: 90_000 }
/** Before the crash, for what needs no time; the hub gives a held answer up after 8 s. */
const AT_ONCE = 3_000
/** What a channel refuses makes others go by the next one: it comes after them, ms. */
const AFTER_OTHERS = 2_000
const ATTEMPTS = 3
const CHANNELS = ['first', 'second']

const RULES = `rules:
  - { id: fall, title: { en: Possible fall }, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }
  - { id: sos, title: { en: Help }, category: safety, severity: high, policy: patient, on: sos, when: value == "pressed", clear: manual }
  - { id: weak, title: { en: Weak battery }, category: technical, severity: medium, on: battery, when: value < 5 }
  - { id: link, title: { en: Weak link }, category: technical, severity: medium, on: link, when: value < 5 }
`
const STAFF = `staff: [{ id: siv, name: Siv, phone: "${SIV}", language: en }]\n`

/** What a hub and its people come to, for comparing two runs. */
export interface Course {
  /** What each phone got, in its order, each message once. */
  readonly told: Readonly<Record<string, readonly string[]>>
  /** How the alerts ended, and what happened to them: how deliveries went apart. */
  readonly alerts: readonly string[]
}

export interface Played {
  readonly came: Course
  /** Messages that reached a phone more than once: how often, and what. */
  readonly repeated: readonly string[]
  /** Repeated messages that were not the same to the letter. */
  readonly unlike: readonly string[]
}

interface Stage {
  readonly gateway: SmsGateway
  hub: () => HubProcess
  freeze(): void
  kill(): Promise<void>
  startAgain(): Promise<void>
  stop(): Promise<void>
}

async function openStage(wait: string, routes: string): Promise<Stage> {
  let hub: HubProcess | undefined
  const current = (): HubProcess => {
    if (!hub) throw new Error('There is no hub now')
    return hub
  }
  const gateway = await startSmsGateway(() => current().url)
  const policies = `limits: { perHour: 60, digest: 1m }
policies:
  - id: all
    use: { category: [safety], severity: [high, medium] }
    steps:
      - { to: { contacts: [family] }, wait: ${wait} }
      - { to: { contacts: [neighbour] }, wait: 1h }
      - { to: { oncall: centre }, wait: 1h }
    repeat: { every: 1h }
  # They are told late: a machine that is slow after that must not run into the next step.
  - id: technical
    use: { category: [technical], severity: [high, medium] }
    steps: [{ to: { contacts: [family] }, wait: 1h }, { to: { contacts: [neighbour] }, wait: 1h }, { to: { oncall: centre }, wait: 1h }]
    repeat: { every: 1h }
  - { id: patient, steps: [{ to: { contacts: [family, neighbour] }, wait: 1h }], repeat: { every: 1h } }
rotas: [{ id: centre, timezone: UTC, fallback: [siv] }]
`
  const rules = writeRules({ 'rules.yaml': RULES, 'policies/all.yaml': policies })
  const config = `rules: ${rules}
http: { url: "https://hub.example" }
messages: { shown: [family] }
channels:
${CHANNELS.map((name) => gateway.channelYaml(name)).join('')}routes: { sms: ${routes} }
`
  hub = await startHubProcess({ config })
  const { data } = hub
  return {
    gateway,
    hub: current,
    freeze: () => process.kill(current().pid, 'SIGSTOP'),
    async kill() {
      await current().kill('SIGKILL')
      hub = undefined
    },
    async startAgain() {
      hub = await whenStarted(launchHub({ data, config }))
    },
    async stop() {
      await hub?.kill('SIGKILL')
      await gateway.stop()
    },
  }
}

/** Plays each of the stories to its end, and nothing disturbs them. */
export async function playUndisturbed(stories: readonly Story[]): Promise<ReadonlyMap<Story, Played>> {
  const stage = await openStageFor(stories)
  try {
    const homes = await settle(stage, stories)
    const states = createStates(() => stage.hub().data)
    await Promise.all(stories.map((story, i) => play(states, homes[i]!, story, 0, story.acts.length)))
    const played = await Promise.all(homes.map((home) => lookAt(stage, home)))
    return new Map(stories.map((story, i) => [story, played[i]!]))
  } finally {
    await stage.stop()
  }
}

/**
 * Plays one story for each point, all of them at one hub, up to its point; then `kill -9`, and on to the end.
 * @throws Error when the machine is too busy for all of them to be at their points at once
 */
export async function playThroughCrash(points: readonly Point[]): Promise<ReadonlyMap<Point, Played>> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const played = await playOnce(points)
    if (played) return played
  }
  throw new Error(`The machine is too busy: ${ATTEMPTS} times not every story was at its point at once`)
}

/** @returns undefined when time went on for some of them before the crash */
async function playOnce(points: readonly Point[]): Promise<ReadonlyMap<Point, Played> | undefined> {
  const stage = await openStageFor(points.map(({ story }) => story))
  const { gateway } = stage
  try {
    const homes = await settle(
      stage,
      points.map(({ story }) => story),
    )
    const states = createStates(() => stage.hub().data)
    const crashOf = new Map<StoryHome, Crash>()
    gateway.treat((sms) => {
      const crash = [...crashOf].find(([home]) => home.isOf(sms))?.[1]
      return crash === 'unsent' ? 'refuse' : crash === 'unrecorded' ? 'hold' : 'take'
    })
    const [begin, all] = [Date.now(), points.map(leadOf)]
    const crashAt = begin + Math.max(...all) + AT_ONCE
    const ready = Promise.all([
      delay(crashAt - AT_ONCE - begin),
      ...points.map(async (point, i) => {
        if (leadOf(point) === 0) await play(states, homes[i]!, point.story, 0, point.act)
      }),
    ])
    /** What was begun while the hub was frozen. */
    const unread: (() => Promise<unknown>)[] = []
    const goToPoint = async (point: Point, i: number): Promise<void> => {
      const [home, { story, act, crash }] = [homes[i]!, point]
      const lead = leadOf(point)
      if (lead === 0) await ready
      else {
        await delay(crashAt - lead - Date.now())
        await play(states, home, story, 0, act)
      }
      const { does, tells = [] } = story.acts[act] ?? {}
      if (crash === 'unread') unread.push(async () => await does?.(home, false))
      else if (crash === 'unheard' || crash === 'recorded') await play(states, home, story, act, act + 1)
      else if (crash !== 'waiting') {
        crashOf.set(home, crash)
        await does?.(home, false)
        const attempts = crash === 'unsent' ? gateway.refused : gateway.held
        // Refused by both: while one of them is trusted, those of the next turn would go by that one.
        const each = turnOf(point) === 1 ? CHANNELS.length : 1
        await waitFor(
          `${home.id} to be sent something`,
          () => {
            const mine = attempts().filter(home.isOf)
            return new Set(mine.map(({ key, channel }) => `${key}|${channel}`)).size >= each * tells.length
          },
          SLOW,
        )
      }
    }
    for (const turn of [0, 1, 2])
      // oxlint-disable-next-line no-await-in-loop -- one turn after the other
      await Promise.all(points.map((point, i) => turnOf(point) === turn && goToPoint(point, i)))
    stage.freeze()
    const givenUp = gateway.givenUp()
    for (const does of unread) does().catch(() => {})
    await stage.kill()
    // What it had sent when it was frozen comes to the provider still, and is treated as before.
    await nextTurn()
    const missed = points.filter(({ story, act, crash }, i) => {
      const { tells = [] } = story.acts[act] ?? {}
      const before = story.acts.slice(0, act).flatMap((one) => one.tells).length
      const isTold = crash === 'unheard' || crash === 'recorded' || crash === 'unrecorded'
      return firstOf(homes[i]!.taken()).length > before + (isTold ? tells.length : 0)
    })
    if (missed.length > 0 || givenUp > 0) {
      const where = missed.map(nameOf).join('; ')
      console.log(`Too late for a crash (${givenUp} answers were given up): ${where}`)
      return undefined
    }
    gateway.treat(() => 'take')
    await stage.startAgain()

    await Promise.all(homes.map((home) => home.connect()))
    await Promise.all(
      points.map(async ({ story, act, crash }, i) => {
        const home = homes[i]!
        if (crash === 'unread' || crash === 'unheard') await story.acts[act]?.does?.(home, true)
        await rest(states, home, story, act + 1)
        await play(states, home, story, act + 1, story.acts.length)
      }),
    )
    const played = await Promise.all(homes.map((home) => lookAt(stage, home)))
    return new Map(points.map((point, i) => [point, played[i]!]))
  } finally {
    await stage.stop()
  }
}

function openStageFor(stories: readonly Story[]): Promise<Stage> {
  const isTimed = stories.some(({ acts }) => acts.some(({ after }) => after !== undefined))
  return isTimed
    ? openStage(
        `${STEP_WAIT / 1000}s`,
        `{ channels: [${CHANNELS.join(', ')}], reportWithin: ${REPORT_WITHIN / 1000}s }`,
      )
    : openStage('1h', `[${CHANNELS.join(', ')}]`)
}

/**
 * When it goes to its point, of those that need no time. What is refused after the others, which would go by the next
 * channel; answers that are held back last: others to the same person wait for them.
 */
function turnOf(point: Point): number {
  if (leadOf(point) > 0) return 0
  return point.crash === 'unsent' ? 1 : point.crash === 'unrecorded' ? 2 : 0
}

/** How long before the crash its story must begin, ms; 0: at any time. */
function leadOf({ story, act, crash }: Point): number {
  const isBefore = crash === 'waiting' || crash === 'unread' || crash === 'unheard'
  const acts = story.acts.slice(0, isBefore ? act : act + 1)
  // What is waited for must not come before the crash.
  const begin = crash === 'waiting' ? AT_ONCE : 0
  const lead = acts.reduce((sum, { after = 0 }) => sum + after, begin)
  return crash === 'unsent' ? Math.max(0, lead - AFTER_OTHERS) : lead
}

async function settle(stage: Stage, stories: readonly Story[]): Promise<StoryHome[]> {
  const homes = stories.map((_, i) => createStoryHome(stage, i + 1))
  const unreported = new Map(homes.map((home, i) => [home, stories[i]?.unreported ?? []]))
  stage.gateway.reports((sms) => {
    const home = homes.find((one) => one.isOf(sms))
    const names = home ? unreported.get(home) : []
    return !names?.some((one) => one === home?.nameOf(sms.to) || one === toldAs(home!, sms))
  })
  await stage.hub().api('POST', '/api/staff', { file: 'staff.yaml', text: STAFF })
  const text = `homes:\n${homes.map(({ yaml }) => yaml).join('')}`
  await stage.hub().api('POST', '/api/homes', { file: 'homes.yaml', text })
  await Promise.all(homes.map((home) => home.connect()))
  return homes
}

async function play(states: States, home: StoryHome, story: Story, from: number, to: number): Promise<void> {
  for (let act = from; act < to; act++) {
    await story.acts[act]?.does?.(home, false)
    await rest(states, home, story, act + 1)
  }
}

/** Until everybody was told whom these acts tell, and that is recorded. */
async function rest(states: States, home: StoryHome, story: Story, acts: number): Promise<void> {
  const wanted = story.acts.slice(0, acts).flatMap(({ tells }) => tells)
  await waitFor(
    `${home.id} (${story.name}) to tell ${wanted.join(', ')}`,
    () => {
      const sent = firstOf(home.taken())
      return sent.length >= wanted.length && sent.every(({ key }) => !isUnsent(states(key)))
    },
    SLOW,
  ).catch((cause: unknown) => {
    throw new Error(
      `Told so far: ${firstOf(home.taken())
        .map((one) => toldAs(home, one))
        .join(', ')}`,
      { cause },
    )
  })
}

/** What was read a moment before the message went may still say that it is gathered. */
function isUnsent(state: string | undefined): boolean {
  return state === 'queued' || state === 'gathered'
}

type States = (key: string) => string | undefined

/** How far the messages are, by what is on disk; read anew when that is old. */
function createStates(data: () => string): States {
  let readAt = 0
  let states = new Map<string, string>()
  return (key) => {
    if (Date.now() - readAt > 50) {
      const db = new DatabaseSync(join(data(), 'hub.db'), { readOnly: true, timeout: 1000 })
      const rows = db.prepare('SELECT id, state FROM notification').all() as { id: string; state: string }[]
      db.close()
      states = new Map(rows.map(({ id, state }) => [id, state]))
      readAt = Date.now()
    }
    return states.get(key) ?? 'queued'
  }
}

/** Each message once by each channel, as it came first. */
function firstOf(taken: readonly TakenSms[]): TakenSms[] {
  return [...Map.groupBy(taken, ({ key, channel }) => `${key}|${channel}`).values()].flatMap(
    ([first]) => first ?? [],
  )
}

function toldAs(home: StoryHome, { to, channel }: TakenSms): Told {
  return `${home.nameOf(to)} by ${channel}`
}

async function lookAt({ hub }: Stage, home: StoryHome): Promise<Played> {
  const { alerts } = await hub().api<{ alerts: AlertView[] }>('GET', '/api/alerts?all=true&limit=500')
  const mine = alerts.filter((one) => one.home === home.id).toSorted((a, b) => (a.rule < b.rule ? -1 : 1))
  const histories = await Promise.all(
    mine.map(({ id }) => hub().api<{ events: Event[] }>('GET', `/api/alerts/${id}`)),
  )
  const ruleOf = new Map(mine.map(({ id, rule }) => [id, rule]))
  const plain = (text: string): string =>
    text
      .replaceAll(home.id, 'HOME')
      .replace(/https:\S+/g, 'LINK')
      .replace(/\b\d\d:\d\d\b/g, 'TIME')
      .replace(/\b\d{6}\b/g, 'ONCE')
      .replace(/\b\d{4}\b/g, 'CODE')
  const keyOf = ({ key }: TakenSms): string => {
    const [about = '', ...rest] = key.split('.')
    return [ruleOf.get(about) ?? 'letter', ...rest].join('.')
  }
  const sent = home.taken()
  const lineOf = (one: TakenSms): string => `${keyOf(one)} by ${one.channel}: ${plain(one.text)}`
  const groups = [...Map.groupBy(sent, ({ key, channel }) => `${key}|${channel}`).values()]
  return {
    came: {
      told: Object.fromEntries(
        [...Map.groupBy(firstOf(sent), ({ to }) => home.nameOf(to))].map(([who, all]) => [
          who,
          all.map(lineOf),
        ]),
      ),
      alerts: mine.flatMap(({ rule, handling, handledBy, cause, count }, i) => [
        `${rule} ${handling} by ${handledBy} ${cause ?? ''} ×${count}`,
        ...(histories[i]?.events ?? [])
          .filter(({ what }) => what !== 'delivery')
          .map(({ what, by, text }) => `${rule} ${what} by ${by} ${text ?? ''}`),
      ]),
    },
    repeated: groups
      .filter((all) => all.length > 1)
      .map((all) => `${all.length} times ${home.nameOf(all[0]!.to)} by ${all[0]!.channel}`),
    unlike: groups.filter((all) => new Set(all.map(({ text }) => text)).size > 1).map((all) => all[0]!.key),
  }
}

interface Event {
  readonly what: string
  readonly by: string
  readonly text?: string
}
