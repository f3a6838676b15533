import { join } from 'node:path'
import type { Command } from 'commander'
import { CommandError } from './command-error.ts'
import { configOf, withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine, printMessage, showTime } from './print.ts'
import { refuseExisting, writeSecrets } from './write-secrets.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

interface GatewayCertificateRow {
  readonly gateway: string
  readonly home: string
  readonly serial: string
  readonly validTo: number
  readonly shownAt?: number
}

const FILES = { cert: 'cert.pem', key: 'key.pem', ca: 'ca.pem' } as const

/** `aal certificate create` and `list` */
export function addCertificateCommands(program: Command): void {
  const certificate = program
    .command('certificate')
    .description('Certificates: of this hub, for TLS; and which gateways have one')
    .addHelpText('after', '\nExample:\n  aal certificate create --host hub.example.org --out tls')

  certificate
    .command('create')
    .description(
      "Make a certificate for this hub, signed by the hub's own authority: for trying, and small sites",
    )
    .requiredOption(
      '--host <names...>',
      'host names and IP addresses that boxes and browsers reach the hub by',
    )
    .option('--out <dir>', 'folder for cert.pem, key.pem and ca.pem', 'tls')
    .option('--force', 'write over what is there: a running hub takes the new one over by itself')
    .addHelpText(
      'after',
      '\nExamples:\n  aal certificate create --host hub.example.org --out /etc/aal/tls\n  aal certificate create --host hub.example.org 10.0.0.2 --out /etc/aal/tls --force',
    )
    .action(async (own: { host: string[]; out: string; force?: boolean }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const wrong = own.host.find((name) => !/^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$/.test(name))
      if (wrong !== undefined) {
        throw new CommandError(
          `Cannot make a certificate for "${wrong}": expected a host name or an IP address.`,
          2,
        )
      }
      const { data } = await configOf(options)
      if (!own.force) await refuseExisting(own.out, Object.values(FILES))
      const { openAuthority } = await import('../certificates/authority.ts')
      const authority = await openAuthority(join(data, 'certificates'), Date.now())
      const made = await authority.issueServer(own.host, Date.now())
      await writeSecrets(
        own.out,
        {
          [FILES.cert]: made.certificate,
          [FILES.key]: made.key ?? '',
          [FILES.ca]: authority.certificate,
        },
        own.force,
      )
      const paths = {
        cert: join(own.out, FILES.cert),
        key: join(own.out, FILES.key),
        ca: join(own.out, FILES.ca),
      }
      const until = made.facts.validTo
      if (options.json) {
        printJson({ ...paths, until })
        return
      }
      printLine(`${paths.cert}\n${paths.key}\n${paths.ca}`)
      printMessage(
        `\nValid until ${showTime(until)}; the hub warns 30 days ahead. In hub.yaml:\n\n` +
          `mqtt:\n  tls: { cert: ${paths.cert}, key: ${paths.key} }\nhttp:\n  tls: { cert: ${paths.cert}, key: ${paths.key} }\n\n` +
          `Boxes know the hub by ${paths.ca}: "aal gateway config" gives it to them. Browsers warn until it is installed there.`,
      )
    })

  certificate
    .command('list')
    .description('The certificates by which gateways are known, those that end first first')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { certificates } = (await withApi(options, (api) =>
        api.call('GET', '/api/gateway-certificates'),
      )) as {
        certificates: GatewayCertificateRow[]
      }
      if (options.json) {
        printJson(certificates)
        return
      }
      if (certificates.length === 0) {
        printLine('No gateway has a certificate: they have passwords.')
        return
      }
      printLine(
        formatTable(
          ['GATEWAY', 'HOME', 'UNTIL', 'FIRST USED', 'SERIAL'],
          certificates.map(({ gateway, home, validTo, shownAt, serial }) => [
            gateway,
            home,
            showTime(validTo),
            shownAt === undefined ? 'never' : showTime(shownAt),
            serial,
          ]),
        ),
      )
    })
}
