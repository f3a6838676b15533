import type { Command } from 'commander'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine } from './print.ts'
import { readText } from './read-text.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

interface Member {
  readonly id: string
  readonly name?: string
  readonly phone?: string
  readonly email?: string
  readonly language: string
}

/** `aal staff import|list` */
export function addStaffCommands(program: Command): void {
  const staff = program
    .command('staff')
    .description('The staff of the care centre: whom rotas and groups name')
    .addHelpText('after', '\nExamples:\n  aal staff import staff.yaml\n  aal staff list')

  staff
    .command('import <file>')
    .description('Say who the staff are, from a YAML file with all of them; who is not in it is forgotten')
    .addHelpText(
      'after',
      '\nThe file:\n  staff:\n    - { id: siv, name: Siv Olsen, phone: "+4790000021", language: nb }' +
        '\n\nExample:\n  aal staff import staff.yaml',
    )
    .action(async (file: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const text = await readText(file)
      const answer = (await withApi(
        options,
        (api) => api.call('POST', '/api/staff', { file, text }),
        true,
      )) as { staff: number; changed: number; removed: number }
      if (options.json) printJson(answer)
      else {
        printLine(
          `${answer.staff} read, ${answer.changed} registered or changed, ${answer.removed} forgotten.`,
        )
      }
    })

  staff
    .command('list')
    .description('List the staff, with their numbers')
    .addHelpText('after', '\nExamples:\n  aal staff list\n  aal staff list --json')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { staff: list } = (await withApi(options, (api) => api.call('GET', '/api/staff'))) as {
        staff: Member[]
      }
      if (options.json) printJson(list)
      else {
        printLine(
          list.length === 0
            ? 'No staff are registered: aal staff import staff.yaml'
            : formatTable(
                ['ID', 'NAME', 'PHONE', 'E-MAIL', 'LANGUAGE'],
                list.map(({ id, name = '', phone = '', email = '', language }) => [
                  id,
                  name,
                  phone,
                  email,
                  language,
                ]),
              ),
        )
      }
    })
}
