import { setTimeout as wait } from 'node:timers/promises'
import type { Command } from 'commander'
import type { ErasePlanView, ErasureView } from '../http/erasure-routes.ts'
import type { EraseClass, EraseCounts, Remains } from '../model/erasure.ts'
import { CommandError } from './command-error.ts'
import { withApi } from './open-api.ts'
import type { Api, DataOptions } from './open-api.ts'
import { addResidentExport } from './resident-export.ts'
import { formatTable, printJson, printLine, printMessage, showTime } from './print.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

interface EraseOptions {
  readonly why?: string
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly wholeHome?: boolean
  readonly callOff?: boolean
  readonly by: string
}

const LOOK_EVERY = 250

/** What each class is called, for people. */
const CALLED: Readonly<Record<EraseClass, string>> = {
  readings: 'readings',
  undecoded: 'messages that could not be read',
  entries: 'other entries of the journal',
  alerts: 'alerts',
  alertEvents: 'lines of their histories',
  messages: 'messages to people',
  readingIds: 'ids of readings and packets',
  links: 'links in messages',
  gateways: "gateways' passwords and certificates",
  certificates: 'certificates of visits',
  homeNotes: 'notes about the home',
  handoverNotes: 'notes to the next shift that name them',
  comments: 'comments elsewhere that named them',
  protectionMonths: 'months of minutes without protection',
  ruleState: 'what rules had learned',
}

/** `aal resident erase|export|erasures` */
export function addResidentCommands(program: Command): void {
  const resident = program
    .command('resident')
    .description('Give residents a copy of all that is kept about them, and erase them')
    .addHelpText(
      'after',
      '\nExamples:\n  aal resident export h-0001 r1 --out kari\n  aal resident erase h-0001 r1 --dry-run\n  aal resident erase h-0001 r1 --why "Ended 2026-10-01, case 26/1204" --yes --by siv\n  aal resident erasures',
    )

  resident
    .command('erase <home> [resident]')
    .description('Erase a resident; where nobody else lives there, the home with all that is in it')
    .option('--whole-home', 'the home with everybody in it; then without a resident')
    .option('--why <text>', 'why; kept in the audit log: without names')
    .option('--dry-run', 'show what would be deleted, class by class, and what would be left; change nothing')
    .option('--yes', 'do it: it cannot be taken back')
    .option('--call-off', 'call off one that still waits for an alert to be resolved')
    .option('--by <person>', 'who does it', 'cli')
    .addHelpText(
      'after',
      '\nA home that is erased as a whole must be closed, and no alert that may be theirs may be open. Deleted are: names, contacts, notes,' +
        '\nconsents; readings, alerts with comments, messages; ids, links, certificates, what rules learned; and the points in' +
        '\nInfluxDB, for which the hub asks until it confirms, also after a start. Of a resident who does not live alone: what is' +
        '\nof their sensors (resident: in the register) and of alerts about them; the rest is about the home. At the end it says' +
        '\nwhat is left where: audit log, backups, providers. A backup that is restored later is told who was erased since' +
        '\n(erasures.json beside it). docs/operations.md, Erasing, has the whole way.' +
        '\n\nExamples:\n  aal resident erase h-0001 r1 --dry-run\n  aal home close h-0001 --why "Ended" && aal resident erase h-0001 r1 --why "case 26/1204" --yes\n  aal resident erase h-0001 --whole-home --why "case 26/1204" --yes --by siv\n  aal resident erase h-0001 r1 --call-off',
    )
    .action(async (home: string, id: string | undefined, own: EraseOptions, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      if ((id === undefined) !== (own.wholeHome === true)) {
        throw new CommandError(
          'Say whom: aal resident erase HOME RESIDENT, or aal resident erase HOME --whole-home.',
          2,
        )
      }
      const isToBeDone = !own.dryRun && !own.callOff
      if (isToBeDone && own.why === undefined) {
        throw new CommandError('Say why, without names: --why "case 26/1204".', 2)
      }
      if (isToBeDone && !own.yes) {
        throw new CommandError(
          'It cannot be taken back. See what goes with --dry-run, and say --yes to do it.',
          2,
        )
      }
      await withApi(options, async (api) => {
        if (own.callOff) await callOff(api, options, home, id, own.by)
        else if (own.dryRun) await showPlan(api, options, home, id, own.by)
        else await erase(api, options, home, id, own)
      })
    })

  addResidentExport(resident)

  resident
    .command('erasures')
    .description('List who was erased, by pseudonyms, and what is not confirmed yet')
    .addHelpText('after', '\nExample:\n  aal resident erasures')
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { erasures } = await withApi(
        options,
        async (api) => (await api.call('GET', '/api/erasures')) as { erasures: ErasureView[] },
      )
      if (options.json) printJson(erasures)
      else if (erasures.length === 0) printLine('Nobody was erased.')
      else {
        printLine(
          formatTable(
            ['WHEN', 'HOME', 'RESIDENT', 'BY', 'STATE'],
            erasures.map((one) => [
              showTime(one.at),
              one.home,
              one.resident ?? 'all',
              one.by,
              stateOf(one) + (one.restored ? ', again after a restore' : ''),
            ]),
          ),
        )
      }
    })
}

async function showPlan(
  api: Api,
  options: Options,
  home: string,
  resident: string | undefined,
  by: string,
): Promise<void> {
  const plan = (await api.call('GET', `${pathOf(home)}?${queryOf(resident, by)}`)) as ErasePlanView
  if (options.json) {
    printJson(plan)
    return
  }
  const who = plan.isWhole ? `home ${home} with all that is in it` : `${resident} of home ${home}`
  printLine(`Would erase ${who}:`)
  printLine(formatCounts(plan.counts))
  if (plan.isWhole && resident !== undefined)
    printLine(`\n${resident} lives there alone: the whole home is erased.`)
  if (plan.sensors.length > 0) printLine(`\nTheir sensors go too: ${plan.sensors.join(', ')}.`)
  printLine(formatRemains(plan.remains))
  for (const why of plan.refused) printLine(`\nNot yet: ${why}`)
}

async function callOff(
  api: Api,
  options: Options,
  home: string,
  resident: string | undefined,
  by: string,
): Promise<void> {
  await api.call('DELETE', `${pathOf(home)}?${queryOf(resident, by)}`)
  if (options.json) printJson({ calledOff: true })
  else printLine(`Called off: ${resident ?? 'everybody'} of home ${home} stays.`)
}

async function erase(
  api: Api,
  options: Options,
  home: string,
  resident: string | undefined,
  { why, by }: EraseOptions,
): Promise<void> {
  let erasure = (await api.call('POST', pathOf(home), {
    ...(resident !== undefined && { resident }),
    why,
    by: `operator:${by}`,
    via: 'cli',
  })) as ErasureView
  if (erasure.home !== home || (erasure.resident !== undefined && erasure.resident !== resident)) {
    throw new CommandError(
      `Nobody was erased: the hub answered with the erasure of ${erasure.resident ?? 'all'} of home ${erasure.home}. Ask again when that is done: aal resident erasures`,
    )
  }
  let remains: readonly Remains[] = []
  // In the database it is a matter of minutes; InfluxDB may be away for days, and nobody waits for that here.
  for (;;) {
    const now = (await api.call('GET', `/api/erasures/${erasure.id}`)) as {
      erasure: ErasureView
      remains: Remains[]
    }
    erasure = now.erasure
    remains = now.remains
    if (erasure.waitsFor !== undefined || erasure.step === 'again' || erasure.step === 'done') break
    await wait(LOOK_EVERY)
  }
  if (options.json) {
    printJson({ erasure, remains })
    return
  }
  const next = api.isRunning ? 'The hub asks again each minute' : 'The hub asks again when it runs'
  if (erasure.step === 'register') {
    throw new CommandError(
      `Not erased yet: ${erasure.waitsFor} ${next}; see: aal resident erasures. To call it off: --call-off`,
    )
  }
  printLine(
    `Erased ${erasure.resident === undefined ? `home ${home}` : `${erasure.resident} of home ${home}`}:`,
  )
  printLine(formatCounts(erasure.counts))
  printLine(formatRemains(remains))
  if (erasure.step === 'tidy') {
    printMessage(
      `\nNames may still be in the files of the database: ${erasure.waitsFor}. ${next}; see: aal resident erasures`,
    )
  }
  if (erasure.step === 'history') {
    printMessage(
      `\nInfluxDB has not confirmed it yet: ${erasure.waitsFor}. ${next}; see: aal resident erasures`,
    )
  }
}

function stateOf({ step, waitsFor }: ErasureView): string {
  switch (step) {
    case 'register':
    case 'database':
      return waitsFor === undefined ? 'under way' : `not erased yet: ${waitsFor}`
    case 'tidy':
      return `names may still be in the files of the database${waitsFor === undefined ? '' : `: ${waitsFor}`}`
    case 'history':
      return `InfluxDB has not confirmed it${waitsFor === undefined ? '' : `: ${waitsFor}`}`
    case 'again':
    case 'done':
      return 'erased'
  }
}

function formatCounts(counts: EraseCounts): string {
  const rows = Object.entries(CALLED).flatMap(([name, called]) => {
    const count = counts[name as EraseClass] ?? 0
    return count === 0 ? [] : [[String(count), called]]
  })
  return rows.length === 0 ? 'nothing is kept of them' : formatTable(['ROWS', 'OF'], rows)
}

function formatRemains(remains: readonly Remains[]): string {
  return ['\nWhat is left, and where:', ...remains.map(({ where, what }) => `  ${where}: ${what}`)].join('\n')
}

function queryOf(resident: string | undefined, by: string): string {
  return String(new URLSearchParams({ by: `operator:${by}`, ...(resident !== undefined && { resident }) }))
}

function pathOf(home: string): string {
  return `/api/homes/${encodeURIComponent(home)}/erasure`
}
