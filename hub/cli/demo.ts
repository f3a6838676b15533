import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SingleBar } from 'cli-progress'
import type { Command } from 'commander'
import { pino } from 'pino'
import { z } from 'zod'
import type { Gateway } from '../../devices/simulator/gateway.ts'
import { planHomes } from '../../devices/simulator/home-plan.ts'
import type { SimulatedHome } from '../../devices/simulator/home-plan.ts'
import { createLiveHome } from '../../devices/simulator/live-home.ts'
import { createPassword } from '../broker/credentials.ts'
import { loadConfig } from '../config.ts'
import { hasDatabase } from '../database/open-database.ts'
import { loadProfiles } from '../decode/load-profiles.ts'
import { loadRuleFiles } from '../rules/load-rule-files.ts'
import { makeFolders } from '../source/make-folders.ts'
import { CommandError } from './command-error.ts'
import { createNarration, formatTold } from './demo-narration.ts'
import type { Told } from './demo-narration.ts'
import { simulatePast } from './demo-past.ts'
import type { Past } from './demo-past.ts'
import { listenToKeys, printScreen } from './demo-screen.ts'
import { createStory } from './demo-story.ts'
import { printJson, printLine } from './print.ts'
import { readPort } from './start.ts'
import type { PortOptions } from './start.ts'
import { untilStopped } from './until-stopped.ts'

const HOMES = 12
const WEEK = 7 * 24 * 3_600_000
/** The gateways' passwords, for a demo that goes on in the same folder. */
const CREDENTIALS = 'demo-gateways.json'
const passwordsSchema = z.record(z.string(), z.string())

export interface DemoOptions extends PortOptions {
  readonly data?: string
  readonly json?: boolean
}

/** `aal demo` */
export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('See it work: a hub with a dozen simulated homes, a page to open, a phone to answer')
    .option('--mqtt-port <n>', 'port for gateways (default: 1883, or any free port)', readPort)
    .option('--http-port <n>', 'port for the pages (default: 8080, or any free port)', readPort)
    .addHelpText(
      'after',
      '\nExamples:\n  aal demo\n  aal demo --data demo-data     keep what happens, and go on with it',
    )
    .action(async (_own: object, command: Command) => runDemo(command.optsWithGlobals<DemoOptions>()))
}

/** Runs until a signal, or q. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const stopping = new AbortController()
  const onSignal = (): void => stopping.abort()
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
  await untilStopped(async (fail) => {
    const stops: (() => unknown)[] = []
    const stop = async (): Promise<void> => {
      for (const one of stops.splice(0).toReversed()) await one()
    }
    try {
      await start(options, stopping.signal, stops, fail)
    } catch (cause) {
      await stop()
      // Stopped while it was being made ready: that is no failure.
      if (!stopping.signal.aborted) throw cause
    }
    return stop
  })
}

async function start(
  options: DemoOptions,
  signal: AbortSignal,
  stops: (() => unknown)[],
  fail: (error: Error) => void,
): Promise<void> {
  const homes = planHomes(HOMES, 'h')
  const folder = options.data ?? (await mkdtemp(join(tmpdir(), 'aal-demo-')))
  if (options.data === undefined) {
    stops.push(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  }
  const past = await makePast(folder, homes, options, signal)
  signal.throwIfAborted()

  const { config, taken } = await configFor(folder, options)
  // The hub's own log would be between the lines of the story.
  const log = pino({ level: 'info' }, pino.destination({ dest: join(folder, 'demo.log'), sync: true }))
  // Loaded when it is needed: no other command waits for a server's libraries.
  const { startHub } = await import('../hub.ts')
  const { createGateway } = await import('../../devices/simulator/gateway.ts')
  const hub = await startHub({ config, log, onFailure: fail })
  stops.push(() => hub.stop())
  const passwords = await loadPasswords(folder)

  const tell = (told: Told): void => {
    if (options.json) printJson(told)
    else printLine(formatTold(told, hub.core.home(told.home)))
  }
  const { office } = hub
  const gateways: Gateway[] = []
  stops.push(() => Promise.all(gateways.map((gateway) => gateway.stop())))
  const live = await Promise.all(
    homes.map(async (home) => {
      const gateway = createGateway({
        url: `mqtt://${config.mqtt.host}:${hub.mqttPort}`,
        home: home.id,
        username: home.gateway,
        password: passwords[home.gateway] ?? '',
        steady: () => performance.now(),
        onAcknowledged: () => {},
        onTrouble: (error) => log.warn({ home: home.id, err: error }, 'simulated gateway'),
      })
      gateways.push(gateway)
      await gateway.start()
      const effects =
        past?.incidents.filter((one) => one.home === home.id).flatMap((one) => one.effects) ?? []
      const lived = createLiveHome({ home, gateway, wall: Date.now, speed: 1, effects })
      stops.push(() => lived.stop())
      return lived
    }),
  )
  signal.throwIfAborted()
  for (const one of live) one.start()

  const story = createStory(live, office, (home, text) =>
    tell({ at: hub.core.now(), home, what: 'world', text }),
  )
  stops.push(() => story.stop())
  const token = office.people.createSignInToken('operator')
  if (options.json) {
    const { mqttPort, url } = hub
    printJson({
      mqttPort,
      url,
      signIn: `${url}/sign-in#${token}`,
      phone: `${url}/phone`,
      data: folder,
      pid: process.pid,
    })
  } else {
    const signIn = `${hub.url}/sign-in#${token}`
    printScreen(hub, { signIn, homes, past, folder, isKept: options.data !== undefined, taken })
  }
  const narration = createNarration(office, tell)
  stops.push(
    hub.core.onCommit((commit) => {
      narration.follow(commit)
      story.follow(commit)
    }),
  )
  if (process.stdin.isTTY && !options.json) stops.push(listenToKeys(story))
  story.start()
}

/** Fills a new folder with a week; a folder of an earlier demo is gone on with. */
async function makePast(
  folder: string,
  homes: readonly SimulatedHome[],
  options: DemoOptions,
  signal: AbortSignal,
): Promise<Past | undefined> {
  if (hasDatabase(folder)) {
    if (existsSync(join(folder, CREDENTIALS))) return undefined
    throw new CommandError(
      `Cannot run the demo in ${folder}: it holds the data of another hub. Choose an empty folder with --data DIR.`,
    )
  }
  try {
    makeFolders(folder, 0o700)
  } catch (cause) {
    throw new CommandError(
      `Cannot run the demo in ${folder}: ${(cause as Error).message}. Choose another folder with --data DIR.`,
    )
  }
  const passwords = Object.fromEntries(homes.map(({ gateway }) => [gateway, createPassword()]))
  await writeFile(join(folder, CREDENTIALS), JSON.stringify(passwords), { mode: 0o600 })
  // Half a week is of no use: it is made elsewhere, and moved when it is whole.
  const making = await mkdtemp(join(folder, 'week-'))
  const bar =
    process.stderr.isTTY && !options.json
      ? new SingleBar({
          format: '  A week in {homes} homes  {bar}  {percentage} %',
          hideCursor: true,
          clearOnComplete: true,
        })
      : undefined
  bar?.start(100, 0, { homes: homes.length })
  const to = Date.now()
  try {
    const past = await simulatePast({
      folder: making,
      homes,
      passwords,
      profiles: await loadProfiles(shipped('../../devices/profiles')),
      ruleFiles: await loadRuleFiles(shipped('../../rules')),
      from: to - WEEK,
      to,
      onProgress(done) {
        signal.throwIfAborted()
        bar?.update(Math.round(done * 100))
      },
    })
    await rename(join(making, 'hub.db'), join(folder, 'hub.db'))
    return past
  } finally {
    bar?.stop()
    await rm(making, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** The embedded defaults; for the usual ports that others have, and none was asked for, any free ones. */
async function configFor(folder: string, { mqttPort, httpPort }: DemoOptions) {
  const base = await loadConfig(undefined)
  const { mqtt, http } = base
  const taken: number[] = []
  const portOf = async (
    asked: number | undefined,
    usual: { host: string; port: number },
  ): Promise<number> => {
    if (asked !== undefined) return asked
    if (await isFree(usual.host, usual.port)) return usual.port
    taken.push(usual.port)
    return 0
  }
  const config = {
    ...base,
    data: folder,
    mqtt: { ...mqtt, port: await portOf(mqttPort, mqtt) },
    http: { ...http, port: await portOf(httpPort, http) },
  }
  return { config, taken }
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((fulfil) => {
    const probe = createServer()
    probe.once('error', () => fulfil(false))
    probe.listen(port, host, () => probe.close(() => fulfil(true)))
  })
}

async function loadPasswords(folder: string): Promise<Readonly<Record<string, string>>> {
  return passwordsSchema.parse(JSON.parse(await readFile(join(folder, CREDENTIALS), 'utf8')))
}

function shipped(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
