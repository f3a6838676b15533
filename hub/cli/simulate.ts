import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createHistogram } from 'node:perf_hooks'
import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { z } from 'zod'
import { planHomes, writeImportFile } from '../../devices/simulator/home-plan.ts'
import type { SimulatedHome } from '../../devices/simulator/home-plan.ts'
import { INCIDENTS } from '../../devices/simulator/incident.ts'
import type { IncidentName } from '../../devices/simulator/incident.ts'
import { createLiveHome } from '../../devices/simulator/live-home.ts'
import type { Config } from '../config.ts'
import { loadProfiles } from '../decode/load-profiles.ts'
import type { Profile } from '../decode/profile.ts'
import { parseDuration } from '../source/duration.ts'
import { hint } from '../source/parse-yaml.ts'
import { CommandError } from './command-error.ts'
import { configOf, withApi } from './open-api.ts'
import type { Api, DataOptions } from './open-api.ts'
import { printJson, printLine, printMessage } from './print.ts'
import { shippedProfiles } from './shipped-profiles.ts'
import { untilStopped } from './until-stopped.ts'

/** The passwords of the simulated gateways, for the next run; beside the hub's data. */
const CREDENTIALS = 'simulated-gateways.json'
const credentialsSchema = z.record(z.string(), z.string())
const madeSchema = z.object({ password: z.string() })

interface Ordered {
  readonly name: IncidentName
  readonly home: string
}

interface Options extends DataOptions {
  readonly json?: boolean
  readonly homes: number
  readonly url?: string
  readonly speed: number
  readonly for?: number
  readonly incident: readonly Ordered[]
  readonly profile: readonly string[]
}

/** `aal simulate` */
export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .description('Register simulated homes (sim-0001, …) with a running hub and let them live, over MQTT')
    .option('--homes <n>', 'how many', readCount, 10)
    .option('--url <url>', "the hub's MQTT address (default: as configured)")
    .option('--speed <x>', 'how many times faster than life', readSpeed, 1)
    .option('--for <duration>', 'end after this time, such as 10m (default: at Ctrl-C)', readDuration)
    .option(
      '--incident <name@home>',
      `something that happens at the start; may be given again. Names: ${INCIDENTS.join(', ')}`,
      readIncident,
      [],
    )
    .option(
      '--profile <id>',
      'each home has also a sensor of this device profile; may be given again (all: every one)',
      (id: string, before: readonly string[]) => [...before, id],
      [],
    )
    .addHelpText(
      'after',
      '\nExamples:\n  aal simulate --homes 3\n  aal simulate --homes 100 --speed 60 --for 10m\n  aal simulate --incident fall@sim-0003\n  aal simulate --homes 1 --profile shelly-smoke --profile esphome-bed',
    )
    .action(async (_own: object, command: Command) => simulate(command.optsWithGlobals<Options>()))
}

async function simulate(options: Options): Promise<void> {
  const config = await configOf(options)
  const homes = planHomes(options.homes, 'sim', await othersOf(options.profile, config))
  for (const { home, name } of options.incident) {
    if (homes.some(({ id }) => id === home)) continue
    const last = homes.at(-1)?.id
    throw new CommandError(`Cannot cause ${name}@${home}: expected a home from ${homes[0]?.id} to ${last}`, 2)
  }
  const passwords = await withApi(options, (api) => register(api, homes, join(config.data, CREDENTIALS)))
  const url = options.url ?? `mqtt://${config.mqtt.host}:${config.mqtt.port}`
  const acknowledged = createHistogram()
  const begun = performance.now()
  // Loaded when it is needed: no other command waits for the MQTT client.
  const { createGateway } = await import('../../devices/simulator/gateway.ts')

  await untilStopped(async () => {
    const stops: (() => unknown)[] = []
    const stop = async (): Promise<void> => {
      await Promise.all(stops.map((one) => one()))
    }
    try {
      const live = await Promise.all(
        homes.map(async (home) => {
          const gateway = createGateway({
            url,
            home: home.id,
            username: home.gateway,
            password: passwords[home.gateway] ?? '',
            steady: () => performance.now(),
            onAcknowledged: (ms) => acknowledged.record(Math.max(1, Math.round(ms * 1000))),
            onTrouble: (error) => printMessage(`${home.id}: ${error.message}`),
          })
          stops.push(() => gateway.stop())
          await gateway.start()
          const lived = createLiveHome({ home, gateway, wall: Date.now, speed: options.speed })
          stops.push(() => lived.stop())
          return lived
        }),
      )
      if (!options.json) printMessage(`${homes.length} homes are lived in, over ${url}. Ctrl-C ends it.`)
      for (const one of live) one.start()
      for (const { name, home } of options.incident) {
        const incident = live.find((one) => one.home.id === home)?.incident(name)
        printMessage(
          incident ? `${home}: ${incident.says}` : `${home}: it has no sensor that could show "${name}"`,
        )
      }
    } catch (cause) {
      await stop()
      throw new CommandError((cause as Error).message)
    }
    if (options.for !== undefined) {
      const timer = setTimeout(() => process.emit('SIGINT'), options.for)
      stops.push(() => clearTimeout(timer))
    }
    return stop
  })

  const ms = (quantile: number): number => acknowledged.percentile(quantile) / 1000
  const seconds = (performance.now() - begun) / 1000
  const result = { acknowledged: acknowledged.count, seconds, p50: ms(50), p99: ms(99) }
  if (options.json) {
    printJson(result)
  } else {
    printLine(
      `${result.acknowledged} messages acknowledged in ${Math.round(seconds)} s; from publish to PUBACK ` +
        `half within ${result.p50.toFixed(1)} ms, 99 % within ${result.p99.toFixed(1)} ms.`,
    )
  }
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

/** Registers the homes, which changes nothing the second time, and makes the credentials that are missing. */
async function register(
  api: Api,
  homes: readonly SimulatedHome[],
  file: string,
): Promise<Readonly<Record<string, string>>> {
  await api.call('POST', '/api/homes', { file: 'simulated homes', text: writeImportFile(homes) })
  const kept = await readFile(file, 'utf8').catch(() => '{}')
  const passwords = credentialsSchema.parse(JSON.parse(kept))
  for (const { id, gateway } of homes) {
    if (passwords[gateway] !== undefined) continue
    const made = madeSchema.parse(await api.call('POST', `/api/homes/${id}/gateways`, { id: gateway }))
    passwords[gateway] = made.password
    // One by one: each is shown only once.
    await writeFile(file, JSON.stringify(passwords), { mode: 0o600 })
  }
  return passwords
}

function readCount(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= 9999) return count
  throw new InvalidArgumentError('Expected a number from 1 to 9999.')
}

function readSpeed(text: string): number {
  const speed = Number(text)
  if (speed >= 0.1 && speed <= 10_000) return speed
  throw new InvalidArgumentError('Expected a number from 0.1 to 10000.')
}

function readDuration(text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined && ms > 0 && ms <= 2_147_483_647) return ms
  throw new InvalidArgumentError('Expected a duration of at most 24 days, such as 90s or 10m.')
}

function readIncident(text: string, before: readonly Ordered[]): readonly Ordered[] {
  const [given, home, more] = text.split('@')
  const name = INCIDENTS.find((one) => one === given)
  if (name === undefined || home === undefined || more !== undefined) {
    throw new InvalidArgumentError(`Expected NAME@HOME with a name of ${INCIDENTS.join(', ')}.`)
  }
  return [...before, { name, home }]
}
