import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { parse } from 'yaml'

/** Secrets and certificates are smaller. */
const LARGEST = 1024 * 1024

export interface SettingsFile {
  /** Where it is on this machine. */
  readonly from: string
  /** Below `settings/` in the backup. */
  readonly to: string
}

export interface SettingsFrom {
  /** `hub.yaml`; undefined: all defaults. */
  readonly config?: string
  /** Folders of one's own; those that are shipped come with the hub. */
  readonly rules?: string
  readonly profiles?: string
}

/**
 * What a hub needs beside its data folder: `hub.yaml`, the rules and profiles of one's own, and the files that `hub.yaml`
 * names: secrets of channels, certificates.
 */
export async function listSettings({
  config,
  rules,
  profiles,
}: SettingsFrom): Promise<readonly SettingsFile[]> {
  return [
    ...(config === undefined ? [] : [{ from: resolve(config), to: 'hub.yaml' }, ...(await namedIn(config))]),
    ...(rules === undefined ? [] : await below(rules, 'rules')),
    ...(profiles === undefined ? [] : await below(profiles, 'profiles')),
  ]
}

async function namedIn(config: string): Promise<SettingsFile[]> {
  const named = new Set<string>()
  collect(parse(await readFile(config, 'utf8')), named)
  const files: SettingsFile[] = []
  for (const from of [...named].toSorted()) {
    const facts = await stat(from).catch(() => undefined)
    if (!facts?.isFile() || facts.size > LARGEST) continue
    files.push({ from, to: `files/${files.length + 1}-${basename(from)}` })
  }
  return files
}

/** Keys of `hub.yaml` that name files: `cert`, `key`, `ca`, `file`, `passwordFile`, … */
function collect(value: unknown, named: Set<string>): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, one] of Object.entries(value)) {
    if (typeof one === 'string' && /^(cert|key|ca|file|.*File)$/.test(key)) named.add(resolve(one))
    else collect(one, named)
  }
}

async function below(folder: string, to: string): Promise<SettingsFile[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const from = join(entry.parentPath, entry.name)
      return { from: resolve(from), to: join(to, from.slice(folder.length)).replaceAll('\\', '/') }
    })
    .toSorted((a, b) => (a.to < b.to ? -1 : 1))
}
