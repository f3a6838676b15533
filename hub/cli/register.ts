import type { Command } from 'commander'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { printJson, printLine, printMessage } from './print.ts'
import { readText } from './read-text.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

/** `aal import` */
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
}
