import { join } from 'node:path'
import { createHistogram } from 'node:perf_hooks'
import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { createFleet } from '../../devices/simulator/fleet.ts'
import type { Fleet } from '../../devices/simulator/fleet.ts'
import { planHomes } from '../../devices/simulator/home-plan.ts'
import { INCIDENTS } from '../../devices/simulator/incident.ts'
import { parseOrder } from '../../devices/simulator/order.ts'
import type { Order } from '../../devices/simulator/order.ts'
import type { Config } from '../config.ts'
import { loadProfiles } from '../decode/load-profiles.ts'
import type { Profile } from '../decode/profile.ts'
import { parseDuration } from '../source/duration.ts'
import { hint } from '../source/parse-yaml.ts'
import { CommandError } from './command-error.ts'
import { configOf, withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { printJson, printLine } from './print.ts'
import { registerSimulated } from './register-simulated.ts'
import { shippedProfiles } from './shipped-profiles.ts'
import { KEYS, openScreen, orderHelp } from './simulate-screen.ts'
import type { Screen } from './simulate-screen.ts'
import { untilStopped } from './until-stopped.ts'

/** The passwords of the simulated gateways, for the next run; beside the hub's data. */
const CREDENTIALS = 'simulated-gateways.json'
const STATUS_EVERY = 1000
const TROUBLE_EVERY = 10_000
/** Programs read more than people do, and later. */
const STATUS_LINE_EVERY = 10

interface Options extends DataOptions {
  readonly json?: boolean
  readonly homes: number
  readonly prefix: string
  readonly url?: string
  readonly speed: number
  readonly for?: number
  readonly seed?: string
  readonly dropouts?: boolean
  readonly drift?: boolean
  readonly lowBattery?: boolean
  readonly incident: readonly string[]
  readonly profile: readonly string[]
}

const append = (one: string, before: readonly string[]): readonly string[] => [...before, one]

/** `aal simulate` */
export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .description('Register simulated homes (sim-0001, …) with a running hub and let them live, over MQTT')
    .option('--homes <n>', 'how many; each has a connection of its own', readCount, 10)
    .option('--prefix <text>', 'what their ids begin with', readPrefix, 'sim')
    .option('--url <url>', "the hub's MQTT address (default: as configured)")
    .option('--speed <x>', 'how many times faster than life: 60, or 60x', readSpeed, 1)
    .option('--for <duration>', 'end after this time, such as 10m (default: at Ctrl-C)', readDuration)
    .option('--seed <text>', 'the same text gives the same messages at the same times; another, other days')
    .option('--dropouts', 'gateways lose their link now and then, and bring what they kept')
    .option('--drift', 'the clocks of gateways go wrong: most by a second or so, some by hours')
    .option('--low-battery', 'one battery in ten is changed by nobody until it is empty')
    .option(
      '--incident <name@home>',
      `something that happens at the start; may be given again. Names: ${INCIDENTS.join(', ')}`,
      append,
      [],
    )
    .option(
      '--profile <id>',
      'each home has also a sensor of this device profile; may be given again (all: every one)',
      append,
      [],
    )
    .addHelpText(
      'after',
      `\nWhile it runs, type what shall happen, or send it as lines on stdin (durations are of the time in the home):\n${orderHelp()}` +
        '\n\nExamples:\n  aal simulate --homes 3\n  aal simulate --homes 1000 --speed 60x --seed 7 --dropouts --drift --low-battery --for 10m\n  aal simulate --incident fall@sim-0003 --incident "dropout@sim-0007 2h"\n  aal simulate --homes 1 --profile shelly-smoke --profile esphome-bed\n  echo "fall sim-0003" | aal simulate --json',
    )
    .action(async (_own: object, command: Command) => simulate(command.optsWithGlobals<Options>()))
}

async function simulate(options: Options): Promise<void> {
  const config = await configOf(options)
  const { seed, lowBattery } = options
  const homes = planHomes(options.homes, options.prefix, await othersOf(options.profile, config), {
    ...(seed !== undefined && { seed }),
    ...(lowBattery && { areBatteriesNeglected: true }),
  })
  const ids = homes.map(({ id }) => id)
  const atStart = options.incident.map((text): Order => {
    const order = parseOrder(text, ids)
    if ('cannot' in order) throw new CommandError(order.cannot, 2)
    return order
  })
  const url = options.url ?? `mqtt://${config.mqtt.host}:${config.mqtt.port}`
  const acknowledged = createHistogram()
  const begun = performance.now()
  const seconds = (): number => (performance.now() - begun) / 1000
  const stopping = new AbortController()
  const abort = (): void => stopping.abort()
  process.once('SIGINT', abort)
  process.once('SIGTERM', abort)
  const { signal } = stopping
  const screen = openScreen(options)
  let lost = 0

  await untilStopped(async () => {
    const stops: (() => unknown)[] = []
    const stop = async (): Promise<void> => {
      for (const one of stops.splice(0).toReversed()) await one()
    }
    try {
      stops.push(() => screen.close())
      const registering = screen.progress('Registered', homes.length)
      const passwords = await withApi(options, (api) =>
        registerSimulated({
          api,
          homes,
          file: join(config.data, CREDENTIALS),
          signal,
          onProgress: registering.update,
        }),
      ).finally(registering.stop)
      screen.tell(
        { what: 'registered', homes: homes.length, seconds: seconds() },
        `${homes.length} homes are registered.`,
      )

      // Loaded when it is needed: no other command waits for the MQTT client.
      const { createGateway } = await import('../../devices/simulator/gateway.ts')
      const trouble = createTroubles(screen)
      const fleet = createFleet({
        homes,
        createGateway: (home, reconnectEvery) =>
          createGateway({
            url,
            home: home.id,
            username: home.gateway,
            password: passwords[home.gateway] ?? '',
            steady: () => performance.now(),
            onAcknowledged: (ms) => acknowledged.record(Math.max(1, Math.round(ms * 1000))),
            onTrouble: trouble,
            reconnectEvery,
          }),
        wall: Date.now,
        speed: options.speed,
        hasDropouts: options.dropouts === true,
        hasDrift: options.drift === true,
        signal,
        onLink: (home, isUp) =>
          screen.tell(
            { what: isUp ? 'link-up' : 'link-down', home },
            `${home}: the link is ${isUp ? 'back' : 'gone'}`,
          ),
      })
      stops.push(async () => {
        lost = fleet.counts().lost
        await fleet.stop()
      })
      const connecting = screen.progress('Connected', homes.length)
      await fleet.start(connecting.update).finally(connecting.stop)
      screen.tell(
        { what: 'connected', homes: homes.length, seconds: seconds(), url },
        `${homes.length} homes are lived in, over ${url}. Ctrl-C ends it; "help" says what can be typed.`,
      )
      for (const order of atStart) carryOut(order, fleet, screen)
      screen.listen(createListener(fleet, ids, screen), ids)
      stops.push(showStatus(fleet, () => acknowledged.count, screen))
    } catch (cause) {
      await stop()
      // Stopped while it was being made ready: that is no failure.
      if (!signal.aborted)
        throw cause instanceof CommandError ? cause : new CommandError((cause as Error).message)
    }
    if (options.for !== undefined) {
      const timer = setTimeout(() => process.emit('SIGINT'), options.for)
      stops.push(() => clearTimeout(timer))
    }
    return stop
  })

  const ms = (quantile: number): number => acknowledged.percentile(quantile) / 1000
  const result = { acknowledged: acknowledged.count, lost, seconds: seconds(), p50: ms(50), p99: ms(99) }
  if (options.json) {
    printJson({ at: Date.now(), what: 'ended', ...result })
  } else {
    printLine(
      `${result.acknowledged} messages acknowledged in ${Math.round(result.seconds)} s; from publish to PUBACK ` +
        `half within ${result.p50.toFixed(1)} ms, 99 % within ${result.p99.toFixed(1)} ms.`,
    )
  }
}

/** What one line does. */
function createListener(fleet: Fleet, ids: readonly string[], screen: Screen): (line: string) => void {
  let next = 0
  /** The next home that can show it. */
  const somewhere = (name: (typeof KEYS)[number]['name']): void => {
    for (let tries = 0; tries < ids.length; tries++) {
      const home = ids[next++ % ids.length] ?? ''
      const done = fleet.carryOut({ does: 'incident', name, home })
      if ('cannot' in done) continue
      screen.tell({ what: 'incident', home, name, says: done.says }, `${home}: ${done.says}`)
      return
    }
  }
  return (line) => {
    const key = KEYS.find((one) => one.key === line)
    if (line === 'quit' || line === 'q') process.emit('SIGINT')
    else if (line === 'help' || line === '?') screen.tell({ what: 'help', text: orderHelp() }, orderHelp())
    else if (key) somewhere(key.name)
    else {
      const order = parseOrder(line, ids)
      if ('cannot' in order) screen.tell({ what: 'refused', why: order.cannot }, order.cannot)
      else carryOut(order, fleet, screen)
    }
  }
}

function carryOut(order: Order, fleet: Fleet, screen: Screen): void {
  const { home, does, ...rest } = order
  const done = fleet.carryOut(order)
  if ('cannot' in done) screen.tell({ what: 'refused', home, why: done.cannot }, `${home}: ${done.cannot}`)
  else screen.tell({ what: does, home, ...rest, says: done.says }, `${home}: ${done.says}`)
}

/** A thousand gateways may all say the same: it is told once, and how many said it. */
function createTroubles(screen: Screen): (error: Error) => void {
  let count = 0
  let last = ''
  let wait = STATUS_EVERY
  let timer: NodeJS.Timeout | undefined
  const tell = (): void => {
    screen.tell(
      { what: 'trouble', times: count, why: last },
      `No connection${count === 1 ? '' : ` (${count} times)`}: ${last}. It is tried again.`,
    )
    count = 0
    timer = undefined
    wait = TROUBLE_EVERY
  }
  return ({ message }) => {
    count++
    last = message
    timer ??= setTimeout(tell, wait).unref()
  }
}

/** @returns how to stop it */
function showStatus(fleet: Fleet, acknowledged: () => number, screen: Screen): () => void {
  let before = { acknowledged: acknowledged(), at: performance.now(), cpu: process.cpuUsage() }
  let ticks = 0
  const timer = setInterval(() => {
    const now = { acknowledged: acknowledged(), at: performance.now(), cpu: process.cpuUsage() }
    const counts = fleet.counts()
    const passed = now.at - before.at
    const perSecond = ((now.acknowledged - before.acknowledged) * 1000) / passed
    const used = now.cpu.user + now.cpu.system - before.cpu.user - before.cpu.system
    const rss = Math.round(process.memoryUsage.rss() / 1e6)
    screen.status(
      `${counts.connected} connected, ${now.acknowledged} acknowledged, ${perSecond.toFixed(0)}/s, ${counts.waiting} waiting, ${rss} MB`,
    )
    if (ticks++ % STATUS_LINE_EVERY === 0) {
      screen.note({
        what: 'status',
        ...counts,
        acknowledged: now.acknowledged,
        perSecond: Math.round(perSecond),
        megabytes: rss,
        cpu: Math.round(used / 10 / passed),
      })
      before = now
    }
  }, STATUS_EVERY)
  return () => clearInterval(timer)
}

async function othersOf(ids: readonly string[], config: Config): Promise<readonly Profile[]> {
  if (ids.length === 0) return []
  const profiles = await loadProfiles(config.profiles ?? shippedProfiles())
  if (ids.includes('all')) return [...profiles.values()]
  return [...new Set(ids)].map((id) => {
    const profile = profiles.get(id)
    if (profile) return profile
    throw new CommandError(`There is no profile "${id}"${hint(id, [...profiles.keys()])}`, 2)
  })
}

function readCount(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= 9999) return count
  throw new InvalidArgumentError('Expected a number from 1 to 9999.')
}

function readPrefix(text: string): string {
  if (/^[A-Za-z][A-Za-z0-9-]{0,30}$/.test(text)) return text
  throw new InvalidArgumentError('Expected letters, digits and hyphens, at most 31.')
}

function readSpeed(text: string): number {
  const speed = Number(text.replace(/x$/, ''))
  if (speed >= 0.1 && speed <= 10_000) return speed
  throw new InvalidArgumentError('Expected a number from 0.1 to 10000.')
}

function readDuration(text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined && ms > 0 && ms <= 2_147_483_647) return ms
  throw new InvalidArgumentError('Expected a duration of at most 24 days, such as 90s or 10m.')
}
