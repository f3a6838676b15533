import { describe, expect, it } from 'vitest'
import { viewPast } from '../../hub/http/home-past.ts'
import { computePast } from '../../hub/threads/compute-past.ts'
import { filledSpans } from '../../hub/http/sensed-spans.ts'
import type { HomePast, PastReading } from '../../hub/model/past.ts'
import { exampleHome, memoryOffice } from './memory-office.ts'

const MINUTE = 60_000
const span = { from: 0, to: 100 * MINUTE }
const reading = (minute: number, kind: string, value: PastReading['value']): PastReading => ({
  at: minute * MINUTE,
  sensor: 'fall-1',
  kind,
  value,
})
const minutes = (spans: readonly { from: number; to: number }[]) =>
  spans.map(({ from, to }) => `${from / MINUTE}-${to / MINUTE}`).join(' ')

describe('filledSpans', () => {
  it.each([
    [
      'a door between open and closed',
      'door',
      undefined,
      [
        [10, 'open'],
        [12, 'closed'],
      ],
      '10-12',
    ],
    ['one that is open still', 'door', undefined, [[10, 'open']], '10-100'],
    ['one that says again that it is closed, and never was open', 'door', undefined, [[10, 'closed']], ''],
    ['one that was open before', 'door', 'open', [[10, 'closed']], '0-10'],
    [
      'a bed that says again that it is occupied',
      'bed',
      undefined,
      [
        [10, 'occupied'],
        [20, 'occupied'],
        [30, 'empty'],
      ],
      '10-30',
    ],
    ['one of which nothing was heard since', 'bed', 'occupied', [], '0-100'],
    [
      'a status that was only repeated',
      'door',
      undefined,
      [
        [10, 'open'],
        [11, null],
        [12, 'closed'],
      ],
      '10-12',
    ],
    [
      'movement until it ends',
      'motion',
      undefined,
      [
        [10, true],
        [12, false],
      ],
      '10-12',
    ],
    ['movement that nobody ended', 'motion', undefined, [[10, true]], '10-15'],
    [
      'movement that goes on',
      'motion',
      undefined,
      [
        [10, true],
        [13, true],
        [16, true],
      ],
      '10-21',
    ],
    ['movement before, which says nothing of now', 'motion', true, [], ''],
  ] as const)('draws %s', (_what, kind, before, said, expected) => {
    const readings = said.map(([minute, value]) => reading(minute, kind, value))
    const was = before === undefined ? undefined : reading(-10, kind, before)
    expect(minutes(filledSpans(readings, was, kind, span))).toBe(expected)
  })
})

describe('viewPast', () => {
  const view = (past: Partial<HomePast>, isOnline = true) => {
    const office = memoryOffice(() => span.to)
    const [home, personal] = exampleHome('h1', 'Storgata 5')
    office.addHome(home, personal)
    office.setReachable('h1', isOnline)
    const kept = { readings: [], before: [], links: [], alerts: [], ...past }
    return viewPast(home, computePast({ home, span }, { home: () => kept }), span, office)
  }
  const link = (minute: number, to: 'online' | 'offline') => ({ now: minute * MINUTE, gateway: 'gw-1', to })
  const away = (from: number, to: number, by: 'start' | 'pause') => ({
    now: to * MINUTE,
    away: from * MINUTE,
    by,
  })

  it.each([
    ['nothing, where it was connected all the time', [], true, ''],
    ['all, where it was not', [], false, '0-100'],
    ['from when it was gone until it came back', [link(20, 'offline'), link(30, 'online')], true, '20-30'],
    ['since it is gone', [link(20, 'offline')], false, '20-100'],
    ['until it first came', [link(20, 'online')], true, '0-20'],
    [
      'while the hub was away, and until the gateway was back',
      [away(20, 30, 'start'), link(32, 'online')],
      true,
      '20-32',
    ],
    ['since a start, where no gateway came back', [away(20, 30, 'start')], false, '20-100'],
    ['while the hub stood still, and no longer', [away(20, 30, 'pause')], true, '20-30'],
  ] as const)('hatches %s', (_what, links, isOnline, expected) => {
    expect(minutes(view({ links }, isOnline).unknown)).toBe(expected)
  })

  it('hatches what is older than what was read at once', () => {
    expect(minutes(view({ cutBefore: 40 * MINUTE }).unknown)).toBe('0-40')
  })

  it('says of each sensor since when it should have been heard', () => {
    // The example is heard every hour.
    const { bands } = view({ readings: [reading(10, 'fall', 'detected')] })
    expect(bands).toMatchObject([{ kind: 'fall', marks: [{ at: 10 * MINUTE, value: 'detected' }] }])
    expect(minutes(bands[0]?.unknown ?? [])).toBe('70-100')
  })

  it('puts vitals in the order of time, and gives no limit where no rule has one', () => {
    const { vitals } = view({ readings: [reading(10, 'spo2', 95), reading(20, 'spo2', 96)] })
    expect(vitals).toEqual([
      {
        kind: 'spo2',
        resident: 'r1',
        unit: '%',
        points: [
          [600_000, 95],
          [1_200_000, 96],
        ],
        limits: [],
      },
    ])
  })
})
