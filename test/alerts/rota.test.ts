import { describe, expect, it } from 'vitest'
import { checkOncall } from '../../hub/alerts/check-oncall.ts'
import { NO_POLICIES, USUAL_LIMITS } from '../../hub/alerts/policy.ts'
import { DAYS, gapsOf, nextChange, onCall } from '../../hub/alerts/rota.ts'
import type { Day, Rota, Shift } from '../../hub/alerts/rota.ts'

const at = (text: string): number => Date.parse(text)
const shift = (days: readonly Day[], from: string, to: string, ...who: string[]): Shift => ({
  days,
  from,
  to,
  who,
})
const rota = (shifts: readonly Shift[], more: Partial<Rota> = {}): Rota => ({
  id: 'centre',
  timezone: 'Europe/Oslo',
  shifts,
  overrides: [],
  fallback: [],
  ...more,
})
const show = (gaps: readonly { from: number; to: number }[]): string[] =>
  gaps.map(({ from, to }) => `${new Date(from).toISOString()} ${new Date(to).toISOString()}`)
const anybody = (): boolean => true

const ROUND = rota([
  shift(['mon', 'tue', 'wed', 'thu', 'fri'], '07:30', '15:30', 'day'),
  shift(['sat', 'sun'], '07:30', '15:30', 'weekend'),
  shift(DAYS, '15:30', '23:00', 'evening'),
  shift(DAYS, '23:00', '07:30', 'night'),
])

describe('onCall', () => {
  it.each([
    ['as the day shift begins', '2026-11-23T06:30:00Z', 'day'],
    ['just before it begins', '2026-11-23T06:29:59Z', 'night'],
    ['as it ends', '2026-11-23T14:30:00Z', 'evening'],
    ['before midnight', '2026-11-23T22:59:00Z', 'night'],
    ['after midnight, as the shift of the day before', '2026-11-24T01:00:00Z', 'night'],
    ["over the week's end: Sunday's night is Monday morning's", '2026-11-23T05:00:00Z', 'night'],
    ['on a Saturday', '2026-11-28T10:00:00Z', 'weekend'],
  ])('%s', (_name, time, who) => {
    expect(onCall(ROUND, at(time))).toEqual([who])
  })

  it('over the week ends with a shift of Sunday alone on Monday morning', () => {
    const sunday = rota([shift(['sun'], '22:00', '06:00', 'siv')])
    expect(onCall(sunday, at('2026-11-23T04:59:00Z'))).toEqual(['siv'])
    expect(onCall(sunday, at('2026-11-23T05:00:00Z'))).toEqual([])
    expect(onCall(sunday, at('2026-11-22T04:00:00Z'))).toEqual([])
  })

  it('is everybody whose shift is on, once, in the order of the file', () => {
    const both = rota([
      shift(['mon'], '08:00', '16:00', 'siv', 'tor'),
      shift(['mon'], '12:00', '20:00', 'tor', 'ida'),
    ])
    expect(onCall(both, at('2026-11-23T12:00:00Z'))).toEqual(['siv', 'tor', 'ida'])
  })

  it('takes a shift that ends when it begins for a whole day', () => {
    const whole = rota([shift(['mon'], '08:00', '08:00', 'siv')])
    expect(onCall(whole, at('2026-11-24T06:59:00Z'))).toEqual(['siv'])
    expect(onCall(whole, at('2026-11-24T07:00:00Z'))).toEqual([])
  })

  it('is the newest override while it lasts, then the week again', () => {
    const other = rota(ROUND.shifts, {
      overrides: [
        { from: '2026-12-24T15:30', to: '2026-12-25T15:30', who: ['ida'] },
        { from: '2026-12-24T20:00', to: '2026-12-24T22:00', who: ['tor'] },
      ],
    })
    expect(onCall(other, at('2026-12-24T14:29:00Z'))).toEqual(['day'])
    expect(onCall(other, at('2026-12-24T14:30:00Z'))).toEqual(['ida'])
    expect(onCall(other, at('2026-12-24T19:30:00Z'))).toEqual(['tor'])
    expect(onCall(other, at('2026-12-24T21:00:00Z'))).toEqual(['ida'])
    expect(onCall(other, at('2026-12-25T14:30:00Z'))).toEqual(['evening'])
  })

  it('is the fallback when nobody else is', () => {
    const part = rota([shift(['mon'], '08:00', '16:00', 'siv')], { fallback: ['chief'] })
    expect(onCall(part, at('2026-11-24T12:00:00Z'))).toEqual(['chief'])
    expect(onCall(part, at('2026-11-23T12:00:00Z'))).toEqual(['siv'])
  })

  describe('on the night clocks are set forward (Oslo, 2026-03-29: 02:00 is 03:00)', () => {
    const night = rota([shift(DAYS, '22:00', '02:30', 'early'), shift(DAYS, '02:30', '07:00', 'late')])
    it('changes shift once, with nobody missing: the time that is skipped comes an hour later', () => {
      expect(onCall(night, at('2026-03-29T00:59:00Z'))).toEqual(['early'])
      expect(onCall(night, at('2026-03-29T01:29:00Z'))).toEqual(['early'])
      expect(onCall(night, at('2026-03-29T01:30:00Z'))).toEqual(['late'])
      expect(onCall(night, at('2026-03-29T04:59:00Z'))).toEqual(['late'])
      expect(onCall(night, at('2026-03-29T05:00:00Z'))).toEqual([])
    })
  })

  describe('on the night clocks are set back (Oslo, 2026-10-25: 02:00 to 03:00 comes twice)', () => {
    const night = rota([shift(DAYS, '22:00', '02:30', 'early'), shift(DAYS, '02:30', '07:00', 'late')])
    it('changes shift once, at the first of the two', () => {
      expect(onCall(night, at('2026-10-25T00:29:00Z'))).toEqual(['early'])
      expect(onCall(night, at('2026-10-25T00:30:00Z'))).toEqual(['late'])
      expect(onCall(night, at('2026-10-25T01:10:00Z'))).toEqual(['late'])
      expect(onCall(night, at('2026-10-25T05:59:00Z'))).toEqual(['late'])
      expect(onCall(night, at('2026-10-25T06:00:00Z'))).toEqual([])
    })
  })
})

describe('gapsOf', () => {
  it('finds none in a week that is full, also where clocks change', () => {
    expect(gapsOf(ROUND, at('2026-03-27T00:00:00Z'), at('2026-04-03T00:00:00Z'), anybody)).toEqual([])
    expect(gapsOf(ROUND, at('2026-10-23T00:00:00Z'), at('2026-10-30T00:00:00Z'), anybody)).toEqual([])
  })

  it('finds the hours between shifts, an hour longer where the clock is set back', () => {
    const days = rota([shift(DAYS, '06:00', '22:00', 'siv')])
    expect(show(gapsOf(days, at('2026-10-24T12:00:00Z'), at('2026-10-26T12:00:00Z'), anybody))).toEqual([
      '2026-10-24T20:00:00.000Z 2026-10-25T05:00:00.000Z',
      '2026-10-25T21:00:00.000Z 2026-10-26T05:00:00.000Z',
    ])
  })

  it('counts nobody who is not registered, and begins and ends with what is looked at', () => {
    const from = at('2026-11-23T12:00:00Z')
    const to = at('2026-11-24T02:00:00Z')
    expect(show(gapsOf(ROUND, from, to, (id) => id !== 'evening'))).toEqual([
      '2026-11-23T14:30:00.000Z 2026-11-23T22:00:00.000Z',
    ])
    expect(gapsOf(ROUND, from, to, () => false)).toEqual([{ from, to }])
  })

  it('finds none where there is a fallback, and one where an override names somebody who left', () => {
    const range = [at('2026-11-23T00:00:00Z'), at('2026-11-25T00:00:00Z')] as const
    expect(gapsOf(rota([], { fallback: ['chief'] }), ...range, anybody)).toEqual([])
    const left = rota(ROUND.shifts, {
      overrides: [{ from: '2026-11-24T10:00', to: '2026-11-24T12:00', who: ['gone'] }],
    })
    expect(show(gapsOf(left, ...range, (id) => id !== 'gone'))).toEqual([
      '2026-11-24T09:00:00.000Z 2026-11-24T11:00:00.000Z',
    ])
  })
})

describe('nextChange', () => {
  it('is the next time somebody comes or goes', () => {
    expect(nextChange(ROUND, at('2026-11-23T12:00:00Z'))).toBe(at('2026-11-23T14:30:00Z'))
    expect(nextChange(rota([]), at('2026-11-23T12:00:00Z'))).toBeUndefined()
    const once = rota([], { overrides: [{ from: '2026-12-24T15:30', to: '2026-12-25T15:30', who: ['ida'] }] })
    expect(nextChange(once, at('2026-12-24T15:00:00Z'))).toBe(at('2026-12-25T14:30:00Z'))
  })
})

describe('checkOncall', () => {
  const now = at('2026-11-23T12:00:00Z')
  const until = at('2026-11-24T12:00:00Z')
  it('finds gaps, unknown people, missing numbers, old overrides and rotas without names', () => {
    const centre = rota(
      [shift(DAYS, '07:00', '22:00', 'siv'), shift(DAYS, '22:00', '05:00', 'gone', 'tor')],
      {
        overrides: [{ from: '2026-11-01T10:00', to: '2026-11-01T12:00', who: ['siv'] }],
      },
    )
    const empty = { ...rota([]), id: 'empty' }
    const unused = { ...rota([]), id: 'unused' }
    const step = { to: { type: 'oncall' as const, rota: 'empty' }, by: ['sms' as const], wait: 1 }
    const set = {
      policies: new Map([['p', { id: 'p', steps: [step] as const, repeat: { from: 0, every: 1 } }]]),
      rotas: new Map([centre, empty, unused].map((one) => [one.id, one])),
      groups: new Map([['nurses', ['siv', 'ola']]]),
      limits: USUAL_LIMITS,
    }
    const staff = [{ id: 'siv', phone: '+4790000001' }, { id: 'tor' }]
    expect(checkOncall(set, staff, now, until)).toEqual([
      {
        type: 'gap',
        rota: 'centre',
        from: at('2026-11-24T04:00:00Z'),
        to: at('2026-11-24T06:00:00Z'),
      },
      { type: 'unknown', where: 'rota centre', id: 'gone' },
      { type: 'past-override', rota: 'centre', from: '2026-11-01T10:00', to: '2026-11-01T12:00' },
      { type: 'empty', rota: 'empty' },
      { type: 'unknown', where: 'group nurses', id: 'ola' },
      { type: 'no-phone', id: 'tor' },
    ])
  })

  it('finds nothing without rotas', () => {
    expect(checkOncall(NO_POLICIES, [], now, until)).toEqual([])
  })
})
