import { readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import { makeFolders } from '../source/make-folders.ts'
import { CommandError } from './command-error.ts'
import { firstDifferences } from './json-difference.ts'
import { nearPath } from './near-path.ts'
import { printJson, printLine } from './print.ts'
import { shippedRules } from './rule-paths.ts'
import { readRules } from './past-history.ts'

interface Choice {
  readonly language?: string
  /** Where the console is. */
  readonly console?: string
}

interface Own extends Choice {
  readonly check?: boolean
  readonly out?: string
  readonly rules?: string
}

/** `aal dashboards` */
export function addDashboardsCommands(program: Command): void {
  program
    .command('dashboards')
    .description('Grafana dashboards as code')
    .command('build')
    .description('Write the dashboards for Grafana as JSON, or check that they are as they would be written')
    .option('--check', 'write nothing; end with 1 if a file is missing, differs, or does not belong there')
    .option('--out <folder>', 'where to (default: dashboards/generated beside the hub)')
    .option('--rules <folder>', 'your own rules, for their titles and limits (default: those of the hub)')
    .addOption(
      new Option('--language <language>', 'one of them only, without a folder of its own').choices([
        'en',
        'nb',
      ]),
    )
    .option('--console <url>', 'where the console is, for the links that lead there', readUrl)
    .addHelpText(
      'after',
      '\nA folder for each language, with the same dashboards: give Grafana one of them. docs/grafana.md says how.' +
        '\n\nExamples:\n  aal dashboards build\n  aal dashboards build --check' +
        '\n  aal dashboards build --rules my-rules --out /var/lib/grafana/dashboards' +
        '\n  aal dashboards build --language nb --console https://hub.example.org:8443 --out /etc/aal/dashboards',
    )
    .action(async (own: Own, command: Command) => {
      const { json } = command.optsWithGlobals<{ json?: boolean }>()
      const folder = own.out ?? shippedDashboards()
      // Here, not above: the package they are made with is large, and "aal --help" loads every command.
      const [{ dashboardFiles }, { CONSOLE }] = await Promise.all([
        import('../../dashboards/all.ts'),
        import('../../dashboards/frame.ts'),
      ])
      const files = forOneHub(dashboardFiles(await readRules(own.rules ?? shippedRules())), CONSOLE, own)
      if (own.check) {
        const faults = await checkDashboards(folder, files)
        if (json) printJson({ folder, ok: faults.length === 0, faults })
        if (faults.length > 0) throw new CommandError(formatFaults(folder, faults))
        if (!json) printLine(`${files.size} dashboards in ${folder} are as they are built.`)
        return
      }
      for (const [name, text] of files) await write(join(folder, name), text)
      if (json) printJson({ folder, files: [...files.keys()] })
      else printLine(`Wrote ${files.size} dashboards to ${folder}.`)
    })
}

/**
 * The files of one language in a folder of no name, with links into one console: Grafana knows no environment in them.
 * @param shipped the address that stands in the files
 */
export function forOneHub(
  files: ReadonlyMap<string, string>,
  shipped: string,
  { language, console: url }: Choice,
): ReadonlyMap<string, string> {
  const chosen = [...files].filter(([file]) => language === undefined || file.startsWith(`${language}/`))
  return new Map(
    chosen.map(([file, text]) => [
      language === undefined ? file : file.slice(language.length + 1),
      url === undefined ? text : text.replaceAll(`"${shipped}"`, JSON.stringify(url)),
    ]),
  )
}

function readUrl(text: string): string {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError('Expected an address such as https://hub.example.org:8443')
  }
  return text.replace(/\/+$/, '')
}

/** The JSON that comes with the hub, as people see the folder from where they are. */
function shippedDashboards(): string {
  return nearPath(fileURLToPath(new URL('../../dashboards/generated', import.meta.url)))
}

/** A file that is not as it is built; `at`: the first places where it differs. */
export interface DashboardFault {
  readonly file: string
  readonly fault: 'missing' | 'unreadable' | 'differs' | 'not ours'
  readonly at?: readonly string[]
}

/** @param files as they are built, by their name in the folder */
export async function checkDashboards(
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<readonly DashboardFault[]> {
  const faults = await Promise.all(
    [...files].map(([name, text]) => checkFile(join(folder, name), name, text)),
  )
  const strangers = [...new Set([...files.keys()].map(dirname))].map(async (language) => {
    const names = await readdir(join(folder, language)).catch(() => [])
    return names
      .map((name) => `${language}/${name}`)
      .filter((name) => !files.has(name))
      .map((file): DashboardFault => ({ file, fault: 'not ours' }))
  })
  return [...faults.filter((fault) => fault !== undefined), ...(await Promise.all(strangers)).flat()]
}

async function checkFile(path: string, file: string, text: string): Promise<DashboardFault | undefined> {
  const found = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined
    throw new CommandError(`Cannot read ${path}: ${cause.message}`)
  })
  if (found === undefined) return { file, fault: 'missing' }
  // How it is laid out is no matter: Grafana and git write line ends and spaces of their own.
  try {
    const at = firstDifferences(JSON.parse(text), JSON.parse(found))
    return at.length === 0 ? undefined : { file, fault: 'differs', at }
  } catch {
    return { file, fault: 'unreadable' }
  }
}

function formatFaults(folder: string, faults: readonly DashboardFault[]): string {
  const lines = faults.map(({ file, fault, at = [] }) => {
    const path = join(folder, file)
    switch (fault) {
      case 'missing':
        return `  ${path} is missing`
      case 'unreadable':
        return `  ${path} is no JSON`
      case 'not ours':
        return `  ${path} is not one of the dashboards: Grafana would load it as well`
      case 'differs':
        return `  ${path} differs: ${at.join(', ')}`
    }
  })
  return [
    'The dashboards are not as they are built:',
    ...lines,
    'Changes belong into dashboards/*.ts; then run "aal dashboards build".',
  ].join('\n')
}

async function write(path: string, text: string): Promise<void> {
  try {
    makeFolders(dirname(path))
    await writeFile(path, text)
  } catch (cause) {
    throw new CommandError(`Cannot write ${path}: ${(cause as Error).message}`)
  }
}
