import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import type { AlertView } from '../../hub/http/alert-view.ts'
import { parseDuration } from '../../hub/source/duration.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import { startHubProcess, writeRules } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login, RawClient } from '../helpers/mqtt-client.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { filesOf, FOUND } from './scenario.ts'
import type { Scenario } from './scenario.ts'
import { DEAD_PREFIX } from './sms-carrier.ts'
import type { SmsCarrier } from './sms-carrier.ts'

/** Other tests may have the machine. */
const SLOW = { timeout: 60_000 }
const START = Date.parse('2026-01-05T12:00:00Z')
/** How finely time goes by, ms: all waits in scenarios are multiples, and a longer step is time away for the hub. */
const TICK = 15_000
/** Where the clock moves on and nothing happens. */
const CLOCK_HOME = 'clock'
const STAFF = ['siv', 'tor']

/** What a text is for, by its words in Bokmål, as scenarios call it; nothing for an alert. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/forsto ikke svaret/, 'unclear'],
  [/svar bare dette/, 'untaken'],
  [/Svar 1 \d{4}/, ''],
  [/^Takk for svaret\. Du tar/, 'receipt'],
  [/^Takk for svaret\. (Vi varsler|Varselet)/, 'declined'],
  [/ingen flere meldinger/, 'stopped'],
  [/ (tar seg av|har tatt over|er avsluttet)/, 'taken'],
]

/**
 * Plays scenarios at one real hub in a process of its own, each in a home of its own, all at once: its clock stands, and
 * is moved on when everything that is due has reached the phones.
 * @param carriers in the order of the route
 * @returns who got what when, as `told` of a scenario
 */
export async function playOverSms(
  scenarios: readonly Scenario[],
  carriers: readonly [SmsCarrier, ...SmsCarrier[]],
): Promise<string[][]> {
  const [first] = carriers
  const [{ policies, staff = '' } = { policies: undefined }] = scenarios
  const clock = createFakeClock()
  clock.stand(START)
  const names = carriers.map(nameOf).join(', ')
  const rules = writeRules(Object.fromEntries(filesOf(policies).map(({ name, text }) => [name, text])))
  const config = `rules: ${rules}
channels:
${carriers.map(({ yaml }) => yaml).join('')}routes: { sms: { channels: [${names}], reportWithin: 1m } }
`
  const hub = await startHubProcess({ config, through: clock.through, httpPort: first.httpPort })
  try {
    const people = STAFF.filter((id) => staff.split(' ').includes(id))
    const staffYaml = people
      .map((id) => `  - { id: ${id}, phone: "${staffPhone(id)}", language: nb }\n`)
      .join('')
    if (staffYaml !== '')
      await hub.api('POST', '/api/staff', { file: 's.yaml', text: `staff:\n${staffYaml}` })
    const homes = scenarios.map((scenario, i) => homeYaml(scenario, i))
    const text = `homes:\n${homes.join('')}  - { id: ${CLOCK_HOME}, timezone: UTC, sensors: [{ id: a, profile: native }] }\n`
    await hub.api('POST', '/api/homes', { text })
    return await new Player(hub, scenarios, carriers, clock.stand).play()
  } finally {
    await hub.kill('SIGKILL')
  }
}

const nameOf = ({ yaml }: SmsCarrier): string => /name: (\w+)/.exec(yaml)?.[1] ?? ''
const staffPhone = (id: string): string => `+479003000${STAFF.indexOf(id)}`
const contactsOf = ({ contacts = 'anne berit' }: Scenario): string[] => contacts.split(' ')

function phoneOf(scenario: Scenario, home: number, who: string): string {
  if (who.startsWith('@')) return staffPhone(who.slice(1))
  if (who === 'stranger') return '+4790099999'
  const isDead = scenario.acts.some(([, act]) => act === `${who} is dead`)
  return `${isDead ? DEAD_PREFIX : '+47900'}${String(home).padStart(3, '0')}${contactsOf(scenario).indexOf(who)}0`
}

const homeId = (index: number): string => `h-${index}`

function homeYaml(scenario: Scenario, index: number): string {
  const contacts = contactsOf(scenario).map(
    (id, place) =>
      `{ id: ${id}, phone: "${phoneOf(scenario, index, id)}", language: nb, alias: Mor, order: ${place + 1} }`,
  )
  return `  - id: ${homeId(index)}
    timezone: UTC
    sensors: [{ id: a, profile: native }]
    contacts: [${contacts.join(', ')}]
`
}

class Player {
  readonly #hub: HubProcess
  readonly #scenarios: readonly Scenario[]
  readonly #carriers: readonly [SmsCarrier, ...SmsCarrier[]]
  readonly #setClock: (at: number) => void
  readonly #told: string[][]
  /** Texts of each carrier that were looked at. */
  readonly #seen: number[]
  readonly #logins = new Map<string, Login>()
  #packets = 0
  #isLost = false
  #at = 0

  constructor(
    hub: HubProcess,
    scenarios: readonly Scenario[],
    carriers: readonly [SmsCarrier, ...SmsCarrier[]],
    setClock: (at: number) => void,
  ) {
    this.#hub = hub
    this.#scenarios = scenarios
    this.#carriers = carriers
    this.#setClock = setClock
    this.#told = scenarios.map(() => [])
    this.#seen = carriers.map((carrier) => carrier.arrived().length)
  }

  async play(): Promise<string[][]> {
    const clock = await this.#connect(CLOCK_HOME)
    const ends = this.#scenarios.map(({ until }) => msOf(until))
    for (this.#at = 0; this.#at <= Math.max(...ends); this.#at += TICK) {
      this.#setClock(START + this.#at)
      // Something is heard: what is due by then happens before.
      await this.#publish(clock, CLOCK_HOME, 'battery', 50)
      await this.#settle(ends)
      for (const [home, { acts, until }] of this.#scenarios.entries()) {
        for (const [when, act] of acts) {
          if (msOf(when) !== this.#at || this.#at > msOf(until)) continue
          await this.#act(home, act)
          await this.#settle(ends)
        }
      }
    }
    clock.destroy()
    return this.#told
  }

  async #connect(home: string): Promise<RawClient> {
    const login =
      this.#logins.get(home) ?? (await this.#hub.api<Login>('POST', `/api/homes/${home}/gateways`, {}))
    this.#logins.set(home, login)
    return await connectRaw(this.#hub.mqttPort, login, { clientId: home })
  }

  async #publish(client: RawClient, home: string, kind: string, value: number | string): Promise<void> {
    const messageId = (this.#packets++ % 65_000) + 1
    client.send(publishPacket(`homes/${home}/sensors/a`, { kind, value }, { qos: 1, messageId }))
    await client.waitFor('puback', (packet) => packet.messageId === messageId, SLOW.timeout)
  }

  /** Until everything that is due has reached its phone, and the hub knows that. */
  async #settle(ends: readonly number[]): Promise<void> {
    await waitFor(
      'what is due to reach the phones',
      () => {
        const now = START + this.#at
        const messages = this.#read<{ body: string }>('SELECT body FROM notification').map(
          ({ body }) => JSON.parse(body) as { state: string; notBefore: number; via?: string },
        )
        const silent = this.#carriers.filter(({ isSilent }) => isSilent).map(nameOf)
        const isTaken = ({ state, via = '' }: (typeof messages)[number]): boolean =>
          state === 'accepted' && silent.includes(via)
        const isUnderWay = messages.some(
          (one) =>
            (one.state === 'queued' && one.notBefore <= now) ||
            (one.state === 'accepted' &&
              !isTaken(one) &&
              !(this.#isLost && one.via === nameOf(this.#carriers[0]))),
        )
        const arrived = this.#carriers.reduce((sum, carrier) => sum + carrier.arrived().length, 0)
        const delivered = messages.filter((one) => one.state === 'delivered' || isTaken(one)).length
        return !isUnderWay && arrived >= delivered
      },
      SLOW,
    )
    for (const [i, carrier] of this.#carriers.entries()) {
      const texts = carrier.arrived().slice(this.#seen[i])
      this.#seen[i] = carrier.arrived().length
      for (const { to, text } of texts) {
        const { home, who } = this.#whoseIs(to, text)
        if (this.#at <= (ends[home] ?? 0))
          this.#told[home]?.push([clockOf(this.#at), who, wordOf(text)].join(' ').trim())
      }
    }
  }

  #whoseIs(to: string, text: string): { home: number; who: string } {
    const staff = STAFF.find((id) => staffPhone(id) === to)
    if (staff !== undefined) return { home: Number(/\bh-(\d+)/.exec(text)?.[1]), who: `@${staff}` }
    for (const [home, scenario] of this.#scenarios.entries()) {
      const who = contactsOf(scenario).find((id) => phoneOf(scenario, home, id) === to)
      if (who !== undefined) return { home, who }
    }
    throw new Error('An SMS went to a number of nobody')
  }

  async #act(home: number, text: string): Promise<void> {
    const scenario = this.#scenarios[home]!
    const [who = '', what = '', which] = text.split(' ')
    const alerts = await this.#alertsOf(home)
    const newest = alerts.toSorted((a, b) => b.openedAt - a.openedAt)[0]
    const by = { by: `operator:${who}` }
    const found = FOUND[who as keyof typeof FOUND]
    if (found) {
      const client = await this.#connect(homeId(home))
      await this.#publish(client, homeId(home), found[0], found[1])
      client.destroy()
    } else if (what === 'takes') await this.#hub.api('POST', `/api/alerts/${newest?.id}/acknowledge`, by)
    else if (what === 'resolves') {
      await this.#hub.api('POST', `/api/alerts/${newest?.id}/resolve`, { ...by, cause: 'real' })
    } else if (text === 'network lost' || text === 'network back') {
      this.#isLost = what === 'lost'
      await (this.#isLost ? this.#carriers[0].lose() : this.#carriers[0].find())
    } else if (what === 'yes' || what === 'no' || what === 'stops') {
      const code = (alerts.find(({ rule }) => rule === which) ?? newest)?.code ?? ''
      const said = what === 'yes' ? '1' : '2'
      const words = what === 'stops' ? 'STOPP' : which === '-' ? 'OK' : `${said} ${code}`
      await this.#answer(phoneOf(scenario, home, who), words)
    } else if (what !== 'is') throw new Error(`Cannot play "${text}" over SMS`)
  }

  /** By the way by which messages come at all. */
  async #answer(from: string, text: string): Promise<void> {
    const heard = async (): Promise<number> => {
      const metrics = await (await fetch(`${this.#hub.url}/metrics`)).text()
      const unknown = Number(/^aal_unknown_answers_total (\d+)/m.exec(metrics)?.[1] ?? 0)
      const [{ count } = { count: 0 }] = this.#read<{ count: number }>(
        "SELECT count(*) AS count FROM journal WHERE type IN ('answer', 'stop')",
      )
      return unknown + count
    }
    const before = await heard()
    const carrier = this.#isLost ? this.#carriers.at(-1)! : this.#carriers[0]
    await carrier.answer(from, text)
    await waitFor('the hub to hear the answer', async () => (await heard()) > before, SLOW)
  }

  async #alertsOf(home: number): Promise<AlertView[]> {
    const { alerts } = await this.#hub.api<{ alerts: AlertView[] }>('GET', '/api/alerts')
    return alerts.filter((one) => one.home === homeId(home))
  }

  #read<T>(sql: string): T[] {
    const db = new DatabaseSync(join(this.#hub.data, 'hub.db'), { readOnly: true, timeout: 1000 })
    try {
      return db.prepare(sql).all() as T[]
    } finally {
      db.close()
    }
  }
}

function msOf(text: string): number {
  return parseDuration(text) ?? Number.NaN
}

function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

function wordOf(text: string): string {
  const found = WORDS.find(([pattern]) => pattern.test(text))
  return found ? found[1] : `? ${text}`
}

/** What of a scenario's `told` reaches phones. */
export function reachesPhones({ told }: Scenario): string[] {
  return told
    .filter((line) => !/ (failed|not sent)$/.test(line))
    .flatMap((line) => {
      const [one = '', times = '1'] = line.split(' ×')
      return Array.from({ length: Number(times) }, () => one)
    })
}
