import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import { parseHomes } from '../../hub/register/parse-homes.ts'
import { loadRuleFiles } from '../../hub/rules/load-rule-files.ts'
import { parseRules } from '../../hub/rules/parse-rules.ts'

const ROOT = join(import.meta.dirname, '../..')

it('docs/homes.example.yaml can be imported with the shipped profiles and rules', async () => {
  const text = readFileSync(join(ROOT, 'docs/homes.example.yaml'), 'utf8')
  const profiles = await loadProfiles(join(ROOT, 'devices/profiles'))
  const rules = parseRules(await loadRuleFiles(join(ROOT, 'rules')))
  if (!rules.ok) throw new Error('The shipped rules have errors')
  const parsed = parseHomes('homes.example.yaml', text, profiles, rules.value)
  expect(parsed.ok ? [] : parsed.problems).toEqual([])
  expect(parsed.ok && parsed.value.map(({ home }) => home.id)).toEqual(['h-0001', 'h-0002'])
})
