import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pointsOf, pointTime, tagValue } from '../../hub/history/points.ts'
import type { Point } from '../../hub/history/points.ts'
import { KINDS } from '../../hub/model/kind.ts'
import type { AlertChange } from '../../hub/model/kept-entry.ts'
import { changesEntry, entry, T0 } from './entries.ts'

const noRoom = () => undefined
const inBedroom = (home: string, sensor: string) =>
  home === 'h1' && sensor === 'bed-1' ? 'bedroom' : undefined

/** What InfluxDB tells points apart by. */
const identity = (point: Point) => JSON.stringify([point.measurement, point.tags, point.time])

describe('pointsOf a reading', () => {
  test('a number: measurement, tags, float and time', () => {
    const made = pointsOf(entry(7, { home: 'h1', sensor: 'hr-1', value: 71.5, at: T0 }), noRoom)
    expect(made).toEqual({
      points: [
        {
          measurement: 'heart_rate',
          tags: { home: 'h1', sensor: 'hr-1' },
          fields: { value: 71.5 },
          time: `${T0}000007`,
          seq: 7,
        },
      ],
    })
  })

  test('a word: its index as value, itself as state, and the room by lookup', () => {
    const made = pointsOf(
      entry(8, { home: 'h1', sensor: 'bed-1', kind: 'bed', value: 'occupied', at: T0 }),
      inBedroom,
    )
    expect(made.points[0]?.tags).toEqual({ home: 'h1', sensor: 'bed-1', room: 'bedroom' })
    expect(made.points[0]?.fields).toEqual({ value: 1, state: 'occupied' })
  })

  test.each([
    [true, 1],
    [false, 0],
  ])('the boolean %s is %d, with no state', (value, code) => {
    const made = pointsOf(entry(1, { kind: 'motion', value }), noRoom)
    expect(made.points[0]?.fields).toEqual({ value: code })
  })

  test('every word of every kind has its own code', () => {
    for (const [kind, { words = [] }] of KINDS) {
      const codes = words.map((word) => pointsOf(entry(1, { kind, value: word }), noRoom).points[0]?.fields)
      expect(codes).toEqual(words.map((state, value) => ({ value, state })))
    }
  })

  test('late is a field, and only when it is so', () => {
    expect(pointsOf(entry(1, { value: 60 }, { late: true }), noRoom).points[0]?.fields).toEqual({
      value: 60,
      late: true,
    })
    expect(pointsOf(entry(1, { value: 60 }, { outOfOrder: true }), noRoom).points[0]?.fields).toEqual({
      value: 60,
    })
  })

  test.each([
    ['a repeated status', entry(1, { kind: 'fall', value: 'detected' }, { repeat: true })],
    ['a status that is no event', entry(1, { kind: 'fall', value: null, status: 'idle' })],
  ])('%s gives no point and is not refused', (_, given) => {
    expect(pointsOf(given, noRoom)).toEqual({ points: [] })
  })

  test.each([
    ['an unknown kind', { kind: 'alert,home=x' }, 'the hub knows no kind "alert,home=x"'],
    ['an unknown word', { kind: 'door', value: 'ajar' }, 'door has no such word'],
    ['no finite number', { value: Infinity }, 'heart_rate is no finite number'],
    ['a time that is no whole number', { at: 1.5 }, 'its time is no whole number of milliseconds'],
  ])('%s is refused with the reason', (_, reading, reason) => {
    expect(pointsOf(entry(1, reading), noRoom)).toEqual({ points: [], refused: reason })
  })

  test('two readings of one sensor in one millisecond stay two; the same entry again is the same point', () => {
    const first = pointsOf(entry(41, { home: 'h1', at: T0 }), noRoom)
    const second = pointsOf(entry(42, { home: 'h1', at: T0 }), noRoom)
    const times = [...first.points, ...second.points].map((point) => point.time)
    expect(times).toEqual([`${T0}000041`, `${T0}000042`])
    expect(pointsOf(entry(41, { home: 'h1', at: T0 }), noRoom)).toEqual(first)
  })

  test('inputs of other sorts give no point', () => {
    const made = pointsOf(
      { seq: 1, now: T0, input: { type: 'start', aliveUntil: 0 }, alertChanges: [] },
      noRoom,
    )
    expect(made).toEqual({ points: [] })
  })
})

describe('pointsOf alert changes', () => {
  test('measurement alert, with its home and subject, how it was after, and when the hub learned of it', () => {
    const after = { handling: 'acknowledged', condition: 'cleared', severity: 'medium' } as const
    const change = { alert: 'a7', home: 'h3', scope: 'h3/bathroom', at: T0 - 5, raisedAt: T0 - 9, after }
    const made = pointsOf(changesEntry(9, [change]), noRoom)
    const own = { rule: 'no-activity', severity: 'high', category: 'safety', what: 'raised' }
    expect(made.points).toEqual([
      {
        measurement: 'alert',
        tags: { home: 'h3', ...own, subject: 'bathroom' },
        fields: {
          value: 1,
          alert: 'a7',
          scope: 'h3/bathroom',
          at: T0 - 5,
          raised: T0 - 9,
          open: 1,
          handling: 'acknowledged',
          condition: 'cleared',
          level: 'medium',
        },
        time: `${T0 + 9}000009`,
        seq: 9,
      },
    ])
  })

  test('an alert of a whole home, or of the hub, has no subject; a resolved one is not open', () => {
    const after = { handling: 'resolved', condition: 'active', severity: 'high' } as const
    const { points } = pointsOf(changesEntry(9, [{ scope: 'h1', after }, { scope: 'hub' }]), noRoom)
    expect(points.map(({ tags }) => tags['subject'])).toEqual([undefined, undefined])
    expect(points.map(({ fields }) => fields['open'])).toEqual([0, 1])
  })

  test('a change in maintenance has the tag test', () => {
    const made = pointsOf(changesEntry(9, [{ test: true }, { what: 'counted' }]), noRoom)
    expect(made.points.map(({ tags }) => tags['test'])).toEqual(['true', undefined])
  })

  test('about an area has its name instead of a home, and no empty tag', () => {
    const tagsOf = (area: string) => {
      const { home: _, ...change } = changesEntry(9, [{ area, scope: `area/${area}` }]).alertChanges[0] ?? {}
      const given = { ...changesEntry(9, []), alertChanges: [change as AlertChange] }
      return pointsOf(given, noRoom).points[0]?.tags
    }
    const own = { rule: 'no-activity', severity: 'high', category: 'safety', what: 'raised' }
    expect(tagsOf('Vardø')).toEqual({ area: 'Vardø', subject: 'Vardø', ...own })
    expect(tagsOf('')).toEqual(own)
  })

  test('a reading with changes gives its own point and theirs', () => {
    const given = { ...entry(3), alertChanges: changesEntry(3, [{}, { what: 'level' }]).alertChanges }
    const made = pointsOf(given, noRoom).points.map((point) => point.measurement)
    expect(made).toEqual(['heart_rate', 'alert', 'alert'])
  })

  test('a refused reading keeps the changes of its entry', () => {
    const given = { ...entry(3, { kind: 'x' }), alertChanges: changesEntry(3, [{}]).alertChanges }
    const made = pointsOf(given, noRoom)
    expect(made.refused).toBeDefined()
    expect(made.points).toHaveLength(1)
  })

  test('no two points of a journal are the same to InfluxDB, whatever changes at once', () => {
    const change = fc.record({
      rule: fc.constantFrom('fall', 'no-activity'),
      scope: fc.constantFrom('h1', 'h1/r1', 'h1/r2', 'h2/r1'),
      what: fc.constantFrom('raised', 'cleared'),
      at: fc.constantFrom(T0, T0 + 1),
    })
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 6 }), (journal) => {
        const points = journal.flatMap(
          (changes, index) => pointsOf(changesEntry(index + 1, changes), noRoom).points,
        )
        expect(new Set(points.map(identity)).size).toBe(points.length)
        expect(points).toHaveLength(journal.flat().length)
      }),
    )
  })
})

describe('pointTime', () => {
  test('carries the sequence below the millisecond, up to 999,999', () => {
    expect(pointTime(T0, 999_999)).toBe(`${T0}999999`)
    expect(pointTime(T0, 1_000_001)).toBe(`${T0}000001`)
    expect(pointTime(0, 5)).toBe('5')
  })
})

describe('tagValue', () => {
  test('takes out what line protocol cannot carry', () => {
    expect(tagValue('a\nb\\')).toBe('a_b_')
    expect(tagValue('stue, 2. etg = øst')).toBe('stue, 2. etg = øst')
  })
})
