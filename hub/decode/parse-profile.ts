import { basename } from 'node:path'
import { parseYaml } from '../source/parse-yaml.ts'
import type { Parsed } from '../source/problem.ts'
import { profileSchema } from './profile-schema.ts'
import type { Profile } from './profile.ts'

/**
 * Reads the text of a profile. Every error of it comes at once, with its place; expressions are type-checked.
 * @param file the name of the file, which is also the id: `devices/profiles/<id>.yaml`
 */
export function parseProfile(file: string, text: string): Parsed<Profile> {
  const parsed = parseYaml(file, text, profileSchema(basename(file, '.yaml')))
  return parsed.ok ? { ok: true, value: parsed.value.value } : parsed
}
