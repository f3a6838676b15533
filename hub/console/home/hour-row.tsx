import { useTranslation } from 'react-i18next'
import type { HomeOverview, HourBand } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { kindName, roomName } from '../words/names.ts'
import { dayText } from './days-of.ts'
import { Hatched } from './hatched.tsx'
import { partOf, percent } from './part-of-day.ts'

const HOUR = 3_600_000
/** A door that was open for a second has to be seen among hours. */
const LOWEST = 0.18

interface HourRowProps {
  readonly band: HourBand
  readonly overview: HomeOverview
  readonly days: readonly number[]
}

/** One sensor over days: the more of an hour something was sensed, the higher it stands. */
export function HourRow({ band, overview, days }: HourRowProps) {
  const { t } = useTranslation('home')
  const { language } = useLanguage()
  const { sensor, kind, room, hours, marks } = band
  const unknown = [...overview.unknown, ...band.unknown]
  const place = room === undefined ? sensor : roomName(room, language)
  const what = `${place}, ${kindName(kind, language)}`
  const active = hours.filter((part) => part > 0).length + marks.length
  const newest = marks.at(-1)?.at ?? overview.from + (hours.findLastIndex((part) => part > 0) + 1) * HOUR - 1
  const said =
    active === 0
      ? t('bandNothing', { what })
      : t('hoursSay', { what, count: active, day: dayText(newest, overview.timezone) })
  const width = (overview.to - overview.from) / HOUR

  return (
    <>
      <div className="band-name" title={sensor}>
        {place} <span className="muted">{kindName(kind, language)}</span>
      </div>
      <svg
        className="band hour-row"
        role="img"
        aria-label={unknown.length > 0 ? `${said}. ${t('bandUnknown')}` : said}
      >
        <Hatched id={`hatch-hours-${sensor}-${kind}`} unknown={unknown} of={overview} />
        {days.map((at) => (
          <line
            key={at}
            className="midnight"
            x1={percent(partOf(at, overview))}
            x2={percent(partOf(at, overview))}
            y1="0"
            y2="100%"
          />
        ))}
        <svg y="12%" width="100%" height="88%" viewBox={`0 0 ${width} 1`} preserveAspectRatio="none">
          <path className="filled" d={hours.map(barOf).join('')} />
        </svg>
        {marks.map(({ at }) => (
          <circle key={at} className="mark-at" cx={percent(partOf(at, overview))} cy="50%" r="4" />
        ))}
      </svg>
    </>
  )
}

function barOf(part: number, index: number): string {
  if (part === 0) return ''
  const height = LOWEST + (1 - LOWEST) * part
  return `M${index} 1v-${height.toFixed(3)}h1V1Z`
}
