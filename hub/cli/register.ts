import type { Command } from 'commander'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { printJson, printLine, printMessage } from './print.ts'
import { readText } from './read-text.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

/** `aal import` and `aal gateway add` */
export function addRegisterCommands(program: Command): void {
  program
    .command('import <file>')
    .description('Register homes, or change them, from a YAML file; the same file again changes nothing')
    .addHelpText('after', '\nExample:\n  aal import homes.yaml\n  aal gateway add h-0001 --id gw-0001')
    .action(async (file: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const text = await readText(file)
      const answer = (await withApi(
        options,
        (api) => api.call('POST', '/api/homes', { file, text }),
        true,
      )) as {
        homes: number
        changed: number
        limitsReplaced: number
      }
      if (options.json) printJson(answer)
      else
        printLine(
          `${answer.homes} ${answer.homes === 1 ? 'home' : 'homes'} read, ${answer.changed} registered or changed.`,
        )
      if (answer.limitsReplaced > 0) {
        printMessage(
          `${answer.limitsReplaced === 1 ? '1 limit that people had set has' : `${answer.limitsReplaced} limits that people had set have`} the file's value now: aal limits list HOME --all`,
        )
      }
    })

  const gateway = program
    .command('gateway')
    .description('Gateways: the boxes in the homes that speak MQTT')
    .addHelpText('after', '\nExample:\n  aal gateway add h-0001 --id gw-0001')
  gateway
    .command('add <home>')
    .description("Make a gateway's credentials; the password is shown once")
    .option('--id <id>', 'id and user name of the gateway; without it one is made')
    .addHelpText('after', '\nExample:\n  aal gateway add h-0001 --id gw-0001 --json')
    .action(async (home: string, own: { id?: string }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const path = `/api/homes/${encodeURIComponent(home)}/gateways`
      const made = (await withApi(options, (api) =>
        api.call('POST', path, own.id === undefined ? {} : { id: own.id }),
      )) as { home: string; username: string; password: string }
      if (options.json) {
        printJson(made)
        return
      }
      printLine(`home      ${made.home}\nusername  ${made.username}\npassword  ${made.password}`)
      printMessage(
        `\nThe password is shown only now. The gateway publishes under homes/${made.home}/, for example:\n` +
          `  mosquitto_pub -u ${made.username} -P PASSWORD -q 1 -t homes/${made.home}/sensors/SENSOR -m '{"kind":"sos","value":"pressed"}'`,
      )
    })
}
