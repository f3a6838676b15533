import { loadProfiles } from '../decode/load-profiles.ts'
import type { Profile } from '../decode/profile.ts'
import type { RuleFile } from '../model/input.ts'
import { parseHomes } from '../register/parse-homes.ts'
import type { DevicePlace } from '../register/shared-devices.ts'
import { rulesOf } from '../rules/parse-rules.ts'
import type { Problem } from '../source/problem.ts'

/** An import file, and what it is read against. */
export interface ImportOrder {
  readonly file: string
  readonly text: string
  readonly rules: readonly RuleFile[]
  /** Registered already. */
  readonly devices: readonly DevicePlace[]
  /** The folder, and which of those in it the hub knows: it read them when it started. */
  readonly profiles: { readonly folder: string; readonly known: readonly string[] }
  readonly now: number
}

export type ParsedImport =
  | { readonly ok: false; readonly problems: readonly Problem[] }
  /** JSON, each of some homes (`ParsedHome[]`): whoever takes them need not unpack all at once. */
  | { readonly ok: true; readonly batches: readonly string[] }

/** So many homes in one transaction: more would keep readings waiting. */
const AT_ONCE = 50

/** Reads an import file. Thousands of homes take seconds: for a thread of its own. */
export async function parseImport(order: ImportOrder): Promise<ParsedImport> {
  const known = new Set(order.profiles.known)
  const all = await loadProfiles(order.profiles.folder)
  return parseBatches(order, new Map([...all].filter(([id]) => known.has(id))))
}

export function parseBatches(
  { file, text, rules, devices, now }: Omit<ImportOrder, 'profiles'>,
  profiles: ReadonlyMap<string, Profile>,
): ParsedImport {
  const parsed = parseHomes(file, text, profiles, rulesOf(rules), now, devices)
  if (!parsed.ok) return { ok: false, problems: parsed.problems }
  const batches: string[] = []
  for (let first = 0; first < parsed.value.length; first += AT_ONCE) {
    batches.push(JSON.stringify(parsed.value.slice(first, first + AT_ONCE)))
  }
  return { ok: true, batches }
}
