import { useTranslation } from 'react-i18next'
import type { HomeBand, HomePast, Span } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { clock } from '../time.ts'
import { kindName, roomName } from '../words/names.ts'
import { Hatched } from './hatched.tsx'
import { partOf, percent } from './part-of-day.ts'

/** What is shorter is drawn so wide all the same: a door that was open for a second has to be seen. */
const THINNEST = 0.003

/** One sensor over the day: what it sensed, and where nobody can know. */
export function BandRow({ band, past }: { readonly band: HomeBand; readonly past: HomePast }) {
  const { t } = useTranslation(['home', 'shared'])
  const { language } = useLanguage()
  const { room, kind, sensor } = band
  const unknown = [...past.unknown, ...band.unknown]
  const times = [...band.spans.map((one) => one.from), ...band.marks.map((one) => one.at)]
  const newest = times.at(-1)
  const place = room === undefined ? sensor : roomName(room, language)
  const what = `${place}, ${kindName(kind, language)}`
  const said =
    newest === undefined
      ? t('bandNothing', { what })
      : t('bandSays', { what, count: times.length, time: clock(newest, past.timezone) })

  return (
    <>
      <div className="band-name" title={sensor}>
        {place} <span className="muted">{kindName(kind, language)}</span>
      </div>
      <svg
        className="band"
        role="img"
        aria-label={unknown.length > 0 ? `${said}. ${t('bandUnknown')}` : said}
      >
        <Hatched id={`hatch-${sensor}-${kind}`} unknown={unknown} of={past} />
        {band.spans.map((one) => (
          <rect
            key={one.from}
            className="filled"
            {...placeOf(one, past, THINNEST)}
            y="20%"
            height="60%"
            rx="1"
          />
        ))}
        {band.marks.map(({ at }) => (
          <circle key={at} className="mark-at" cx={percent(partOf(at, past))} cy="50%" r="4" />
        ))}
      </svg>
    </>
  )
}

function placeOf({ from, to }: Span, past: HomePast, least: number): { x: string; width: string } {
  const start = partOf(from, past)
  return { x: percent(start), width: percent(Math.max(partOf(to, past) - start, least)) }
}
