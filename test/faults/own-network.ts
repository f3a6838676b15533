import { execFileSync, spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { atExit } from '../helpers/at-exit.ts'
import { requireServer } from '../helpers/servers.ts'

const UNSHARE = '/usr/bin/unshare'

const running = new Set<ChildProcess>()
atExit(() => {
  for (const child of running) child.kill('SIGKILL')
})

/** Why no process can have a network of its own here (containers often may not); undefined: it can. */
export function noOwnNetwork(): string | undefined {
  const { status, error, stderr } = spawnSync(UNSHARE, ['-rn', 'true'], { encoding: 'utf8' })
  if (status === 0) return undefined
  const why = `No network of its own for a test (unshare -rn): ${error?.message ?? stderr.trim()}`
  console.warn(`${why}\nIts tests are skipped.`)
  return why
}

/**
 * Runs a script with nothing but a loopback device that only it and what it starts can see: what is lost there is lost
 * to nobody else.
 * @returns what the script printed
 * @throws Error with its messages when it fails
 */
export async function runInOwnNetwork(script: string, args: readonly string[]): Promise<string> {
  const up = 'ip=$1; shift; "$ip" link set lo mtu 1500 up && exec "$@"'
  const child = spawn(
    UNSHARE,
    [
      '-rn',
      '--kill-child',
      '--fork',
      '/bin/sh',
      '-c',
      up,
      'sh',
      requireServer('ip'),
      process.execPath,
      script,
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  running.add(child)
  let [printed, messages] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (part: string) => (printed += part))
  child.stderr.setEncoding('utf8').on('data', (part: string) => (messages += part))
  const code = await new Promise((fulfil, reject) => {
    child.once('error', reject)
    child.once('close', fulfil)
  })
  running.delete(child)
  if (code !== 0) throw new Error(`${script} ended with ${String(code)}:\n${messages}`)
  return printed
}

/** What the network does to packets from now on; for a process in a network of its own. */
export interface Weather {
  /** Of packets to and from these ports, so many in a hundred are lost. */
  readonly lose?: number
  /**
   * So many in a thousand of the packets that go to the hub, or come from it, are lost, and whoever sent them hears that
   * the connection is gone; the other side hears nothing.
   */
  readonly resetSenders?: number
  readonly resetHub?: number
  /** Bits per second (`256kbit`) of everything: packets queue up, and are lost where the queue is full. */
  readonly rate?: string
}

export function setWeather(ports: readonly number[], { lose, resetSenders, resetHub, rate }: Weather): void {
  const set = `{ ${ports.join(', ')} }`
  const rules = [
    ...(lose === undefined
      ? []
      : ['dport', 'sport'].map((way) => `tcp ${way} ${set} numgen random mod 100 < ${lose} drop`)),
    ...(resetSenders === undefined
      ? []
      : [`tcp dport ${set} numgen random mod 1000 < ${resetSenders} reject with tcp reset`]),
    ...(resetHub === undefined
      ? []
      : [`tcp sport ${set} numgen random mod 1000 < ${resetHub} reject with tcp reset`]),
  ]
  const table = `table inet weather`
  const chain = ['chain in {', 'type filter hook input priority 0', ...rules, '}'].join('\n')
  // The first makes it where it is not there: what is not there cannot be deleted.
  const text = `${table}\ndelete ${table}\n${table} {\n${chain}\n}\n`
  execFileSync(requireServer('nft'), ['-f', '-'], { input: text })
  const tc = requireServer('tc')
  spawnSync(tc, ['qdisc', 'del', 'dev', 'lo', 'root'])
  if (rate !== undefined) {
    execFileSync(
      tc,
      ['qdisc', 'add', 'dev', 'lo', 'root', 'tbf', 'rate', rate, 'burst', '4k', 'latency', '500ms'],
      { stdio: 'pipe' },
    )
  }
}
