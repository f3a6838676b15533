import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { atExit } from './at-exit.ts'
import { requireServer } from './servers.ts'
import { tempDir } from './temp-dir.ts'
import { waitFor } from './wait-for.ts'

const SYSTEMD = '/usr/lib/systemd/systemd'
/** Of the user `aal`, which is there for this systemd alone. */
export const AAL_UID = 64_123
/** What others of its units are ordered by; nothing else of the machine is started. */
const TARGETS = ['sysinit', 'basic', 'shutdown', 'network-online', 'time-sync', 'multi-user', 'timers']

export interface SmallSystemd {
  /** Runs `systemctl ARGS` there; what it printed, and its exit code. */
  systemctl(...args: readonly string[]): { readonly code: number | null; readonly text: string }
  /** A property of a unit, as `systemctl show` has it. */
  property(unit: string, name: string): string
  /** The process on this machine that is a unit's main one there. */
  hostPid(unit: string): number
  stop(): Promise<void>
}

export interface SmallSystemdOptions {
  /** Files of units, by name; drop-ins too: `aal.service.d/test.conf`. */
  readonly units: Readonly<Record<string, string>>
  /** Folders of this machine, by where they are there; all below /opt, /etc/aal, /var/lib and /mnt. */
  readonly folders: Readonly<Record<string, string>>
}

/** Why no systemd can run here; undefined where it can. It needs root, and namespaces of its own. */
export function whyNoSystemd(): string | undefined {
  if (process.getuid?.() !== 0) return 'it needs root'
  if (!existsSync(SYSTEMD)) return 'systemd is not installed'
  if (cgroups() === undefined) return 'there are no cgroups of version 2'
  const tried = run('unshare', [...NAMESPACES, 'bash', '-ec', `mount -t tmpfs tmpfs /run; ${OVERLAY}`])
  return tried.code === 0 ? undefined : `no namespaces: ${tried.text.trim()}`
}

const NAMESPACES = [
  '--mount',
  '--pid',
  '--ipc',
  '--uts',
  '--cgroup',
  '--fork',
  '--kill-child',
  '--mount-proc',
]
/** A folder /etc/aal there, and none here. */
const OVERLAY =
  'mkdir -p /run/etc/up /run/etc/work; mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/etc/up,workdir=/run/etc/work /etc'

/**
 * A systemd that is process 1 of namespaces of its own, with these units and no others: what it mounts, and its cgroups, are
 * seen by nobody else.
 */
export async function startSystemd({ units, folders }: SmallSystemdOptions): Promise<SmallSystemd> {
  requireServer('systemd-analyze')
  const unitFolder = tempDir('units')
  const stubs = Object.fromEntries(TARGETS.map((name) => [`${name}.target`, `[Unit]\nDescription=${name}\n`]))
  for (const [name, text] of Object.entries({ ...stubs, ...units })) {
    mkdirSync(join(unitFolder, name, '..'), { recursive: true })
    writeFileSync(join(unitFolder, name), text)
  }
  const cgroup = join(cgroups() ?? '', `aal-test-${process.pid}`)
  mkdirSync(cgroup, { recursive: true })
  const script = [
    'mount -t tmpfs tmpfs /run',
    OVERLAY,
    `echo 'aal:x:${AAL_UID}:${AAL_UID}::/nonexistent:/usr/sbin/nologin' >> /etc/passwd`,
    `echo 'aal:x:${AAL_UID}:' >> /etc/group`,
    'mkdir -p /run/systemd /run/units',
    `cp -r '${unitFolder}/.' /run/units`,
    // What is hidden by them is no longer to be seen there, so what is taken from below is bound first.
    ...Object.values(folders).map((from, n) => `mkdir /run/from-${n}; mount --bind '${from}' /run/from-${n}`),
    'for folder in /opt /mnt /var/lib; do mount -t tmpfs -o mode=755 tmpfs $folder; done',
    ...Object.keys(folders).map((to, n) => `mkdir -p ${to}; mount --bind /run/from-${n} ${to}`),
    'umount -R /sys/fs/cgroup; mount -t cgroup2 cgroup2 /sys/fs/cgroup',
    `export container=aal-test SYSTEMD_UNIT_PATH=/run/units PATH=/usr/sbin:/usr/bin:/sbin:/bin`,
    `exec ${SYSTEMD} --system --unit=basic.target --log-target=null --show-status=no`,
  ].join('\n')
  const child = spawn(
    'setpriv',
    [
      '--pdeathsig',
      'KILL',
      'bash',
      '-ec',
      `echo $$ > ${cgroup}/cgroup.procs; exec unshare ${NAMESPACES.join(' ')} --propagation private bash -ec "$1"`,
      'bash',
      script,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let said = ''
  child.stdout.on('data', (part: Buffer) => (said += part.toString()))
  child.stderr.on('data', (part: Buffer) => (said += part.toString()))
  const ended = new Promise<void>((fulfil) => child.once('close', () => fulfil()))
  const end = (): void => void child.kill('SIGKILL')
  atExit(end)

  const first = await waitFor('systemd to be process 1 of its own', () => childOf(child.pid ?? 0))
  const inside = (command: readonly string[]) =>
    run('nsenter', ['--target', String(first), '--mount', '--pid', '--ipc', '--uts', '--cgroup', ...command])
  const systemctl: SmallSystemd['systemctl'] = (...args) => inside(['systemctl', '--no-pager', ...args])
  const property = (unit: string, name: string): string =>
    systemctl('show', unit, '--value', '--property', name).text.trim()
  await waitFor('systemd to be up', () => systemctl('is-active', 'basic.target').code === 0).catch(
    (cause: unknown) => {
      end()
      throw new Error(`systemd did not start: ${said}`, { cause })
    },
  )
  return {
    systemctl,
    property,
    hostPid(unit) {
      const there = property(unit, 'MainPID')
      const found = readdirSync('/proc').find((name) => {
        if (!/^\d+$/.test(name)) return false
        const ids = namespaceIds(name)
        return ids?.at(-1) === there && ids.length > 1 && isBelow(Number(name), first)
      })
      if (found === undefined || there === '0') throw new Error(`${unit} has no process`)
      return Number(found)
    },
    async stop() {
      end()
      await ended
      // Its last processes may take a moment to be gone.
      await waitFor('its cgroups to be empty', () => (removeCgroups(cgroup), true))
    },
  }
}

/** Where cgroups of version 2 are. */
function cgroups(): string | undefined {
  return ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((path) => existsSync(join(path, 'cgroup.procs')))
}

function removeCgroups(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeCgroups(join(folder, entry.name))
  }
  rmdirSync(folder)
}

function childOf(pid: number): number | undefined {
  const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  return first === undefined || first === '' ? undefined : Number(first)
}

function namespaceIds(pid: string): readonly string[] | undefined {
  try {
    return /^NSpid:\s+(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]?.split('\t')
  } catch {
    return undefined
  }
}

function isBelow(pid: number, ancestor: number): boolean {
  for (let at = pid; at > 1;) {
    if (at === ancestor) return true
    at = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${at}/status`, 'utf8'))?.[1] ?? 0)
  }
  return false
}

function run(command: string, args: readonly string[]): { code: number | null; text: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 60_000 })
  return { code: status, text: error ? error.message : `${stdout}${stderr}` }
}
