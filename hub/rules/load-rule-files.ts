import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RuleFile } from '../model/input.ts'

/**
 * Reads the rule files of a folder (`*.yaml`, without the tests beside them), in the order of their names.
 * @throws Error when the folder or a file cannot be read, or there is none
 */
export async function loadRuleFiles(folder: string): Promise<readonly RuleFile[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new Error(`Cannot read the rules: ${(cause as Error).message}`, { cause })
  })
  const files = names.filter((name) => /\.ya?ml$/.test(name) && !/\.test\.ya?ml$/.test(name)).sort()
  if (files.length === 0) throw new Error(`Cannot find rules: there is no *.yaml in ${folder}`)
  return await Promise.all(
    files.map(async (name) => ({ name, text: await readFile(join(folder, name), 'utf8') })),
  )
}
