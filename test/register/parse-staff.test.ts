import { expect, it } from 'vitest'
import { parseStaff } from '../../hub/register/parse-staff.ts'
import { formatProblem } from '../../hub/source/problem.ts'

it('parseStaff keeps what is personal apart', () => {
  const parsed = parseStaff(
    'staff.yaml',
    'staff:\n  - { id: siv, name: Siv Olsen, phone: "+4790000021", email: siv@example.org }\n  - { id: tor, language: nn }\n',
  )
  expect(parsed).toEqual({
    ok: true,
    value: {
      facts: [
        { id: 'siv', language: 'nb' },
        { id: 'tor', language: 'nn', lacks: ['sms', 'email'] },
      ],
      personal: [
        { id: 'siv', name: 'Siv Olsen', phone: '+4790000021', email: 'siv@example.org' },
        { id: 'tor' },
      ],
    },
  })
})

it.each([
  [
    'a number without quotes',
    'staff: [{ id: siv, phone: +4790000021 }]',
    /^staff\.yaml:1:27: .*in quotes, such as "\+4790000001"; is it "\+4790000021"\?$/,
  ],
  [
    'an address that is none',
    'staff: [{ id: siv, email: siv }]',
    /^staff\.yaml:1:27: .*expected an address such as siv@example\.org$/,
  ],
  [
    'somebody twice',
    'staff: [{ id: siv }, { id: siv }]',
    /^staff\.yaml:1:28: Cannot register "siv" twice in one file$/,
  ],
  [
    'two with one number',
    'staff: [{ id: a, phone: "+4790000021" }, { id: b, phone: "+4790000021" }]',
    /^staff\.yaml:1:58: Cannot give "b" a number that another one has: leave it out or correct it$/,
  ],
])('parseStaff refuses %s', (_name, text, message) => {
  const parsed = parseStaff('staff.yaml', text)
  expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([expect.stringMatching(message)])
})
