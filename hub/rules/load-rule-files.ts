import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RuleFile } from '../model/input.ts'
import { isPolicyFile } from '../source/file-names.ts'
import { whyNotRead } from '../source/why-not-read.ts'

/**
 * Reads the rule files of a folder (`*.yaml`, without the tests beside them) and the policies below it
 * (`policies/*.yaml`), in the order of their names.
 * @throws Error when the folder or a file cannot be read, or there are no rules
 */
export async function loadRuleFiles(folder: string): Promise<readonly RuleFile[]> {
  const names = await namesIn(folder).catch((cause: unknown) => {
    throw new Error(`Cannot read the rules in ${folder}: ${whyNotRead(cause)}`, { cause })
  })
  const files = names.filter((name) => !/\.test\.ya?ml$/.test(name))
  if (files.every(isPolicyFile)) throw new Error(`Cannot find rules: there is no *.yaml in ${folder}`)
  return await Promise.all(
    files.map(async (name) => ({ name, text: await readFile(join(folder, name), 'utf8') })),
  )
}

/** The YAML files of a folder of rules: rules, their tests, and policies. A folder without policies has none. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  const rules = await readdir(folder)
  const policies = rules.includes('policies') ? await readdir(join(folder, 'policies')) : []
  return [...rules, ...policies.map((name) => `policies/${name}`)]
    .filter((name) => /\.ya?ml$/.test(name))
    .toSorted()
}
