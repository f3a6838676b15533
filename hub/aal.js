#!/usr/bin/env node
// The command `aal` once the package is installed. The hub is TypeScript that Node 24 runs as it is; where Node is
// older, the one that came with the hub's packages takes over. Run from a checkout: Node strips no types under
// node_modules.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url))
// The kernel gives process 1, of a container, no signal that it has not asked for: until a command does, it ends it.
if (process.pid === 1) {
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ])) {
    process.on(signal, () => process.listenerCount(signal) === 1 && process.exit(code))
  }
}

const major = Number(process.versions.node.split('.')[0])

if (major >= 24) {
  // Most of a start is compiling: its result is kept. Among the packages, since who may write there may write the code
  // as well, whereas Node's own choice, in the folder of temporary files, could be laid there by anyone on the machine.
  // Where it cannot be written, only the start is slower.
  module.enableCompileCache(here('../node_modules/.cache/aal'))
  await import('./main.ts')
} else {
  const node = here('../node_modules/.bin/node')
  if (!existsSync(node)) {
    process.stderr.write(
      `Cannot run on Node ${process.versions.node}: expected 24 or newer. Install it, or run npm ci here.\n`,
    )
    process.exit(1)
  }
  const { status, signal } = spawnSync(node, [here('./main.ts'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  process.exit(signal ? 1 : (status ?? 1))
}
