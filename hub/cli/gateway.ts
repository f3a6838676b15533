import { Option } from 'commander'
import type { Command } from 'commander'
import { BOX_PARTS, boxFiles } from './box-files.ts'
import type { BoxPart } from './box-files.ts'
import { CommandError } from './command-error.ts'
import { addGatewayChanges } from './gateway-changes.ts'
import { configOf, withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { printJson, printLine, printMessage, showTime } from './print.ts'
import { readText } from './read-text.ts'
import { readPort } from './start.ts'
import { refuseExisting, writeSecrets } from './write-secrets.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

interface MadeCertificate {
  readonly certificate: string
  readonly key?: string
  readonly authority: string
  readonly serial: string
  readonly validTo: number
}

interface Made {
  readonly home: string
  readonly username: string
  readonly password?: string
  readonly certificate?: MadeCertificate
}

interface AddOptions {
  readonly id?: string
  readonly certificate?: boolean
  readonly csr?: string
  readonly out?: string
  readonly configDir?: string
  readonly host?: string
  readonly port?: number
}

const CERTIFICATE_FILES = ['cert.pem', 'key.pem', 'ca.pem']

/** `aal gateway add`, `config`, `renew` and `revoke`; `list`, `rotate` and `remove` */
export function addGatewayCommands(program: Command): void {
  const gateway = program
    .command('gateway')
    .description('Gateways: the boxes in the homes that speak MQTT')
    .addHelpText(
      'after',
      '\nExamples:\n  aal gateway add h-0001 --id gw-0001\n  aal gateway config h-0001 --gateway gw-0001 --host hub.example.org --out box\n  aal gateway revoke gw-0001 --why "stolen"',
    )

  addGatewayChanges(gateway)

  gateway
    .command('add <home>')
    .description("Make a gateway's credentials: a password, or a certificate; shown once")
    .option('--id <id>', 'id and user name of the gateway; without it one is made')
    .option('--certificate', 'a key and its certificate instead of a password (needs mqtt.tls)')
    .option('--csr <file>', "sign a device's own request (PEM) instead: its key never leaves it")
    .option('--out <dir>', 'folder for cert.pem, key.pem and ca.pem (default: the id of the gateway)')
    .option('--config-dir <dir>', 'write the files for the box there too, with the credentials in them')
    .option('--host <name>', 'with --config-dir: where the box reaches the hub')
    .option('--port <n>', 'with --config-dir: its port (default: that of mqtt.tls, else of mqtt)', readPort)
    .addHelpText(
      'after',
      '\nExamples:\n  aal gateway add h-0001 --id gw-0001 --json\n  aal gateway add h-0001 --id gw-0001 --config-dir box --host hub.example.org\n  aal gateway add h-0001 --id gw-0001 --certificate --out box',
    )
    .action(async (home: string, own: AddOptions, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { id, csr, configDir } = own
      const wantsCertificate = own.certificate === true || csr !== undefined
      if (own.out !== undefined && !wantsCertificate) {
        throw new CommandError('Cannot use --out without --certificate or --csr: a password is printed.', 2)
      }
      const out = own.out ?? configDir ?? id
      // What is shown once must have a place before it is made.
      if (out !== undefined && wantsCertificate && !options.json) await refuseExisting(out, CERTIFICATE_FILES)
      if (configDir !== undefined)
        await refuseExisting(configDir, ['README.md', 'mosquitto.conf', 'configuration.yaml'])
      const config = await configOf(options)
      // Said before anything is made when it cannot be known where the hub is.
      const box = {
        config,
        home,
        part: 'all',
        ...(own.host !== undefined && { host: own.host }),
        ...(own.port !== undefined && { port: own.port }),
      } as const
      if (configDir !== undefined) await boxFiles({ ...box, gateway: id ?? '' })

      const path = `/api/homes/${encodeURIComponent(home)}/gateways`
      const body = {
        ...(id !== undefined && { id }),
        ...(own.certificate && { certificate: true }),
        ...(csr !== undefined && { request: await readText(csr) }),
      }
      const made = (await withApi(options, (api) => api.call('POST', path, body))) as Made
      const { username, password, certificate } = made
      const written = [
        ...(certificate && !options.json && out !== configDir
          ? await writeSecrets(out ?? username, pemFiles(certificate))
          : []),
        ...(configDir === undefined
          ? []
          : await writeSecrets(
              configDir,
              await boxFiles({
                ...box,
                gateway: username,
                ...(password !== undefined && { password }),
                ...(certificate && { certificate }),
              }),
            )),
      ]
      if (options.json) {
        printJson(made)
        return
      }
      if (certificate) {
        printLine([`home      ${made.home}`, `gateway   ${username}`, ...written].join('\n'))
        printMessage(
          `\nValid until ${showTime(certificate.validTo)}. The key is kept nowhere else. The gateway connects over TLS with it, without a password, for example:\n` +
            `  mosquitto_pub -h HUB -p 8883 --cafile ca.pem --cert cert.pem --key key.pem -q 1 -t homes/${made.home}/sensors/SENSOR -m '{"kind":"sos","value":"pressed"}'`,
        )
        return
      }
      printLine(
        [`home      ${made.home}`, `username  ${username}`, `password  ${password ?? ''}`, ...written].join(
          '\n',
        ),
      )
      printMessage(
        `\nThe password is shown only now. The gateway publishes under homes/${made.home}/, for example:\n` +
          `  mosquitto_pub -u ${username} -P PASSWORD -q 1 -t homes/${made.home}/sensors/SENSOR -m '{"kind":"sos","value":"pressed"}'`,
      )
    })

  gateway
    .command('config <home>')
    .description('Write what runs on the box in the home: Mosquitto that stores and forwards, Zigbee2MQTT')
    .requiredOption('--gateway <id>', 'the gateway that the box is')
    .addOption(new Option('--for <part>', 'what to write').choices(BOX_PARTS).default('all'))
    .requiredOption('--out <dir>', 'folder for the files')
    .option('--host <name>', 'where the box reaches the hub (default: the host of http.url)')
    .option('--port <n>', 'its port (default: that of mqtt.tls, else of mqtt)', readPort)
    .addHelpText(
      'after',
      '\nThe password is in the files only where they are written as it is made: aal gateway add HOME --config-dir DIR.\n' +
        '\nExample:\n  aal gateway config h-0001 --gateway gw-0001 --host hub.example.org --out box',
    )
    .action(
      async (
        home: string,
        own: { gateway: string; for: BoxPart; out: string; host?: string; port?: number },
        command: Command,
      ) => {
        const options = command.optsWithGlobals<Options>()
        const config = await configOf(options)
        const { known, certificates } = await withApi(options, async (api) => ({
          known: (await api.call('GET', `/api/homes/${encodeURIComponent(home)}`)) as {
            gateways: { id: string; credentials: boolean }[]
          },
          certificates: (await api.call('GET', '/api/gateway-certificates')) as {
            certificates: { gateway: string }[]
          },
        }))
        if (!known.gateways.some(({ id, credentials }) => id === own.gateway && credentials)) {
          throw new CommandError(
            `Cannot write files for gateway "${own.gateway}": home ${home} has no credentials for it. Make them: aal gateway add ${home} --id ${own.gateway} --config-dir ${own.out}`,
          )
        }
        const files = await boxFiles({
          config,
          home,
          gateway: own.gateway,
          part: own.for,
          hasCertificate: certificates.certificates.some((one) => one.gateway === own.gateway),
          ...(own.host !== undefined && { host: own.host }),
          ...(own.port !== undefined && { port: own.port }),
        })
        const written = await writeSecrets(own.out, files)
        if (options.json) printJson({ files: written })
        else printLine(written.join('\n'))
      },
    )

  gateway
    .command('renew <gateway>')
    .description('Make another certificate; those that it has are in force until it comes with the new one')
    .option('--csr <file>', "sign a device's own request (PEM)")
    .option('--out <dir>', 'folder for cert.pem, key.pem and ca.pem (default: the id of the gateway)')
    .addHelpText('after', '\nExample:\n  aal gateway renew gw-0001 --out box')
    .action(async (id: string, own: { csr?: string; out?: string }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const out = own.out ?? id
      if (!options.json) await refuseExisting(out, CERTIFICATE_FILES)
      const body = own.csr === undefined ? {} : { request: await readText(own.csr) }
      const made = (await withApi(options, (api) =>
        api.call('POST', `/api/gateways/${encodeURIComponent(id)}/certificate`, body),
      )) as MadeCertificate & { home: string }
      if (options.json) {
        printJson(made)
        return
      }
      printLine((await writeSecrets(out, pemFiles(made))).join('\n'))
      printMessage(`\nValid until ${showTime(made.validTo)}. Put it on the box and restart Mosquitto there.`)
    })

  gateway
    .command('revoke <gateway>')
    .description(
      'Take its password and certificates away and disconnect it, now; its home is not protected then',
    )
    .option('--why <text>', 'the reason, for the audit log: no names')
    .option('--by <who>', 'who does it, for the audit log')
    .addHelpText('after', '\nExample:\n  aal gateway revoke gw-0001 --why "stolen"')
    .action(async (id: string, own: { why?: string; by?: string }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { answer, isRunning } = await withApi(options, async (api) => ({
        isRunning: api.isRunning,
        answer: (await api.call('POST', `/api/gateways/${encodeURIComponent(id)}/revoke`, {
          ...(own.why !== undefined && { why: own.why }),
          ...(own.by !== undefined && { by: own.by.includes(':') ? own.by : `operator:${own.by}` }),
        })) as { home: string; disconnected: number },
      }))
      if (options.json) {
        printJson(answer)
        return
      }
      const ended = !isRunning
        ? 'no hub runs'
        : answer.disconnected === 0
          ? 'it was not connected'
          : `${answer.disconnected} ${answer.disconnected === 1 ? 'connection was' : 'connections were'} ended`
      printLine(`Gateway ${id} of home ${answer.home} is not let in any more; ${ended}.`)
      printMessage(
        `The home is not protected until it has new ones: aal gateway add ${answer.home} --id ${id}`,
      )
    })
}

function pemFiles({ certificate, key, authority }: MadeCertificate): Record<string, string> {
  return { 'cert.pem': certificate, ...(key !== undefined && { 'key.pem': key }), 'ca.pem': authority }
}
