import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import type { Profile } from '../../hub/decode/profile.ts'
import { formatDuration } from '../../hub/source/duration.ts'

const ROOT = join(import.meta.dirname, '../..')
export const PROFILES_DOC = join(ROOT, 'docs/profiles.md')
const BEGIN = '<!-- npm run -s profiles writes what follows -->\n'

/** The page with the table of these profiles at its end. */
export function withProfileTable(page: string, profiles: readonly Profile[]): string {
  const examples = profiles.reduce((sum, profile) => sum + profile.examples.length, 0)
  const rows = profiles.map(({ id, title, alarm, heardEvery, kinds, models }) => {
    const known = Object.entries(models).map(([maker, list]) => `${maker} ${list.join(', ')}`)
    return `| [${id}](../devices/profiles/${id}.yaml) | ${title.en} | ${known.join('; ')} | ${kinds.join(', ')} | ${formatDuration(heardEvery)} | ${alarm ? 'yes' : ''} |`
  })
  const head = page.slice(0, page.indexOf(BEGIN) + BEGIN.length)
  return `${head}
${profiles.length} profiles, ${examples} examples.

| profile | what | models it is written for | kinds | heard every | alarm-class |
|---|---|---|---|---|---|
${rows.join('\n')}
`
}

if (process.argv[1] === import.meta.filename) {
  const profiles = [...(await loadProfiles(join(ROOT, 'devices/profiles'))).values()]
  writeFileSync(PROFILES_DOC, withProfileTable(readFileSync(PROFILES_DOC, 'utf8'), profiles))
}
