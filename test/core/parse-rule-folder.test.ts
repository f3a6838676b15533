import { expect, it } from 'vitest'
import { parseRuleFolder } from '../../hub/core/parse-rule-folder.ts'
import { loadRuleFiles } from '../../hub/rules/load-rule-files.ts'
import { formatProblem } from '../../hub/source/problem.ts'

const POLICY = `policies: [{ id: night, steps: [{ to: { contacts: [family] }, wait: 2m }], repeat: { every: 5m } }]`
const rule = (policy: string) => `rules:
  - id: fall
    title: Fall
    category: safety
    severity: high
    on: fall
    when: value == "detected"
    policy: ${policy}`

it('parseRuleFolder takes rules and the policies that they name together', () => {
  const parsed = parseRuleFolder([
    { name: 'a.yaml', text: rule('night') },
    { name: 'policies/p.yaml', text: POLICY },
  ])
  expect(parsed.ok && parsed.value.rules.rules.get('fall')?.policy).toBe('night')
  expect(parsed.ok && [...parsed.value.policies.policies.keys()]).toEqual(['night'])
})

it('parseRuleFolder refuses a rule that names a policy that is not there, with its place and a hint', () => {
  const parsed = parseRuleFolder([
    { name: 'a.yaml', text: rule('nights') },
    { name: 'policies/p.yaml', text: POLICY },
  ])
  expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([
    'a.yaml:8:13: Cannot tell anybody by "nights": there is no such policy in policies/*.yaml; did you mean "night"?',
  ])
})

it('parseRuleFolder tells the errors of rules and of policies at once', () => {
  const parsed = parseRuleFolder([
    { name: 'a.yaml', text: rule('night').replace('high', 'highest') },
    { name: 'policies/p.yaml', text: POLICY.replace('2m', '2s') },
  ])
  expect(parsed.ok ? [] : parsed.problems.map(({ file }) => file)).toEqual(['a.yaml', 'policies/p.yaml'])
})

it('the shipped folder can be used, and its policies are found', async () => {
  const files = await loadRuleFiles('rules')
  expect(files.map(({ name }) => name)).toContain('policies/standard.yaml')
  const parsed = parseRuleFolder(files)
  expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([])
})
