import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { Certificate, Visit } from '../model/visit.ts'
import { isSealed } from '../office/seal-certificate.ts'
import { localMinute } from '../time/local-time.ts'
import { CommandError } from './command-error.ts'
import { withApi } from './open-api.ts'
import type { Api, DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine, printMessage } from './print.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

interface OwnOfCertificate {
  readonly pdf?: string
  readonly language: string
}

/** `aal home prove|certificate` */
export function addHomeVisitCommands(home: Command): void {
  home
    .command('prove <home>')
    .description("Show the installer's visit: what is proven, what is missing, how long an alarm took")
    .addHelpText(
      'after',
      '\nThe visit itself is done on the phone, in the console: docs/visit.md. Without an open visit this shows the last one.' +
        '\n\nExamples:\n  aal home prove h-0001\n  aal home prove h-0001 --json',
    )
    .action(async (id: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { visit, timezone } = await withApi(options, async (api) => ({
        visit: (await api.call('GET', `${pathOf(id)}/visit`)) as Visit,
        timezone: await timezoneOf(api, id),
      }))
      if (options.json) printJson(visit)
      else printLine(formatVisit(visit, timezone))
    })

  home
    .command('certificate <home> [certificate]')
    .description('Show what a visit proved, or print it; the newest one, unless you name another')
    .option('--pdf <file>', 'write it to this file, to be printed')
    .option('--language <language>', 'of the PDF: nb or en', 'nb')
    .addHelpText(
      'after',
      '\nA print has a fingerprint (SHA-256) at its foot: it is as it was made when this shows the same one. Ends with 1 when\nthe certificate that is kept does not fit its own fingerprint.' +
        '\n\nExamples:\n  aal home certificate h-0001\n  aal home certificate h-0001 --pdf h-0001.pdf --language en\n  aal home certificate h-0001 c-6f0a1b2c3d --json',
    )
    .action(async (id: string, wanted: string | undefined, own: OwnOfCertificate, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { language } = own
      if (language !== 'nb' && language !== 'en') {
        throw new CommandError(`Cannot print in "${language}": expected nb or en.`, 2)
      }
      const certificate = await withApi(options, async (api) => {
        const which = wanted ?? (await newestOf(api, id))
        return (await api.call(
          'GET',
          `${pathOf(id)}/certificates/${encodeURIComponent(which)}`,
        )) as Certificate
      })
      if (own.pdf !== undefined) {
        // Loaded when it is needed: no other command waits for it.
        const { printCertificate } = await import('../office/print-certificate.ts')
        await writeFile(own.pdf, await printCertificate(certificate, language))
        printMessage(`Wrote ${own.pdf}.`)
      }
      if (options.json) printJson(certificate)
      else if (own.pdf === undefined) printLine(formatCertificate(certificate))
      if (!isSealed(certificate)) {
        throw new CommandError(
          `Certificate ${certificate.id} does not fit its own fingerprint: it was changed after it was made.`,
          1,
        )
      }
    })
}

function pathOf(home: string): string {
  return `/api/homes/${encodeURIComponent(home)}`
}

async function timezoneOf(api: Api, home: string): Promise<string> {
  return ((await api.call('GET', `${pathOf(home)}/service`)) as { timezone: string }).timezone
}

async function newestOf(api: Api, home: string): Promise<string> {
  const { certificates } = (await api.call('GET', `${pathOf(home)}/certificates`)) as {
    certificates: { id: string }[]
  }
  const newest = certificates[0]?.id
  if (newest === undefined) {
    throw new CommandError(`${home} has no certificate: no visit was finished there yet (docs/visit.md).`)
  }
  return newest
}

function formatCertificate(certificate: Certificate): string {
  const { timezone, visit, forced } = certificate
  const facts = [
    ['Certificate', certificate.id],
    ['Home', certificate.home],
    ['Proven', `${localMinute(timezone, certificate.at)} by ${certificate.by.replace(/^operator:/, '')}`],
    ['Next check', localMinute(timezone, certificate.due).slice(0, 10)],
    ['Fingerprint', `SHA-256 ${certificate.sha256}`],
    ...(forced ? [['FORCED', forced.reason] as const] : []),
  ] as const
  const head = facts.map(([name, value]) => `${name.padEnd(12)} ${value}`).join('\n')
  return `${head}\n\n${formatProofs(forced ? { ...visit, missing: forced.missing } : visit, timezone)}`
}

function formatVisit(visit: Visit, timezone: string): string {
  const { finished, maintenanceUntil, startedAt, by } = visit
  const at = (ms: number): string => localMinute(timezone, ms)
  const state = finished
    ? `finished ${at(finished.at)}: aal home certificate ${visit.home} ${finished.certificate}`
    : maintenanceUntil === undefined
      ? 'open, and MAINTENANCE IS OVER: alarms go to the family'
      : `open; maintenance until ${at(maintenanceUntil)}`
  return `Visit of ${by.replace(/^operator:/, '')} since ${at(startedAt)}, ${state}\n\n${formatProofs(visit, timezone)}`
}

function formatProofs({ sensors, alarm, missing }: Visit, timezone: string): string {
  const rows = sensors.flatMap((sensor) => {
    const facts = [
      sensor.battery === undefined ? '' : `${sensor.battery} %`,
      sensor.signal === undefined ? '' : `${sensor.signal} %`,
      sensor.qos === undefined ? '' : String(sensor.qos),
    ]
    const steps =
      sensor.steps.length > 0
        ? sensor.steps.map(({ ask, provenAt, value, askedAt }) => [
            ask.en,
            provenAt === undefined ? (askedAt === undefined ? 'NO' : 'waiting') : `${value}`,
            provenAt,
          ])
        : [[sensor.nothing?.en ?? 'heard', sensor.heardAt === undefined ? 'NO' : 'heard', sensor.heardAt]]
    return steps.map(([ask, value, provenAt], index) => [
      index === 0 ? sensor.sensor : '',
      index === 0 ? (sensor.room ?? '') : '',
      String(ask),
      String(value),
      typeof provenAt === 'number' ? localMinute(timezone, provenAt) : '',
      ...(index === 0 ? facts : ['', '', '']),
      index === 0 ? sensor.warnings.map(({ code }) => code).join(', ') : '',
    ])
  })
  const header = ['SENSOR', 'ROOM', 'PROOF', 'PROVEN', 'AT', 'BATTERY', 'SIGNAL', 'QOS', 'WARNINGS']
  const table = sensors.length === 0 ? 'No sensor is registered.' : formatTable(header, rows)
  return [table, alarm ? formatAlarm(alarm) : '', formatMissing(missing)]
    .filter((part) => part !== '')
    .join('\n\n')
}

function formatAlarm({ how, sensor, legs, seconds, state, reason }: NonNullable<Visit['alarm']>): string {
  const by = how === 'hub' ? 'said by the hub, as a test' : 'set off by a sensor'
  const title = `Alarm ${by}${sensor === undefined ? '' : ` (${sensor})`}: ${state.toUpperCase()}${reason ? `, ${reason.en}` : ''}`
  const table = formatTable(
    ['LEG', 'SECONDS'],
    legs.map((leg) => [leg.leg, leg.seconds === undefined ? '' : leg.seconds.toFixed(1)]),
  )
  const total = seconds === undefined ? '' : `\nFrom the reading to the answer: ${seconds.toFixed(1)} s`
  return `${title}\n${table}${total}`
}

function formatMissing(missing: Visit['missing']): string {
  if (missing.length === 0) return 'Nothing is missing.'
  return `Missing:\n${missing.map(({ en }) => `  ${en}`).join('\n')}`
}
