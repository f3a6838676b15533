import { describe, expect, it } from 'vitest'
import { ruleText } from '../../hub/rules/rule-text.ts'

const text = `rules:
  # The first.
  - id: one
    on: door
    when: value == "open"

  - id: two
    on: fall
    # Any.
    when: true
`

describe('ruleText', () => {
  it('gives a rule as it was written, without the indentation of its list', () => {
    const files = [{ name: 'doors.yaml', text }]
    expect(ruleText(files, 'one')).toEqual({
      file: 'doors.yaml',
      text: 'id: one\non: door\nwhen: value == "open"',
    })
    expect(ruleText(files, 'two')?.text).toBe('id: two\non: fall\n# Any.\nwhen: true')
  })

  it('finds nothing where no rule has this id, though the text names it', () => {
    expect(ruleText([{ name: 'doors.yaml', text }], 'door')).toBeUndefined()
  })
})
