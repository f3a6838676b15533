import { spawn } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { findServer, howToGet, packagesOf, SERVER_NAMES } from './servers.ts'
import type { ServerName } from './servers.ts'

/**
 * Run first by `npm test`: brings the servers that tests run against where it can (root on Debian or
 * Ubuntu), else says what is missing. Exit code 1 with CI=true when something is missing at the end.
 */
const POLICY = '/usr/sbin/policy-rc.d'

let missing = missingServers()
if (missing.length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
  await install(missing)
  missing = missingServers()
}
if (missing.length > 0) {
  console.error(howToGet(missing))
  if (process.env['CI'] === 'true') {
    console.error('With CI=true tests may not be skipped, so this is a failure.')
    process.exitCode = 1
  } else {
    console.error('Tests that need them will be skipped.')
  }
}

function missingServers(): ServerName[] {
  return SERVER_NAMES.filter((name) => findServer(name) === undefined)
}

async function install(names: readonly ServerName[]): Promise<void> {
  const packages = packagesOf(names)
  console.log(`Installing ${packages.join(', ')} (needed by tests, once)`)
  // While this handler is there, an interrupt ends apt-get (same process group) but not the clean-up below.
  const onInterrupt = (): void => {}
  process.on('SIGINT', onInterrupt)
  const placedPolicy = keepServicesStopped()
  try {
    await aptGet(['update'])
    const installed = await aptGet(['install', '--no-install-recommends', ...packages])
    if (!installed && packages.length > 1) {
      // One name that this release does not have makes apt-get refuse them all.
      for (const name of packages) await aptGet(['install', '--no-install-recommends', name])
    }
  } finally {
    if (placedPolicy) rmSync(POLICY, { force: true })
    process.off('SIGINT', onInterrupt)
  }
}

/**
 * Debian starts a service when its package is installed, unless this file says no (invoke-rc.d(8)): the
 * tests start their own, on free ports.
 * @returns whether the file was placed and has to be taken away again
 */
function keepServicesStopped(): boolean {
  try {
    writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' })
    return true
  } catch {
    return false
  }
}

async function aptGet(args: readonly string[]): Promise<boolean> {
  console.log(`  apt-get ${args.join(' ')}`)
  const child = spawn('apt-get', ['-q', '-y', '-o', 'DPkg::Lock::Timeout=120', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
  })
  const lines: string[] = []
  const take = (line: string): void => {
    lines.push(line)
    if (/^(Get:|Setting up )/.test(line)) console.log(`    ${line}`)
  }
  createInterface({ input: child.stdout }).on('line', take)
  createInterface({ input: child.stderr }).on('line', take)
  const code = await new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (exitCode, signal) => resolve(exitCode ?? signal ?? 'unknown'))
  })
  if (code === 0) return true
  const tail = lines.slice(-15).map((line) => `    ${line}`)
  console.error(`  apt-get ${args[0] ?? ''} did not work (${code}):\n${tail.join('\n')}`)
  return false
}
