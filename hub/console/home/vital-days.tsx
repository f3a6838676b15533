import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { DaysOfVital, HomeOverview } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { kindName } from '../words/names.ts'
import { dayText } from './days-of.ts'
import { VitalCurve } from './vital-curve.tsx'
import { limitsText, numberText } from './vital-text.ts'

const DAY = 24 * 3_600_000

/** Of a day as far as it is shown: the first began before, the last is not over. */
const middleOf = (day: number, { from, to }: HomeOverview): number =>
  (Math.max(day, from) + Math.min(day + DAY, to)) / 2

interface VitalDaysProps {
  readonly overview: HomeOverview
  readonly days: readonly number[]
}

/** Vitals by the day: how far they went, and their mean. */
export function VitalDays({ overview, days }: VitalDaysProps) {
  const { t } = useTranslation('home')
  if (overview.vitals.length === 0) return null
  return (
    <section aria-labelledby="vitals">
      <h2 id="vitals">{t('vitalsByDay')}</h2>
      <div className="vitals">
        {overview.vitals.map((vital) => (
          <OneVital key={`${vital.kind} ${vital.resident}`} vital={vital} overview={overview} days={days} />
        ))}
      </div>
    </section>
  )
}

function OneVital({ vital, overview, days }: VitalDaysProps & { readonly vital: DaysOfVital }) {
  const { t } = useTranslation('home')
  const { language } = useLanguage()
  const { kind, resident, unit = '', limits } = vital
  const curve = useMemo(
    () => ({
      points: vital.days.map(({ from, mean }) => [middleOf(from, overview), mean] as const),
      ranges: vital.days.map(({ from, min, max }) => [middleOf(from, overview), min, max] as const),
      limits,
    }),
    [vital, limits, overview],
  )
  const what = kindName(kind, language)
  const isOneOfMore = overview.vitals.filter((one) => one.kind === kind).length > 1
  const lowest = Math.min(...vital.days.map(({ min }) => min))
  const highest = Math.max(...vital.days.map(({ max }) => max))
  const last = vital.days.at(-1)
  const range = `${numberText(lowest)}–${numberText(highest)} ${unit}`
  return (
    <figure>
      <figcaption>
        <span>
          {what}
          {isOneOfMore && ` · ${resident}`}
        </span>
        <b>{range}</b>
        <span className="muted">
          {last && t('lastDay', { day: dayText(last.from, overview.timezone), value: numberText(last.mean) })}
          {limits.length > 0 && ` · ${t('limits', { limits: limitsText(limits) })}`}
        </span>
      </figcaption>
      <VitalCurve vital={curve} past={overview} days={days} says={t('vitalDaysSay', { what, range })} />
    </figure>
  )
}
