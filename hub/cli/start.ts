import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import type { Config } from '../config.ts'
import type { RunningHub } from '../hub.ts'
import { createLog } from './create-log.ts'
import { ROLES } from '../model/person.ts'
import { configOf } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { printJson, printLine } from './print.ts'
import { plainAddress } from '../source/plain-address.ts'
import { serviceManager } from './service-manager.ts'
import { untilStopped } from './until-stopped.ts'

export interface PortOptions {
  readonly mqttPort?: number
  readonly httpPort?: number
}

/** `aal start` */
export function addStartCommand(program: Command): void {
  program
    .command('start')
    .description('Start the hub')
    .option('--mqtt-port <n>', 'port for gateways (0: any free port)', readPort)
    .option('--http-port <n>', 'port for the console and the API (0: any free port)', readPort)
    .addHelpText(
      'after',
      '\nExamples:\n  aal start\n  aal start --config hub.yaml\n  aal start --data /var/lib/aal --mqtt-port 1883',
    )
    .action(async (own: PortOptions, command: Command) => {
      const options = command.optsWithGlobals<DataOptions & { json?: boolean }>()
      const base = await configOf(options)
      const config = {
        ...base,
        mqtt: { ...base.mqtt, ...(own.mqttPort !== undefined && { port: own.mqttPort }) },
        http: { ...base.http, ...(own.httpPort !== undefined && { port: own.httpPort }) },
      }
      await untilStopped(async (fail) => {
        // Loaded when it is needed: no other command waits for a server's libraries.
        const { startHub } = await import('../hub.ts')
        const log = createLog()
        const manager = serviceManager(process.env, process.pid, log)
        const hub = await startHub({ config, log, onFailure: fail })
        try {
          announce(hub, config, options.json)
        } catch (cause) {
          // Without the link nobody can sign in, and a hub that goes on is not what was asked for.
          await hub.stop()
          throw cause
        }
        const { reloadCertificates } = hub
        // Elsewhere the signal ends the hub, as it does when its terminal is closed.
        const reload = (): void => void reloadCertificates?.()
        if (reloadCertificates) process.on('SIGHUP', reload)
        await manager.ready()
        return async () => {
          process.off('SIGHUP', reload)
          await Promise.all([manager.stopping(), hub.stop()])
        }
      })
    })
}

/** Makes a sign-in link and says where everything is. */
function announce(hub: RunningHub, config: Config, json: boolean | undefined): void {
  const token = createFirstLink(hub.office.people)
  const linkAt = (url: string) => (token === undefined ? undefined : `${url}/sign-in#${token}`)
  const signIn = linkAt(hub.url ?? '')
  if (json) {
    const { mqttPort, mqttsPort, webSocketUrl } = hub
    printJson({
      mqttPort,
      ...(mqttsPort !== undefined && { mqttsPort }),
      ...(webSocketUrl && { webSocketUrl }),
      url: hub.url,
      ...(signIn && { signIn }),
      pid: process.pid,
    })
  } else {
    const isNew = [...hub.core.homes()].length === 0
    // As browsers find it, where that is known.
    const shown = config.http.url?.replace(/\/+$/, '') ?? hub.url ?? ''
    const link = linkAt(shown)
    // In one piece: what the log says meanwhile must not fall between its lines.
    printLine(
      [
        `AAL hub`,
        `  gateways   mqtt://${config.mqtt.host}:${hub.mqttPort}`,
        ...(hub.mqttsPort === undefined
          ? []
          : [`             mqtts://${config.mqtt.tls?.host ?? ''}:${hub.mqttsPort}`]),
        ...(hub.webSocketUrl === undefined ? [] : [`             ${hub.webSocketUrl}`]),
        `  console    ${shown}`,
        `  sign in    ${link ? `${link}   (once, within 24 h; more: aal sign-in --person NAME)` : 'with your password, or a link: aal sign-in --person NAME'}`,
        `  messages   ${config.sms ? 'by SMS' : `on the phone page ${shown}/phone: no SMS provider is configured`}`,
        `  history    ${config.influxdb ? plainAddress(config.influxdb.url) : 'in the journal: no InfluxDB is configured'}`,
        ...(isNew
          ? ['', 'No home is registered yet: aal import homes.yaml, then aal gateway add HOME --id GATEWAY.']
          : []),
      ].join('\n'),
    )
  }
}

/** Signs the first admin in: as long as no admin has a password, there may be no other way. */
function createFirstLink(people: RunningHub['office']['people']): string | undefined {
  const admins = people.list().filter(({ state, roles }) => state === 'active' && roles.includes('admin'))
  if (admins.some(({ hasPassword }) => hasPassword)) return undefined
  const [first] = admins.toSorted((a, b) => a.createdAt - b.createdAt)
  if (first) return people.createSignInToken(first.id)
  if (!people.find('admin')) people.add({ id: 'admin', roles: ROLES, areas: 'all' })
  return people.createSignInToken('admin')
}

export function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError('Expected a port from 0 to 65535.')
  }
  return port
}
