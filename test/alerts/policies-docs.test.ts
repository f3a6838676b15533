import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parsePolicies } from '../../hub/alerts/parse-policies.ts'
import { parseStaff } from '../../hub/register/parse-staff.ts'
import { formatProblem } from '../../hub/source/problem.ts'

const blocks = [...readFileSync('docs/policies.md', 'utf8').matchAll(/^( *)```yaml\n([\s\S]*?)^ *```/gm)].map(
  ([, indent = '', text = '']) => text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
)
const block = (start: RegExp): string => blocks.find((text) => start.test(text)) ?? ''

it('the staff, the rota and the policy of docs/policies.md can be used as they stand', () => {
  const staff = parseStaff('staff.yaml', block(/^# staff/))
  expect(staff.ok ? [] : staff.problems.map(formatProblem)).toEqual([])
  const parsed = parsePolicies([
    { name: 'policies/rota.yaml', text: block(/^rotas/) },
    { name: 'policies/policy.yaml', text: block(/^# yaml-language-server/) },
    {
      name: 'policies/night.yaml',
      text: `policies:\n- id: night\n${block(/^steps/).replaceAll(/^/gm, '  ')}`,
    },
  ])
  expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([])
  expect(parsed.ok && [...parsed.value.policies.keys()]).toEqual(['standard', 'night'])
  expect(parsed.ok && parsed.value.rotas.get('care-centre')?.shifts).toHaveLength(3)
})

it('the rota that the shipped policy shows as a comment can be used without the comment signs', () => {
  const text = readFileSync('rules/policies/standard.yaml', 'utf8')
  const parsed = parsePolicies([
    { name: 'policies/standard.yaml', text: text.replaceAll(/^( +)# (shifts:| +- )/gm, '$1$2') },
  ])
  expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([])
  expect(parsed.ok && parsed.value.rotas.get('care-centre')?.shifts).toHaveLength(3)
})
