import { describe, expect, it } from 'vitest'
import { whenEnds, whyOf } from '../../hub/register/modes.ts'
import { keepReasons, withReason } from '../../hub/register/reasons.ts'

// Sunday 22 November, 12:00 in Oslo.
const NOW = Date.UTC(2026, 10, 22, 11)
const at = (text: string) => whenEnds({ at: text }, 'Europe/Oslo', NOW)
const iso = (end: ReturnType<typeof at>) => (typeof end === 'number' ? new Date(end).toISOString() : end)

describe('whenEnds', () => {
  it.each([
    ['14:30', '2026-11-22T13:30:00.000Z'],
    ['9:15', '2026-11-23T08:15:00.000Z'],
    ['12:00', '2026-11-23T11:00:00.000Z'],
    ['2026-11-22 14:30', '2026-11-22T13:30:00.000Z'],
    ['2027-07-01T08:00', '2027-07-01T06:00:00.000Z'],
    ['2026-11-22T14:30Z', '2026-11-22T14:30:00.000Z'],
    ['2026-11-22T14:30+02:00', '2026-11-22T12:30:00.000Z'],
  ])('reads %s by the clock of the home', (text, expected) => {
    expect(iso(at(text))).toBe(expected)
  })

  it('counts a duration from now', () => {
    expect(whenEnds({ in: '1h30m' }, 'Europe/Oslo', NOW)).toBe(NOW + 90 * 60_000)
  })

  it('refuses what has passed, and says what time it is there', () => {
    expect(at('2026-11-22 11:59')).toEqual({
      cannot:
        '2026-11-22 11:59 has passed (it is 2026-11-22 12:00 in the home). Say a later time, or how long with "for"',
    })
    expect(at('2026-11-22T11:00Z')).toHaveProperty('cannot')
  })

  it.each(['Monday', '2026-11-23', '25:00', '2026-02-30 12:00', ''])(
    'refuses "%s", and says what to write',
    (text) => {
      expect(at(text)).toEqual({ cannot: expect.stringMatching(/is no time, expected 14:30/) as string })
    },
  )

  it.each(['2', '0h', 'two hours'])('refuses the duration "%s"', (text) => {
    expect(whenEnds({ in: text }, 'Europe/Oslo', NOW)).toHaveProperty('cannot')
  })
})

describe('the reasons of modes', () => {
  const home = { id: 'h1', residents: [], contacts: [] }

  it('belong to their mode, survive an import, and go when it is set anew without one', () => {
    const noted = withReason(home, 'modes', 'away', 'Visits Anne', 100)
    expect(whyOf(noted, 'away')).toEqual({ why: 'Visits Anne' })
    expect(whyOf(noted, 'carer')).toEqual({})
    expect(keepReasons(noted, { ...home, label: 'New' })).toEqual({ ...noted, label: 'New' })
    expect(whyOf(withReason(noted, 'modes', 'away', undefined, 200), 'away')).toEqual({})
  })

  it('go when the mode is ended', () => {
    expect(
      withReason(withReason(home, 'modes', 'away', 'Visits Anne', 100), 'modes', 'away', undefined, 200),
    ).toEqual(home)
  })
})
