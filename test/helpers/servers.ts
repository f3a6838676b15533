import { accessSync, constants } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

/** What a test needs of the machine: one of these programs, and the Debian packages that bring it. */
interface Wanted {
  /** The first that exists is taken; names are looked for along the PATH and in the `sbin` folders. */
  readonly programs: readonly string[]
  readonly packages: readonly string[]
}

/** The real servers and tools that tests run against. */
export const SERVERS = {
  influxd: { programs: ['influxd'], packages: ['influxdb'] },
  bearerbox: { programs: ['bearerbox'], packages: ['kannel'] },
  smsbox: { programs: ['smsbox'], packages: ['kannel'] },
  fakesmsc: { programs: ['/usr/lib/kannel/test/fakesmsc'], packages: ['kannel-extras'] },
  'gammu-smsd': { programs: ['gammu-smsd'], packages: ['gammu-smsd'] },
  // The driver that gammu-smsd loads for its SQL service.
  'libdbd-sqlite3': {
    programs: ['x86_64', 'aarch64', 'arm'].flatMap((cpu) =>
      ['gnu', 'gnueabihf'].map((abi) => `/usr/lib/${cpu}-linux-${abi}/dbd/libdbdsqlite3.so`),
    ),
    packages: ['gammu-smsd', 'libdbd-sqlite3'],
  },
  'gammu-smsd-monitor': { programs: ['gammu-smsd-monitor'], packages: ['gammu-smsd'] },
  mosquitto: { programs: ['mosquitto'], packages: ['mosquitto'] },
  mosquitto_pub: { programs: ['mosquitto_pub'], packages: ['mosquitto-clients'] },
  mosquitto_sub: { programs: ['mosquitto_sub'], packages: ['mosquitto-clients'] },
  // Screenshots and layout need at least one font; a bare container has none.
  chromium: {
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    packages: ['chromium', 'fonts-dejavu-core'],
  },
  openssl: { programs: ['openssl'], packages: ['openssl'] },
  strace: { programs: ['strace'], packages: ['strace'] },
  // Another time for one process; a library that the process loads first.
  libfaketime: {
    programs: ['x86_64', 'aarch64', 'arm'].flatMap((cpu) =>
      ['gnu', 'gnueabihf'].map((abi) => `/usr/lib/${cpu}-linux-${abi}/faketime/libfaketimeMT.so.1`),
    ),
    packages: ['libfaketime'],
  },
  // Packets lost and connections reset, in a network of the test's own.
  nft: { programs: ['nft'], packages: ['nftables'] },
  ip: { programs: ['ip'], packages: ['iproute2'] },
  tc: { programs: ['tc'], packages: ['iproute2'] },
  'victoria-metrics': { programs: ['victoria-metrics'], packages: ['victoria-metrics'] },
  'systemd-analyze': { programs: ['systemd-analyze'], packages: ['systemd'] },
  promtool: { programs: ['promtool'], packages: ['prometheus'] },
} as const satisfies Record<string, Wanted>

export type ServerName = keyof typeof SERVERS

export const SERVER_NAMES = Object.keys(SERVERS).filter((name): name is ServerName => name in SERVERS)

/** The path of a server's program, or undefined when this machine has none. */
export function findServer(name: ServerName): string | undefined {
  // Servers live in sbin folders, which the PATH of a person who is not root leaves out.
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/local/sbin',
    '/usr/sbin',
    '/usr/bin',
  ]
  for (const program of SERVERS[name].programs) {
    const paths = isAbsolute(program) ? [program] : folders.map((folder) => join(folder, program))
    const found = paths.find(isThere)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * The path of a server's program.
 * @throws Error that says how to get it
 */
export function requireServer(name: ServerName): string {
  const path = findServer(name)
  if (path === undefined) throw new Error(howToGet([name]))
  return path
}

/**
 * For `describe.skipIf(serverMissing('influxd'))`: is any of these missing? Says so on stderr.
 * @throws Error when one is missing and CI=true: there a test that did not run is a failure
 */
export function serverMissing(...names: readonly ServerName[]): boolean {
  const missing = names.filter((name) => findServer(name) === undefined)
  if (missing.length === 0) return false
  if (process.env['CI'] === 'true') throw new Error(howToGet(missing))
  console.warn(`${howToGet(missing)}\nIts tests are skipped.`)
  return true
}

/** The Debian packages that bring these servers. */
export function packagesOf(names: readonly ServerName[]): string[] {
  return [...new Set(names.flatMap((name) => SERVERS[name].packages))]
}

/** Says what is missing and the command that brings it. */
export function howToGet(missing: readonly ServerName[]): string {
  return [
    `Cannot find ${missing.join(', ')}, which tests run against. On Debian or Ubuntu:`,
    `  sudo apt-get install --no-install-recommends ${packagesOf(missing).join(' ')}`,
  ].join('\n')
}

function isThere(path: string): boolean {
  try {
    // A library is only read.
    accessSync(path, /\.so(\.|$)/.test(path) ? constants.R_OK : constants.X_OK)
    return true
  } catch {
    return false
  }
}
