import { describe, expect, it } from 'vitest'
import { FRESH } from '../../hub/alerts/escalation.ts'
import { nextReachable, nextTurn, unreachable } from '../../hub/alerts/plan.ts'
import type { Reachable, Turn } from '../../hub/alerts/plan.ts'
import { USUAL_LIMITS } from '../../hub/alerts/policy.ts'
import type { Policy, PolicySet, PolicyStep } from '../../hub/alerts/policy.ts'
import { DAYS } from '../../hub/alerts/rota.ts'
import type { Category, Progress } from '../../hub/model/alert.ts'
import type { ContactFacts, ContactRole } from '../../hub/model/home.ts'

const MINUTE = 60_000
const contact = (id: string, order: number, role?: ContactRole): ContactFacts => ({
  id,
  order,
  language: 'nb',
  ...(role && { role }),
})
const step = (to: PolicyStep['to'], more: Partial<PolicyStep> = {}): PolicyStep => ({
  to,
  by: ['sms'],
  wait: MINUTE,
  ...more,
})
const FAMILY = { type: 'contacts', roles: ['family'] } as const
const NEIGHBOURS = { type: 'contacts', roles: ['neighbour'] } as const
const NURSES = { type: 'group', group: 'nurses' } as const
const CENTRE = { type: 'oncall', rota: 'centre' } as const

const SET: PolicySet = {
  policies: new Map(),
  groups: new Map([['nurses', ['ida', 'tor']]]),
  limits: USUAL_LIMITS,
  rotas: new Map([
    [
      'centre',
      {
        id: 'centre',
        timezone: 'Europe/Oslo',
        shifts: [
          { days: DAYS, from: '07:00', to: '15:00', who: ['siv'] },
          { days: DAYS, from: '15:00', to: '23:00', who: ['tor'] },
        ],
        overrides: [],
        fallback: [],
      },
    ],
  ]),
}

function policy(steps: readonly [PolicyStep, ...PolicyStep[]], from = 0): Policy {
  return { id: 'p', steps, repeat: { from, every: 10 * MINUTE } }
}

/** 13:00 in Oslo: siv is on call. */
const NOON = Date.UTC(2026, 0, 5, 12)
const place = (more: Partial<Reachable> = {}): Reachable => ({
  contacts: [contact('berit', 2), contact('anne', 1), contact('nils', 1, 'neighbour')],
  staff: new Set(['siv', 'tor', 'ida']),
  timezone: 'Europe/Oslo',
  now: NOON,
  ...more,
})

const HIGH = { severity: 'high', category: 'safety' } as const

/** Who is told turn after turn: `0 contact:anne 1m`, while the place may change. */
function tell(
  plan: Policy,
  turns: number,
  where: (turn: number) => Reachable = () => place(),
  alert: { severity: 'high' | 'medium'; category: Category; test?: true } = HIGH,
): string[] {
  const said: string[] = []
  let progress: Progress = FRESH
  for (let count = 0; count < turns; count++) {
    const turn: Turn | undefined = nextTurn(plan, SET, alert, progress, where(count))
    if (!turn) return [...said, 'nobody']
    progress = turn.progress
    said.push(`${progress.round} ${turn.recipients.join('+')} ${turn.wait / MINUTE}m`)
  }
  return said
}

describe('nextTurn', () => {
  it('tells the contacts of a role one after another in their order, then the next step, round after round', () => {
    const plan = policy([step(FAMILY, { wait: 2 * MINUTE }), step(NEIGHBOURS)])
    expect(tell(plan, 5)).toEqual([
      '0 contact:anne 2m',
      '0 contact:berit 2m',
      '0 contact:nils 10m',
      '1 contact:anne 2m',
      '1 contact:berit 2m',
    ])
  })

  it('tells a group and whoever is on call at once', () => {
    expect(tell(policy([step(CENTRE), step(NURSES)]), 2)).toEqual([
      '0 staff:siv 1m',
      '0 staff:ida+staff:tor 10m',
    ])
  })

  it('tells whoever is over the limit after everybody else, part of a group too, and before the round is over', () => {
    const over = (...who: string[]): Reachable => ({ ...place(), isOverLimit: (one) => who.includes(one) })
    const plan = policy([step(FAMILY), step(NURSES), step(NEIGHBOURS)])
    expect(tell(plan, 6, () => over('contact:anne', 'staff:tor'))).toEqual([
      '0 contact:berit 1m',
      '0 staff:ida 1m',
      '0 contact:nils 1m',
      '0 contact:anne 1m',
      '0 staff:tor 10m',
      '1 contact:berit 1m',
    ])
    expect(tell(policy([step(FAMILY)]), 2, () => over('contact:anne', 'contact:berit'))).toEqual([
      '0 contact:anne 1m',
      '0 contact:berit 10m',
    ])
  })

  it('says once in a round who is passed over', () => {
    const passed: unknown[] = []
    const plan = policy([step(FAMILY), step(CENTRE), step(NEIGHBOURS)])
    let progress: Progress = FRESH
    for (let count = 0; count < 4; count++) {
      const reachable = { ...place(), isOverLimit: (one: string) => one === 'contact:anne' }
      const turn = nextTurn(plan, SET, { severity: 'high', category: 'routine' }, progress, reachable)
      if (!turn) break
      progress = turn.progress
      passed.push([turn.recipients.join('+'), turn.passedOver, progress.passedOver])
    }
    expect(passed).toEqual([
      ['contact:berit', ['contact:anne'], ['contact:anne']],
      ['staff:siv', [], ['contact:anne']],
      ['contact:nils', [], ['contact:anne']],
      ['contact:anne', [], undefined],
    ])
  })

  it('tells nobody twice in a round, though two steps name them', () => {
    const evening = place({ now: NOON + 4 * 60 * MINUTE })
    expect(tell(policy([step(CENTRE), step(NURSES)]), 3, () => evening)).toEqual([
      '0 staff:tor 1m',
      '0 staff:ida 10m',
      '1 staff:tor 1m',
    ])
  })

  it('repeats from a later step: those before it are spared', () => {
    expect(tell(policy([step(FAMILY), step(CENTRE), step(NURSES)], 1), 6)).toEqual([
      '0 contact:anne 1m',
      '0 contact:berit 1m',
      '0 staff:siv 1m',
      '0 staff:ida+staff:tor 10m',
      '1 staff:siv 1m',
      '1 staff:ida+staff:tor 10m',
    ])
  })

  it('repeats with those before it when there is nobody after it', () => {
    expect(tell(policy([step(FAMILY), step(CENTRE)], 1), 4, () => place({ staff: new Set() }))).toEqual([
      '0 contact:anne 1m',
      '0 contact:berit 10m',
      '1 contact:anne 1m',
      '1 contact:berit 10m',
    ])
  })

  it('leaves steps out by severity and by the time of day of the home', () => {
    const plan = policy([
      step(CENTRE, { severity: ['high'] }),
      step(NURSES, { during: { from: '22:00', to: '06:00' } }),
      step(FAMILY),
    ])
    expect(tell(plan, 1)).toEqual(['0 staff:siv 1m'])
    expect(tell(plan, 1, () => place(), { ...HIGH, severity: 'medium' })).toEqual(['0 contact:anne 1m'])
    const night = place({ now: Date.UTC(2026, 0, 5, 22) })
    expect(tell(plan, 1, () => night, { ...HIGH, severity: 'medium' })).toEqual(['0 staff:ida+staff:tor 1m'])
  })

  it.each([
    [
      'was added before those who were told',
      [contact('kari', 0), contact('anne', 1), contact('berit', 2)],
      '0 contact:kari',
    ],
    [
      'was added behind them',
      [contact('anne', 1), contact('berit', 2), contact('kari', 3)],
      '0 contact:berit',
    ],
    ['was removed after being told', [contact('berit', 2)], '0 contact:berit'],
    ['was removed before being told', [contact('anne', 1), contact('carl', 3)], '0 contact:carl'],
    ['was put before the one who was told', [contact('berit', 1), contact('anne', 2)], '0 contact:berit'],
  ])(
    'in the middle of a round, when a contact %s, skips nobody and tells nobody twice',
    (_name, contacts, next) => {
      const plan = policy([step(FAMILY)])
      const turns = tell(plan, contacts.length + 1, (turn) => (turn === 0 ? place() : place({ contacts })))
      expect(turns[1]).toMatch(new RegExp(`^${next} `))
      const first = turns.filter((line) => line.startsWith('0 ')).map((line) => line.split(' ')[1])
      expect(new Set(first).size).toBe(first.length)
      expect(first.toSorted()).toEqual(
        [...new Set(['contact:anne', ...contacts.map(({ id }) => `contact:${id}`)])]
          .toSorted()
          .slice(0, first.length),
      )
    },
  )

  it('tells whoever comes on call next when the shift changes in the middle of a round', () => {
    const plan = policy([step(CENTRE), step(FAMILY)])
    const later = place({ now: NOON + 2 * 60 * MINUTE })
    expect(tell(plan, 3, (turn) => (turn < 2 ? place() : later))).toEqual([
      '0 staff:siv 1m',
      '0 contact:anne 1m',
      '0 staff:tor 1m',
    ])
  })

  it('passes over who is not registered; where nobody is left it tells the contacts rather than nobody', () => {
    const plan = policy([step(CENTRE), step(NURSES)])
    expect(tell(plan, 1, () => place({ staff: new Set(['ida']) }))).toEqual(['0 staff:ida 10m'])
    expect(tell(plan, 4, () => place({ staff: new Set() }))).toEqual([
      '0 contact:anne 2m',
      '0 contact:nils 2m',
      '0 contact:berit 10m',
      '1 contact:anne 2m',
    ])
    expect(tell(plan, 1, () => place({ staff: new Set(), contacts: [] }))).toEqual(['nobody'])
  })

  it('tells installers alone of a test, and never of anything else', () => {
    const contacts = [contact('anne', 1), contact('ola', 1, 'installer')]
    const plan = policy([step(CENTRE), step(FAMILY)])
    expect(tell(plan, 2, () => place({ contacts }), { ...HIGH, test: true })).toEqual([
      '0 contact:ola 10m',
      '1 contact:ola 10m',
    ])
    expect(tell(plan, 1, () => place(), { ...HIGH, test: true })).toEqual(['nobody'])
    const alone = place({ contacts: [contact('ola', 1, 'installer')], staff: new Set() })
    expect(tell(plan, 1, () => alone)).toEqual(['nobody'])
  })

  it('says whether there are others, for the message', () => {
    const one = place({ contacts: [contact('anne', 1)] })
    const other = (plan: Policy): boolean | undefined => nextTurn(plan, SET, HIGH, FRESH, one)?.hasOthers
    expect(other(policy([step(FAMILY)]))).toBe(false)
    expect(other(policy([step(FAMILY), step(CENTRE)]))).toBe(true)
  })
})

describe('nextReachable', () => {
  it('is when a shift or a part of the day may change who can be told', () => {
    const during = { from: '22:00', to: '06:00' }
    expect(nextReachable(policy([step(CENTRE)]), SET, place())).toBe(NOON + 2 * 60 * MINUTE)
    expect(
      nextReachable(
        policy([step(CENTRE), step(FAMILY, { during })]),
        SET,
        place({ now: NOON + 8 * 60 * MINUTE }),
      ),
    ).toBe(NOON + 9 * 60 * MINUTE)
    expect(nextReachable(policy([step(FAMILY)]), SET, place())).toBeUndefined()
  })
})

describe('unreachable', () => {
  it('names the rotas and groups that should be told and give nobody', () => {
    const plan = policy([step(CENTRE), step(NURSES, { severity: ['medium'] }), step(FAMILY)])
    expect(unreachable(plan, SET, HIGH, place())).toEqual([])
    expect(unreachable(plan, SET, HIGH, place({ now: NOON + 12 * 60 * MINUTE }))).toEqual(['centre'])
    expect(unreachable(plan, SET, { ...HIGH, severity: 'medium' }, place({ staff: new Set() }))).toEqual([
      'centre',
      'nurses',
    ])
    expect(unreachable(plan, SET, { ...HIGH, test: true }, place({ staff: new Set() }))).toEqual([])
  })
})
