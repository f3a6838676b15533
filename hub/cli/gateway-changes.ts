import type { Command } from 'commander'
import type { GatewayView } from '../http/register-view.ts'
import { pathOf } from './change-home.ts'
import type { ChangeOptions } from './change-home.ts'
import { withApi } from './open-api.ts'
import { formatTable, printJson, printLine, printMessage } from './print.ts'

/** `aal gateway list|rotate|remove` */
export function addGatewayChanges(gateway: Command): void {
  gateway
    .command('list <home>')
    .description('The gateways of a home: connected or not, and whether they have credentials')
    .addHelpText('after', '\nExample:\n  aal gateway list h-0001')
    .action(async (home: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<ChangeOptions>()
      const { gateways } = (await withApi(options, (api) => api.call('GET', `${pathOf(home)}/gateways`))) as {
        gateways: GatewayView[]
      }
      if (options.json) printJson(gateways)
      else if (gateways.length === 0) printLine(`${home} has no gateway.`)
      else {
        const rows = gateways.map(({ id, online, credentials, rotatedAt }) => [
          id,
          online ? 'yes' : 'no',
          credentials ? (rotatedAt === undefined ? 'yes' : 'new ones, not used yet') : 'NONE',
        ])
        printLine(formatTable(['GATEWAY', 'CONNECTED', 'CREDENTIALS'], rows))
      }
    })

  gateway
    .command('rotate <home> <gateway>')
    .description('Give a gateway, or the box that replaces it, another password; shown once')
    .option('--now', 'the old password is good no more, before the new one was used')
    .option('--by <person>', 'who does it', 'cli')
    .addHelpText('after', '\nExample:\n  aal gateway rotate h-0001 gw-0001')
    .action(async (home: string, id: string, own: { now?: boolean }, command: Command) => {
      const options = command.optsWithGlobals<ChangeOptions>()
      const body = { old: own.now ? 'at-once' : 'after-connect', by: `operator:${options.by}`, via: 'cli' }
      const path = `${pathOf(home)}/gateways/${encodeURIComponent(id)}/rotation`
      const made = (await withApi(options, (api) => api.call('POST', path, body))) as {
        home: string
        username: string
        password: string
      }
      if (options.json) {
        printJson(made)
        return
      }
      printLine(`home      ${made.home}\nusername  ${made.username}\npassword  ${made.password}`)
      const old = own.now
        ? 'The old one is good no more.'
        : 'The old one is good until the gateway comes with this one.'
      printMessage(`The password is shown only now. ${old}`)
    })

  gateway
    .command('remove <home> <gateway>')
    .description('Take a gateway out of a home; its credentials are gone')
    .option('--by <person>', 'who does it', 'cli')
    .addHelpText('after', '\nExample:\n  aal gateway remove h-0001 gw-0001')
    .action(async (home: string, id: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<ChangeOptions>()
      const query = new URLSearchParams({ by: `operator:${options.by}`, via: 'cli' })
      const path = `${pathOf(home)}/gateways/${encodeURIComponent(id)}?${query}`
      await withApi(options, (api) => api.call('DELETE', path))
      if (options.json) printJson({ home, gateway: id })
      else printLine(`${id} is out of ${home}. Its credentials are gone.`)
    })
}
