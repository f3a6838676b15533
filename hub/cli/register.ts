import { readFile } from 'node:fs/promises'
import { Option } from 'commander'
import type { Command } from 'commander'
import type { ImportAnswer } from '../http/home-file-routes.ts'
import { CommandError } from './command-error.ts'
import { formatDifference } from './difference.ts'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { printJson, printLine, printMessage } from './print.ts'
import { readText } from './read-text.ts'
import { showWork } from './show-work.ts'
import { whyNotRead } from '../source/why-not-read.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

/** `aal import` and `aal export` */
export function addRegisterCommands(program: Command): void {
  program
    .command('import <file>')
    .description(
      'Register homes, or change them, from YAML or a spreadsheet (.csv); the same file again changes nothing',
    )
    .option('--dry-run', 'only say what would change, home by home and field by field')
    .addHelpText(
      'after',
      '\nA spreadsheet has a row for each sensor, resident, contact or gateway, with the columns of its home: docs/homes.md.\nSeparators ; , and tab, and the encodings of Excel, are told apart.' +
        '\n\nExamples:\n  aal import homes.yaml --dry-run\n  aal import homes.csv\n  aal gateway add h-0001 --id gw-0001',
    )
    .action(async (file: string, own: { dryRun?: boolean }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const body = await bodyOf(file)
      const path = own.dryRun ? '/api/homes?dryRun=true' : '/api/homes'
      const work = showWork(`${own.dryRun ? 'Comparing' : 'Importing'} ${file}`)
      const answer = (await withApi(options, (api) => api.call('POST', path, body), true).finally(
        work.stop,
      )) as ImportAnswer
      if (options.json) printJson(answer)
      else if (own.dryRun) printLine(formatDifference(answer))
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

  program
    .command('export')
    .description('Write homes as a file that can be imported again, with all that is personal')
    .addOption(new Option('--format <format>', 'what to write').choices(['yaml', 'csv']).default('yaml'))
    .addOption(
      new Option('--language <language>', 'of the headers of a spreadsheet')
        .choices(['nb', 'en'])
        .default('nb'),
    )
    .option('--homes <ids>', 'only these, with commas between')
    .addHelpText(
      'after',
      '\nExamples:\n  aal export > homes.yaml\n  aal export --format csv --homes h-0001,h-0002 > homes.csv',
    )
    .action(async (own: { format: string; language: string; homes?: string }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const query = new URLSearchParams({ format: own.format, language: own.language })
      if (own.homes !== undefined) query.set('homes', own.homes)
      const text = await withApi(options, (api) => api.text(`/api/homes/export?${query}`))
      if (options.json) printJson({ format: own.format, text })
      else process.stdout.write(text)
    })
}

/** A spreadsheet goes as its bytes: its encoding is told apart where it is read. */
async function bodyOf(file: string): Promise<object> {
  if (!/\.(csv|tsv|txt)$/i.test(file)) return { file, text: await readText(file) }
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new CommandError(`Cannot read ${file}: ${whyNotRead(cause)}`)
  })
  return { file, base64: bytes.toString('base64') }
}
