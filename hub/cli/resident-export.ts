import { createWriteStream } from 'node:fs'
import type { WriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { Command } from 'commander'
import { COPY_PARTS } from '../http/resident-copy.ts'
import type { CopyRow } from '../http/resident-copy.ts'
import { whyNotRead } from '../source/why-not-read.ts'
import { CommandError } from './command-error.ts'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { printJson, printLine } from './print.ts'
import { residentReadme } from './resident-readme.ts'

interface Own {
  readonly out: string
  readonly why: string
  readonly by: string
  readonly wholeHome?: boolean
}

/** `aal resident export` */
export function addResidentExport(resident: Command): void {
  resident
    .command('export <home> [resident]')
    .description('Write all that is kept about a resident into a folder, for them to read or to take along')
    .requiredOption('--out <folder>', 'a folder that is not there yet')
    .option('--whole-home', 'the home with everybody in it; then without a resident')
    .option('--why <text>', 'why; kept in the audit log: without names', 'asked for by the resident')
    .option('--by <person>', 'who does it', 'cli')
    .addHelpText(
      'after',
      '\nA README in their language says what each file is. Readings are in readings.csv, which a spreadsheet opens; all else is' +
        '\nlines of JSON. Names and numbers of contacts and staff are left out: staff are numbered. Of a resident who does not' +
        '\nlive alone: what is of their sensors and alerts, not what is about the home. Look through the comments before you give' +
        '\nit away: they may speak of others. It is health data: give it to them alone, and delete your copy.' +
        '\n\nExamples:\n  aal resident export h-0001 r1 --out kari --by siv\n  aal resident export h-0001 --whole-home --out h-0001',
    )
    .action(async (home: string, id: string | undefined, own: Own, command: Command) => {
      const options = command.optsWithGlobals<DataOptions & { json?: boolean }>()
      if ((id === undefined) !== (own.wholeHome === true)) {
        throw new CommandError('Say whose: aal resident export HOME RESIDENT, or HOME --whole-home.', 2)
      }
      const query = new URLSearchParams({
        why: own.why,
        by: `operator:${own.by}`,
        ...(id !== undefined && { resident: id }),
      })
      const counts = await withApi(options, async (api) => {
        const rows = api.lines(`/api/homes/${encodeURIComponent(home)}/copy?${query}`)
        return writeCopy(rows, own.out, `${home}${id === undefined ? '' : ` ${id}`}`)
      })
      if (options.json) printJson({ folder: own.out, counts })
      else {
        const said = Object.entries(counts).map(([part, count]) => `${part} ${count}`)
        printLine(`Wrote ${own.out}: ${said.join(', ')}. Give it to them alone, and delete it here.`)
      }
    })
}

/** Line by line: a year of readings is never in memory. */
async function writeCopy(
  lines: AsyncIterable<string>,
  folder: string,
  whose: string,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  const files = new Map<string, WriteStream>()
  let head: { language: 'nb' | 'en'; isWhole: boolean } | undefined
  for await (const line of lines) {
    if (!head) {
      // Not before it is known that there is such a resident.
      head = JSON.parse(line) as NonNullable<typeof head>
      await mkdir(folder, { mode: 0o700 }).catch((cause: unknown) => {
        throw new CommandError(
          `Cannot make the folder ${folder}: ${whyNotRead(cause)}. It must not be there yet.`,
        )
      })
      continue
    }
    const { part, ...row } = JSON.parse(line) as CopyRow
    counts[part] = (counts[part] ?? 0) + 1
    let file = files.get(part)
    if (!file) {
      file = createWriteStream(join(folder, fileOf(part)), { mode: 0o600, flags: 'wx' })
      files.set(part, file)
      if (part === 'readings') file.write(`${READING_FIELDS.join(',')}\n`)
    }
    const text =
      part === 'readings' ? READING_FIELDS.map((name) => cell(row[name])).join(',') : JSON.stringify(row)
    if (!file.write(`${text}\n`)) await once(file, 'drain')
  }
  for (const file of files.values()) {
    file.end()
    await finished(file)
  }
  if (head) {
    const text = residentReadme(head.language, { whose, isWhole: head.isWhole, counts })
    await writeFile(join(folder, head.language === 'nb' ? 'LESMEG.txt' : 'README.txt'), text, { mode: 0o600 })
  }
  return counts
}

const READING_FIELDS = ['at', 'sensor', 'kind', 'value']

export function fileOf(part: (typeof COPY_PARTS)[number]): string {
  return part === 'readings' ? 'readings.csv' : `${part}.ndjson`
}

/** A spreadsheet takes what begins so for a formula. */
function cell(value: unknown): string {
  const text = String(value ?? '')
  const safe = typeof value === 'string' && /^[=+\-@]/.test(text) ? `'${text}` : text
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
