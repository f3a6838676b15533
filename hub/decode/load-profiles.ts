import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ProblemsError } from '../source/problem.ts'
import type { Problem } from '../source/problem.ts'
import { parseProfile } from './parse-profile.ts'
import type { Profile } from './profile.ts'

/**
 * Reads every `*.yaml` of a folder.
 * @returns the profiles by id
 * @throws ProblemsError with every error of every file
 */
export async function loadProfiles(folder: string): Promise<ReadonlyMap<string, Profile>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).toSorted()
  const profiles = new Map<string, Profile>()
  const problems: Problem[] = []
  for (const name of names) {
    const file = join(folder, name)
    const parsed = parseProfile(file, await readFile(file, 'utf8'))
    if (parsed.ok) profiles.set(parsed.value.id, parsed.value)
    else problems.push(...parsed.problems)
  }
  if (problems.length > 0) throw new ProblemsError(`Cannot load the profiles of ${folder}`, problems)
  return profiles
}
