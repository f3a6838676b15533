import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findingsOf } from './finding.ts'
import type { Finding } from './finding.ts'

/** HTTP tells whole seconds, and takes some. */
const OFF = 5_000
const FAR_OFF = 60_000

/**
 * Whether the clock is right: as systemd says, and beside the clock of a server that the configuration names.
 * @param neighbour the URL of one; undefined: there is none
 */
export async function checkClock(neighbour: string | undefined): Promise<readonly Finding[]> {
  const { ok, warn, fail, unknown } = findingsOf('clock')
  const [isSynchronized, offset] = await Promise.all([
    askSystemd(),
    neighbour === undefined ? undefined : askNeighbour(neighbour),
  ])
  const todo = 'Set it, and keep it: timedatectl set-ntp true, or chrony.'
  if (offset !== undefined && Math.abs(offset) >= OFF) {
    const what = `It is ${Math.round(Math.abs(offset) / 1000)} s ${offset > 0 ? 'ahead of' : 'behind'} that of ${new URL(neighbour ?? '').host}.`
    return [
      Math.abs(offset) >= FAR_OFF
        ? fail(what, `One of the two is wrong. ${todo}`)
        : warn(what, `One of the two is wrong. ${todo}`),
    ]
  }
  if (isSynchronized === false) return [warn('Nothing sets it: it will be wrong one day.', todo)]
  if (isSynchronized) return [ok('It is set by the network (NTP).')]
  if (offset !== undefined) return [ok(`It is that of ${new URL(neighbour ?? '').host}.`)]
  return [
    unknown(
      'Whether it is right is not known: this machine does not say, and no server was asked.',
      'Compare it with another clock.',
    ),
  ]
}

async function askSystemd(): Promise<boolean | undefined> {
  const asked = promisify(execFile)('timedatectl', ['show', '--property=NTPSynchronized', '--value'], {
    timeout: 3000,
  })
  return await asked.then(
    ({ stdout }) => (/^(yes|no)$/.test(stdout.trim()) ? stdout.trim() === 'yes' : undefined),
    () => undefined,
  )
}

/** @returns how far this clock is ahead, ms */
async function askNeighbour(url: string): Promise<number | undefined> {
  const began = Date.now()
  try {
    const answer = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(3000) })
    const theirs = Date.parse(answer.headers.get('date') ?? '')
    return Number.isNaN(theirs) ? undefined : (began + Date.now()) / 2 - theirs
  } catch {
    return undefined
  }
}
