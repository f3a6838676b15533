import { expect, it } from 'vitest'
import { formatFindings } from '../../hub/cli/oncall.ts'

const view = { now: 0, until: 1, rotas: [], findings: [] }

it('formatFindings says who of a group has no phone, also where there is no rota', () => {
  expect(formatFindings({ ...view, findings: [{ type: 'no-phone', id: 'siv' }] }, 14)).toBe(
    'siv has no phone number: no SMS can reach them; aal staff import',
  )
  expect(formatFindings(view, 14)).toMatch(/^There are no rotas/)
})
