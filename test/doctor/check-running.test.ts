import { expect, it } from 'vitest'
import { checkRunning } from '../../hub/doctor/check-running.ts'
import { PROBLEMS } from '../../hub/model/system.ts'

type View = Parameters<typeof checkRunning>[0]

function check(problems: View['problems']) {
  const view = { problems, channels: [], broker: { connections: 3, most: 10 }, versions: { hub: '1.0.0' } }
  return checkRunning(view as unknown as View)
}

/** Those at which `aal doctor` looks itself. */
const ELSEWHERE = [
  'disk-full',
  'disk-low',
  'certificate-over',
  'certificate-ends',
  'rules',
  'backup-old',
  'no-backup',
  'plain',
]

it.each(PROBLEMS)('checkRunning: %s is said once, here or by a check of its own', (problem) => {
  const severity = 'low'
  const said = check([{ problem, severity }]).filter(({ state }) => state !== 'ok')
  expect(said).toHaveLength(ELSEWHERE.includes(problem) ? 0 : 1)
  for (const { todo } of said) expect(todo).toBeTruthy()
})

it('checkRunning: a grave problem fails, another warns', () => {
  const states = (severity: 'high' | 'medium') =>
    check([{ problem: 'writes', severity }]).map(({ check: about, state }) => [about, state])
  expect(states('high')).toContainEqual(['hub', 'fail'])
  expect(states('medium')).toContainEqual(['hub', 'warn'])
})
