import type { Command } from 'commander'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { printJson, printLine, printMessage } from './print.ts'

/** `aal sign-in` */
export function addSignInCommand(program: Command): void {
  program
    .command('sign-in')
    .description('Make a link that signs one person in to the console')
    .requiredOption('--person <name>', 'who it is for, such as siv: the name beside what this person does')
    .addHelpText(
      'after',
      '\nSomebody who is not known yet becomes an operator; aal person says who may do what.\n\nExamples:\n  aal sign-in --person siv\n  aal sign-in --person siv --json',
    )
    .action(async (own: { person: string }, command: Command) => {
      const options = command.optsWithGlobals<DataOptions & { json?: boolean }>()
      const made = (await withApi(options, (api) =>
        api.call('POST', '/api/sign-in-links', { person: own.person }),
      )) as { person: string; signIn: string }
      if (options.json) {
        printJson(made)
        return
      }
      printLine(made.signIn)
      printMessage(`It signs ${made.person} in, once, within 24 h. Give it to nobody else.`)
    })
}
