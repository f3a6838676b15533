import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RuleFile } from '../model/input.ts'
import { namesIn } from '../rules/load-rule-files.ts'
import { isPolicyFile } from '../source/file-names.ts'
import { CommandError } from './command-error.ts'
import { nearPath } from './near-path.ts'
import { whyNotRead } from '../source/why-not-read.ts'

/** The rules that come with the hub, as people see the folder from where they are. */
export function shippedRules(): string {
  return nearPath(fileURLToPath(new URL('../../rules', import.meta.url)))
}

/** Rule files and the tests beside them, as they were found under some paths. */
export interface FoundFiles {
  readonly rules: readonly RuleFile[]
  readonly tests: readonly RuleFile[]
  readonly policies: readonly RuleFile[]
  /** Rules and policies belong together: policies were found, or a whole folder was looked through. */
  readonly isWhole: boolean
}

/**
 * Reads what is under the paths: of a folder every `*.yaml` and `policies/*.yaml`; of a file the file itself.
 * @throws CommandError when a path cannot be read
 */
export async function findRuleFiles(paths: readonly string[]): Promise<FoundFiles> {
  const found = await Promise.all(paths.map(namesUnder))
  const names = found.flatMap((one) => one.names)
  const files = await Promise.all([...new Set(names)].map(readRuleFile))
  return {
    rules: files.filter(({ name }) => !isTest(name) && !isPolicyFile(name)),
    policies: files.filter(({ name }) => isPolicyFile(name)),
    isWhole: found.some(({ isFolder }) => isFolder) || files.some(({ name }) => isPolicyFile(name)),
    tests: files.filter(({ name }) => isTest(name)),
  }
}

export async function readRuleFile(name: string): Promise<RuleFile> {
  return { name, text: await readFile(name, 'utf8').catch((cause: unknown) => cannotRead(name, cause)) }
}

/** `falls.test.yaml` for `falls.yaml`. */
export function testFileOf(name: string): string {
  return name.replace(/(\.ya?ml)$/, '.test$1')
}

/** `falls.yaml` for `falls.test.yaml`. */
export function ruleFileOf(name: string): string {
  return name.replace(/\.test(\.ya?ml)$/, '$1')
}

function isTest(name: string): boolean {
  return /\.test\.ya?ml$/.test(name)
}

async function namesUnder(path: string): Promise<{ names: readonly string[]; isFolder: boolean }> {
  const found = await stat(path).catch((cause: unknown) => cannotRead(path, cause))
  if (!found.isDirectory()) return { names: [path], isFolder: false }
  const names = await namesIn(path)
  return { names: names.map((name) => join(path, name)), isFolder: true }
}

function cannotRead(path: string, cause: unknown): never {
  throw new CommandError(`Cannot read ${path}: ${whyNotRead(cause)}`)
}
