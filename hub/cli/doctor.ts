import { styleText } from 'node:util'
import type { Command } from 'commander'
import { adminSocket } from '../admin-socket.ts'
import type { Finding } from '../doctor/finding.ts'
import type { SystemView } from '../http/system-routes.ts'
import { askRunning, configOf } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { printJson, printLine } from './print.ts'

const WORDS = { ok: 'ok', warn: 'WARN', fail: 'FAIL', unknown: '?' } as const
const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red', unknown: 'gray' } as const

/** `aal doctor` */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('Look at everything a hub needs, and say what to do; while it runs or not')
    .addHelpText(
      'after',
      '\nLooks at the configuration, data folder, disk, ports, clock, certificates, channels, InfluxDB, rules, profiles, homes,' +
        '\nrotas and backups. Changes nothing. Ends with 1 when something fails; warnings alone end with 0.' +
        '\n\nExamples:\n  aal doctor --config /etc/aal/hub.yaml\n  aal doctor --config hub.yaml --json',
    )
    .action(async (_own: object, command: Command) => {
      const options = command.optsWithGlobals<DataOptions & { json?: boolean }>()
      const findings = await look(options)
      if (options.json) printJson({ ok: !hasFailed(findings), findings })
      else printLine(formatDoctor(findings))
      if (hasFailed(findings)) process.exitCode = 1
    })
}

async function look(options: DataOptions): Promise<readonly Finding[]> {
  let config
  try {
    config = await configOf(options)
  } catch (cause) {
    const { message } = cause as Error
    return [
      { check: 'configuration', state: 'fail', what: message, todo: 'Mend what it says, then look again.' },
    ]
  }
  const { runDoctor } = await import('../doctor/run-doctor.ts')
  const asked = await askRunning(adminSocket(config.data), '/api/system')
  const findings = await runDoctor({
    config,
    file: options.config,
    system: asked.state === 'answered' ? (asked.answer as SystemView) : undefined,
    now: Date.now(),
  })
  if (asked.state !== 'stuck') return findings
  return [
    { check: 'hub', state: 'fail', what: asked.reason, todo: 'See its log; start it again.' },
    ...findings,
  ]
}

function hasFailed(findings: readonly Finding[]): boolean {
  return findings.some(({ state }) => state === 'fail')
}

/** What `aal doctor` prints. */
export function formatDoctor(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length))
  const lines = findings.flatMap(({ check, state, what, todo }) => [
    `${styleText(COLOURS[state], WORDS[state].padEnd(4), { stream: process.stdout })}  ${check.padEnd(width)}  ${what}`,
    ...(todo === undefined || state === 'ok' ? [] : [`      ${''.padEnd(width)}  → ${todo}`]),
  ])
  const count = (state: Finding['state']): number => findings.filter((one) => one.state === state).length
  const [failed, warned] = [count('fail'), count('warn')]
  return [
    ...lines,
    '',
    failed + warned === 0 ? 'All is as it should be.' : `${failed} to mend now, ${warned} to look after.`,
  ].join('\n')
}
