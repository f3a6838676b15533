import { describe, expect, it } from 'vitest'
import { isGsm7 } from '../../hub/notify/gsm7.ts'
import { WATCHDOG_LANGUAGES, watchdogText } from '../../hub/watch/watchdog-words.ts'
import type { News } from '../../hub/watch/watchdog-words.ts'

const since = Date.UTC(2026, 10, 21, 2, 12)
const NEWS: readonly News[] = [
  ...(['silent', 'writes', 'timers', 'messages'] as const).flatMap((what) => [
    { to: 'trouble' as const, what, since },
    { to: 'back' as const, what, since, until: since + 9 * 60_000 },
  ]),
  { to: 'test' },
]

describe('watchdogText', () => {
  it.each(WATCHDOG_LANGUAGES)('is one SMS in %s, with a long name and a day', (language) => {
    for (const news of NEWS) {
      const name = 'Sør-Varanger, Kirkenes sentrum'
      const text = watchdogText(news, {
        language,
        name,
        timezone: 'Europe/Oslo',
        now: since + 40 * 3_600_000,
      })
      expect(text).toContain(name)
      expect(text.length, text).toBeLessThanOrEqual(160)
      expect(isGsm7(text), text).toBe(true)
    }
  })

  it('says since when, by the clock of the zone', () => {
    const [silent, back] = [NEWS[0], NEWS[1]] as [News, News]
    const how = { language: 'nb', name: 'Alta', timezone: 'Europe/Oslo', now: since + 10 * 60_000 } as const
    expect(watchdogText(silent, how)).toBe(
      'AAL-huben Alta er taus siden 03:12. Alarmer kommer ikke fram. Sjekk strøm, nett og maskin.',
    )
    expect(watchdogText(back, how)).toBe('AAL-huben Alta er tilbake 03:21. Den var taus fra 03:12. Se tavla.')
    expect(watchdogText(silent, { ...how, now: since + 20 * 3_600_000 })).toContain('21.11. 03:12')
  })
})
