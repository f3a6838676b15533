import { describe, expect, it } from 'vitest'
import { parsePolicies } from '../../hub/alerts/parse-policies.ts'
import { BUILT_IN, policyFor } from '../../hub/alerts/policy.ts'
import { formatProblem } from '../../hub/source/problem.ts'

const parse = (...texts: string[]) =>
  parsePolicies(texts.map((text, index) => ({ name: `policies/${'ab'[index]}.yaml`, text })))

function problems(...texts: string[]): string[] {
  const parsed = parse(...texts)
  return parsed.ok ? [] : parsed.problems.map(formatProblem)
}

const STEP = '{ to: { contacts: [family] }, wait: 2m }'
const policy = (steps: string, more = '', repeat = '{ every: 10m }'): string =>
  `policies:\n  - id: p\n    steps: [${steps}]\n    repeat: ${repeat}\n${more}`
const rota = (more: string): string => `rotas:\n  - { id: r, timezone: Europe/Oslo, ${more} }\n`

describe('parsePolicies', () => {
  it('reads policies, rotas and groups that stand in different files', () => {
    const parsed = parse(
      policy(
        '{ to: { oncall: r }, wait: 30s, severity: [high] }, { to: { group: g }, by: [sms, email, sms], wait: 1m, during: { from: "22:00", to: "07:00" } }, { to: { contacts: [family] }, wait: 2m }',
        '',
        '{ from: 3, every: 5m }',
      ),
      `${rota('shifts: [{ days: [sat-mon, wed], from: "15:30", to: "07:30", who: [siv] }]')}groups: [{ id: g, who: [tor] }]`,
    )
    if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
    expect(parsed.value.policies.get('p')).toEqual({
      id: 'p',
      steps: [
        { to: { type: 'oncall', rota: 'r' }, by: ['sms'], wait: 30_000, severity: ['high'] },
        {
          to: { type: 'group', group: 'g' },
          by: ['sms', 'email'],
          wait: 60_000,
          during: { from: '22:00', to: '07:00' },
        },
        { to: { type: 'contacts', roles: ['family'] }, by: ['sms'], wait: 120_000 },
      ],
      repeat: { from: 2, every: 300_000 },
    })
    expect(parsed.value.rotas.get('r')?.shifts[0]?.days).toEqual(['sat', 'sun', 'mon', 'wed'])
    expect(parsed.value.groups).toEqual(new Map([['g', ['tor']]]))
  })

  it('reads the limits of messages; what is not given is as usual', () => {
    const limits = (text: string) => {
      const parsed = parse(text)
      return parsed.ok && parsed.value.limits
    }
    expect(limits('groups: []')).toEqual({ perHour: 12, digest: 600_000 })
    expect(limits('limits: { perHour: 5 }')).toEqual({ perHour: 5, digest: 600_000 })
    expect(limits('limits: { digest: 20m }')).toEqual({ perHour: 12, digest: 1_200_000 })
  })

  it('says that limits stand in one file only, and what they may be', () => {
    expect(problems('limits: { perHour: 5 }', 'limits: { perHour: 6 }')).toEqual([
      expect.stringMatching(
        /^policies\/b\.yaml:1:\d+: Cannot set the limits twice: they stand in policies\/a\.yaml already/,
      ),
    ])
    expect(problems('limits: { digest: 2h }')).toEqual([
      expect.stringContaining('expected a time from 1m to 1h'),
    ])
    expect(problems('limits: { perHour: 0 }')).toHaveLength(1)
  })

  it('without files is the built-in policy: the contacts in order', () => {
    const parsed = parse()
    expect(parsed).toMatchObject({ ok: true, value: { policies: new Map([['contacts', BUILT_IN]]) } })
  })

  it('leaves files of rules alone', () => {
    expect(parsePolicies([{ name: 'falls.yaml', text: 'rules: [}' }])).toMatchObject({ ok: true })
  })

  it.each([
    ['not YAML', 'policies: [', /^policies\/a\.yaml:1:\d+: Cannot read this YAML/],
    [
      'an unknown key',
      policy(STEP, 'rotes: []'),
      'policies/a.yaml:5:1: Cannot use the key "rotes" here: it is not known; did you mean "rotas"?',
    ],
    [
      'no steps',
      policy(''),
      /^policies\/a\.yaml:3:12: Cannot take "policies\.0\.steps": expected at least one step/,
    ],
    [
      'no repeat',
      `policies: [{ id: p, steps: [${STEP}] }]`,
      /^policies\/a\.yaml:1:12: Cannot take "policies\.0\.repeat": is missing/,
    ],
    [
      'nobody',
      policy('{ to: {}, wait: 2m }'),
      /^policies\/a\.yaml:3:19: .*expected \{ contacts: \[family, neighbour, nurse\] \} or some of them, \{ oncall: ROTA \} or \{ group: NAME \}/,
    ],
    [
      'an installer as contact',
      policy('{ to: { contacts: [installer] }, wait: 2m }'),
      /^policies\/a\.yaml:3:\d+: .*expected \{ contacts/,
    ],
    [
      'an unknown channel',
      policy('{ to: { contacts: [family] }, by: [fax], wait: 2m }'),
      /^policies\/a\.yaml:3:\d+: Cannot take "policies\.0\.steps\.0\.by\.0": .*sms/,
    ],
    [
      'an unknown rota',
      policy(`{ to: { oncall: centre }, wait: 2m }, ${STEP}`, 'rotas: [{ id: center, timezone: UTC }]'),
      'policies/a.yaml:3:19: Cannot call "centre": there is no such rota; did you mean "center"?',
    ],
    [
      'an unknown group',
      policy(`{ to: { group: g }, wait: 2m }, ${STEP}`),
      'policies/a.yaml:3:19: Cannot tell "g": there is no such group',
    ],
    [
      'a wait that is too short',
      policy('{ to: { contacts: [family] }, wait: 5s }'),
      'policies/a.yaml:3:49: Cannot wait so short: nobody answers within 15 s; expected 15s or more',
    ],
    [
      'a wait that is too long',
      policy('{ to: { contacts: [family] }, wait: 20h }'),
      'policies/a.yaml:3:49: Cannot wait so long: nobody else is told meanwhile; expected 1h or less',
    ],
    [
      'an empty window',
      policy(`{ to: { contacts: [nurse] }, wait: 2m, during: { from: "07:00", to: "07:00" } }, ${STEP}`),
      'policies/a.yaml:3:60: Cannot open this window: it ends when it begins; leave "during" out',
    ],
    [
      'a repeat that comes too late',
      policy(STEP, '', '{ every: 2h }'),
      'policies/a.yaml:4:22: Cannot repeat so: expected a time from 15s to 1h, as nobody has it yet',
    ],
    [
      'a repeat from nowhere',
      policy(STEP, '', '{ from: 2, every: 5m }'),
      'policies/a.yaml:4:21: Cannot repeat from step 2: there are 1; expected 1 to 1',
    ],
    [
      'silence at some time',
      policy('{ to: { contacts: [family] }, wait: 2m, during: { from: "07:00", to: "22:00" } }'),
      /^policies\/a\.yaml:4:13: Cannot end like this: .*add a step without "during" and "severity"$/,
    ],
    [
      'silence of a severity',
      policy(
        `${STEP}, { to: { contacts: [nurse] }, wait: 2m, severity: [high] }`,
        '',
        '{ from: 2, every: 5m }',
      ),
      /^policies\/a\.yaml:4:13: Cannot end like this/,
    ],
    [
      'the same people twice',
      policy(`${STEP}, ${STEP}`),
      'policies/a.yaml:3:61: Cannot tell them here: step 1 has told them already, and nobody is told twice in a round; leave this step out',
    ],
    [
      'an unknown day',
      rota('shifts: [{ days: [monday], from: "07:00", to: "15:00", who: [siv] }]'),
      /^policies\/a\.yaml:2:55: .*expected a day such as mon, days such as mon-fri, or daily/,
    ],
    [
      'no days',
      rota('shifts: [{ days: [], from: "07:00", to: "15:00", who: [siv] }]'),
      /^policies\/a\.yaml:2:54: .*expected at least one day/,
    ],
    [
      'a time without quotes',
      rota('shifts: [{ days: [mon], from: 7, to: "15:00", who: [siv] }]'),
      /^policies\/a\.yaml:2:67: .*in quotes, such as "07:30"/,
    ],
    [
      'nobody in a shift',
      rota('shifts: [{ days: [mon], from: "07:00", to: "15:00", who: [] }]'),
      /^policies\/a\.yaml:2:94: .*expected at least one id of the staff/,
    ],
    [
      'an unknown zone',
      'rotas: [{ id: r, timezone: Oslo }]',
      'policies/a.yaml:1:28: Cannot take "rotas.0.timezone": expected a time zone such as Europe/Oslo',
    ],
    [
      'an override that ends first',
      rota('overrides: [{ from: "2026-12-24T15:30", to: "2026-12-24T07:30", who: [siv] }]'),
      /^policies\/a\.yaml:2:81: Cannot end at 2026-12-24T07:30: it begins at 2026-12-24T15:30; expected a later time/,
    ],
    [
      'a day that is not in the calendar',
      rota('overrides: [{ from: "2026-02-30T15:30", to: "2026-03-01T07:30", who: [siv] }]'),
      /^policies\/a\.yaml:2:57: .*expected a day that is in the calendar/,
    ],
  ])('refuses %s', (_name, text, message) => {
    expect(problems(text)).toEqual([typeof message === 'string' ? message : expect.stringMatching(message)])
  })

  it('refuses an id that stands in two files, and tells every error of every file in their order', () => {
    const found = problems(
      policy(STEP),
      `${policy('{ to: { group: g }, wait: 1s }')}groups: [{ id: g, who: [a] }, { id: g, who: [b] }]`,
    )
    expect(found).toEqual([
      'policies/b.yaml:2:9: Cannot use the id "p" twice: it stands in policies/a.yaml already',
      'policies/b.yaml:3:39: Cannot wait so short: nobody answers within 15 s; expected 15s or more',
      'policies/b.yaml:5:37: Cannot use the id "g" twice: it stands in policies/b.yaml already',
    ])
  })
})

describe('policyFor', () => {
  const parsed = parse(`policies:
  - { id: high, use: { category: [safety], severity: [high] }, steps: [${STEP}], repeat: { every: 5m } }
  - { id: all, use: { category: [safety], severity: [high, medium] }, steps: [${STEP}], repeat: { every: 5m } }
  - { id: named, steps: [${STEP}], repeat: { every: 5m } }`)
  const set = parsed.ok ? parsed.value : undefined
  it.each([
    ['the first that fits', { category: 'safety', severity: 'high' }, 'high'],
    ['a later one that fits', { category: 'safety', severity: 'medium' }, 'all'],
    ['the one that the rule names', { category: 'technical', severity: 'low', policy: 'named' }, 'named'],
    [
      'by its sort, where the named one is gone',
      { category: 'safety', severity: 'high', policy: 'gone' },
      'high',
    ],
    [
      'the built-in one, where the files say nothing: nobody is silenced',
      { category: 'health', severity: 'high' },
      'contacts',
    ],
    ['none for the board', { category: 'technical', severity: 'high' }, undefined],
    ['none for low ones', { category: 'safety', severity: 'low' }, undefined],
  ] as const)('is %s', (_name, alert, id) => {
    expect(set && policyFor(set, alert)?.id).toBe(id)
  })
})
